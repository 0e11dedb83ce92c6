//! Evidence that nobody honest has made: read without panic, in bounded memory, and believed for nothing it should not be.

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::decision::{Decision, Outcome, Status};
use testimony_record::digest::{Digest, Salt};
use testimony_record::entry::{Body, Entry, FORMAT};
use testimony_record::evidence::{BadEvidence, Conclusion, Evidence, FIRST_LINE, Fault};
use testimony_record::frame::Frame;
use testimony_record::label::Label;
use testimony_record::media::MediaType;
use testimony_record::node::{List, Message, MessagePart, Node};
use testimony_record::part::{Content, Origin, Part, Role};
use testimony_record::tlog::{SignedHead, SigningKey, TlogProof};
use testimony_record::tree;

const STREAM: Uuid = Uuid::from_u128(7);

fn key() -> SigningKey {
    SigningKey::from_seed("desk.example", [7; 32]).unwrap()
}

fn part(content: Content) -> Part {
    let (role, from) = (Role::Prompt, Origin::Declared);
    Part { role, name: None, from, held: None, note: None, content }
}

fn entry(seq: u64, parts: Vec<Part>) -> Entry {
    let outcome =
        Outcome { decision: Uuid::nil(), kind: "paid".into(), at_us: 1, parts, more: None };
    Entry {
        v: FORMAT,
        stream: STREAM,
        seq,
        prev: Digest::ZERO,
        time_us: 1,
        body: Body::Outcome(outcome),
    }
}

fn blob(content: &[u8], frames: &mut Vec<u8>) -> Digest {
    let (salt, media) = (Salt::from_bytes([3; 16]), MediaType::TEXT);
    let digest = Digest::of_blob(&salt, media.as_str(), content);
    Frame::Blob { digest, salt, media, content }.write(frames);
    digest
}

fn node(node: &Node, frames: &mut Vec<u8>) -> Digest {
    let bytes = canonical::encode(node);
    let digest = Digest::of_node(&bytes);
    Frame::Node { digest, bytes: &bytes }.write(frames);
    digest
}

/// A log of this one entry, signed; the entry stands at `index` as the proof has it.
fn file(frames: &[u8], entry: &Entry, index: u64, stream: Uuid) -> String {
    let bytes = entry.encode();
    let mut extra = [FIRST_LINE.as_bytes(), frames].concat();
    Frame::Entry { hash: Digest::of_entry(&bytes), bytes: &bytes }.write(&mut extra);
    let head = SignedHead::sign(stream, 1, &tree::leaf(&bytes), &[&key()]).unwrap();
    TlogProof { extra: Some(extra), index, hashes: vec![], head }.to_string()
}

fn faults(file: &str) -> Vec<Fault> {
    Evidence::parse(file).unwrap().check(&[key().verifier_key()], None).faults
}

#[test]
fn an_entry_of_another_place_or_stream_is_not_that_of_the_log() {
    assert_eq!(faults(&file(&[], &entry(0, vec![]), 0, STREAM)), []);
    assert_eq!(faults(&file(&[], &entry(1, vec![]), 0, STREAM)), [Fault::OtherPlace]);
    assert_eq!(faults(&file(&[], &entry(1, vec![]), 1, STREAM)), [Fault::NotIncluded]);
    let other = file(&[], &entry(0, vec![]), 0, Uuid::from_u128(8));
    // The key signs for every stream of its owner, and this is the head of another one.
    assert_eq!(faults(&other)[0], Fault::OtherStream);
}

#[test]
fn a_small_file_that_unfolds_without_end_is_refused() {
    let mut frames = Vec::new();
    let content = blob(&vec![b'x'; 100_000], &mut frames);
    let said = MessagePart { kind: "text".into(), id: None, name: None, blob: content };
    let message = Message { role: Label::new("user"), name: None, parts: vec![said] };
    let message = node(&Node::Message(message), &mut frames);
    let list = |items: usize, frames: &mut Vec<u8>| {
        node(&Node::List(List { base: None, items: vec![message; items] }), frames)
    };
    let mut few = frames.clone();
    let small = list(2_000, &mut few);
    let parts = vec![part(Content::Node(small))];
    let evidence = Evidence::parse(&file(&few, &entry(0, parts), 0, STREAM)).unwrap();
    assert_eq!(evidence.messages(&small).map(|messages| messages.len()), Some(2_000));

    let large = list(3_000, &mut frames);
    let parts = vec![part(Content::Node(large))];
    let error = Evidence::parse(&file(&frames, &entry(0, parts), 0, STREAM)).unwrap_err();
    assert!(matches!(error, BadEvidence::TooMuch), "{error}");
}

#[test]
fn an_object_of_another_kind_than_is_referred_to_is_refused() {
    let mut frames = Vec::new();
    let digest = blob(b"text", &mut frames);
    let as_list = file(&frames, &entry(0, vec![part(Content::Node(digest))]), 0, STREAM);
    assert!(
        matches!(Evidence::parse(&as_list).unwrap_err(), BadEvidence::Missing(missing) if missing == digest)
    );
}

#[test]
fn a_proof_of_something_else_is_no_evidence() {
    let proof = TlogProof::parse(&file(&[], &entry(0, vec![]), 0, STREAM)).unwrap();
    for extra in [None, Some(b"age-v1.2.1".to_vec())] {
        let text = TlogProof { extra, ..proof.clone() }.to_string();
        let error = Evidence::parse(&text).unwrap_err();
        assert!(matches!(error, BadEvidence::NoEntry) && !error.contradicts_itself(), "{error}");
    }
}

#[test]
fn an_entry_of_any_kind_can_be_evidence() {
    let decision = Decision {
        id: Uuid::nil(),
        parent: None,
        causes: vec![],
        site: "s".into(),
        operation: None,
        provider: None,
        model: None,
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 1,
        took_us: None,
        usage: None,
        trace: None,
        parts: vec![],
        more: Some(Digest::plain(b"elsewhere")),
    };
    let entry = Entry { body: Body::Decision(Box::new(decision)), ..entry(0, vec![]) };
    let evidence = Evidence::parse(&file(&[], &entry, 0, STREAM)).unwrap();
    assert_eq!(evidence.parts(), (vec![], Some(Digest::plain(b"elsewhere"))));
    assert_eq!(evidence.check(&[key().verifier_key()], None).conclusion(), Conclusion::Good);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_where_frames_should_is_refused_without_panic(
        junk in prop::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
    ) {
        let mut frames = Vec::new();
        let digest = blob(b"text", &mut frames);
        let entry = entry(0, vec![part(Content::Blob(digest))]);
        prop_assert!(Evidence::parse(&file(&frames, &entry, 0, STREAM)).is_ok());
        let at = at.index(frames.len());
        frames.splice(at..at, junk);
        prop_assert!(Evidence::parse(&file(&frames, &entry, 0, STREAM)).is_err());
    }
}
