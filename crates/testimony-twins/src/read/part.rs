//! A part as rows: one for itself, and where it is a list one for each message and each content of a message.

use testimony_index::NotBuilt;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::label::Label;
use testimony_record::node::{Message, MessagePart};
use testimony_record::part::{Absent, Content, Part};

use super::content::{is_told, rule, text};
use super::decision::label;
use super::objects::Objects;
use super::words;
use crate::table::rows::Cell;

/// Whose part it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) stream: Uuid,
    pub(super) seq: u64,
    pub(super) decision: Uuid,
    /// `decision` or `outcome`.
    pub(super) of: &'a str,
}

/// Where rows go.
type Push<'a> = dyn FnMut(&[Cell<'_>]) -> Result<(), NotBuilt> + 'a;

/// One row in the making, beside what all rows of the part share.
#[derive(Default)]
struct Row<'a> {
    name: Option<&'a Label>,
    path: Option<String>,
    message_role: Option<&'a Label>,
    kind: Option<&'a Label>,
    digest: Option<&'a Digest>,
    media: Option<&'a str>,
    size: Option<u64>,
    absent: Option<&'static str>,
    hint: Option<&'a Label>,
    text: Option<String>,
    rule: [Option<String>; 2],
}

/// Adds the rows of a part.
pub(super) fn rows(
    owner: Owner<'_>,
    part: &Part,
    objects: &Objects<'_>,
    push: &mut Push<'_>,
) -> Result<(), NotBuilt> {
    let name = part.name.as_ref();
    let row = Row { name, digest: part.digest(), ..Row::default() };
    let row = match &part.content {
        Content::Absent(Absent { why, size, hint }) => {
            Row { absent: Some(words::why(*why)), size: *size, hint: hint.as_ref(), ..row }
        }
        Content::Blob(digest) => with_blob(row, part, objects, digest),
        Content::Node(digest) => match objects.list(digest) {
            Ok(messages) => {
                push_row(owner, part, &row, push)?;
                return list(owner, part, objects, &messages, push);
            }
            Err(why) => Row { absent: Some(why.as_str()), ..row },
        },
    };
    push_row(owner, part, &row, push)
}

fn list(
    owner: Owner<'_>,
    part: &Part,
    objects: &Objects<'_>,
    messages: &[Digest],
    push: &mut Push<'_>,
) -> Result<(), NotBuilt> {
    for (number, digest) in messages.iter().enumerate() {
        let row = Row { path: Some(number.to_string()), digest: Some(digest), ..Row::default() };
        match objects.message(digest) {
            Err(why) => push_row(owner, part, &Row { absent: Some(why.as_str()), ..row }, push)?,
            Ok(Message { role, name, parts }) => {
                let row = Row { name: name.as_ref(), message_role: Some(role), ..row };
                push_row(owner, part, &row, push)?;
                for (at, inner) in parts.iter().enumerate() {
                    let path = Some(format!("{number}.{at}"));
                    let row = Row { path, message_role: Some(role), ..of_inner(inner) };
                    let row = with_blob(row, part, objects, &inner.blob);
                    push_row(owner, part, &row, push)?;
                }
            }
        }
    }
    Ok(())
}

fn of_inner(inner: &MessagePart) -> Row<'_> {
    let MessagePart { kind, name, blob, .. } = inner;
    Row { kind: Some(kind), name: name.as_ref(), digest: Some(blob), ..Row::default() }
}

fn with_blob<'a>(row: Row<'a>, part: &Part, objects: &'a Objects<'_>, digest: &Digest) -> Row<'a> {
    match objects.blob(digest) {
        Err(why) => Row { absent: Some(why.as_str()), ..row },
        Ok((media, bytes)) => Row {
            media: Some(media.as_str()),
            size: Some(bytes.len() as u64),
            text: is_told(part.role).then(|| text(bytes)).flatten(),
            rule: part.held.map_or([None, None], |_| rule(bytes)),
            ..row
        },
    }
}

fn push_row(
    owner: Owner<'_>,
    part: &Part,
    row: &Row<'_>,
    push: &mut Push<'_>,
) -> Result<(), NotBuilt> {
    let [limit, observed] = &row.rule;
    push(&[
        Cell::Id(Some(owner.stream)),
        Cell::integer(owner.seq),
        Cell::Id(Some(owner.decision)),
        Cell::Text(Some(owner.of)),
        Cell::Text(Some(part.role.as_str())),
        label(row.name),
        Cell::Text(Some(words::origin(part.from))),
        Cell::Boolean(part.held),
        label(part.note.as_ref()),
        Cell::Text(row.path.as_deref()),
        label(row.message_role),
        label(row.kind),
        Cell::digest(row.digest),
        Cell::Text(row.media),
        Cell::integer(row.size),
        Cell::Text(row.absent),
        label(row.hint),
        Cell::Text(row.text.as_deref()),
        Cell::Text(limit.as_deref()),
        Cell::Text(observed.as_deref()),
    ])
}
