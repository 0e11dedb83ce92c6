//! One stream, segment by segment. A segment is held back until the next entry is known, since that entry may be the
//! `recovered` that says where the segment ends.

use bytes::Bytes;
use uuid::Uuid;

use super::chain::{Chain, Seen};
use super::contents::Contents;
use super::report::{Loss, StreamReport};
use super::scan::{Ending, Walk, first_entry};
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;
use crate::entry::{Body, Cut, Entry, Link};
use crate::frame::{Frame, FrameError, SegmentHeader};
use crate::head::Head;
use crate::tree::Frontier;

/// Verifies one stream from its segments, handed over in order.
#[derive(Debug)]
pub struct StreamVerifier {
    stream: Uuid,
    chain: Chain,
    contents: Contents,
    tree: Frontier,
    pins: Vec<(Head, bool)>,
    newest: Option<(Link, u64)>,
    segments: u64,
    held: Vec<(u64, Bytes)>,
    in_flight: u64,
    decisions: u64,
    objects: u64,
    bytes: u64,
    losses: Vec<Loss>,
    findings: Vec<Finding>,
}

impl StreamVerifier {
    /// Begins with a stream's id and the heads of it that someone remembers.
    #[must_use]
    pub fn new(stream: Uuid, pins: &[Head]) -> Self {
        let pins =
            pins.iter().filter(|pin| pin.stream == stream).map(|&pin| (pin, false)).collect();
        Self {
            stream,
            chain: Chain::new(stream),
            contents: Contents::default(),
            tree: Frontier::new(),
            pins,
            newest: None,
            segments: 0,
            held: Vec::new(),
            in_flight: 0,
            decisions: 0,
            objects: 0,
            bytes: 0,
            losses: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The head after what has been read.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        let (Link { seq, hash }, time_us) = self.newest?;
        Some(Head { stream: self.stream, size: seq + 1, hash, root: self.tree.root(), time_us })
    }

    /// What is wrong so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Takes the whole bytes of segment file number `index`; files come in order of their numbers.
    pub fn segment(&mut self, index: u64, bytes: Bytes) {
        if let Some((_, first)) = first_entry(&bytes) {
            let cuts = match first {
                Some(Entry { body: Body::Recovered(recovered), .. }) => recovered.cuts,
                _ => Vec::new(),
            };
            self.release(&cuts, false);
        }
        self.held.push((index, bytes));
    }

    /// Judges the segments held back, now that it is known which cuts were put on record.
    fn release(&mut self, cuts: &[Cut], live: bool) {
        for (index, bytes) in std::mem::take(&mut self.held) {
            let cut = cuts.iter().find(|cut| cut.segment == index);
            self.judge_segment(index, &bytes, cut, live);
        }
    }

    fn expect_index(&mut self, index: u64) {
        if index > self.segments {
            let place = self.place(index, 0);
            self.report(
                Verdict::Removed,
                place,
                format!("segment files {} to {} are missing", self.segments, index - 1),
            );
            self.chain.lose_track();
        }
    }

    fn judge_segment(&mut self, index: u64, bytes: &[u8], cut: Option<&Cut>, live: bool) {
        self.bytes += bytes.len() as u64;
        self.expect_index(index);
        self.segments = index + 1;
        let kept = cut.map_or(bytes, |cut| bytes.get(..usize_or_max(cut.offset)).unwrap_or(bytes));
        let (header, mut walk) = Walk::new(kept);
        if let Some(header) = header {
            self.segment_header(index, &header, kept);
        }
        for (at, frame) in walk.by_ref() {
            self.frame(index, at, &frame);
        }
        match cut {
            Some(cut) => self.judge_cut(index, bytes, cut, walk.ending()),
            None => self.judge_end(index, bytes, walk.ending(), live),
        }
    }

    fn segment_header(&mut self, index: u64, header: &SegmentHeader, bytes: &[u8]) {
        let place = self.place(index, 0);
        if header.stream != self.stream {
            let detail = format!("a segment of stream {} lies here", header.stream);
            self.report(Verdict::Foreign, place, detail);
        } else if header.index != index {
            let detail = format!("segment {} lies here under number {index}", header.index);
            self.report(Verdict::Reordered, place, detail);
        } else if !self.chain.continues_with(header.seq, header.prev) && !announces(header, bytes) {
            let detail = format!("the segment claims to begin at entry {}", header.seq);
            self.report(Verdict::Edited, place, detail);
        }
    }

    /// A cut is honoured only if it is exact: it begins where an entry or the header ends, and its bytes have its hash.
    fn judge_cut(&mut self, index: u64, bytes: &[u8], cut: &Cut, ending: Ending) {
        let rest = bytes.get(ending.clean..).unwrap_or_default();
        let found = Cut {
            segment: index,
            offset: ending.clean as u64,
            bytes: rest.len() as u64,
            hash: Digest::plain(rest),
        };
        if found != *cut {
            let place = self.place(index, ending.clean);
            let detail = "what recovery is said to have cut here is not what lies here".to_owned();
            self.report(Verdict::Edited, place, detail);
        }
    }

    fn judge_end(&mut self, index: u64, bytes: &[u8], ending: Ending, live: bool) {
        let left = bytes.len() - ending.clean;
        let (verdict, what) = match ending.why {
            None if left == 0 => return,
            None => (Verdict::TornTail, "the file ends in content whose entry is missing"),
            Some(FrameError::Incomplete) => (Verdict::TornTail, "the file ends inside a record"),
            Some(FrameError::Malformed(why)) => (Verdict::Damaged, why),
        };
        if live && verdict == Verdict::TornTail {
            self.in_flight += left as u64;
            return;
        }
        let place = self.place(index, ending.clean);
        let detail = format!("{what}; the last {left} bytes of the file hold no readable entry");
        self.report(verdict, place, detail);
        self.chain.lose_track();
    }

    fn frame(&mut self, index: u64, at: usize, frame: &Frame<'_>) {
        let place = self.place(index, at);
        let judgement = match frame {
            Frame::Blob { digest, salt, media, content } => {
                self.contents.blob(*digest, salt, media, content)
            }
            Frame::Node { digest, bytes } => self.contents.node(*digest, bytes),
            Frame::Entry { hash, bytes } => return self.entry(place, *hash, bytes),
        };
        self.objects += 1;
        self.judge(place, judgement);
    }

    fn entry(&mut self, place: Place, declared: Digest, bytes: &[u8]) {
        let computed = Digest::of_entry(bytes);
        let decoded = Entry::decode(bytes);
        let place = Place { seq: decoded.as_ref().map_or(place.seq, |entry| entry.seq), ..place };
        if computed != declared {
            self.report(
                Verdict::Edited,
                place,
                format!("the bytes of entry {} are not those that were sealed", place.seq),
            );
        } else if let Err(error) = &decoded {
            self.report(Verdict::Edited, place, format!("entry {}: {error}", place.seq));
        }
        match decoded {
            Err(_) => self.unreadable_entry(declared, computed, bytes),
            Ok(entry) => {
                self.readable_entry(&Seen { entry: &entry, declared, computed, place }, bytes);
            }
        }
    }

    /// It stands in the place of the entry whose turn it is, so a head that covers that one is rewritten.
    fn unreadable_entry(&mut self, declared: Digest, computed: Digest, bytes: &[u8]) {
        let (seq, time_us) = (self.chain.next_seq(), self.newest.map_or(0, |(_, time_us)| time_us));
        self.chain.skip(declared, computed);
        self.tree.push(bytes);
        self.newest = Some((Link { seq, hash: computed }, time_us));
        self.check_pins();
    }

    fn readable_entry(&mut self, seen: &Seen<'_>, bytes: &[u8]) {
        if self.chain.place(seen, &mut self.findings) {
            self.tree.push(bytes);
            self.count(seen);
            self.check_pins();
        }
        self.judge(seen.place, self.contents.references(seen.entry.body.references()));
    }

    fn count(&mut self, seen: &Seen<'_>) {
        let Entry { seq, time_us, body, .. } = seen.entry;
        self.newest = Some((Link { seq: *seq, hash: seen.computed }, *time_us));
        match body {
            Body::Decision(_) => self.decisions += 1,
            Body::Gap(gap) => {
                let reason = gap.reason.as_str().to_owned();
                self.losses.push(Loss::Gap { seq: *seq, lost: gap.lost, reason });
            }
            Body::Recovered(recovered) => {
                let bytes = recovered.cuts.iter().map(|cut| cut.bytes).sum();
                self.losses.push(Loss::Recovered { seq: *seq, bytes });
            }
            _ => {}
        }
    }

    fn check_pins(&mut self) {
        let Some((Link { seq, hash }, _)) = self.newest else { return };
        for (pin, found) in self.pins.iter_mut().filter(|(pin, _)| pin.size == seq + 1) {
            *found |= pin.hash == hash && pin.root == self.tree.root();
        }
    }

    /// Ends the stream. `live` says that a process holds it open, so that an unfinished end is no fault.
    #[must_use]
    pub fn finish(mut self, live: bool) -> StreamReport {
        self.release(&[], live);
        self.chain.finish(&mut self.findings);
        self.judge_pins();
        self.findings.sort_by_key(|finding| finding.place);
        self.report_stream(live)
    }

    fn judge_pins(&mut self) {
        let size = self.newest.map_or(0, |(link, _)| link.seq + 1);
        for (pin, _) in std::mem::take(&mut self.pins).into_iter().filter(|(_, found)| !found) {
            let place =
                Place { seq: pin.size.min(size), ..self.place(self.segments.saturating_sub(1), 0) };
            if pin.size > size {
                let detail = format!(
                    "the remembered head covers {} entries, the stream holds {size}",
                    pin.size
                );
                self.report(Verdict::Truncated, place, detail);
            } else {
                let detail =
                    format!("its first {} entries are not those of the remembered head", pin.size);
                self.report(Verdict::Rewritten, place, detail);
            }
        }
    }

    fn report_stream(self, live: bool) -> StreamReport {
        StreamReport {
            stream: self.stream,
            head: self.head(),
            entries: self.tree.size(),
            decisions: self.decisions,
            objects: self.objects,
            bytes: self.bytes,
            closed: self.chain.closed(),
            live,
            in_flight: self.in_flight,
            losses: self.losses,
            findings: self.findings,
        }
    }

    fn place(&self, segment: u64, offset: usize) -> Place {
        Place { stream: self.stream, segment, offset: offset as u64, seq: self.chain.next_seq() }
    }

    fn report(&mut self, verdict: Verdict, place: Place, detail: String) {
        self.findings.push(Finding { verdict, place, detail });
    }

    fn judge(&mut self, place: Place, judgement: Result<(), (Verdict, String)>) {
        if let Err((verdict, detail)) = judgement {
            self.report(verdict, place, detail);
        }
    }
}

/// Whether the first entry is the one that the header tells of: what contradicts both is wrong before them.
fn announces(header: &SegmentHeader, bytes: &[u8]) -> bool {
    let first = first_entry(bytes).and_then(|(_, entry)| entry);
    first.is_some_and(|entry| (entry.seq, entry.prev) == (header.seq, header.prev))
}

fn usize_or_max(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
