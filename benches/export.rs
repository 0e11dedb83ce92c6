//! What exporting costs: our exporter reading a ledger, beside the stock batch processor, both over OTLP/HTTP to the same receiver.
//!
//! ```text
//! cargo bench -p testimony-benches --bench export
//! ```
//! The ledger is written first. Ours then reads it, makes spans and sends them; the other side is handed spans with equal
//! attributes, so that reading and mapping are on our account alone. Its queue holds all of them, so that it drops none. The
//! receiver is a process of its own that answers at once, so that what it costs is on nobody's account; it counts spans, and the
//! benchmark fails where one is missing.

mod receiver;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanData,
};
use receiver::Receiver;
use testimony::ledger::Archive;
use testimony::{Testimony, context, decides, decision, prompt, rationale};
use testimony_benches::{Times, row};
use testimony_otlp::mapping::{Mapper, Sealed};
use testimony_otlp::{Begin, Exporter, Options};
use tracing_subscriber::prelude::*;

const ROUNDS: usize = 7;
const DECISIONS: u32 = 20_000;
const AMPLE: Duration = Duration::from_mins(2);

#[decides(subject = "loan:1234", model = "gpt-4o")]
fn decide(text: &str) {
    prompt!(text);
    context!(policy = text);
    decision!("approve");
    rationale!(text);
}

fn record(ledger: &Path) -> Result<(), Box<dyn Error>> {
    let testimony = Testimony::open(ledger)?;
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..DECISIONS {
            decide(&format!("{number} {}", "a word, ".repeat(200)));
            if number % 1000 == 0 {
                // Writing is not what is measured, so nothing may be lost in a hurry.
                testimony.flush()?;
            }
        }
        Ok::<(), Box<dyn Error>>(())
    })?;
    Ok(testimony.close()?)
}

/// The spans that our exporter sends, in its order.
fn spans(ledger: &Path) -> Result<Vec<SpanData>, Box<dyn Error>> {
    let (mut mapper, mut spans) = (Mapper::default(), Vec::new());
    let mut archive = Archive::open(ledger)?;
    archive.advance(&mut |stored| {
        let sealed = Sealed { entry: stored.entry, bytes: stored.bytes, hash: stored.hash };
        spans.push(mapper.span(&sealed, None));
    })?;
    Ok(spans)
}

fn ours(ledger: &Path, url: &str) -> Result<(), Box<dyn Error>> {
    let mut options = Options::default();
    (options.endpoint, options.begin) = (Some(url.to_owned()), Begin::Anew);
    options.content = Some(false);
    let exporter = Exporter::start(ledger, options, |seen, _| seen)?;
    Ok(exporter.shutdown(AMPLE)?)
}

fn stock(url: &str, spans: &[SpanData]) -> Result<(), Box<dyn Error>> {
    let exporter =
        SpanExporter::builder().with_http().with_endpoint(format!("{url}/v1/traces")).build()?;
    let config = BatchConfigBuilder::default().with_max_queue_size(spans.len()).build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    let tracer = provider.tracer("stock");
    for span in spans {
        // An application allocates its attributes as well.
        end(&tracer, span.clone());
    }
    provider.force_flush()?;
    Ok(provider.shutdown()?)
}

/// Makes and ends a span as an application does.
fn end(tracer: &SdkTracer, span: SpanData) {
    let SpanData { name, span_kind, start_time, end_time, attributes, status, .. } = span;
    let builder = tracer.span_builder(name).with_kind(span_kind).with_start_time(start_time);
    let builder = builder.with_attributes(attributes);
    let mut span = tracer.build_with_context(builder, &Context::new());
    span.set_status(status);
    span.end_with_timestamp(end_time);
}

/// Wall time and processor time of one side.
#[derive(Default)]
struct Account {
    wall: Times,
    processor: Times,
}

impl Account {
    fn round(
        &mut self,
        receiver: &Receiver,
        expected: usize,
        run: impl FnOnce() -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let before = receiver.count()?;
        let used = processor_time();
        let mut result = Ok(());
        self.wall.round(|| result = run());
        result?;
        self.processor.add(processor_time().saturating_sub(used));
        let arrived = receiver.count()? - before;
        if arrived == expected {
            Ok(())
        } else {
            Err(format!("{arrived} of {expected} spans arrived").into())
        }
    }
}

/// Of this process, all its threads.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().any(|word| word == receiver::WORD) {
        return receiver::serve();
    }
    let scratch = tempfile::tempdir()?;
    let ledger = scratch.path().join("ledger");
    record(&ledger)?;
    let copies = spans(&ledger)?;
    let receiver = Receiver::start()?;
    let (mut a, mut b) = (Account::default(), Account::default());
    for _ in 0..ROUNDS {
        a.round(&receiver, copies.len(), || ours(&ledger, &receiver.url))?;
        b.round(&receiver, copies.len(), || stock(&receiver.url, &copies))?;
    }
    let count = u32::try_from(copies.len())?;
    println!("{ROUNDS} rounds of {count} spans, median of rounds; nothing lost");
    let wall = (
        row("stock batch processor, wall", &b.wall, count),
        row("testimony, wall", &a.wall, count),
    );
    let processor = (
        row("stock batch processor, CPU", &b.processor, count),
        row("testimony, CPU", &a.processor, count),
    );
    println!(
        "ratio to the batch processor: throughput {:.2}, CPU {:.2}",
        wall.0 / wall.1,
        processor.1 / processor.0
    );
    Ok(())
}
