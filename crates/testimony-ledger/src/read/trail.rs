//! The entries of one stream in their order, read on as the stream grows, in memory that does not grow with it.
//!
//! Unlike [`Archive`](crate::Archive) it remembers no objects, and passes over whole entries that lie in a cut: those
//! are not part of the stream. It does not judge; whoever needs certainty compares a root.

use std::path::PathBuf;

use testimony_record::Uuid;
use testimony_record::frame::{Frame, SegmentHeader};

use super::directory::{CouldNotRead, Directory};
use crate::checkpoint::frames::Frames;
use crate::storage::Disk;

/// How far one stream has been read.
#[derive(Debug, Clone)]
pub struct Trail {
    ledger: PathBuf,
    stream: Uuid,
    segment: u64,
    /// Where the next frame begins; 0 where the header line has not been read.
    offset: u64,
    next: u64,
}

impl Trail {
    /// Begins at a segment of a stream, and reads nothing yet.
    #[must_use]
    pub fn from_segment(ledger: impl Into<PathBuf>, stream: Uuid, segment: u64) -> Self {
        Self { ledger: ledger.into(), stream, segment, offset: 0, next: 0 }
    }

    /// Shows each further entry whose sequence number is smaller than `end`: the number and its exact bytes. Stops
    /// where the stream ends so far.
    ///
    /// # Errors
    /// When a file cannot be read; what was shown before stays read.
    pub fn advance(
        &mut self,
        end: u64,
        visit: &mut dyn FnMut(u64, &[u8]),
    ) -> Result<(), CouldNotRead> {
        let directory = Directory::open(&self.ledger)?;
        // Listed before it is read: a segment that has a successor by now is whole.
        let mut segments = directory.segments(self.stream)?;
        segments.retain(|&index| index >= self.segment);
        let successors = segments.iter().skip(1).map(Some).chain([None]);
        for (&index, successor) in segments.iter().zip(successors) {
            if index > self.segment {
                (self.segment, self.offset) = (index, 0);
            }
            let follows = successor.map(|&next| first_seq(&directory, self.stream, next));
            let cut = follows.transpose()?.flatten().unwrap_or(u64::MAX);
            self.advance_segment(&directory, end.min(cut), visit)?;
            if self.offset > 0 && self.next >= end {
                break;
            }
        }
        Ok(())
    }

    fn advance_segment(
        &mut self,
        directory: &Directory,
        end: u64,
        visit: &mut dyn FnMut(u64, &[u8]),
    ) -> Result<(), CouldNotRead> {
        let path = directory.segment_path(self.stream, self.segment);
        let io = |error| CouldNotRead::io(&path, error);
        let mut frames = Frames::new(&Disk, path.clone(), self.offset, u64::MAX);
        if self.offset == 0 {
            let Ok(SegmentHeader { seq, .. }) = frames.header().map_err(io)? else { return Ok(()) };
            (self.next, self.offset) = (seq, frames.offset());
        }
        while self.next < end {
            let Some(Ok((_, frame))) = frames.next().map_err(io)? else { break };
            if let Frame::Entry { bytes, .. } = frame {
                visit(self.next, bytes);
                self.next += 1;
            }
            self.offset = frames.offset();
        }
        Ok(())
    }
}

/// The sequence number with which a segment begins; `None` where it has no whole header line.
///
/// # Errors
/// When the file cannot be read.
pub fn first_seq(
    directory: &Directory,
    stream: Uuid,
    segment: u64,
) -> Result<Option<u64>, CouldNotRead> {
    let path = directory.segment_path(stream, segment);
    let header = Frames::new(&Disk, path.clone(), 0, u64::MAX).header();
    let header = header.map_err(|error| CouldNotRead::io(&path, error))?;
    Ok(header.ok().map(|header| header.seq))
}
