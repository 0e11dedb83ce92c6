//! What a 5 KB decision costs the thread that makes it, beside `tracing-opentelemetry` with its batch processor.
//!
//! ```text
//! cargo bench -p testimony-benches --bench calling_thread
//! ```
//! Both sides make one span with the same four texts. The other side's exporter throws everything away, ours seals and writes to a
//! temporary directory. Between rounds both are flushed, outside the measured time, so that neither drops or waits.

use std::future::{Ready, ready};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use testimony::{Testimony, context, decides, decision, prompt, rationale};
use testimony_benches::{Times, row};
use tracing::Dispatch;
use tracing_subscriber::prelude::*;

const ROUNDS: usize = 60;
const PER_ROUND: u32 = 1_000;

/// 5 KB in all, in the shares of a usual decision.
struct Texts {
    prompt: String,
    context: String,
    decision: String,
    rationale: String,
}

#[decides(subject = "loan:1234", model = "gpt-4o")]
fn ours(texts: &Texts) {
    prompt!(texts.prompt);
    context!(file = texts.context);
    decision!(texts.decision);
    rationale!(texts.rationale);
}

fn theirs(texts: &Texts) {
    let span = tracing::info_span!(
        "underwrite",
        subject = "loan:1234",
        gen_ai.request.model = "gpt-4o",
        prompt = texts.prompt,
        context = texts.context,
        decision = tracing::field::Empty,
        rationale = tracing::field::Empty,
    );
    let _entered = span.enter();
    span.record("decision", texts.decision.as_str());
    span.record("rationale", texts.rationale.as_str());
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        drop(batch);
        let done: Ready<OTelSdkResult> = ready(Ok(()));
        done
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = |bytes: usize| "a word, ".repeat(bytes / 8);
    let texts = Texts {
        prompt: text(3584),
        context: text(1024),
        decision: text(256),
        rationale: text(256),
    };

    let scratch = tempfile::tempdir()?;
    let testimony = Testimony::open(scratch.path().join("ledger"))?;
    let with_ours: Dispatch = tracing_subscriber::registry().with(testimony.layer()).into();

    let provider = SdkTracerProvider::builder().with_batch_exporter(Nowhere).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    let with_theirs: Dispatch = tracing_subscriber::registry().with(layer).into();
    let bare: Dispatch = tracing_subscriber::registry().into();

    let (mut a, mut b, mut c) = (Times::default(), Times::default(), Times::default());
    let many = |run: &dyn Fn()| (0..PER_ROUND).for_each(|_| run());
    for _ in 0..ROUNDS {
        tracing::dispatcher::with_default(&with_ours, || a.round(|| many(&|| ours(&texts))));
        testimony.flush()?;
        tracing::dispatcher::with_default(&with_theirs, || b.round(|| many(&|| theirs(&texts))));
        provider.force_flush()?;
        tracing::dispatcher::with_default(&bare, || c.round(|| many(&|| theirs(&texts))));
    }
    let lost = testimony.health().lost;
    testimony.close()?;

    println!("{ROUNDS} rounds of {PER_ROUND} decisions of 5 KB, median of rounds; {lost} lost");
    let theirs = row("tracing-opentelemetry + batch processor", &b, PER_ROUND);
    let bare = row("the same span on a bare registry", &c, PER_ROUND);
    let ours = row("testimony", &a, PER_ROUND);
    println!(
        "ratio to tracing-opentelemetry: {:.3}   (to a bare span: {:.2})",
        ours / theirs,
        ours / bare
    );
    Ok(())
}
