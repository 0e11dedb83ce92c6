//! One stream: takes its segments in order, and holds them against the chain, the tree, and what someone outside remembers.

use std::collections::HashSet;

use uuid::Uuid;

use super::chain::{Chain, Seen};
use super::contents::Fault;
use super::erasures::Erasures;
use super::fact::{Fact, Said, What};
use super::heads::Heads;
use super::report::{Covered, Loss, StreamReport};
use super::scan::Walk;
use super::segment::{Event, Segment};
use super::signing::Signing;
use super::trust::Trust;
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;
use crate::entry::Link;
use crate::frame::{Frame, SegmentHeader};
use crate::head::Head;
use crate::tree::Frontier;

/// Verifies one stream from its judged segments, handed over in order.
///
/// Memory does not grow with the stream, but for findings, losses, erasures, intents without a decision, and 40 bytes for each
/// entry since the last checkpoint of a session that signs.
#[derive(Debug, Clone)]
pub struct StreamVerifier {
    stream: Uuid,
    chain: Chain,
    tree: Frontier,
    heads: Heads,
    signing: Signing,
    erasures: Erasures,
    intents: HashSet<Uuid>,
    newest: Option<(Link, u64)>,
    /// The number of the segment that should come next.
    next_segment: u64,
    /// The segment that is being taken.
    segment: u64,
    /// Whether entries come without the contents that they refer to.
    alone: bool,
    report: StreamReport,
}

impl StreamVerifier {
    /// Begins with a stream's id and what someone outside holds of it.
    #[must_use]
    pub fn new(stream: Uuid, trust: &Trust) -> Self {
        Self {
            stream,
            chain: Chain::new(stream),
            tree: Frontier::new(),
            heads: Heads::new(trust.heads_of(stream)),
            signing: Signing::new(stream, trust),
            erasures: Erasures::default(),
            intents: HashSet::new(),
            newest: None,
            next_segment: 0,
            segment: 0,
            alone: false,
            report: StreamReport::empty(stream),
        }
    }

    /// Takes the next segment.
    pub fn segment(&mut self, segment: Segment) {
        let Segment { index, bytes, objects, in_flight, header, events } = segment;
        self.report.bytes += bytes;
        self.report.objects += objects;
        self.report.in_flight += in_flight;
        self.segment = index;
        self.expect_index(index);
        self.next_segment = index + 1;
        if let Some((header, announced)) = header {
            self.segment_header(&header, announced);
        }
        for (offset, event) in events {
            self.event(offset, event);
        }
    }

    /// Takes the next entry by itself, as an exported copy has it: without the contents that it refers to, so that nothing is
    /// said of those, nor of what was erased.
    ///
    /// ```
    /// use testimony_record::Uuid;
    /// use testimony_record::digest::Digest;
    /// use testimony_record::entry::{Body, Close, Entry, FORMAT};
    /// use testimony_record::verify::{StreamVerifier, Trust, Verdict};
    ///
    /// let (stream, prev) = (Uuid::from_u128(1), Digest::ZERO);
    /// let body = Body::Close(Close { decisions: 0, lost: None });
    /// let entry = Entry { v: FORMAT, stream, seq: 0, prev, time_us: 1, body };
    /// let mut verifier = StreamVerifier::new(stream, &Trust::default());
    /// verifier.entry_alone(&entry.encode());
    /// let report = verifier.finish(false);
    /// // A stream does not begin with its end.
    /// assert_eq!((report.entries, report.findings[0].verdict), (1, Verdict::Inserted));
    /// ```
    pub fn entry_alone(&mut self, bytes: &[u8]) {
        self.alone = true;
        let (fact, _) = Fact::of(Digest::of_entry(bytes), bytes);
        self.entry(0, &fact, Ok(()));
    }

    fn expect_index(&mut self, index: u64) {
        if index > self.next_segment {
            let detail =
                format!("segment files {} to {} are missing", self.next_segment, index - 1);
            self.find(0, (Verdict::Removed, detail));
            self.chain.lose_track();
        }
    }

    fn segment_header(&mut self, header: &SegmentHeader, announced: bool) {
        let index = self.segment;
        if header.stream != self.stream {
            let detail = format!("a segment of stream {} lies here", header.stream);
            self.find(0, (Verdict::Foreign, detail));
        } else if header.index != index {
            let detail = format!("segment {} lies here under number {index}", header.index);
            self.find(0, (Verdict::Reordered, detail));
        } else if !self.chain.continues_with(header.seq, header.prev) && !announced {
            let detail = format!("the segment claims to begin at entry {}", header.seq);
            self.find(0, (Verdict::Edited, detail));
        }
    }

    fn event(&mut self, offset: u64, event: Event) {
        match event {
            Event::Entry(fact, references) => self.entry(offset, &fact, references),
            Event::Fault(fault) => self.find(offset, fault),
            Event::Doubt(doubt) => {
                let place = self.place(offset);
                self.erasures.doubt(place, doubt);
            }
            Event::Lost(fault) => {
                self.find(offset, fault);
                self.chain.lose_track();
            }
        }
    }

    fn entry(&mut self, offset: u64, fact: &Fact, references: Result<(), Fault>) {
        let here = self.place(offset);
        let place = Place { seq: fact.said.as_ref().map_or(here.seq, |said| said.seq), ..here };
        let seq = place.seq;
        if fact.computed != fact.declared {
            let detail = format!("the bytes of entry {seq} are not those that were sealed");
            self.find_at(place, (Verdict::Edited, detail));
        } else if let Err(error) = &fact.said {
            self.find_at(place, (Verdict::Edited, format!("entry {seq}: {error}")));
        }
        match &fact.said {
            Err(_) => self.unreadable_entry(fact),
            Ok(said) => self.readable_entry(fact, said, place),
        }
        if let Err(fault) = references {
            self.find_at(place, fault);
        }
    }

    /// It stands in the place of the entry whose turn it is, so a head that covers that one is rewritten.
    fn unreadable_entry(&mut self, fact: &Fact) {
        let (seq, time_us) = (self.chain.next_seq(), self.newest.map_or(0, |(_, time_us)| time_us));
        self.chain.skip(fact.declared, fact.computed);
        self.extend(seq, time_us, fact);
    }

    fn readable_entry(&mut self, fact: &Fact, said: &Said, place: Place) {
        let seen = Seen { said, declared: fact.declared, computed: fact.computed, place };
        if self.chain.place(&seen, &mut self.report.findings) {
            self.account(said, place);
            self.extend(said.seq, said.time_us, fact);
        }
    }

    /// The entry is the next leaf of the tree.
    fn extend(&mut self, seq: u64, time_us: u64, fact: &Fact) {
        self.tree.push_leaf(fact.leaf);
        self.signing.leaf(fact.leaf, time_us);
        self.newest = Some((Link { seq, hash: fact.computed }, time_us));
        let covered = Covered { size: seq + 1, time_us };
        if self.heads.wanted(covered.size) {
            self.heads.reached(covered, self.tree.root(), fact.computed);
        }
    }

    fn account(&mut self, said: &Said, place: Place) {
        let seq = said.seq;
        match &said.what {
            What::Genesis { key } => self.signing.session(key.as_ref(), place),
            What::Recovered { bytes } => {
                self.report.losses.push(Loss::Recovered { seq, bytes: *bytes });
            }
            What::Gap(gap) => {
                let (lost, reason) = (gap.lost, gap.reason.to_string());
                self.report.losses.push(Loss::Gap { seq, lost, reason });
            }
            What::Decision(id) => {
                self.report.decisions += 1;
                self.intents.remove(id);
            }
            What::Intent(id) => drop(self.intents.insert(*id)),
            What::Checkpoint(checkpoint) => {
                self.signing.checkpoint(checkpoint, place, &mut self.report.findings);
            }
            What::Erasure(digests) if !self.alone => self.erasures.entry(place, digests),
            What::Erasure(_) | What::Close | What::Other => {}
        }
    }

    /// What erasures name. Where that is not empty, each segment must be shown once more, to
    /// [`StreamVerifier::look_again`]: an erased blob may still stand somewhere.
    #[must_use]
    pub fn erased(&self) -> &HashSet<Digest> {
        self.erasures.named()
    }

    /// Looks for blobs in a segment that have been called erased and are still there.
    pub fn look_again(&mut self, bytes: &[u8]) {
        for (_, frame) in Walk::new(bytes).1 {
            if let Frame::Blob { digest, .. } = &frame
                && self.erasures.named().contains(digest)
                && frame.is_sealed()
            {
                self.erasures.still_there(*digest);
            }
        }
    }

    /// Ends the stream. `live` says that a process holds it open.
    #[must_use]
    pub fn finish(mut self, live: bool) -> StreamReport {
        let head = self.head();
        let (end, size) = (
            Place { segment: self.next_segment.saturating_sub(1), ..self.place(0) },
            self.newest.map_or(0, |(link, _)| link.seq + 1),
        );
        let mut report = self.report;
        let findings = &mut report.findings;
        self.chain.finish(findings);
        report.erased = self.erasures.finish(findings);
        report.signing = self.signing.finish(&mut self.heads, end, findings);
        report.remembered = self.heads.finish(size, end, findings);
        findings.sort_by_key(|finding| finding.place);
        StreamReport {
            head,
            entries: self.tree.size(),
            closed: self.chain.closed(),
            open_intents: self.intents.len() as u64,
            live,
            ..report
        }
    }

    /// The head after what has been read.
    fn head(&self) -> Option<Head> {
        let (Link { seq, hash }, time_us) = self.newest?;
        Some(Head { stream: self.stream, size: seq + 1, hash, root: self.tree.root(), time_us })
    }

    fn place(&self, offset: u64) -> Place {
        Place { stream: self.stream, segment: self.segment, offset, seq: self.chain.next_seq() }
    }

    fn find(&mut self, offset: u64, fault: Fault) {
        let place = self.place(offset);
        self.find_at(place, fault);
    }

    fn find_at(&mut self, place: Place, (verdict, detail): Fault) {
        self.report.findings.push(Finding { verdict, place, detail });
    }
}
