//! One segment file, read frame by frame through the storage seam, without holding the whole file in memory.

use std::io;
use std::path::PathBuf;

use testimony_record::frame::{self, Frame, FrameError, SegmentHeader};

use crate::storage::Storage;

/// How much is read at a time. A frame that is larger is held whole.
const CHUNK: usize = 1 << 20;

/// A frame, where it begins, and how long it is.
type Measured<'a> = Result<(u64, Frame<'a>, usize), FrameError>;

/// A segment file from some offset on.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    storage: &'a dyn Storage,
    path: PathBuf,
    /// Where in the file `buffer` begins.
    base: u64,
    buffer: Vec<u8>,
    /// How much of `buffer` has been handed out.
    taken: usize,
    /// Nothing is read from here on, although the file may be longer.
    limit: u64,
}

impl<'a> Frames<'a> {
    /// At `offset`, a frame or the header line begins.
    pub(crate) fn new(storage: &'a dyn Storage, path: PathBuf, offset: u64, limit: u64) -> Self {
        Self { storage, path, base: offset, buffer: Vec::new(), taken: 0, limit }
    }

    /// Where the next frame begins.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.taken as u64
    }

    pub(crate) fn header(&mut self) -> io::Result<Result<SegmentHeader, FrameError>> {
        loop {
            match SegmentHeader::parse(self.rest()) {
                Ok((header, length)) => {
                    self.taken += length;
                    return Ok(Ok(header));
                }
                Err(FrameError::Incomplete) if self.fill()? => {}
                Err(why) => return Ok(Err(why)),
            }
        }
    }

    /// The next frame and where it begins; `None` at the end of what can be read. After an error nothing more comes.
    pub(crate) fn next(&mut self) -> io::Result<Option<Result<(u64, Frame<'_>), FrameError>>> {
        let next = self.next_measured()?;
        Ok(next.map(|next| next.map(|(at, frame, _)| (at, frame))))
    }

    /// The same, and how long the frame is.
    pub(crate) fn next_measured(&mut self) -> io::Result<Option<Measured<'_>>> {
        let length = loop {
            if self.rest().is_empty() && !self.fill()? {
                return Ok(None);
            }
            match frame::parse(self.rest()).map(|(_, length)| length) {
                Ok(length) => break length,
                Err(FrameError::Incomplete) if self.fill()? => {}
                Err(why) => return Ok(Some(Err(why))),
            }
        };
        let (at, begins) = (self.offset(), self.taken);
        self.taken += length;
        let bytes = self.buffer.get(begins..).unwrap_or_default();
        Ok(Some(frame::parse(bytes).map(|(frame, length)| (at, frame, length))))
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// Reads on; says whether there was anything.
    fn fill(&mut self) -> io::Result<bool> {
        self.base += self.taken as u64;
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let at = self.base + self.buffer.len() as u64;
        let most = usize::try_from(self.limit.saturating_sub(at)).unwrap_or(CHUNK).min(CHUNK);
        let more = self.storage.read_at(&self.path, at, most)?;
        self.buffer.extend_from_slice(&more);
        Ok(!more.is_empty())
    }
}
