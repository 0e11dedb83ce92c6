//! An outcome as a row.

use testimony_record::decision::Outcome;
use testimony_record::part::{Part, Role};

use super::content;
use super::objects::Objects;
use crate::table::rows::Cell;

/// The columns after those of every entry.
pub(super) fn row(
    outcome: &Outcome,
    parts: &[Part],
    objects: &Objects<'_>,
    push: impl FnOnce(&[Cell<'_>]),
) {
    let by = content::first(objects, parts, Role::Actor);
    let about = content::first(objects, parts, Role::Decision);
    push(&[
        Cell::Id(Some(outcome.decision)),
        Cell::time(outcome.at_us),
        Cell::Text(by.as_deref()),
        Cell::Text(about.as_deref()),
    ]);
}
