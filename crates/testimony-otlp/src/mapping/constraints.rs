//! The rules that a decision was checked against, as attributes. The entry names each rule and says whether it held; its
//! limit and what was observed are content.

use testimony_record::part::{Part, Role};

use super::list::List;
use super::names;

/// The most rules on one span; the entry has them all.
pub(super) const MOST_CONSTRAINTS: usize = 32;

pub(super) fn add(list: &mut List, parts: &[Part]) {
    for (number, part) in numbered(parts) {
        state(list, number, part);
    }
}

/// What the part itself says.
pub(super) fn state(list: &mut List, number: usize, part: &Part) {
    list.label(name(number, "rule"), part.name.as_ref());
    if let Some(held) = part.held {
        list.text(name(number, "held"), if held { "true" } else { "false" });
    }
}

/// The constraints among parts, with their numbers. Content counts them in the same way.
pub(super) fn numbered(parts: &[Part]) -> impl Iterator<Item = (usize, &Part)> {
    let constraints = parts.iter().filter(|part| part.role == Role::Constraint);
    constraints.take(MOST_CONSTRAINTS).enumerate()
}

pub(super) fn name(number: usize, what: &str) -> String {
    format!("{}{number}.{what}", names::CONSTRAINT_PREFIX)
}
