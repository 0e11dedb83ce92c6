//! Where an entry becomes a span, a batch is handed over, and the cursor is put behind what the endpoint has answered for.

use std::sync::Arc;

use testimony_ledger::read::objects::SegmentObjects;
use testimony_record::Uuid;
use testimony_record::entry::Body;

use crate::batch::{Batch, Parcel};
use crate::causes::with_causes;
use crate::courier::{Courier, OutOfTime};
use crate::cursor::{Cursor, Place};
use crate::destination::Destination;
use crate::mapping::{Contents, Mapper, Sealed};
use crate::set_aside::Which;
use crate::shared::Shared;

/// What all streams that this process exports have in common.
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    pub(crate) destination: Destination,
    courier: Courier,
    mapper: Mapper,
    content: bool,
    sent_something: bool,
}

impl Desk {
    pub(crate) fn new(
        shared: Arc<Shared>,
        destination: Destination,
        courier: Courier,
        mapper: Mapper,
        content: bool,
    ) -> Self {
        Self { shared, destination, courier, mapper, content, sent_something: false }
    }

    /// Whether content travels, and so the objects of a segment have to be known.
    pub(crate) fn wants_objects(&self) -> bool {
        self.content
    }

    /// Begins a stream behind a cursor that knows this head, or from its beginning.
    pub(crate) fn begin(&mut self, stream: Uuid, head: Option<&str>) {
        self.mapper.forget_head(stream);
        if let Some(head) = head {
            self.mapper.remember_head(stream, head);
        }
    }

    /// Lets the mapper see an entry that was delivered earlier.
    pub(crate) fn recall(&mut self, sealed: &Sealed) {
        let _ = self.mapper.span(sealed, None);
    }

    pub(crate) fn parcel(&mut self, sealed: &Sealed, objects: Option<&SegmentObjects>) -> Parcel {
        let contents = objects.filter(|_| self.content);
        let entry = &sealed.entry;
        let read = |objects: &SegmentObjects| {
            Contents::read(objects, &entry.body, self.mapper.conventions())
        };
        let contents = contents.map(read);
        Parcel {
            span: self.mapper.span(sealed, contents.as_ref()),
            stream: entry.stream,
            seq: entry.seq,
            hash: sealed.hash,
            id: decision_of(&entry.body),
            call: self.shared.call_of(&entry.body),
            sealed_us: entry.time_us,
        }
    }

    /// Delivers a batch; returns how many spans it had.
    pub(crate) fn deliver(&mut self, batch: &mut Batch) -> Result<u64, OutOfTime> {
        let mut parcels = batch.take();
        let calls: Vec<_> = parcels.iter_mut().filter_map(|parcel| parcel.call.take()).collect();
        let count = parcels.len() as u64;
        if let Some(first) = parcels.first() {
            self.shared.counters.waits_since(first.sealed_us);
            self.sent_something = true;
            self.courier.deliver(parcels)?;
            self.shared.measure(&calls);
        }
        Ok(count)
    }

    /// Puts on record that an entry cannot travel.
    pub(crate) fn set_aside(
        &mut self,
        stream: Uuid,
        place: Place,
        why: String,
    ) -> Result<(), OutOfTime> {
        let which = Which::Entry { seq: place.seq, hash: place.hash, id: None };
        self.courier.set_aside(stream, which, why)
    }

    pub(crate) fn head(&self, stream: Uuid) -> Option<String> {
        self.mapper.head(stream).map(str::to_owned)
    }

    /// A cursor that cannot be written costs that some entries travel twice, and nothing else; so the export goes on.
    pub(crate) fn keep(&self, cursor: &Cursor) {
        if let Err(error) = self.destination.write_cursor(cursor) {
            self.shared.note(with_causes(&error));
        }
    }

    /// Whether anything was sent since this was asked last.
    pub(crate) fn take_sent_something(&mut self) -> bool {
        std::mem::take(&mut self.sent_something)
    }
}

/// The decision that an entry is, or is about.
fn decision_of(body: &Body) -> Option<Uuid> {
    match body {
        Body::Decision(decision) => Some(decision.id),
        Body::Outcome(outcome) => Some(outcome.decision),
        Body::Intent(intent) => Some(intent.id),
        _ => None,
    }
}
