//! A segment can be judged, copied and erased from by itself: what its entries refer to stands in it, and equal content keeps
//! its digest from one segment of a session to the next.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use testimony_ledger::read::directory::Directory;
use testimony_ledger::read::objects::Objects as _;
use testimony_ledger::read::trail::{Passed, Trail};
use testimony_ledger::{Archive, Ledger, Options, verify};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::{Body, Entry};
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
    UnsealedPart,
};
use testimony_record::verify::Verdict;

const POLICY: &str = "the policy that every decision is given";

fn message(text: String) -> UnsealedMessage {
    let blob = UnsealedBlob::text(text);
    let part = UnsealedMessagePart { kind: "text".into(), id: None, name: None, blob };
    UnsealedMessage { role: "user".into(), name: None, parts: vec![part] }
}

/// Decision number `n` of a conversation: it has all messages before it, and the policy.
fn decision(n: u128) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(n),
        parent: None,
        causes: Vec::new(),
        site: "segments".into(),
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
    let messages = (0..=n).map(|turn| message(format!("turn {turn}"))).collect();
    let part = |role, content| UnsealedPart::new(role, Origin::Declared, content);
    let parts = vec![
        part(Role::Prompt, UnsealedContent::Messages(messages)),
        part(Role::Context, UnsealedContent::Blob(UnsealedBlob::text(POLICY))),
    ];
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}

/// A conversation of 40 turns over several segments; returns how many.
fn conversation(path: &Path) -> usize {
    let options = Options { segment_bytes: 8 << 10, ..Options::default() };
    let ledger = Ledger::open(path, options).unwrap();
    for n in 0..40 {
        ledger.record(decision(n)).unwrap().wait().unwrap();
    }
    let stream = path.join(ledger.stream().to_string());
    ledger.close().unwrap();
    fs::read_dir(stream)
        .unwrap()
        .filter(|entry| is_segment(&entry.as_ref().unwrap().path()))
        .count()
}

fn is_segment(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "segment")
}

#[test]
fn a_segment_without_those_before_it_misses_no_content() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let segments = conversation(&path);
    assert!(segments > 3, "the conversation takes {segments} segments");
    let stream = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
    let stream = stream.into_iter().find(|path| path.is_dir()).unwrap();
    for index in 0..segments - 1 {
        fs::remove_file(stream.join(format!("{index:08}.segment"))).unwrap();
        let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
        let verdicts: BTreeSet<Verdict> =
            report.findings().map(|finding| finding.verdict).collect();
        assert_eq!(verdicts, BTreeSet::from([Verdict::Removed]), "without segments 0 to {index}");
    }
}

#[test]
fn equal_content_has_one_digest_in_all_segments_of_a_session() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    conversation(&path);
    let mut policies = BTreeSet::new();
    let mut archive = Archive::open(&path).unwrap();
    let mut visit = |stored: testimony_ledger::read::archive::Stored| {
        let (parts, _) = stored.entry.body.parts();
        let policy = parts.iter().find(|part| part.role == Role::Context);
        policies.extend(policy.and_then(|part| part.digest()).copied());
    };
    archive.advance(&mut visit).unwrap();
    let [policy] = policies.iter().copied().collect::<Vec<_>>()[..] else {
        panic!("one digest, not {policies:?}")
    };
    assert_eq!(archive.blob(&policy).unwrap().bytes, POLICY.as_bytes());
}

/// The last message of a decision, read through the objects of its segment alone; nothing for any other entry.
fn last_turn(passed: &Passed<'_>) -> Option<Vec<u8>> {
    let Body::Decision(decision) = Entry::decode(passed.bytes).unwrap().body else { return None };
    let objects = passed.objects.expect("a trail that remembers objects");
    let prompt = decision.parts.iter().find(|part| part.role == Role::Prompt).unwrap();
    let messages = objects.list(prompt.digest().unwrap()).unwrap();
    let message = objects.message(messages.last().unwrap()).unwrap();
    Some(objects.blob(&message.parts[0].blob).unwrap().bytes.to_vec())
}

#[test]
fn a_trail_that_remembers_one_segment_reads_every_content_and_stops_where_it_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    conversation(&path);
    let stream = Directory::open(&path).unwrap().streams[0];
    let mut trail = Trail::from_segment(&path, stream, 0).with_objects();
    let (mut turns, mut seqs) = (Vec::new(), Vec::new());
    // One entry at a time: what was shown is behind the trail, and what comes after is not.
    let mut visit = |passed: Passed<'_>| {
        seqs.push(passed.seq);
        turns.extend(last_turn(&passed));
        ControlFlow::Break(())
    };
    while trail.walk(&mut visit).unwrap().is_break() {}
    assert!(seqs.iter().copied().eq(0..42), "{seqs:?}");
    let expected = (0..40).map(|turn| format!("turn {turn}").into_bytes());
    assert!(turns.into_iter().eq(expected));
    assert!(trail.position().0 > 0, "the conversation fills several segments");
    let mut forgetful = |passed: Passed<'_>| {
        assert!(passed.objects.is_none());
        ControlFlow::Continue(())
    };
    assert!(Trail::from_segment(&path, stream, 0).walk(&mut forgetful).unwrap().is_continue());
}
