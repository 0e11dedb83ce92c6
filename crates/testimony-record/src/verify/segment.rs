//! One stream, segment by segment: frames are read, judged in their rooms, and torn ends held until the next segment
//! says whether recovery has put them on record.

use uuid::Uuid;

use super::chain::{Chain, Seen};
use super::contents::Contents;
use super::report::{Loss, StreamReport};
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;
use crate::entry::{Body, Cut, Entry, Link};
use crate::frame::{self, Frame, FrameError, SegmentHeader};
use crate::head::Head;
use crate::tree::Frontier;

/// Bytes at the end of a segment that belong to no whole record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Where they are, how many, and their hash.
    pub cut: Cut,
    /// Why the record they begin could not be read; absent where they are whole objects without their entry.
    pub why: Option<FrameError>,
}

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
    tails: Vec<Tail>,
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
            tails: Vec::new(),
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

    /// Torn ends that no recovery has put on record.
    #[must_use]
    pub fn tails(&self) -> &[Tail] {
        &self.tails
    }

    /// What is wrong so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Reads the whole bytes of segment file number `index`.
    pub fn segment(&mut self, index: u64, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.expect_index(index);
        self.segments = index + 1;
        let clean = match SegmentHeader::parse(bytes) {
            Ok((header, length)) => {
                self.segment_header(index, &header);
                self.frames(index, bytes, length)
            }
            Err(why) => (0, Some(why)),
        };
        self.keep_tail(index, bytes, clean);
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

    fn segment_header(&mut self, index: u64, header: &SegmentHeader) {
        let place = self.place(index, 0);
        if header.stream != self.stream {
            let detail = format!("a segment of stream {} lies here", header.stream);
            self.report(Verdict::Foreign, place, detail);
        } else if header.index != index {
            self.report(
                Verdict::Reordered,
                place,
                format!("segment {} lies here under number {index}", header.index),
            );
        } else if !self.chain.continues_with(header.seq, header.prev) {
            let detail = format!("the segment claims to begin at entry {}", header.seq);
            self.report(Verdict::Edited, place, detail);
        }
    }

    /// Reads frames until the bytes end or make no sense; returns where the last entry ended.
    fn frames(&mut self, index: u64, bytes: &[u8], start: usize) -> (usize, Option<FrameError>) {
        let (mut at, mut clean) = (start, start);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match frame::parse(rest) {
                Err(why) => return (clean, Some(why)),
                Ok((frame, length)) => {
                    let entry = matches!(frame, Frame::Entry { .. });
                    self.frame(index, at, &frame);
                    at += length;
                    if entry {
                        clean = at;
                    }
                }
            }
        }
        (clean, None)
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
            Err(_) => self.chain.skip(declared, computed),
            Ok(entry) => {
                self.readable_entry(&Seen { entry: &entry, declared, computed, place }, bytes);
            }
        }
    }

    fn readable_entry(&mut self, seen: &Seen<'_>, bytes: &[u8]) {
        self.answer_for_tails(seen);
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

    /// The first entry after a torn end must be the `recovered` that names exactly what was cut.
    fn answer_for_tails(&mut self, seen: &Seen<'_>) {
        let named: &[Cut] = match &seen.entry.body {
            Body::Recovered(recovered) => &recovered.cuts,
            _ => &[],
        };
        let unfounded = named.iter().any(|cut| !self.tails.iter().any(|tail| tail.cut == *cut));
        if unfounded {
            let detail = "recovery is said to have cut bytes that are not there".to_owned();
            self.report(Verdict::Edited, seen.place, detail);
        }
        for tail in std::mem::take(&mut self.tails) {
            if !named.contains(&tail.cut) {
                self.report_tail(&tail);
                self.chain.lose_track();
            }
        }
    }

    fn keep_tail(&mut self, index: u64, bytes: &[u8], (clean, why): (usize, Option<FrameError>)) {
        let Some(rest) = bytes.get(clean..).filter(|rest| !rest.is_empty() || clean == 0) else {
            return;
        };
        let (offset, length) = (clean as u64, rest.len() as u64);
        self.tails.push(Tail {
            cut: Cut { segment: index, offset, bytes: length, hash: Digest::plain(rest) },
            why,
        });
    }

    fn report_tail(&mut self, tail: &Tail) {
        let place = Place { offset: tail.cut.offset, ..self.place(tail.cut.segment, 0) };
        let (verdict, what) = match tail.why {
            Some(FrameError::Malformed(why)) => (Verdict::Damaged, why),
            Some(FrameError::Incomplete) => (Verdict::TornTail, "the file ends inside a record"),
            None => (Verdict::TornTail, "the file ends in content whose entry is missing"),
        };
        self.report(
            verdict,
            place,
            format!("{what}; the last {} bytes of the file hold no readable entry", tail.cut.bytes),
        );
    }

    /// Ends the stream. `live` says that a process holds it open, so that an unfinished end is no fault.
    #[must_use]
    pub fn finish(mut self, live: bool) -> (StreamReport, Vec<Tail>) {
        let in_flight = |tail: &Tail| live && !matches!(tail.why, Some(FrameError::Malformed(_)));
        let (flying, torn): (Vec<Tail>, _) =
            std::mem::take(&mut self.tails).into_iter().partition(in_flight);
        for tail in &torn {
            self.report_tail(tail);
        }
        self.chain.finish(&mut self.findings);
        self.judge_pins();
        self.findings.sort_by_key(|finding| finding.place);
        (self.report_stream(live), flying)
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
