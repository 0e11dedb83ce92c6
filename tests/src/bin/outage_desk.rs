//! A service that records numbered decisions with its export on, for `tests/interop/outage/run`. Beside the recorder it hands
//! the stock OpenTelemetry batch processor an equal span for each decision, so that both meet the same outage.
//!
//! `outage_desk LEDGER STOCK FIRST`: the recorder exports to where the environment says, the batch processor to the base URL
//! `STOCK`. Each line of standard input is a number up to which it may go on, from `FIRST`; each number whose decision is durable
//! is printed. At the end of the input it closes both.

use std::error::Error;
use std::io::{BufRead as _, Write as _};

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData};
use testimony::Testimony;
use testimony::ledger::{Archive, Sources};
use testimony::record::entry::{Body, Durability};
use testimony_otlp::mapping::{Mapper, Sealed};

/// The batch processor as everybody uses it, with the exporter as everybody uses it.
struct Stock {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Stock {
    fn open(url: &str) -> Result<Self, Box<dyn Error>> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{url}/v1/traces"))
            .build()?;
        let resource = Resource::builder().with_service_name("outage-desk").build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build();
        let tracer = provider.tracer("stock");
        Ok(Self { provider, tracer })
    }

    /// Makes and ends the same span, but for its ids.
    fn end(&self, span: SpanData) {
        let SpanData { name, span_kind, start_time, end_time, attributes, status, .. } = span;
        let builder = self.tracer.span_builder(name).with_kind(span_kind);
        let builder = builder.with_start_time(start_time).with_attributes(attributes);
        let mut span = self.tracer.build_with_context(builder, &Context::new());
        span.set_status(status);
        span.end_with_timestamp(end_time);
    }
}

struct Desk {
    testimony: Testimony,
    /// Follows what has been recorded, for the spans of the other side.
    archive: Archive,
    mapper: Mapper,
    stock: Stock,
}

impl Desk {
    fn open(ledger: &str, stock: &str) -> Result<Self, Box<dyn Error>> {
        let testimony = Testimony::builder()
            .directory(ledger)
            .service("outage-desk")
            .ledger_options(|options| options.durability = Durability::EveryDecision)
            .open()?;
        let mut archive = Archive::open(ledger)?;
        // What an earlier process recorded, it has also handed to its batch processor.
        archive.advance(&mut |_| {})?;
        Ok(Self { testimony, archive, mapper: Mapper::default(), stock: Stock::open(stock)? })
    }

    /// Records a number, and returns once it is durable.
    fn record(&mut self, number: u64) -> Result<(), Box<dyn Error>> {
        let (subject, decided) = (format!("number:{number}"), format!("approve {number}"));
        let decision = testimony_tests::decision(fresh_id()?, &subject, &decided);
        let kept = self.testimony.ledger().record(decision)?.wait()?;
        assert!(kept.durable, "every decision is synced");
        let Self { archive, mapper, stock, .. } = self;
        archive.advance(&mut |stored| {
            let is_decision = matches!(stored.entry.body, Body::Decision(_));
            let sealed = Sealed { entry: stored.entry, bytes: stored.bytes, hash: stored.hash };
            let span = mapper.span(&sealed, None);
            if is_decision {
                stock.end(span);
            }
        })?;
        Ok(())
    }

    fn close(self) -> Result<(), Box<dyn Error>> {
        if let Err(error) = self.stock.provider.shutdown() {
            eprintln!("the batch processor: {error}");
        }
        Ok(self.testimony.close()?)
    }
}

/// A number that is recorded again after a crash is another decision.
fn fresh_id() -> Result<u128, Box<dyn Error>> {
    let mut id = [0; 16];
    (Sources::default().random)(&mut id)?;
    Ok(u128::from_le_bytes(id))
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [ledger, stock, first] = words.as_slice() else {
        return Err("usage: outage_desk LEDGER STOCK FIRST".into());
    };
    let mut desk = Desk::open(ledger, stock)?;
    let mut next: u64 = first.parse()?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let last: u64 = line?.trim().parse()?;
        while next <= last {
            desk.record(next)?;
            writeln!(out, "{next}")?;
            next += 1;
        }
    }
    desk.close()
}
