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
//! At least once, each stream in its order. A batch is sent again, with growing pauses, until the endpoint takes it; the next
//! one waits until then. How far each stream has come is kept beside the ledger ([`Destination`]), once the endpoint has
//! answered for it: an endpoint that is down, a restart or a kill costs lag, and at most one batch travels twice. A span keeps its
//! ids however often it is sent, so that a backend can tell a repetition.
//!
//! Of all processes that write one ledger, each exports its own stream, and together what dead ones left behind; no two living
//! ones send the same entry.
//!
//! A batch that is too large for the endpoint is taken apart. An entry that an endpoint refuses for itself, while it takes
//! others, is set aside on record ([`SetAside`]), and the export goes on; so is what an endpoint says that it has dropped. An
//! endpoint that has never taken anything and refuses is more likely misconfigured: [`Exporter::trouble`] says so.
//! Over gRPC the OpenTelemetry library tells the code of a refusal, but not how long to wait, nor how much of an accepted
//! request was dropped.
//!
//! # Metrics
//! Where they are asked for ([`Options::metrics`]), the client metrics of the conventions travel beside the spans: how long calls
//! take, and how many tokens. A call counts once in the life of a process, when the endpoint for spans has answered for it.
//!
//! # Configuration
//! The variables of [`VARIABLES`] mean what the OpenTelemetry specification says. gRPC, gzip, JSON and TLS are features.
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
mod causes;
mod context;
mod courier;
mod cursor;
mod desk;
mod destination;
mod environment;
mod exporter;
mod follower;
mod lease;
pub mod mapping;
#[cfg_attr(
    not(any(feature = "http", feature = "grpc")),
    allow(dead_code, reason = "without a protocol nothing can be sent")
)]
mod metrics;
mod options;
mod protocol;
mod resource;
mod rota;
mod set_aside;
mod shared;
mod signal;
mod stats;
mod target;
mod transport;
mod variables;

pub use context::{current_trace_context, exported_trace_context};
pub use cursor::{Cursor, Place};
pub use destination::{CannotKeep, Destination};
pub use environment::configured;
pub use exporter::{Exporter, NotDelivered, NotStarted};
pub use options::{Begin, Options};
pub use protocol::Protocol;
pub use set_aside::{SetAside, Which};
pub use stats::Stats;
pub use variables::{VARIABLES, Variable};
