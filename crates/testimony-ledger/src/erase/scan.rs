//! One pass over a ledger before anything is changed: which stream has which of the contents, what has been erased before,
//! and what is held. One segment is in memory at a time.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::Frame;
use testimony_record::media::MediaType;
use testimony_record::verify::{Lying, Walk, blobs};

use super::holds::Holds;
use crate::layout;
use crate::storage::Storage;
use crate::write::listing::{segments, streams};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) holds: Holds,
    pub(crate) streams: BTreeMap<Uuid, Found>,
    /// The wanted contents, by what can be told without their salt.
    wanted: HashSet<Likeness>,
    strays: Vec<(Uuid, Digest, Likeness)>,
}

/// What one stream has of the wanted contents.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Whole or in part.
    pub(crate) there: BTreeSet<Digest>,
    /// Overwritten already.
    pub(crate) blank: BTreeSet<Digest>,
    /// Said to be erased by an entry of this stream.
    pub(crate) named: BTreeSet<Digest>,
    /// Copies that a crash left behind the last whole entry, under other digests.
    pub(crate) strays: BTreeSet<Digest>,
}

impl Found {
    /// What is still to be erased: also what is gone without an entry that says so.
    pub(crate) fn open(&self) -> BTreeSet<Digest> {
        self.there.iter().chain(self.blank.difference(&self.named)).copied().collect()
    }
}

/// What is known of a content whose digest may be another. Of one that was torn only its length and type are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Likeness {
    media: MediaType,
    length: usize,
    content: Option<Digest>,
}

impl Scan {
    /// Reads every segment of every stream, and calls `done` after each.
    pub(crate) fn of(
        storage: &dyn Storage,
        ledger: &Path,
        wanted: &BTreeSet<Digest>,
        done: &mut dyn FnMut(),
    ) -> io::Result<Self> {
        let mut scan = Self::default();
        for stream in streams(storage, ledger)? {
            for index in segments(storage, ledger, stream)? {
                let bytes = storage.read(&layout::segment(ledger, stream, index))?;
                scan.entries(stream, &bytes, wanted);
                for lying in blobs(&bytes) {
                    scan.blob(stream, &bytes, &lying, wanted);
                }
                done();
            }
        }
        scan.match_strays();
        Ok(scan)
    }

    /// One of the wanted contents that no stream has, or has no more.
    pub(crate) fn missing(&self, wanted: &BTreeSet<Digest>) -> Option<Digest> {
        let there =
            |digest: &Digest| self.streams.values().any(|found| found.there.contains(digest));
        wanted.iter().find(|digest| !there(digest)).copied()
    }

    fn entries(&mut self, stream: Uuid, bytes: &[u8], wanted: &BTreeSet<Digest>) {
        for (_, frame) in Walk::new(bytes).1 {
            let Frame::Entry { hash, bytes } = frame else { continue };
            let told = tells_of_erasure(bytes) && frame.is_sealed();
            let Some(entry) = told.then(|| Entry::decode(bytes).ok()).flatten() else { continue };
            self.holds.note(&entry, hash);
            if let Body::Erasure(erasure) = entry.body {
                let named = erasure.digests.into_iter().filter(|digest| wanted.contains(digest));
                self.streams.entry(stream).or_default().named.extend(named);
            }
        }
    }

    fn blob(&mut self, stream: Uuid, bytes: &[u8], lying: &Lying, wanted: &BTreeSet<Digest>) {
        let Lying { at, blob, stray } = lying;
        let is_wanted = wanted.contains(&blob.digest);
        let bytes = bytes.get(*at..).unwrap_or_default();
        if !(is_wanted || *stray) {
            return;
        }
        let found = self.streams.entry(stream).or_default();
        match (blob.is_blank(bytes), is_wanted) {
            (true, true) => drop(found.blank.insert(blob.digest)),
            (true, false) => {}
            (false, true) => {
                found.there.insert(blob.digest);
                let Likeness { media, length, content } = likeness(bytes, lying);
                // A stray may be all there, or torn.
                for content in [content, None] {
                    self.wanted.insert(Likeness { media: media.clone(), length, content });
                }
            }
            (false, false) => self.strays.push((stream, blob.digest, likeness(bytes, lying))),
        }
    }

    /// Bytes behind the last entry are no part of the record, so it costs nothing to be generous: a torn content of the same
    /// type and length goes too.
    fn match_strays(&mut self) {
        for (stream, digest, likeness) in std::mem::take(&mut self.strays) {
            if self.wanted.contains(&likeness) {
                self.streams.entry(stream).or_default().strays.insert(digest);
            }
        }
    }
}

fn likeness(bytes: &[u8], Lying { blob, .. }: &Lying) -> Likeness {
    let content = bytes.get(blob.content.clone()).unwrap_or_default();
    let whole = content.len() == blob.length;
    let content = whole.then(|| Digest::plain(content));
    Likeness { media: blob.media.clone(), length: blob.length, content }
}

/// Whether it is worth decoding an entry: most tell of decisions.
fn tells_of_erasure(entry: &[u8]) -> bool {
    const BODY: &[u8] = br#""body":{"#;
    let body = entry.windows(BODY.len()).position(|window| window == BODY);
    let kind = body.and_then(|at| entry.get(at + BODY.len()..)).unwrap_or_default();
    [br#""hold""#.as_slice(), br#""release""#, br#""erasure""#]
        .iter()
        .any(|word| kind.starts_with(word))
}
