//! How records travel: every decision that a ledger holds becomes one OTLP span, sent to whatever understands OTLP.
//!
//! The exporter stands *behind* the ledger, never between a decision and its sealing: it reads what has been committed,
//! on a thread of its own. The ledger is its buffer. A collector that is down costs lag, not decisions, and the
//! application's sampler has no say in it.
//!
//! This crate never writes to a ledger, and never blocks, panics into or slows down the code that decides.
//!
//! # What a span carries
//! The `GenAI` attributes by which backends recognise a model call, and the entry itself, byte for byte, so that a copy that
//! the application cannot rewrite lies somewhere else; [`mapping`] tells how. Content travels only where somebody asked
//! for it: [`Options::content`], or `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`.
//!
//! # Delivery
//! At least once, in the ledger's order. A batch is sent again, with growing pauses, until the endpoint takes it; the next
//! one waits until then. A decision is given up ([`Stats::failed`]) only where an endpoint that has taken others refuses
//! it for itself, or says that it has dropped it. A span keeps its ids however often it is sent, so that a
//! backend can tell a repetition. Over gRPC the OpenTelemetry library does not tell why a batch was refused or how much of
//! an accepted one was dropped; there every refusal counts as passing.
//!
//! # Configuration
//! The `OTEL_EXPORTER_OTLP_*` variables (endpoint, headers, timeout, protocol; compression with feature `gzip`),
//! `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` mean what the OpenTelemetry specification says.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//! use testimony_ledger::{Ledger, Options};
//! use testimony_otlp::Exporter;
//!
//! let ledger = Arc::new(Ledger::open("ledger", Options::default())?);
//! let followed = Arc::clone(&ledger);
//! let exporter = Exporter::start(ledger.path(), testimony_otlp::Options::default(), move |seen, patience| {
//!     followed.wait_for_commit(seen, patience)
//! })?;
//! // … decisions are made …
//! ledger.close()?;
//! exporter.shutdown(Duration::from_secs(5))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod batch;
mod context;
mod courier;
mod cursor;
mod environment;
mod exporter;
mod follower;
pub mod mapping;
mod options;
mod resource;
mod signal;
mod stats;
mod transport;

pub use context::{current_trace_context, exported_trace_context};
pub use cursor::Cursor;
pub use environment::configured;
pub use exporter::{Exporter, NotDelivered, NotStarted};
pub use options::Options;
pub use stats::Stats;
