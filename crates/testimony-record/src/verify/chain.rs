//! The order of entries: each must name the one before it. Where one does not, this room says which of the known ways
//! of tampering it looks like.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::fact::{Said, What};
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;

/// An entry as it was found, and the hashes under which the next one may name it.
pub(super) struct Seen<'a> {
    pub(super) said: &'a Said,
    pub(super) declared: Digest,
    pub(super) computed: Digest,
    pub(super) place: Place,
}

/// How many of the last entries are remembered by their hash, to tell a repeated one from a foreign one.
const REMEMBERED: u64 = 1 << 16;

/// The chain so far.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    stream: Uuid,
    /// The sequence number that should come next.
    next: u64,
    /// What the next entry may name as its predecessor: two hashes where the last entry's header and bytes disagree,
    /// none where the last entry could not be read.
    links: Vec<Digest>,
    /// The hash of each of the last [`REMEMBERED`] entries.
    hashes: HashMap<u64, Digest>,
    /// The hash in an entry's header, where its bytes have another.
    misnamed: HashMap<u64, Digest>,
    /// Sequence numbers that were jumped over, with the place where it was noticed.
    missing: BTreeMap<u64, Place>,
    last_time_us: u64,
    closed: bool,
}

impl Chain {
    pub(super) fn new(stream: Uuid) -> Self {
        let (hashes, misnamed, missing) = (HashMap::new(), HashMap::new(), BTreeMap::new());
        Self {
            stream,
            next: 0,
            links: vec![Digest::ZERO],
            hashes,
            misnamed,
            missing,
            last_time_us: 0,
            closed: false,
        }
    }

    pub(super) fn next_seq(&self) -> u64 {
        self.next
    }

    pub(super) fn closed(&self) -> bool {
        self.closed
    }

    /// Whether an entry with this number and predecessor would extend the chain, as far as can be told.
    pub(super) fn continues_with(&self, seq: u64, prev: Digest) -> bool {
        self.links.is_empty() || (seq == self.next && self.links.contains(&prev))
    }

    /// What lies between here and the next readable entry could not be read; that has been reported.
    pub(super) fn lose_track(&mut self) {
        self.links.clear();
    }

    /// An entry whose bytes could not be read, but whose place and declared hash are known.
    pub(super) fn skip(&mut self, declared: Digest, computed: Digest) {
        self.remember(self.next, declared, computed);
        self.next += 1;
        self.links = vec![declared, computed];
    }

    /// Places one entry; says whether it extends the chain.
    pub(super) fn place(&mut self, seen: &Seen<'_>, findings: &mut Vec<Finding>) -> bool {
        let mut report =
            |verdict, detail: String| findings.push(Finding { verdict, place: seen.place, detail });
        let said = seen.said;
        if said.stream != self.stream {
            report(Verdict::Foreign, format!("an entry of stream {} lies here", said.stream));
            return false;
        }
        if said.seq < self.next {
            let (verdict, detail) = self.judge_backwards(seen);
            report(verdict, detail);
            return false;
        }
        let lost_track = self.links.is_empty();
        if said.seq > self.next && !lost_track {
            self.missing
                .extend((self.next..said.seq).take(MOST_MISSING).map(|seq| (seq, seen.place)));
        } else if !lost_track && !self.links.contains(&said.prev) {
            report(Verdict::Edited, broken_link(said.seq));
        }
        if let Some((verdict, detail)) = self.judge_kind(said) {
            report(verdict, detail);
        }
        if said.time_us < self.last_time_us {
            report(
                Verdict::ClockSteppedBack,
                format!("entry {} is older than the one before it", said.seq),
            );
        }
        self.advance(seen);
        true
    }

    fn advance(&mut self, seen: &Seen<'_>) {
        self.next = seen.said.seq + 1;
        self.links = vec![seen.declared];
        if seen.computed != seen.declared {
            self.links.push(seen.computed);
        }
        self.remember(seen.said.seq, seen.declared, seen.computed);
        self.last_time_us = seen.said.time_us;
        self.closed = match seen.said.what {
            What::Close => true,
            // A closed stream stays closed when its last head is signed.
            What::Checkpoint(_) => self.closed,
            _ => false,
        };
    }

    fn remember(&mut self, seq: u64, declared: Digest, computed: Digest) {
        self.hashes.insert(seq, computed);
        // One a step keeps the map bounded, whatever the stream's length.
        if let Some(old) = seq.checked_sub(REMEMBERED) {
            self.hashes.remove(&old);
            self.misnamed.remove(&old);
        }
        if declared != computed {
            self.misnamed.insert(seq, declared);
        }
    }

    /// Whether the entry before `seq` goes by this hash.
    fn has_before(&self, seq: u64, hash: Digest) -> bool {
        seq.checked_sub(1).map_or(hash == Digest::ZERO, |before| {
            [&self.hashes, &self.misnamed].iter().any(|names| names.get(&before) == Some(&hash))
        })
    }

    fn judge_backwards(&mut self, seen: &Seen<'_>) -> (Verdict, String) {
        let seq = seen.said.seq;
        let Some(&known) = self.hashes.get(&seq) else {
            if self.missing.remove(&seq).is_none() && seq + REMEMBERED < self.next {
                return (Verdict::Inserted, format!("an entry {seq} stands far behind its place"));
            }
            self.remember(seq, seen.declared, seen.computed);
            return (Verdict::Reordered, format!("entry {seq} stands after a later one"));
        };
        if known == seen.computed {
            return (Verdict::Duplicated, format!("entry {seq} stands here a second time"));
        }
        if self.has_before(seq, seen.said.prev) {
            // The next entry may well be the one that belongs to this branch.
            if seq + 1 == self.next && !self.links.is_empty() {
                self.links.extend([seen.declared, seen.computed]);
            }
            return (Verdict::Forked, format!("a second entry {seq} has the same predecessor"));
        }
        (Verdict::Inserted, format!("a second entry claims sequence number {seq}"))
    }

    /// At the beginning of a stream only a session may stand, after a close also a checkpoint of it.
    fn judge_kind(&self, said: &Said) -> Option<(Verdict, String)> {
        let kind = said.kind;
        let signs = matches!(said.what, What::Checkpoint(_));
        let detail = match said.seq {
            _ if said.begins() => return None,
            0 => format!("the stream begins with a {kind}, not with a session"),
            _ if self.closed && !signs => format!("a {kind} after the stream was closed"),
            _ => return None,
        };
        Some((Verdict::Inserted, detail))
    }

    /// Sequence numbers that never came, as findings over runs of them.
    pub(super) fn finish(&self, findings: &mut Vec<Finding>) {
        let mut runs: Vec<(u64, u64, Place)> = Vec::new();
        for (&seq, &place) in &self.missing {
            match runs.last_mut() {
                Some((_, last, at)) if *last + 1 == seq && *at == place => *last = seq,
                _ => runs.push((seq, seq, place)),
            }
        }
        findings.extend(runs.into_iter().map(|(first, last, place)| Finding {
            verdict: Verdict::Removed,
            place: Place { seq: first, ..place },
            detail: removed(first, last),
        }));
    }
}

/// A forged sequence number must not make the verifier remember 2^53 missing ones.
const MOST_MISSING: usize = 1 << 20;

fn broken_link(seq: u64) -> String {
    match seq.checked_sub(1) {
        Some(before) => format!(
            "entry {seq} does not name entry {before} as its predecessor: one of the two was rewritten"
        ),
        None => "the first entry names a predecessor".to_owned(),
    }
}

fn removed(first: u64, last: u64) -> String {
    if first == last {
        format!("entry {first} is missing")
    } else {
        format!("entries {first} to {last} are missing")
    }
}
