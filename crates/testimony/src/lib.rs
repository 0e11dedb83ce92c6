//! A flight recorder for AI decisions.
//!
//! Add the layer to your `tracing` subscriber, put [`#[decides]`](decides) on the function that calls the model, and say
//! inside it what the model was asked ([`prompt!`]), given ([`context!`]), what it decided ([`decision!`]) and why
//! ([`rationale!`]). Each call leaves one record in a hash-chained ledger on local disk, which anyone can verify and question
//! years later.
//!
//! ```
//! use testimony::{Testimony, decides, decision, prompt, rationale};
//! use tracing_subscriber::prelude::*;
//!
//! #[decides(subject = format!("loan:{loan}"), model = "gpt-4o")]
//! fn underwrite(loan: u64, file: &str) -> Result<String, std::io::Error> {
//!     prompt!(file);
//!     let answer = "refer to a person"; // what the model said
//!     decision!(answer);
//!     rationale!("income could not be verified");
//!     Ok(answer.to_owned())
//! }
//!
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path().join("ledger");
//! let testimony = Testimony::open(&dir)?;
//! let subscriber = tracing_subscriber::registry().with(testimony.layer());
//! tracing::subscriber::with_default(subscriber, || underwrite(1234, "income: none stated"))?;
//! testimony.close()?;
//! # let report = testimony::ledger::verify::verify(&dir, &[], &mut |_| {})?;
//! # assert!(report.intact() && report.complete());
//! # assert_eq!(report.streams[0].decisions, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Without a layer the macros do nothing: their arguments are not even evaluated. Spans that follow the `OpenTelemetry`
//! `GenAI` conventions (`gen_ai.*` fields) are recorded with no macro at all.
//!
//! # On the record or not at all
//! `#[decides(durable)]` fails closed: the function returns only after its decision is durable, and returns [`NotKept`] as its
//! own error instead of its value where the decision could not be kept. `#[decides(durable, intent)]` also puts on
//! record, before the body runs, that it is about to; if that fails, the model is never asked.
//!
//! ```
//! # use testimony::{NotKept, Testimony, decides, decision};
//! # use tracing_subscriber::prelude::*;
//! #[derive(Debug, thiserror::Error)]
//! enum Failed {
//!     #[error("nothing is decided off the record")]
//!     OffTheRecord(#[from] NotKept),
//! }
//!
//! #[decides(durable, intent, subject = format!("loan:{loan}"))]
//! fn pay_out(loan: u64) -> Result<&'static str, Failed> {
//!     decision!("pay");
//!     Ok("paid")
//! }
//!
//! // Nobody listens yet: the body does not even run.
//! assert!(matches!(pay_out(1234), Err(Failed::OffTheRecord(NotKept::NoRecorder))));
//! # let dir = tempfile::tempdir()?;
//! # let testimony = Testimony::open(dir.path().join("ledger"))?;
//! let subscriber = tracing_subscriber::registry().with(testimony.layer());
//! assert_eq!(tracing::subscriber::with_default(subscriber, || pay_out(1234))?, "paid");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Without macros
//! A [`Recorder`] records what is stated by hand. Its receipts can be awaited, or waited for:
//!
//! ```
//! # use testimony::Testimony;
//! # let dir = tempfile::tempdir()?;
//! # let testimony = Testimony::open(dir.path().join("ledger"))?;
//! let recorder = testimony.recorder();
//! let decision = recorder.begin("loan_desk::underwrite").subject("loan:1234").prompt("may it be granted?");
//! let kept = decision.decided("approve").rationale("income is stable").record().wait()?;
//! assert!(kept.durable);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a service risks
//! A call site copies its values into one buffer and hands it over. Sealing and writing happen on another thread. The queue
//! between is bounded in bytes; when it is full a caller waits at most 50 ms, then its decision is lost, and the ledger
//! says so. No panic of this crate, of a serializer or of a `Display` reaches the function.
//!
//! # Features
//! None is on by default.
//! - `otlp`: export over OTLP/HTTP, when and as the standard `OTEL_*` variables or `Builder::export` say; a decision becomes a child of the
//!   application's current OpenTelemetry span.
//! - `otlp-grpc`: the same over gRPC. `otlp-tls`, `otlp-grpc-tls`: TLS for the one and the other. `otlp-gzip`,
//!   `otlp-grpc-gzip`: `OTEL_EXPORTER_OTLP_COMPRESSION=gzip`.
//! - `witness`: shows the ledger's checkpoints to C2SP witnesses and records their cosignatures. `witness-tls`: also to those at
//!   `https://` addresses, which most are.

mod bridge;
mod builder;
#[cfg_attr(feature = "otlp", path = "export/enabled.rs")]
#[cfg_attr(not(feature = "otlp"), path = "export/disabled.rs")]
mod export;
mod signing;
#[cfg_attr(feature = "witness", path = "witnesses/enabled.rs")]
#[cfg_attr(not(feature = "witness"), path = "witnesses/disabled.rs")]
mod witnesses;

pub use builder::{Builder, Failed, Testimony};
pub use testimony_capture::{
    Current, InCurrentDecision, Layer, Receipt, Recorder, StatedDecision, StatedOutcome, bytes,
    current,
};
pub use testimony_ledger::{Durability, Health};
pub use testimony_macros::{constraint, context, decides, decision, outcome, prompt, rationale};
pub use testimony_record::Uuid;
pub use testimony_record::decision::Status;
pub use testimony_record::kept::{Kept, NotKept};
pub use testimony_record::tlog::{SignFailed, Signer};

/// The ledger itself: opening, reading, verifying.
pub mod ledger {
    pub use testimony_ledger::*;
}

/// The records: entries, parts, digests, verdicts.
pub mod record {
    pub use testimony_record::*;
}

#[cfg(feature = "otlp")]
/// The export.
pub mod otlp {
    pub use testimony_otlp::*;
}

#[cfg(feature = "witness")]
/// The witnesses.
pub mod witness {
    pub use testimony_witness::*;
}

/// The door for the macros. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use testimony_capture::hook::*;
}
