//! What two decisions say differently, apart from their parts: by the names under which the facts stand in JSON. What came of
//! them is a fact as well.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::outcomes;
use crate::account::{Account, Facts};

/// One fact that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactDiffers {
    /// Its name, as in the JSON of [`Facts`]; with a full stop inside others: `usage.input`. `outcome.executed` says how many
    /// outcomes of a kind are on record, `outcome.scored.reward` what one says, and `outcome.executed.entry` that the entry of
    /// one is not what was sealed.
    pub name: String,
    /// What the left one says; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Value>,
    /// What the right one says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<Value>,
}

/// Identities of the two calls, which always differ and explain nothing.
const NO_DIFFERENCE: [&str; 3] = ["response.id", "trace.span_id", "trace.trace_id"];

pub(super) fn compare(left: &Account, right: &Account) -> Vec<FactDiffers> {
    let (left, right) = (all(left), all(right));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differ = names.into_iter().filter(|name| left.get(*name) != right.get(*name));
    let told = differ.filter(|name| !NO_DIFFERENCE.contains(&name.as_str()));
    told.map(|name| FactDiffers {
        name: name.clone(),
        left: left.get(name).cloned(),
        right: right.get(name).cloned(),
    })
    .collect()
}

fn all(account: &Account) -> Map<String, Value> {
    let mut all = flat(&account.facts);
    all.extend(outcomes::flat(&account.outcomes));
    all
}

fn flat(facts: &Facts) -> Map<String, Value> {
    let mut flat = Map::new();
    // Facts are labels, numbers and words, which always have JSON.
    if let Ok(Value::Object(facts)) = serde_json::to_value(facts) {
        for (name, value) in facts {
            match value {
                Value::Object(inner) => {
                    flat.extend(inner.into_iter().map(|(key, v)| (format!("{name}.{key}"), v)));
                }
                value => drop(flat.insert(name, value)),
            }
        }
    }
    flat
}
