//! One stream's files: gives entries their place in the chain, gathers frames in a buffer, writes them, syncs them,
//! and begins new segments. It stops at the first error and never writes again.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry, FORMAT, Link};
use testimony_record::frame::{Frame, SegmentHeader};

use crate::checkpoint::stand::Stand;
use crate::layout;
use crate::storage::{Append, Storage};

/// The end of a stream's chain, where the next entry will be linked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tip {
    pub(crate) next_seq: u64,
    pub(crate) prev: Digest,
    pub(crate) next_segment: u64,
}

/// The writer of one stream.
#[derive(Debug)]
pub(crate) struct Appender {
    storage: Arc<dyn Storage>,
    ledger: PathBuf,
    stream: Uuid,
    tip: Tip,
    now_us: fn() -> u64,
    file: Option<Box<dyn Append>>,
    file_bytes: u64,
    segment_bytes: u64,
    /// Frames that wait to be written.
    pub(crate) buffer: Vec<u8>,
    /// Bytes have been written that were not synced.
    dirty: bool,
}

impl Appender {
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        ledger: PathBuf,
        stream: Uuid,
        tip: Tip,
        now_us: fn() -> u64,
        segment_bytes: u64,
    ) -> Self {
        let (buffer, file_bytes, dirty) = (Vec::new(), 0, false);
        Self {
            storage,
            ledger,
            stream,
            tip,
            now_us,
            file: None,
            file_bytes,
            segment_bytes,
            buffer,
            dirty,
        }
    }

    pub(crate) fn stream(&self) -> Uuid {
        self.stream
    }

    /// Where it stands. What waits in the buffer is not counted.
    pub(crate) fn stand(&self) -> Option<Stand> {
        let segment = self.tip.next_segment.checked_sub(1)?;
        Some(Stand { newest: self.newest()?, segment, end: self.file_bytes })
    }

    pub(crate) fn dirty(&self) -> bool {
        self.dirty
    }

    /// The newest entry, unless there is none.
    pub(crate) fn newest(&self) -> Option<Link> {
        Some(Link { seq: self.tip.next_seq.checked_sub(1)?, hash: self.tip.prev })
    }

    /// Links an entry to the chain and puts it behind the objects that wait in the buffer.
    pub(crate) fn entry(&mut self, body: Body) -> Link {
        let (seq, prev) = (self.tip.next_seq, self.tip.prev);
        let bytes =
            Entry { v: FORMAT, stream: self.stream, seq, prev, time_us: (self.now_us)(), body }
                .encode();
        let hash = Digest::of_entry(&bytes);
        Frame::Entry { hash, bytes: &bytes }.write(&mut self.buffer);
        (self.tip.next_seq, self.tip.prev) = (seq + 1, hash);
        Link { seq, hash }
    }

    /// Writes what waits, with one call.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let Some(file) = self.file.as_mut() else {
            return Err(io::Error::other("no segment is open"));
        };
        file.append(&self.buffer)?;
        self.file_bytes += self.buffer.len() as u64;
        self.dirty = true;
        // Everything sealed so far is in the file; none of it is durable yet.
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER);
        Ok(())
    }

    /// Makes everything written so far durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.as_mut().filter(|_| self.dirty) {
            file.sync()?;
            self.dirty = false;
        }
        Ok(())
    }

    pub(crate) fn segment_is_full(&self) -> bool {
        self.file_bytes >= self.segment_bytes
    }

    /// Begins a new segment. The old one is written and synced to its end first, so that only the last segment can
    /// ever be torn.
    pub(crate) fn roll(&mut self) -> io::Result<()> {
        self.write()?;
        self.sync()?;
        let Tip { next_seq: seq, prev, next_segment: index } = self.tip;
        let path = layout::segment(&self.ledger, self.stream, index);
        self.file = Some(self.storage.create(&path)?);
        self.storage.sync_dir(&layout::stream(&self.ledger, self.stream))?;
        self.tip.next_segment += 1;
        self.file_bytes = 0;
        let header = SegmentHeader { stream: self.stream, index, seq, prev };
        self.buffer.extend_from_slice(header.encode().as_bytes());
        Ok(())
    }
}

/// A buffer that once held a huge decision must not stay huge.
const KEPT_BUFFER: usize = 1 << 20;
