//! Where copies are read back from: one file for each kind of backend, behind one trait. Nothing is judged here.
//!
//! A source hands out spans in batches of bounded size, so that a backend of any size is read in constant memory.

mod http;
mod jaeger;
mod otlp_json;
mod phoenix;
mod tempo;
mod tolerant;
mod windows;

use std::fmt;

pub use http::{Connection, Header, NoHeader};
pub use jaeger::Jaeger;
pub use otlp_json::OtlpJson;
pub use phoenix::Phoenix;
pub use tempo::Tempo;

use crate::span::Span;

/// Some spans.
#[derive(Debug, Default)]
pub struct Batch {
    /// The spans.
    pub spans: Vec<Span>,
    /// What could not be read on the way, in words; nothing of it is in `spans`.
    pub unreadable: Vec<String>,
}

/// A place where copies lie.
pub trait Source {
    /// What to call it: a file's name, an address.
    fn name(&self) -> String;

    /// What is known of what such a backend does to spans.
    fn habits(&self) -> Habits;

    /// The next spans; `None` at the end.
    ///
    /// # Errors
    /// When the backend cannot be read. Nothing more comes then.
    fn next(&mut self) -> Result<Option<Batch>, SourceError>;

    /// How far reading is, of how much, in whatever the source counts; `None` where it cannot know.
    fn progress(&self) -> Option<(u64, u64)> {
        None
    }
}

/// What a kind of backend does to every span, and what is therefore no alteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Habits {
    /// It keeps times to so many nanoseconds.
    pub precision_ns: u64,
    /// It does not hand out the kind.
    pub hides_kind: bool,
    /// It may hand out a list as the text of a JSON list.
    pub lists_as_json: bool,
    /// It may hand out a floating-point number without a fraction as an integer.
    pub blurs_numbers: bool,
    /// It cuts long strings.
    pub cuts_text: bool,
}

impl Habits {
    /// Of a backend that changes nothing.
    pub const FAITHFUL: Self = Self {
        precision_ns: 1,
        hides_kind: false,
        lists_as_json: false,
        blurs_numbers: false,
        cuts_text: false,
    };
}

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {what}")]
pub struct SourceError {
    /// The source.
    pub name: String,
    what: String,
    /// What a person can do about it.
    pub advice: Option<&'static str>,
}

impl SourceError {
    pub(crate) fn new(name: impl Into<String>, what: impl fmt::Display) -> Self {
        Self { name: name.into(), what: what.to_string(), advice: None }
    }

    pub(crate) fn advise(self, advice: &'static str) -> Self {
        Self { advice: Some(advice), ..self }
    }
}
