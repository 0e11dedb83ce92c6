//! What came of a decision, as facts that can be compared. When it came is no difference: two outcomes never share a moment.
//! An outcome that cannot be taken at its word always differs, for nobody knows what it said.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::account::{Outcome, Part};
use crate::content::Content;

/// How an outcome is called whose entry cannot be read.
const UNREADABLE: &str = "(cannot be read)";

/// How many outcomes of each kind there are, and what each of their parts says.
pub(super) fn flat(outcomes: &[Outcome]) -> Map<String, Value> {
    let mut said = Map::new();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for outcome in outcomes {
        let kind = outcome.kind.as_ref().map_or(UNREADABLE, |kind| kind.as_str());
        let kind = format!("outcome.{kind}");
        for part in &outcome.parts {
            add(&mut said, format!("{kind}.{}", name(part)), what(&part.content));
        }
        if let Some(doubt) = doubt(outcome) {
            add(&mut said, format!("{kind}.entry"), Value::from(doubt));
        }
        *counts.entry(kind).or_default() += 1;
    }
    for (kind, count) in counts {
        add(&mut said, kind, Value::from(count));
    }
    said
}

/// Nothing is lost where two things have one name: what stands under it is then a list.
fn add(said: &mut Map<String, Value>, name: String, what: Value) {
    let all = match said.remove(&name) {
        None => what,
        Some(Value::Array(before)) => before.into_iter().chain([what]).collect(),
        Some(before) => Value::from(vec![before, what]),
    };
    said.insert(name, all);
}

/// A part without a name is called by its role.
fn name(part: &Part) -> String {
    let role = || serde_json::to_value(part.role).ok()?.as_str().map(str::to_owned);
    part.name.as_ref().map(ToString::to_string).or_else(role).unwrap_or_default()
}

/// Text as it stands; of anything else what the account says of it, with the digest where it cannot be read.
fn what(content: &Content) -> Value {
    match content {
        Content::Text { text, .. } => Value::from(text.as_str()),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// The place makes it differ from any other.
fn doubt(outcome: &Outcome) -> Option<String> {
    let problem = outcome.problem.as_deref();
    let problem = problem.or((!outcome.sealed).then_some("ALTERED"))?;
    Some(format!("{problem} (entry {} of stream {})", outcome.place.seq, outcome.place.stream))
}
