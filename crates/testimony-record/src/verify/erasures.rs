//! What was erased, and whether it is on record. A blob that is not what was sealed is judged only once every erasure of the
//! stream is known.

use std::collections::{HashMap, HashSet};

use super::contents::Doubt;
use super::verdict::{Finding, Place, Verdict};
use crate::digest::Digest;

/// The erasures of one stream so far. Memory: about 150 bytes for each erased or doubtful blob.
#[derive(Debug, Clone, Default)]
pub(super) struct Erasures {
    /// For each erasure entry its place, and of the digests it names those that none before it did.
    entries: Vec<(Place, Vec<Digest>)>,
    named: HashSet<Digest>,
    doubts: Vec<(Place, Doubt)>,
    /// Named digests of which a frame has been seen that still holds what was sealed.
    whole: HashSet<Digest>,
}

impl Erasures {
    pub(super) fn entry(&mut self, place: Place, digests: &[Digest]) {
        let new = digests.iter().copied().filter(|&digest| self.named.insert(digest)).collect();
        self.entries.push((place, new));
    }

    pub(super) fn doubt(&mut self, place: Place, doubt: Doubt) {
        self.doubts.push((place, doubt));
    }

    /// Every digest that an erasure names.
    pub(super) fn named(&self) -> &HashSet<Digest> {
        &self.named
    }

    /// A frame still holds what an erasure names.
    pub(super) fn still_there(&mut self, digest: Digest) {
        self.whole.insert(digest);
    }

    /// How many blobs are gone, on record; findings for those of which that cannot be said.
    pub(super) fn finish(self, findings: &mut Vec<Finding>) -> u64 {
        let mut gone: HashMap<Digest, bool> =
            self.whole.iter().map(|&digest| (digest, false)).collect();
        for (place, doubt) in self.doubts {
            match doubt {
                Doubt::Blank(digest) if self.named.contains(&digest) => {
                    gone.entry(digest).or_insert(true);
                }
                Doubt::Altered(digest) if self.named.contains(&digest) => {
                    gone.insert(digest, false);
                }
                Doubt::Cut(blobs)
                    if blobs.iter().any(|(digest, _)| self.named.contains(digest)) =>
                {
                    for (digest, blank) in blobs {
                        *gone.entry(digest).or_insert(true) &= blank;
                    }
                }
                Doubt::Cut(_) => findings.push(inexact(place)),
                Doubt::Blank(digest) => findings.push(missing(place, digest)),
                Doubt::Altered(digest) => findings.push(altered(place, digest)),
            }
        }
        let erased = |digest: &Digest| gone.get(digest) == Some(&true);
        for (place, digests) in &self.entries {
            let left = digests.iter().filter(|digest| !erased(digest)).count();
            findings.extend((left > 0).then(|| unfinished(*place, left)));
        }
        self.named.iter().filter(|digest| erased(digest)).count() as u64
    }
}

fn missing(place: Place, digest: Digest) -> Finding {
    let detail = format!("blob {digest:.12}… has been overwritten, and no erasure tells of it");
    Finding { verdict: Verdict::ContentMissing, place, detail }
}

fn altered(place: Place, digest: Digest) -> Finding {
    let detail = format!("blob {digest:.12}… is not what was sealed");
    Finding { verdict: Verdict::ContentAltered, place, detail }
}

fn inexact(place: Place) -> Finding {
    let detail = "what recovery is said to have cut here is not what lies here".to_owned();
    Finding { verdict: Verdict::Edited, place, detail }
}

fn unfinished(place: Place, left: usize) -> Finding {
    let detail =
        format!("of the contents that entry {} says are erased, {left} are not", place.seq);
    Finding { verdict: Verdict::ErasureUnfinished, place, detail }
}
