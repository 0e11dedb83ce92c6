//! One segment file, judged by itself: its frames, its objects, its end. What depends on the rest of the stream is left open
//! as [`Event`]s, which the stream's verifier takes in order. So segments can be judged side by side.

use std::sync::Arc;

use super::contents::{Contents, Doubt, Fault};
use super::fact::Fact;
use super::scan::{Ending, Lying, Walk, blobs, first_entry};
use super::verdict::Verdict;
use crate::digest::Digest;
use crate::entry::{Body, Cut};
use crate::frame::{Frame, FrameError, SegmentHeader};

/// What comes after a segment in its stream, as far as it decides where the segment ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another entry, and the cut of this segment that it names.
    Entry(Option<Cut>),
    /// None. A live writer may be in the middle of one.
    Nothing {
        /// Whether a process holds the stream open for writing.
        live: bool,
    },
}

/// The cuts that the first entry of a segment names; `None` where the segment has no entry whose bytes have its hash.
#[must_use]
pub fn cuts_named(bytes: &[u8]) -> Option<Vec<Cut>> {
    let (_, entry) = first_entry(bytes)?;
    Some(match entry.map(|entry| entry.body) {
        Some(Body::Recovered(recovered)) => recovered.cuts,
        _ => Vec::new(),
    })
}

/// For each segment of a stream, in order, what comes after it. Each comes with its number and its [`cuts_named`].
#[must_use]
pub fn next_of_each(segments: &[(u64, Option<Vec<Cut>>)], live: bool) -> Vec<Next> {
    let mut named: Option<&[Cut]> = None;
    let mut next = Vec::with_capacity(segments.len());
    for (index, cuts) in segments.iter().rev() {
        next.push(named.map_or(Next::Nothing { live }, |cuts| {
            Next::Entry(cuts.iter().find(|cut| cut.segment == *index).copied())
        }));
        named = cuts.as_deref().or(named);
    }
    next.reverse();
    next
}

/// A segment file, as far as it can be judged by itself.
#[derive(Debug, Clone)]
pub struct Segment {
    pub(super) index: u64,
    pub(super) bytes: u64,
    pub(super) objects: u64,
    pub(super) in_flight: u64,
    /// The header line, and whether the first entry is the one it tells of.
    pub(super) header: Option<(SegmentHeader, bool)>,
    pub(super) events: Vec<(u64, Event)>,
}

/// What was met in a segment, with its offset.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// An entry, and what is wrong with what it refers to.
    Entry(Arc<Fact>, Result<(), Fault>),
    /// A fault of an object, or of a cut.
    Fault(Fault),
    /// A blob that is not what was sealed; an erasure may explain it.
    Doubt(Doubt),
    /// The file ends in what is no entry: what follows in the stream need not link to what came before.
    Lost(Fault),
}

impl Segment {
    /// Judges the whole bytes of segment file number `index`.
    ///
    /// Memory: about 200 bytes for each entry, 40 for each object.
    #[must_use]
    pub fn judge(index: u64, bytes: &[u8], next: &Next) -> Self {
        let cut = if let Next::Entry(cut) = next { cut.as_ref() } else { None };
        let kept = cut.map_or(bytes, |cut| bytes.get(..usize_or_max(cut.offset)).unwrap_or(bytes));
        let (header, mut walk) = Walk::new(kept);
        let mut segment = Self {
            index,
            bytes: bytes.len() as u64,
            objects: 0,
            in_flight: 0,
            header: header.map(|header| (header, announces(&header, kept))),
            events: Vec::new(),
        };
        let mut contents = Contents::default();
        for (at, frame) in walk.by_ref() {
            segment.frame(at as u64, &frame, &mut contents);
        }
        match cut {
            Some(cut) => segment.judge_cut(bytes, cut, walk.ending()),
            None => segment.judge_end(bytes, walk.ending(), *next == Next::Nothing { live: true }),
        }
        segment
    }

    fn frame(&mut self, at: u64, frame: &Frame<'_>, contents: &mut Contents) {
        match frame {
            Frame::Entry { hash, bytes } => {
                let (fact, entry) = Fact::of(*hash, bytes);
                let references =
                    entry.map_or(Ok(()), |entry| contents.references(entry.body.references()));
                return self.events.push((at, Event::Entry(Arc::new(fact), references)));
            }
            Frame::Blob { digest, .. } => {
                let doubt = contents.blob(frame, *digest).map(Event::Doubt);
                self.events.extend(doubt.map(|doubt| (at, doubt)));
            }
            Frame::Node { digest, bytes } => {
                let fault = contents.node(*digest, bytes).err().map(Event::Fault);
                self.events.extend(fault.map(|fault| (at, fault)));
            }
        }
        self.objects += 1;
    }

    /// A cut is honoured only if it is exact: it begins where an entry or the header ends, and its bytes have its hash, unless
    /// something was erased from them.
    fn judge_cut(&mut self, bytes: &[u8], cut: &Cut, ending: Ending) {
        let rest = bytes.get(ending.clean..).unwrap_or_default();
        let found = Cut {
            segment: self.index,
            offset: ending.clean as u64,
            bytes: rest.len() as u64,
            hash: Digest::plain(rest),
        };
        if found == *cut {
            return;
        }
        let in_place = found == (Cut { hash: found.hash, ..*cut });
        let blobs = if in_place { blobs_from(bytes, ending.clean) } else { Vec::new() };
        self.events.push((found.offset, Event::Doubt(Doubt::Cut(blobs))));
    }

    fn judge_end(&mut self, bytes: &[u8], ending: Ending, live: bool) {
        let left = bytes.len() - ending.clean;
        let (verdict, what) = match ending.why {
            None if left == 0 => return,
            None => (Verdict::TornTail, "the file ends in content whose entry is missing"),
            Some(FrameError::Incomplete) => (Verdict::TornTail, "the file ends inside a record"),
            Some(FrameError::Malformed(why)) => (Verdict::Damaged, why),
        };
        if live && verdict == Verdict::TornTail {
            self.in_flight = left as u64;
            return;
        }
        let detail = format!("{what}; the last {left} bytes of the file hold no readable entry");
        self.events.push((ending.clean as u64, Event::Lost((verdict, detail))));
    }
}

/// The blobs from an offset on, and whether they have been overwritten. What was cut may hold whole entries behind them.
fn blobs_from(bytes: &[u8], offset: usize) -> Vec<(Digest, bool)> {
    let blank = |lying: &Lying| lying.blob.is_blank(bytes.get(lying.at..).unwrap_or_default());
    let cut_off = blobs(bytes).into_iter().filter(|lying| lying.at >= offset);
    cut_off.map(|lying| (lying.blob.digest, blank(&lying))).collect()
}

/// Whether the first entry is the one that the header tells of: what contradicts both is wrong before them.
fn announces(header: &SegmentHeader, bytes: &[u8]) -> bool {
    let first = first_entry(bytes).and_then(|(_, entry)| entry);
    first.is_some_and(|entry| (entry.seq, entry.prev) == (header.seq, header.prev))
}

fn usize_or_max(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
