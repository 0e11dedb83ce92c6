//! What is done with any bytes at all, for the fuzzers and for the tests that read the fuzzers' corpora again: each parser
//! reads them, and what it takes for good it must write back to the same bytes. Nothing here knows what the bytes are.

use std::fmt::Display;

use testimony_forensics::import::{Moment, OpenAiChat};
use testimony_ledger::Submission as _;
use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::entry::Entry;
use testimony_record::evidence::Evidence;
use testimony_record::frame::{self, SegmentHeader};
use testimony_record::node::Node;
use testimony_record::tlog::{
    AddCheckpoint, Policy, SignedHead, SigningKey, TlogProof, VerifierKey, WitnessKey, conflict,
    cosignatures,
};
use testimony_record::verify::{Segment, StreamVerifier, Trust, Walk, cuts_named, next_of_each};

/// A frame, a segment's header line, a walk over what follows.
pub fn frame(bytes: &[u8]) {
    if let Ok((frame, length)) = frame::parse(bytes) {
        let mut written = Vec::new();
        frame.write(&mut written);
        assert_eq!(Some(written.as_slice()), bytes.get(..length));
        assert!(!(frame.is_sealed() && frame.is_blank()));
    }
    if let Ok((header, length)) = SegmentHeader::parse(bytes) {
        assert_eq!(Some(header.encode().as_bytes()), bytes.get(..length));
    }
    let mut walk = Walk::new(bytes).1;
    while let Some((at, _)) = walk.next() {
        assert!(at < walk.offset() && walk.offset() <= bytes.len());
    }
    assert!(walk.ending().clean <= bytes.len());
}

/// An entry.
pub fn entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode(), bytes);
        assert!(entry.body.references().count() <= bytes.len());
    }
}

/// A node: a list, a message, parts.
pub fn list(bytes: &[u8]) {
    if let Ok(node) = canonical::decode::<Node>(bytes) {
        assert_eq!(canonical::encode(&node), bytes);
        assert!(node.references().count() <= bytes.len());
    }
}

/// The segments of a stream: the first byte says where the others are parted.
pub fn stream(bytes: &[u8]) {
    let Some((&parts, bytes)) = bytes.split_first() else { return };
    let length = (bytes.len() / (usize::from(parts % 4) + 1)).max(1);
    let files: Vec<(u64, &[u8])> = (0..).zip(bytes.chunks(length)).collect();
    let cuts: Vec<_> = files.iter().map(|(index, bytes)| (*index, cuts_named(bytes))).collect();
    let stream = files.first().and_then(|(_, bytes)| SegmentHeader::parse(bytes).ok());
    let stream = stream.map_or(Uuid::nil(), |(header, _)| header.stream);
    for live in [false, true] {
        let mut verifier = StreamVerifier::new(stream, &Trust::default());
        for ((index, bytes), next) in files.iter().zip(next_of_each(&cuts, live)) {
            verifier.segment(Segment::judge(*index, bytes, &next));
            verifier.look_again(bytes);
        }
        let report = verifier.finish(live);
        assert_eq!(report.bytes, bytes.len() as u64);
    }
}

/// What signers, witnesses and auditors exchange, but for proofs.
pub fn checkpoint(bytes: &[u8]) {
    let _ = Policy::parse(bytes);
    let Ok(text) = str::from_utf8(bytes) else { return };
    same(SignedHead::parse(text).ok(), text);
    same(text.parse::<VerifierKey>().ok(), text);
    same(text.parse::<WitnessKey>().ok(), text);
    same(text.parse::<SigningKey>().ok().map(|key| key.secret_text()), text);
    let _ = (cosignatures(text).is_ok(), conflict(text).is_ok());
}

/// Proofs, evidence, and what a witness is asked.
pub fn proof(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(proof) = TlogProof::parse(text) {
        same(Some(&proof), text);
        let _ = proof.includes(b"an entry");
    }
    same(AddCheckpoint::parse(text).ok(), text);
    if let Ok(evidence) = Evidence::parse(text) {
        let _ = evidence.check(&[], None).conclusion();
        let _ = evidence.parts();
    }
}

/// A file of another recorder's runs.
pub fn import(bytes: &[u8]) {
    for run in OpenAiChat::new(bytes).map_while(Result::ok) {
        let mut now = || Moment { now_us: 0, id: Uuid::nil() };
        let submissions = run.submissions(&mut now);
        assert!(submissions.len() >= run.calls());
        for submission in submissions {
            drop(Box::new(submission).unseal());
        }
    }
}

/// What was read must be written as it was.
fn same(read: Option<impl Display>, text: &str) {
    if let Some(read) = read {
        assert_eq!(read.to_string(), text);
    }
}
