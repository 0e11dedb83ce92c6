//! The copies of one stream in their order: the verifier's rules from entry 0 on as far as there is no hole, and link by link
//! after that.

use std::io;

use testimony_otlp::mapping::{Mapper, Sealed};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::verify::{StreamVerifier, Trust, Verdict as ChainVerdict};

use super::report::{CopiesReport, Wrong};
use super::store::{PAGE, Store, Stored};
use crate::fingerprint::short;
use crate::report::Verdict;

pub(super) fn check(
    store: &mut Store,
    stream: Uuid,
    trust: &Trust,
    report: &mut CopiesReport,
    keep: usize,
) -> io::Result<()> {
    let prefix = prefix(store, stream)?;
    let whole = prefix == count(store, stream)?;
    let within = reachable(trust, stream, prefix, whole, report);
    let mut walk = Walk {
        verifier: StreamVerifier::new(stream, &within),
        mapper: Mapper::default(),
        next: 0,
        last: None,
        in_prefix: true,
        report,
        keep,
    };
    for first in store.pages(stream) {
        for seq in first..first + PAGE as u64 {
            if let Some(stored) = store.get(stream, seq)? {
                let bytes = store.entry(&stored)?;
                walk.entry(seq, &stored, &bytes);
            }
        }
    }
    walk.finish(prefix);
    Ok(())
}

/// How many entries there are from 0 on without a hole.
fn prefix(store: &mut Store, stream: Uuid) -> io::Result<u64> {
    let mut next = 0;
    while store.get(stream, next)?.is_some() {
        next += 1;
    }
    Ok(next)
}

fn count(store: &mut Store, stream: Uuid) -> io::Result<u64> {
    let mut count = 0;
    for first in store.pages(stream) {
        for seq in first..first + PAGE as u64 {
            count += u64::from(store.get(stream, seq)?.is_some());
        }
    }
    Ok(count)
}

/// The heads that copies can be held against: behind a hole no root can be worked out.
fn reachable(
    trust: &Trust,
    stream: Uuid,
    prefix: u64,
    whole: bool,
    report: &mut CopiesReport,
) -> Trust {
    let mut within = trust.clone();
    let mut reaches = |of: Option<Uuid>, size: u64| {
        let out = of == Some(stream) && size > prefix && !whole;
        report.heads_out_of_reach.extend(out.then_some(size));
        !out
    };
    within.heads.retain(|head| reaches(Some(head.stream), head.size));
    within.notes.retain(|note| reaches(note.stream(), note.size()));
    within
}

struct Walk<'a> {
    verifier: StreamVerifier,
    mapper: Mapper,
    next: u64,
    last: Option<Digest>,
    /// Whether nothing was missing so far.
    in_prefix: bool,
    report: &'a mut CopiesReport,
    keep: usize,
}

impl Walk<'_> {
    fn entry(&mut self, seq: u64, stored: &Stored, bytes: &[u8]) {
        self.hole_before(seq);
        self.report.entries += 1;
        self.report.last = Some(seq);
        // What was stored has been read before.
        let Ok(sealed) = Sealed::read(bytes.to_vec()) else { return };
        if self.in_prefix {
            self.verifier.entry_alone(bytes);
            self.head(seq, stored, &sealed);
        } else if self.last.is_some_and(|last| last != sealed.entry.prev) {
            let detail = format!(
                "entry {seq} does not name the one before it as its predecessor: one of the two was rewritten"
            );
            self.report.find(Wrong::chain(ChainVerdict::Edited, seq, detail), self.keep);
        }
        (self.next, self.last) = (seq + 1, Some(sealed.hash));
    }

    fn hole_before(&mut self, seq: u64) {
        if seq == self.next {
            return;
        }
        self.in_prefix = false;
        self.last = None;
        if self.next == 0 && self.report.entries == 0 {
            self.report.before_the_first = seq;
            return;
        }
        let (first, last) = (self.next, seq - 1);
        self.report.missing += last - first + 1;
        let detail = if first == last {
            format!("there is no copy of entry {first}")
        } else {
            format!("there are no copies of entries {first} to {last}")
        };
        self.report.find(Wrong::chain(ChainVerdict::Removed, first, detail), self.keep);
    }

    /// The head that the copy carries has to be the newest one in the chain so far.
    fn head(&mut self, seq: u64, stored: &Stored, sealed: &Sealed) {
        let _ = self.mapper.span(sealed, None);
        let newest =
            self.mapper.head(sealed.entry.stream).map_or([0; 16], |head| short(head.as_bytes()));
        self.report.with_head += u64::from(stored.head != [0; 16]);
        if stored.head != newest {
            let detail = format!(
                "the head that the copy of entry {seq} carries is not the newest one before it"
            );
            self.report.find(Wrong::new(Verdict::Altered, Some(seq), detail), self.keep);
        }
    }

    fn finish(self, prefix: u64) {
        let Self { verifier, report, keep, .. } = self;
        let checked = verifier.finish(false);
        report.chained = prefix;
        report.decisions = checked.decisions;
        report.closed = checked.closed && report.entries == prefix;
        report.head = checked.head;
        report.remembered = checked.remembered;
        report.signing = checked.signing;
        report.losses = checked.losses;
        report.open_intents = checked.open_intents;
        for finding in checked.findings {
            let (verdict, seq) = (finding.verdict, finding.place.seq);
            report.find(Wrong::chain(verdict, seq, finding.detail), keep);
        }
    }
}
