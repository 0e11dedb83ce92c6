//! Walking over a segment's frames, as far as they go. The verifier, recovery and readers all walk this way.

use crate::canonical;
use crate::digest::Digest;
use crate::entry::Entry;
use crate::frame::{self, Erasable, Frame, FrameError, SegmentHeader};

/// The frames of one segment's bytes, each with its offset. After it has ended, [`Walk::ending`] says why.
#[derive(Debug)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    clean: usize,
    stopped: Option<FrameError>,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Where the last entry ended (or the header line, or 0): what follows belongs to no whole record.
    pub clean: usize,
    /// Why the next frame could not be read; `None` where the bytes end with a frame.
    pub why: Option<FrameError>,
}

impl<'a> Walk<'a> {
    /// Begins after the segment's header line, and hands out the header if there is one.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> (Option<SegmentHeader>, Self) {
        match SegmentHeader::parse(bytes) {
            Ok((header, at)) => (Some(header), Self { bytes, at, clean: at, stopped: None }),
            Err(why) => (None, Self { bytes, at: 0, clean: 0, stopped: Some(why) }),
        }
    }

    /// Goes on from an offset at which a frame is known to begin.
    #[must_use]
    pub fn from(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, clean: at, stopped: None }
    }

    /// Where the next frame would begin.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// How the walk ended, or stands so far.
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending { clean: self.clean, why: self.stopped }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = (usize, Frame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest =
            self.bytes.get(self.at..).filter(|rest| !rest.is_empty() && self.stopped.is_none())?;
        match frame::parse(rest) {
            Err(why) => {
                self.stopped = Some(why);
                None
            }
            Ok((frame, length)) => {
                let at = self.at;
                self.at += length;
                if matches!(frame, Frame::Entry { .. }) {
                    self.clean = self.at;
                }
                Some((at, frame))
            }
        }
    }
}

/// The first entry of a segment whose bytes have the hash beside it, unless they are no entry all the same.
///
/// One that a crash left half landed says nothing, least of all what was cut before it.
#[must_use]
pub fn first_entry(bytes: &[u8]) -> Option<(Digest, Option<Entry>)> {
    Walk::new(bytes).1.find_map(|(_, frame)| match frame {
        Frame::Entry { hash, bytes } if frame.is_sealed() => {
            Some((hash, canonical::decode(bytes).ok()))
        }
        _ => None,
    })
}

/// A blob in a segment, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// Where its frame begins.
    pub at: usize,
    /// What of it can be erased.
    pub blob: Erasable,
    /// It lies behind the last whole entry: a crash left it there, and it is no part of the record.
    pub stray: bool,
}

/// Every blob in a segment's bytes: those of whole frames, and behind the last of them those whose header line a crash
/// left whole.
#[must_use]
pub fn blobs(bytes: &[u8]) -> Vec<Lying> {
    let mut walk = Walk::new(bytes).1;
    let mut ats: Vec<usize> = walk.by_ref().map(|(at, _)| at).collect();
    let (end, clean) = (walk.offset(), walk.ending().clean);
    let torn = bytes.get(end..).unwrap_or_default().windows(BLOB.len()).enumerate();
    ats.extend(torn.filter(|(_, window)| *window == BLOB).map(|(at, _)| end + at));
    let lying = ats.into_iter().filter_map(|at| {
        let blob = Erasable::find(bytes.get(at..)?)?;
        Some(Lying { at, blob, stray: at >= clean })
    });
    lying.collect()
}

const BLOB: &[u8] = b"blob ";
