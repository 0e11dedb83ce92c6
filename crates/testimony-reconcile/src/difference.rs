//! In what a span differs from the one that it has to be. Attributes are compared by name, in whatever order they come.
//!
//! Not compared: resource, scope, events, links, and the trace of an entry whose trace depends on what was exported before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use testimony_otlp::mapping::names;

use crate::source::Habits;
use crate::span::{Span, Value};

/// How much of a text is repeated to a person, in characters.
const MOST_SHOWN: usize = 120;

/// One thing in which a copy differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The attribute, or `name`, `kind`, `status`, `start`, `end`, `span_id`, `parent_span_id`, `trace_id`.
    pub what: String,
    /// How.
    #[serde(flatten)]
    pub how: How,
}

/// How a copy differs in one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum How {
    /// It is not there.
    Missing,
    /// It should not be there.
    Added {
        /// The beginning of what is there.
        found: String,
    },
    /// It is another.
    Changed {
        /// The beginning of what should be there.
        expected: String,
        /// The beginning of what is there.
        found: String,
    },
    /// It is the beginning of what should be there, cut where this backend cuts.
    Truncated {
        /// The bytes that are left.
        bytes: usize,
        /// The bytes that there should be.
        of: usize,
    },
}

/// What one source has been seen to keep and to cut.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    /// The longest text that came whole, in bytes.
    longest: usize,
    /// Where it cuts, as far as that has been seen.
    at: Option<usize>,
}

impl Difference {
    pub(crate) fn new(what: impl Into<String>, how: How) -> Self {
        Self { what: what.into(), how }
    }

    pub(crate) fn changed(what: &str, expected: &str, found: &str) -> Self {
        Self::new(what, How::Changed { expected: clipped(expected), found: clipped(found) })
    }

    /// The entry as a whole.
    pub(crate) fn entry(found: &str) -> Self {
        Self::changed("entry", "the ledger's entry", found)
    }

    /// Whether it is content that a backend has cut: the entry commits to all of it.
    pub(crate) fn is_cut_content(&self) -> bool {
        let entry = self.what == names::HEAD || self.what.starts_with(names::ENTRY_PREFIX);
        matches!(self.how, How::Truncated { .. }) && !entry
    }
}

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) differences: Vec<Difference>,
    /// Names of attributes that others have added, and that mean nothing to us.
    pub(crate) foreign: Vec<String>,
}

impl Compared {
    /// How far the span is from the one that it was compared with: first what was altered counts, then what was cut.
    pub(crate) fn distance(&self) -> (usize, usize) {
        let cut = self.differences.iter().filter(|one| one.is_cut_content()).count();
        (self.differences.len() - cut, cut)
    }
}

/// Compares a span with what it has to be. `passing` names attributes that are judged elsewhere.
pub(crate) fn compare(
    expected: &Span,
    found: &Span,
    habits: Habits,
    cuts: &mut Cuts,
    passing: &BTreeSet<String>,
) -> Compared {
    let mut compared = Compared { differences: frame(expected, found, habits), foreign: vec![] };
    let expected = by_name(expected);
    let mut left = by_name(found);
    cuts.saw(found);
    for (name, value) in &expected {
        let found = left.remove(name);
        if passing.contains(*name) {
            continue;
        }
        let how = match &found {
            None => Some(How::Missing),
            Some(found) => cuts.how(value, found, habits),
        };
        compared.differences.extend(how.map(|how| Difference::new(*name, how)));
    }
    for name in passing {
        if found.attributes.iter().filter(|(key, _)| key == name).nth(1).is_some() {
            compared.differences.push(Difference::changed(name, "one value", "several"));
        }
    }
    for (name, value) in left.iter().filter(|(name, _)| !passing.contains(**name)) {
        if is_ours(name) {
            let how = How::Added { found: clipped(&value.shown()) };
            compared.differences.push(Difference::new(*name, how));
        } else {
            compared.foreign.push(name.to_string());
        }
    }
    compared
}

/// Names that say something of a decision wherever it is shown. Others are added by collectors and backends.
fn is_ours(name: &str) -> bool {
    ["testimony.", "gen_ai."].iter().any(|prefix| name.starts_with(prefix))
        || name == names::SPAN_KIND
        || name == names::ERROR_TYPE
}

fn frame(expected: &Span, found: &Span, habits: Habits) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut texts = |what: &str, expected: &[u8], found: &[u8]| {
        if expected != found {
            let shown = [expected, found].map(String::from_utf8_lossy);
            list.push(Difference::changed(what, &shown[0], &shown[1]));
        }
    };
    texts("name", &expected.name, &found.name);
    let status =
        |span: &Span| format!("{} {}", span.status, String::from_utf8_lossy(&span.message));
    texts("status", status(expected).as_bytes(), status(found).as_bytes());
    texts(
        "span_id",
        hex::encode(expected.span_id).as_bytes(),
        hex::encode(found.span_id).as_bytes(),
    );
    let parent = |span: &Span| hex::encode(span.parent_span_id);
    texts("parent_span_id", parent(expected).as_bytes(), parent(found).as_bytes());
    // Nothing of ours is sent without a kind: 0 is what a reader says whose backend does not tell.
    if !habits.hides_kind && found.kind != 0 {
        texts("kind", expected.kind.to_string().as_bytes(), found.kind.to_string().as_bytes());
    }
    for (what, expected, found) in
        [("start", expected.start_ns, found.start_ns), ("end", expected.end_ns, found.end_ns)]
    {
        if expected.abs_diff(found) >= habits.precision_ns {
            texts(what, expected.to_string().as_bytes(), found.to_string().as_bytes());
        }
    }
    list
}

type Attributes<'a> = BTreeMap<&'a str, Cow<'a, Value>>;

/// An attribute that stands there twice is a list of both, which no attribute of ours is.
fn by_name(span: &Span) -> Attributes<'_> {
    let mut attributes = Attributes::new();
    for (name, value) in &span.attributes {
        let value = match attributes.remove(name.as_str()) {
            Some(earlier) => Cow::Owned(Value::List(vec![earlier.into_owned(), value.clone()])),
            None => Cow::Borrowed(value),
        };
        attributes.insert(name.as_str(), value);
    }
    attributes
}

/// Whether a backend with such habits hands out one value as the other.
fn means(expected: &Value, found: &Value, habits: Habits) -> bool {
    match (expected, found) {
        (Value::List(list), Value::Text(text)) if habits.lists_as_json => {
            let texts: Option<Vec<&str>> = list.iter().map(Value::as_text).collect();
            serde_json::from_slice::<Vec<String>>(text)
                .is_ok_and(|found| texts.is_some_and(|expected| expected == found))
        }
        #[allow(
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "the backend does the same"
        )]
        (Value::Double(double), Value::Integer(integer)) if habits.blurs_numbers => {
            *double == *integer as f64
        }
        (expected, found) => expected == found,
    }
}

impl Cuts {
    fn saw(&mut self, span: &Span) {
        let lengths = span.attributes.iter().filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.len()),
            _ => None,
        });
        self.longest = lengths.fold(self.longest, usize::max);
    }

    fn how(&mut self, expected: &Value, found: &Value, habits: Habits) -> Option<How> {
        if means(expected, found, habits) {
            return None;
        }
        if let (Value::Text(whole), Value::Text(part)) = (expected, found)
            && habits.cuts_text
            && self.is_cut(whole, part)
        {
            return Some(How::Truncated { bytes: part.len(), of: whole.len() });
        }
        let [expected, found] = [expected.shown(), found.shown()].map(|text| clipped(&text));
        Some(How::Changed { expected, found })
    }

    /// A backend cuts every text at the same length. So what is shorter than a text that it has kept was cut by someone else.
    fn is_cut(&mut self, whole: &[u8], part: &[u8]) -> bool {
        let length = part.len();
        let plausible = length >= self.longest && self.at.is_none_or(|at| at == length);
        let cut = plausible && length < whole.len() && whole.starts_with(part);
        if cut {
            self.at = Some(length);
        }
        cut
    }
}

fn clipped(text: &str) -> String {
    let mut chars = text.chars();
    let mut clipped: String = chars.by_ref().take(MOST_SHOWN).collect();
    if chars.next().is_some() {
        clipped.push('…');
    }
    clipped
}
