//! The exporter's thread: waits for commits, reads what they brought, turns decisions into spans, and has them delivered.
//!
//! While a batch is under way nothing more is read. What is read and not yet delivered is one batch, whatever the backlog.

use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Archive;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;
use testimony_record::entry::Body;

use crate::batch::Batch;
use crate::courier::{Courier, OutOfTime};
use crate::cursor::Cursor;
use crate::exporter::Shared;
use crate::mapping::{Contents, Conventions, Mapper, Sealed};

/// How long one wait for a commit lasts, and so how soon a stop is noticed.
const PATIENCE: Duration = Duration::from_millis(50);

pub(crate) struct Follower<W> {
    pub(crate) archive: Archive,
    pub(crate) desk: Desk,
    pub(crate) wait: W,
    pub(crate) linger: Duration,
}

impl<W: Fn(u64, Duration) -> u64> Follower<W> {
    /// Runs until a stop is asked for; then looks a last time. Says whether everything was delivered.
    pub(crate) fn run(mut self) -> bool {
        let shared = Arc::clone(&self.desk.shared);
        let (mut seen, mut behind) = (0, true);
        loop {
            let commit = (self.wait)(seen, PATIENCE);
            let stopping = shared.signal.stopping();
            // Other processes' commits ring no bell here; neither does a stream that could not be read last time.
            if commit != seen || stopping || behind || self.desk.only.is_none() {
                behind = !self.round();
            }
            if stopping {
                return !behind;
            }
            seen = commit;
        }
    }

    /// Delivers what has come since the last round; says whether that was all there is.
    fn round(&mut self) -> bool {
        let Self { archive, desk, .. } = self;
        let read = archive.advance(&mut |stored| desk.take(&stored));
        desk.flush();
        if let Err(error) = &read {
            desk.shared.note(error.to_string());
        }
        if std::mem::take(&mut desk.sent_something) {
            desk.shared.signal.linger(self.linger);
        }
        read.is_ok() && !desk.out_of_time
    }
}

/// Where entries become spans and spans become batches.
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    courier: Courier,
    batch: Batch,
    mapper: Mapper,
    contents: Option<ContentReader>,
    /// The one stream to export, or all.
    only: Option<Uuid>,
    /// Past everything that has been looked at, the batch included.
    looked_at: Cursor,
    sent_something: bool,
    out_of_time: bool,
}

impl Desk {
    pub(crate) fn new(
        courier: Courier,
        shared: Arc<Shared>,
        contents: Option<Archive>,
        only: Option<Uuid>,
    ) -> Self {
        Self {
            looked_at: shared.cursor(),
            shared,
            courier,
            batch: Batch::default(),
            mapper: Mapper::default(),
            contents: contents.map(|archive| ContentReader { archive }),
            only,
            sent_something: false,
            out_of_time: false,
        }
    }

    fn take(&mut self, stored: &Stored) {
        let wanted = self.only.is_none_or(|stream| stream == stored.entry.stream);
        if self.out_of_time || !wanted || self.looked_at.holds(stored) {
            return;
        }
        let content = self.contents.as_mut().map(|contents| contents.read(stored));
        let Stored { entry, hash, bytes, .. } = stored.clone();
        let sealed = Sealed { entry, bytes, hash };
        let span = self.mapper.span(&sealed, content.as_ref());
        if matches!(stored.entry.body, Body::Decision(_)) {
            if self.batch.is_full_for(&span) {
                self.flush();
            }
            if self.batch.is_empty() {
                self.shared.counters.waits_since(stored.entry.time_us);
            }
            self.batch.push(span);
        }
        if !self.out_of_time {
            self.looked_at.pass(stored);
        }
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            let delivered = self.courier.deliver(self.batch.take());
            self.out_of_time = delivered == Err(OutOfTime);
            self.sent_something = true;
        }
        if !self.out_of_time {
            self.shared.counters.nothing_waits();
            self.shared.delivered(self.looked_at.clone());
        }
    }
}

/// A second reader of the same ledger, for objects: the first is busy showing entries.
struct ContentReader {
    archive: Archive,
}

impl ContentReader {
    /// Objects stand before the entries that refer to them, so once this archive has caught up it finds them all.
    fn read(&mut self, stored: &Stored) -> Contents {
        let contents = Contents::read(&self.archive, &stored.entry.body, Conventions::default());
        if !contents.misses_objects() || self.catch_up().is_err() {
            return contents;
        }
        Contents::read(&self.archive, &stored.entry.body, Conventions::default())
    }

    fn catch_up(&mut self) -> Result<(), CouldNotRead> {
        self.archive.advance(&mut |_| {})
    }
}
