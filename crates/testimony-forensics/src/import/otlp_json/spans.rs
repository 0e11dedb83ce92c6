//! The spans of an import by their ids: which are calls, which id each call gets, and inside which call it was made.

use std::collections::HashMap;

use testimony_record::Uuid;
use testimony_record::unsealed::Unsealed;

use super::build;
use super::names::KIND;
use super::shape::Span;

/// From one call to the next above it, no more spans of other kinds are passed than this.
const MOST_BETWEEN: usize = 64;

type Key = ([u8; 16], [u8; 8]);

/// What the spans of one or more files are to each other; about 100 bytes for each.
#[derive(Debug, Default)]
pub struct Spans(HashMap<Key, Known>);

#[derive(Debug)]
struct Known {
    parent: Option<[u8; 8]>,
    /// The id of its decision, where it is a call.
    id: Option<Uuid>,
    taken: bool,
}

/// What a span was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Noted {
    /// A call: it becomes a decision.
    Call,
    /// Another span.
    Other,
    /// A span that was there before: exporters send some twice.
    Again,
}

impl Spans {
    /// Learns of a span. `id` makes a `UUIDv7` where it is a call.
    pub fn note(&mut self, span: &Span, id: impl FnOnce() -> Uuid) -> Noted {
        let key = (span.trace_id, span.own_id);
        if self.0.contains_key(&key) {
            return Noted::Again;
        }
        let id = is_call(span).then(id);
        self.0.insert(key, Known { parent: span.parent, id, taken: false });
        if id.is_some() { Noted::Call } else { Noted::Other }
    }

    /// The decision of a span that was noted as a call; once for each.
    pub fn decision(&mut self, span: Span) -> Option<Unsealed> {
        let known = self.0.get_mut(&(span.trace_id, span.own_id))?;
        let id = known.id.filter(|_| !std::mem::replace(&mut known.taken, true))?;
        let parent = self.above(&span);
        Some(build::decision(span, id, parent))
    }

    /// The next call above a span, past spans of other kinds.
    fn above(&self, span: &Span) -> Option<Uuid> {
        let mut next = span.parent;
        for _ in 0..MOST_BETWEEN {
            let known = self.0.get(&(span.trace_id, next?))?;
            if let Some(id) = known.id {
                return Some(id);
            }
            next = known.parent;
        }
        None
    }
}

fn is_call(span: &Span) -> bool {
    span.attributes.get(KIND).is_some() || span.attributes.any_begins_with("gen_ai.")
}
