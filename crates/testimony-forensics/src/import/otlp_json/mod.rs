//! OTLP as JSON, as a Collector's file exporter writes it: one export request a line, or one for the whole file. Spans that
//! follow the `OpenTelemetry` `GenAI` conventions or `OpenInference` become decisions; others are counted.
//!
//! A file is read twice, since spans come children first: [`Spans::note`] learns which are calls and gives them ids,
//! [`Spans::decision`] makes the decisions.

mod attributes;
mod build;
mod flattened;
mod names;
mod reader;
mod shape;
mod spans;

pub use reader::{NotRead, OtlpJson};
pub use shape::{BadSpan, Span};
pub use spans::{Noted, Spans};
