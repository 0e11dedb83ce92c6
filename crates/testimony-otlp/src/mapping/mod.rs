//! How an entry becomes a span: mapping version 2. Pure functions; nothing is read from a clock, a socket or the environment.
//!
//! Every entry of a stream travels, each as one span, so that the hash chain can be checked from copies alone.
//!
//! | span of | name | kind | when | trace id | parent |
//! |---|---|---|---|---|---|
//! | a decision | `{operation} {model}`, or after the operation the tool, agent, data source or workflow that it is on, which is content; without that the operation, without an operation the call site | `CLIENT` for a model call, `INTERNAL` for what a service does itself (tools, plans, workflows, an agent without a provider, a bare call site) | when it began, for as long as it took | of the application's trace around it; else of its parent decision; else its own id | the application's span; else the parent decision's; else none |
//! | a decision whose call the service exports itself | `testimony.seal` | `INTERNAL` | when the call ended | of the application's trace | the call's own span |
//! | an outcome | `outcome {kind}` | `INTERNAL` | when it happened | of its decision, where that is known; else its decision's id | its decision's span |
//! | an intent | `intent {model}`, or its call site | `INTERNAL` | when the call began | its decision's id | none: it does not say where its decision will hang |
//! | any other | `testimony {kind}` | `INTERNAL` | when it was sealed; a gap from the first loss on | the first 16 bytes of its hash | none |
//!
//! | of every span | is |
//! |---|---|
//! | span id | of a decision the last 8 bytes of its id, of any other entry the first 8 bytes of its hash: the same however often it is sent |
//! | status | `Error` for a decision that ended in error, panicked, timed out or was cancelled, described by the error's type, and for a gap; else unset |
//! | scope | `testimony`, the version of this crate, the schema URL of the [`Conventions`] |
//! | attributes | those in [`names`] |
//!
//! A parent decision is sealed after the decisions inside it. So without an application's trace, the trace of a decision
//! inside a decision is named after its parent; only where that parent was exported earlier and has another trace is the
//! decision put into it. The same holds for outcomes: one that comes long after its decision, or after the exporter was
//! started again, hangs under its decision's span in the trace that is named after the decision.
//!
//! A seal span has no `gen_ai.*`: the backend shows the call already, and must not count it twice.
//!
//! # The entry
//! `testimony.entry.0`, `testimony.entry.1`, … hold the entry's exact bytes as text, in pieces of at most 2,000 bytes that
//! end between characters: Tempo cuts strings at 2,048 bytes, and others sort, group or retype attributes, but all that
//! we know keep the text of a string that is no JSON document, and no piece is one. Joined in the order of their numbers, `testimony.entry.chunks` of them, the pieces
//! hash to `testimony.hash`. They are not encoded further: Phoenix and others parse the text of some attributes
//! as JSON, but by their names, and none of ours is among those.
//!
//! `testimony.head` is the newest checkpoint of the stream at or before the entry, a signed note with the log's own
//! signature lines and none of its witnesses', so that it is no longer either. It is absent while nothing was signed.
//!
//! # Values
//! Strings, integers and arrays of strings: other types do not survive every backend. A finite double stands only where the
//! conventions ask for one and the value is content: a parameter such as `gen_ai.request.temperature`, a score.
//!
//! # Content
//! Where it travels, it is one string for each attribute, as the conventions have it. Tempo cuts it unless
//! `max_attribute_bytes` is raised; the evidence is the entry, which commits to the whole content. Content under a
//! `testimony.*` name that is longer than a piece is left out, and named.
//!
//! What a library recorded as configuration, the names of tools and agents among it, is content with us: it can be erased. So
//! a tool's span is named after its tool only where content travels.
//!
//! Lists of messages, instructions, tool definitions and documents validate against the schemas of version 1.41.1; what cannot
//! be brought into their shape is left out, and named. Messages under [`Conventions::Latest`] have no `finish_reason`, and
//! Phoenix, which knows version 1.41, shows such answers as plain output only.

mod constraints;
mod content;
mod conventions;
pub(crate) mod decision;
mod drawing;
mod entry;
mod heads;
mod ids;
mod ledger;
mod list;
pub mod names;
mod outcome;
mod place;
mod record;
#[cfg(test)]
pub(crate) mod sample;
mod sealed;

use opentelemetry_sdk::trace::SpanData;
use testimony_record::Uuid;
use testimony_record::decision::Decision;
use testimony_record::entry::Body;

use self::drawing::Drawing;
use self::heads::Heads;
use self::place::{Place, Traces};

pub use content::{Contents, MAX_CONTENT_BYTES};
pub use conventions::Conventions;
pub use entry::{MAX_CHUNK_BYTES, chunks};
pub use ids::{entry_span_id, span_id};
pub use sealed::Sealed;

/// Turns the entries of a ledger, each stream in its order, into spans.
///
/// It remembers the newest signed head of each stream, and the traces of a bounded number of decisions.
///
/// ```
/// use testimony_otlp::mapping::{Conventions, Mapper, Sealed, names};
/// use testimony_record::Uuid;
/// use testimony_record::digest::Digest;
/// use testimony_record::entry::{Body, Close, Entry, FORMAT};
///
/// let entry = Entry {
///     v: FORMAT,
///     stream: Uuid::from_u128(1),
///     seq: 7,
///     prev: Digest::plain(b"the entry before"),
///     time_us: 1_767_225_600_000_000,
///     body: Body::Close(Close { decisions: 6, lost: None }),
/// };
/// let mut mapper = Mapper::new(Conventions::V1_41);
/// let span = mapper.span(&Sealed::read(entry.encode())?, None);
/// assert_eq!(span.name, "testimony close");
/// assert!(span.attributes.iter().any(|a| a.key.as_str() == names::SEQ && a.value.as_str() == "7"));
/// # Ok::<(), testimony_record::canonical::NotCanonical>(())
/// ```
#[derive(Debug, Default)]
pub struct Mapper {
    conventions: Conventions,
    traces: Traces,
    heads: Heads,
}

impl Mapper {
    /// A mapper that knows of nothing yet.
    #[must_use]
    pub fn new(conventions: Conventions) -> Self {
        Self { conventions, ..Self::default() }
    }

    /// The conventions that its spans follow.
    #[must_use]
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// Takes the newest checkpoint note of a stream from before the entries that follow, for a mapper that does not see
    /// the stream from its beginning. What is no note of the stream changes nothing.
    pub fn remember_head(&mut self, stream: Uuid, note: &str) {
        self.heads.saw(stream, note);
    }

    /// Forgets the head of a stream whose entries are shown from the beginning again.
    pub fn forget_head(&mut self, stream: Uuid) {
        self.heads.forget(stream);
    }

    /// The newest signed head that it knows of a stream, as the stream's next span would carry it.
    #[must_use]
    pub fn head(&self, stream: Uuid) -> Option<&str> {
        self.heads.newest(stream).map(|head| &**head)
    }

    /// The span of an entry.
    #[must_use]
    pub fn span(&mut self, sealed: &Sealed, content: Option<&Contents>) -> SpanData {
        let stream = sealed.entry.stream;
        if let Body::Checkpoint(checkpoint) = &sealed.entry.body {
            self.heads.saw(stream, &checkpoint.note);
        }
        let mut drawing = self.draw(sealed, content);
        record::add(&mut drawing.attributes, sealed, self.conventions, self.heads.newest(stream));
        drawing.finish(self.conventions)
    }

    fn draw(&mut self, sealed: &Sealed, content: Option<&Contents>) -> Drawing {
        match &sealed.entry.body {
            Body::Decision(said) => self.draw_decision(said, content),
            Body::Intent(said) => outcome::draw_intent(said, Place::of_intent(said, &sealed.hash)),
            Body::Outcome(said) => {
                let place = self.traces.of_outcome(said, &sealed.hash);
                outcome::draw(said, place).with(content, |_| true)
            }
            _ => ledger::draw(sealed),
        }
    }

    fn draw_decision(&mut self, said: &Decision, content: Option<&Contents>) -> Drawing {
        let place = self.traces.place(said);
        if decision::is_shown_already(said) {
            return decision::seal(said, place)
                .with(content, |name| name.starts_with("testimony."));
        }
        decision::draw(said, place, self.conventions, content).with(content, |_| true)
    }
}

#[cfg(test)]
mod tests;
