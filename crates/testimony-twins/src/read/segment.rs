//! One walk over a segment's frames: objects are remembered, entries become rows.

use datafusion::arrow::array::RecordBatch;
use testimony_index::NotBuilt;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{Frame, FrameError};
use testimony_record::node::Node;
use testimony_record::verify::Walk;

use super::objects::{Object, Objects};
use super::part::Owner;
use super::{decision, outcome, part};
use crate::table::Table;
use crate::table::rows::{Cell, Rows};

/// Which segment is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) stream: Uuid,
    pub(crate) segment: u64,
    /// A writer may be in the middle of a frame, so that an unfinished end is no damage.
    pub(crate) live: bool,
}

/// Where rows go, some at a time.
pub(crate) trait Sink {
    fn put(&mut self, table: Table, rows: RecordBatch) -> Result<(), NotBuilt>;
}

/// Rows of every table on their way to a sink.
pub(crate) struct Output<'a> {
    rows: [Rows; Table::ALL.len()],
    sink: &'a mut dyn Sink,
}

/// So many rows of a table are in memory before they go to the sink.
pub(crate) const MOST_ROWS: usize = 131_072;

impl<'a> Output<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { rows: Table::ALL.map(Rows::new), sink }
    }

    fn push(&mut self, table: Table, cells: &[Cell<'_>]) -> Result<(), NotBuilt> {
        for rows in self.rows.iter_mut().filter(|rows| rows.table() == table) {
            rows.push(cells);
            if rows.len() >= MOST_ROWS {
                self.sink.put(table, rows.take()?)?;
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), NotBuilt> {
        for rows in &mut self.rows {
            self.sink.put(rows.table(), rows.take()?)?;
        }
        Ok(())
    }
}

/// Reads a whole segment.
pub(crate) fn read(source: Source, bytes: &[u8], output: &mut Output<'_>) -> Result<(), NotBuilt> {
    let mut objects = Objects::default();
    let mut walk = Walk::new(bytes).1;
    while let Some((at, frame)) = walk.next() {
        let place = At { source, offset: at, length: walk.offset() - at };
        match frame {
            Frame::Entry { hash, bytes } => {
                let sealed = frame.is_sealed();
                place.entry(hash, bytes, sealed, &objects, output)?;
            }
            frame => place.object(frame, &mut objects, output)?,
        }
    }
    match walk.ending().why {
        None => {}
        Some(FrameError::Incomplete) if source.live => {}
        Some(_) => {
            let offset = walk.offset();
            let place = At { source, offset, length: bytes.len() - offset };
            place.push_entry(Table::Entries, &Told::UNREADABLE, &[], output)?;
        }
    }
    Ok(())
}

/// Where a frame lies.
struct At {
    source: Source,
    offset: usize,
    length: usize,
}

/// What the columns of every entry say.
struct Told<'a> {
    seq: Option<u64>,
    kind: &'a str,
    time_us: Option<u64>,
    hash: Option<Digest>,
    sealed: bool,
}

impl Told<'_> {
    const UNREADABLE: Self =
        Self { seq: None, kind: "unreadable", time_us: None, hash: None, sealed: false };
}

impl At {
    fn entry(
        &self,
        hash: Digest,
        bytes: &[u8],
        sealed: bool,
        objects: &Objects<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), NotBuilt> {
        let Ok(entry) = Entry::decode(bytes) else {
            let told = Told { hash: Some(hash), sealed, ..Told::UNREADABLE };
            return self.push_entry(Table::Entries, &told, &[], output);
        };
        let Entry { seq, time_us, body, .. } = &entry;
        let (seq, time_us, hash) = (Some(*seq), Some(*time_us), Some(hash));
        let told = Told { seq, time_us, hash, kind: body.kind(), sealed };
        self.push_entry(Table::Entries, &told, &[], output)?;
        self.body(&entry, &told, objects, output)
    }

    fn body(
        &self,
        entry: &Entry,
        told: &Told<'_>,
        objects: &Objects<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), NotBuilt> {
        let (parts, whole) = objects.parts(&entry.body);
        let id = match &entry.body {
            Body::Decision(decision) => {
                let mut pushed = Ok(());
                decision::row(decision, (&parts, whole), objects, |cells| {
                    pushed = self.push_entry(Table::Decisions, told, cells, output);
                });
                pushed?;
                decision.id
            }
            Body::Outcome(outcome) => {
                let told = Told { kind: outcome.kind.as_str(), ..*told };
                let mut pushed = Ok(());
                outcome::row(outcome, &parts, objects, |cells| {
                    pushed = self.push_entry(Table::Outcomes, &told, cells, output);
                });
                pushed?;
                outcome.decision
            }
            _ => return Ok(()),
        };
        let (stream, seq, of) = (self.source.stream, entry.seq, entry.body.kind());
        let owner = Owner { stream, seq, decision: id, of };
        parts.iter().try_for_each(|part| {
            part::rows(owner, part, objects, &mut |cells| output.push(Table::Parts, cells))
        })
    }

    fn push_entry(
        &self,
        table: Table,
        told: &Told<'_>,
        more: &[Cell<'_>],
        output: &mut Output<'_>,
    ) -> Result<(), NotBuilt> {
        let mut cells = Vec::with_capacity(9 + more.len());
        cells.extend([
            Cell::Id(Some(self.source.stream)),
            Cell::integer(told.seq),
            Cell::integer(self.source.segment),
            Cell::integer(self.offset as u64),
            Cell::integer(self.length as u64),
            Cell::Text(Some(told.kind)),
            Cell::time(told.time_us),
            Cell::digest(told.hash.as_ref()),
            Cell::Boolean(Some(told.sealed)),
        ]);
        cells.extend_from_slice(more);
        output.push(table, &cells)
    }

    fn object<'b>(
        &self,
        frame: Frame<'b>,
        objects: &mut Objects<'b>,
        output: &mut Output<'_>,
    ) -> Result<(), NotBuilt> {
        let fallback = if matches!(frame, Frame::Blob { .. }) { "blob" } else { "node" };
        let Some((digest, object)) = Object::of(frame) else { return Ok(()) };
        let (kind, media, state) = describe(&object, fallback);
        output.push(
            Table::Objects,
            &[
                Cell::Id(Some(self.source.stream)),
                Cell::integer(self.source.segment),
                Cell::integer(self.offset as u64),
                Cell::integer(self.length as u64),
                Cell::digest(Some(&digest)),
                Cell::Text(Some(kind)),
                Cell::Text(media),
                Cell::Text(Some(state)),
            ],
        )?;
        objects.add(digest, object);
        Ok(())
    }
}

fn describe<'a>(
    object: &'a Object<'_>,
    fallback: &'static str,
) -> (&'static str, Option<&'a str>, &'static str) {
    match object {
        Object::Blob { media, .. } => ("blob", Some(media.as_str()), "whole"),
        Object::Node(Node::List(_)) => ("list", None, "whole"),
        Object::Node(Node::Message(_)) => ("message", None, "whole"),
        Object::Node(Node::Parts(_)) => ("parts", None, "whole"),
        Object::Erased => (fallback, None, "erased"),
        Object::Altered => (fallback, None, "altered"),
    }
}
