//! A decision as a row.

use testimony_record::decision::{Decision, Usage};
use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

use super::content;
use super::objects::Objects;
use super::words::IMPORTED;
use crate::table::rows::Cell;

/// The columns after those of every entry.
pub(super) fn row(
    decision: &Decision,
    (parts, whole): (&[Part], bool),
    objects: &Objects<'_>,
    push: impl FnOnce(&[Cell<'_>]),
) {
    let about = parts.iter().filter(|part| part.role == Role::Subject);
    let subjects: Vec<_> = about.map(|part| content::of_part(objects, part)).collect();
    let violated = parts.iter().filter(|part| part.held == Some(false)).count();
    let Usage { input, output, .. } = decision.usage.unwrap_or_default();
    let trace = decision.trace.as_ref();
    let answered = decision.response.as_ref().and_then(|response| response.model.as_ref());
    push(&[
        Cell::Id(Some(decision.id)),
        Cell::time(decision.began_us),
        Cell::integer(decision.took_us),
        Cell::Text(Some(decision.site.as_str())),
        label(decision.operation.as_ref()),
        label(decision.provider.as_ref()),
        label(decision.model.as_ref()),
        label(answered),
        Cell::Text(Some(decision.status.as_str())),
        label(decision.error.as_ref()),
        Cell::integer(input),
        Cell::integer(output),
        Cell::Bytes(trace.map(|trace| trace.trace_id.as_slice())),
        Cell::Bytes(trace.map(|trace| trace.span_id.as_slice())),
        Cell::Id(decision.parent),
        Cell::Ids(&decision.causes),
        Cell::Texts(&subjects),
        Cell::integer(violated as u64),
        Cell::Boolean(Some(decision.site.as_str().starts_with(IMPORTED))),
        Cell::Boolean(Some(whole)),
    ]);
}

pub(super) fn label(label: Option<&Label>) -> Cell<'_> {
    Cell::Text(label.map(Label::as_str))
}
