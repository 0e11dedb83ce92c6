//! The entries of one stream in their order, read on as the stream grows, in memory that does not grow with it.
//!
//! Unlike [`Archive`](crate::Archive) it remembers at most the objects of the segment that it is in, and passes over whole
//! entries that lie in a cut: those are not part of the stream. It does not judge; whoever needs certainty compares a root.

use std::ops::ControlFlow;
use std::path::PathBuf;

use testimony_record::Uuid;
use testimony_record::frame::{Frame, SegmentHeader};

use super::directory::{CouldNotRead, Directory};
use super::objects::SegmentObjects;
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
    objects: Option<SegmentObjects>,
}

/// An entry, as a trail comes by it.
#[derive(Debug, Clone, Copy)]
pub struct Passed<'a> {
    /// Its number.
    pub seq: u64,
    /// Its exact bytes.
    pub bytes: &'a [u8],
    /// The segment file that holds it.
    pub segment: u64,
    /// Where its frame ends in that file, in bytes.
    pub end: u64,
    /// The objects that it may refer to, where the trail remembers any.
    pub objects: Option<&'a SegmentObjects>,
}

type Visit<'a> = &'a mut dyn FnMut(Passed<'_>) -> ControlFlow<()>;

impl Trail {
    /// Begins at a segment of a stream, and reads nothing yet.
    #[must_use]
    pub fn from_segment(ledger: impl Into<PathBuf>, stream: Uuid, segment: u64) -> Self {
        let ledger = ledger.into();
        Self { ledger, stream, segment, offset: 0, next: 0, objects: None }
    }

    /// Also remembers where the objects of the current segment lie, from its beginning on. All that an entry refers to
    /// stands in its own segment.
    #[must_use]
    pub fn with_objects(self) -> Self {
        Self { objects: Some(SegmentObjects::default()), ..self }
    }

    /// The segment that was read last, and how far, in bytes.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        (self.segment, self.offset)
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
        let mut all = |passed: Passed<'_>| {
            visit(passed.seq, passed.bytes);
            ControlFlow::Continue(())
        };
        self.run(end, &mut all).map(|_| ())
    }

    /// Shows each further entry, until one is the last that is wanted or the stream ends so far. An entry that was shown
    /// is behind the trail, also the last one.
    ///
    /// # Errors
    /// When a file cannot be read; what was shown before stays read.
    pub fn walk(
        &mut self,
        visit: &mut dyn FnMut(Passed<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, CouldNotRead> {
        self.run(u64::MAX, visit)
    }

    fn run(&mut self, end: u64, visit: Visit<'_>) -> Result<ControlFlow<()>, CouldNotRead> {
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
            if self.run_segment(&directory, end.min(cut), visit)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if self.offset > 0 && self.next >= end {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn run_segment(
        &mut self,
        directory: &Directory,
        end: u64,
        visit: Visit<'_>,
    ) -> Result<ControlFlow<()>, CouldNotRead> {
        let path = directory.segment_path(self.stream, self.segment);
        let io = |error| CouldNotRead::io(&path, error);
        let mut frames = Frames::new(&Disk, path.clone(), self.offset, u64::MAX);
        if self.offset == 0 {
            let header = frames.header().map_err(io)?;
            let Ok(SegmentHeader { seq, .. }) = header else {
                return Ok(ControlFlow::Continue(()));
            };
            (self.next, self.offset) = (seq, frames.offset());
            self.objects.iter_mut().for_each(|objects| objects.begin(path.clone()));
        }
        let mut flow = ControlFlow::Continue(());
        while self.next < end && flow.is_continue() {
            let Some(Ok((at, frame, length))) = frames.next_measured().map_err(io)? else { break };
            self.offset = at + length as u64;
            flow = self.pass(at, &frame, length, visit);
        }
        Ok(flow)
    }

    fn pass(
        &mut self,
        at: u64,
        frame: &Frame<'_>,
        length: usize,
        visit: Visit<'_>,
    ) -> ControlFlow<()> {
        match frame {
            Frame::Blob { digest, .. } | Frame::Node { digest, .. } => {
                self.objects.iter_mut().for_each(|objects| objects.note(*digest, at, length));
                ControlFlow::Continue(())
            }
            Frame::Entry { bytes, .. } => {
                let (seq, segment, end) = (self.next, self.segment, self.offset);
                self.next += 1;
                visit(Passed { seq, bytes, segment, end, objects: self.objects.as_ref() })
            }
        }
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
