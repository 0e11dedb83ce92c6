//! Ledgers to erase from, and a look at every byte of what is left.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use testimony_ledger::erase::Warrant;
use testimony_ledger::storage::Storage;
use testimony_ledger::verify::verify;
use testimony_ledger::{Archive, Ledger};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{Frame, SegmentHeader};
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};
use testimony_record::verify::{Verdict, Walk};

/// What is to go.
pub(crate) const SECRET: &str = "applicant Jane Roe, born 1970-01-01, has three late payments";

/// A part of it that nothing else in a ledger holds.
pub(crate) const DISTINCTIVE: &str = "Jane Roe, born 1970";

/// What is to stay.
pub(crate) const POLICY: &str = "lend only to those who have paid back before";

pub(crate) fn warrant() -> Warrant {
    Warrant::new("request 17 of the applicant", "privacy@bank.example").unwrap()
}

/// Decision number `n` with some contents as its context.
pub(crate) fn decision(n: u128, contents: &[&str]) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(n),
        parent: None,
        causes: Vec::new(),
        site: "erasing".into(),
        operation: None,
        provider: None,
        model: None,
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 0,
        took_us: None,
        usage: None,
        trace: None,
        parts: Vec::new(),
        more: None,
    };
    let part = |text: &&str| {
        let content = UnsealedContent::Blob(UnsealedBlob::text((*text).to_owned()));
        UnsealedPart::new(Role::Context, Origin::Declared, content)
    };
    let parts = contents.iter().map(part).collect();
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}

pub(crate) fn record(ledger: &Ledger, n: u128, contents: &[&str]) {
    ledger.record(decision(n, contents)).unwrap().wait().unwrap();
}

/// A blob as it lies in a ledger: its salt as it is written, and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lying {
    pub(crate) stream: Uuid,
    pub(crate) digest: Digest,
    pub(crate) salt: String,
    pub(crate) content: Vec<u8>,
}

/// Every blob of every segment of every stream.
pub(crate) fn blobs(storage: &dyn Storage, ledger: &Path) -> Vec<Lying> {
    let mut found = Vec::new();
    for bytes in segments(storage, ledger) {
        // A crash can leave a file without a whole header line.
        let Ok((SegmentHeader { stream, .. }, _)) = SegmentHeader::parse(&bytes) else { continue };
        found.extend(Walk::new(&bytes).1.filter_map(|(_, frame)| match frame {
            Frame::Blob { digest, salt, content, .. } => {
                Some(Lying { stream, digest, salt: salt.to_string(), content: content.to_vec() })
            }
            _ => None,
        }));
    }
    found
}

/// Every segment file of every stream, in order.
pub(crate) fn segments(storage: &dyn Storage, ledger: &Path) -> Vec<Vec<u8>> {
    let mut names = storage.list(ledger).unwrap();
    names.sort();
    let streams = names.iter().filter_map(|name| name.parse().ok());
    streams.flat_map(|stream| segments_of(storage, ledger, stream)).collect()
}

pub(crate) fn segments_of(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> Vec<Vec<u8>> {
    let dir = ledger.join(stream.to_string());
    let mut names = storage.list(&dir).unwrap();
    names.sort();
    let names = names.iter().filter(|name| name.ends_with(".segment"));
    names.map(|name| storage.read(&dir.join(name)).unwrap()).collect()
}

pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Every entry, with its stream.
pub(crate) fn entries(storage: &dyn Storage, ledger: &Path) -> Vec<Entry> {
    let mut found = Vec::new();
    for bytes in segments(storage, ledger) {
        found.extend(Walk::new(&bytes).1.filter_map(|(_, frame)| match frame {
            Frame::Entry { bytes, .. } => Entry::decode(bytes).ok(),
            _ => None,
        }));
    }
    found
}

/// The digests that an entry of each stream says to be erased.
pub(crate) fn said_erased(
    storage: &dyn Storage,
    ledger: &Path,
) -> BTreeMap<Uuid, BTreeSet<Digest>> {
    let mut said = BTreeMap::<_, BTreeSet<_>>::new();
    for entry in entries(storage, ledger) {
        if let Body::Erasure(erasure) = entry.body {
            said.entry(entry.stream).or_default().extend(erasure.digests);
        }
    }
    said
}

/// The blobs with one content.
pub(crate) fn with_content(storage: &dyn Storage, ledger: &Path, content: &str) -> Vec<Lying> {
    let all = blobs(storage, ledger).into_iter();
    all.filter(|lying| lying.content == content.as_bytes()).collect()
}

pub(crate) fn digests(blobs: &[Lying]) -> BTreeSet<Digest> {
    blobs.iter().map(|lying| lying.digest).collect()
}

/// Every file under a directory.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The files under a directory that hold some bytes.
pub(crate) fn files_with(dir: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| contains(&fs::read(path).unwrap(), needle);
    files(dir).into_iter().filter(holds).collect()
}

/// Searches every byte of every file for the contents and salts of some blobs, as they were.
pub(crate) fn assert_gone(dir: &Path, blobs: &[Lying]) {
    assert!(!blobs.is_empty());
    assert_eq!(files_with(dir, DISTINCTIVE.as_bytes()), [] as [PathBuf; 0]);
    // The same content lies there many times.
    let each: BTreeMap<Digest, &Lying> = blobs.iter().map(|lying| (lying.digest, lying)).collect();
    for lying in each.values() {
        assert_eq!(files_with(dir, &lying.content), [] as [PathBuf; 0]);
        assert_eq!(files_with(dir, lying.salt.as_bytes()), [] as [PathBuf; 0]);
        let salt: Vec<u8> = (0..16)
            .map(|at| u8::from_str_radix(&lying.salt[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        assert_eq!(files_with(dir, &salt), [] as [PathBuf; 0]);
    }
}

pub(crate) fn archive(dir: &Path) -> Archive {
    let mut archive = Archive::open(dir).unwrap();
    archive.advance(&mut |_| ()).unwrap();
    archive
}

/// What the verifier finds, in its words.
pub(crate) fn verdicts(dir: &Path) -> Vec<Verdict> {
    let report = verify(dir, &[], &mut |_| {}).unwrap();
    report.findings().map(|finding| finding.verdict).collect()
}

/// Nothing is wrong, and nothing that was said to be erased is left.
pub(crate) fn assert_intact(dir: &Path, story: &str) {
    let report = verify(dir, &[], &mut |_| {}).unwrap();
    let remarks: Vec<_> = report.findings().collect();
    let unfinished = remarks.iter().any(|it| it.verdict == Verdict::ErasureUnfinished);
    assert!(report.intact() && !unfinished, "{story}: {remarks:#?}");
}
