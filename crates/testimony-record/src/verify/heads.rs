//! Heads that someone outside remembers, held against the stream as it is read.

use super::report::Covered;
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;
use crate::head::Head;
use crate::tlog::{Signature, SignedHead, VerifierKey};
use crate::tree::TreeHash;

/// A remembered head, as far as it was said.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) size: u64,
    root: TreeHash,
    /// The hash of the last entry that it covers.
    hash: Option<Digest>,
    /// The note that says so.
    note: Option<SignedHead>,
    /// Whether the stream's own key has signed it.
    signed: bool,
}

impl From<&Head> for Remembered {
    fn from(head: &Head) -> Self {
        let Head { size, root, hash, .. } = *head;
        Self { size, root, hash: Some(hash), note: None, signed: false }
    }
}

impl From<&SignedHead> for Remembered {
    fn from(note: &SignedHead) -> Self {
        let (size, root) = (note.size(), *note.root());
        Self { size, root, hash: None, note: Some(note.clone()), signed: false }
    }
}

/// The remembered heads of one stream, and when the last entry of each was sealed that has been found to be its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads(Vec<(Remembered, Option<u64>)>);

impl Heads {
    pub(super) fn new(heads: impl Iterator<Item = Remembered>) -> Self {
        Self(heads.map(|head| (head, None)).collect())
    }

    /// Notes that one of the stream's `own` keys has signed, in its name, are signed. One that is wrongly signed in the name of
    /// any key that is known says nothing: it is put aside, and its size handed out.
    pub(super) fn check_signatures(
        &mut self,
        own: &[VerifierKey],
        given: &[VerifierKey],
    ) -> Vec<u64> {
        let mut unusable = Vec::new();
        self.0.retain_mut(|(head, _)| {
            let Some(note) = &head.note else { return true };
            head.signed = own.iter().any(|key| {
                key.name() == note.origin() && note.verified_by(key) == Signature::Verified
            });
            let usable =
                own.iter().chain(given).all(|key| note.verified_by(key) != Signature::Wrong);
            if !usable {
                unusable.push(head.size);
            }
            usable
        });
        unusable
    }

    /// Whether any head covers exactly so many entries, so that its root must be looked at now.
    pub(super) fn wanted(&self, size: u64) -> bool {
        self.0.iter().any(|(head, _)| head.size == size)
    }

    /// The stream's first `covered.size` entries have this root, and the last of them this hash.
    pub(super) fn reached(&mut self, covered: Covered, root: TreeHash, hash: Digest) {
        for (head, found) in self.0.iter_mut().filter(|(head, _)| head.size == covered.size) {
            if head.root == root && head.hash.is_none_or(|remembered| remembered == hash) {
                *found = Some(covered.time_us);
            }
        }
    }

    /// Findings for those that are not heads of a stream of `size` entries; the newest of those that are. `place` is where
    /// the findings stand, but for the entry.
    pub(super) fn finish(
        self,
        size: u64,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> Option<Covered> {
        let mut newest: Option<Covered> = None;
        for (head, found) in self.0 {
            if let Some(time_us) = found {
                let covered = Covered { size: head.size, time_us };
                newest = Some(newest.map_or(covered, |newest| newest.larger(covered)));
                continue;
            }
            let (verdict, detail) = judge(&head, size);
            let place = Place { seq: head.size.min(size), ..place };
            findings.push(Finding { verdict, place, detail });
        }
        newest
    }
}

fn judge(head: &Remembered, size: u64) -> (Verdict, String) {
    let covered = head.size;
    if covered > size {
        let detail =
            format!("the remembered head covers {covered} entries, the stream holds {size}");
        return (Verdict::Truncated, detail);
    }
    if head.signed {
        let detail = format!(
            "the stream's key has signed a head over {covered} other entries: it has signed two histories"
        );
        return (Verdict::Forked, detail);
    }
    let detail = format!("its first {covered} entries are not those of the remembered head");
    (Verdict::Rewritten, detail)
}
