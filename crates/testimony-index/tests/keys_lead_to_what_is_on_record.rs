//! Every key of what is on record leads to the frame that says so, in whichever segment that stands.

#[path = "../../testimony-forensics/tests/support/mod.rs"]
mod desk;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use desk::{decision, id, loan_1234, outcome, write_in_segments};
use testimony_index::{At, Index, Key};
use testimony_record::Uuid;
use testimony_record::decision::TraceContext;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{self, Frame};
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

const TALK: [(&str, &str); 3] =
    [("system", "Be kind."), ("user", "May I?"), ("assistant", "Sure.")];

/// A loan, and two calls of a conversation in a trace.
fn events() -> Vec<Unsealed> {
    let trace = TraceContext { trace_id: [0xab; 16], span_id: [1; 8], own: false };
    let call = |n: u8, asked: &[(&'static str, &str)]| {
        let call = decision(n).with(|decision| decision.trace = Some(trace));
        call.messages(Role::Prompt, asked).messages(Role::Decision, &TALK[2..])
    };
    [
        loan_1234(),
        vec![call(5, &TALK[..2]).done(), call(6, &TALK).done(), outcome(6, "scored").done()],
    ]
    .concat()
}

fn index(ledger: &Path) -> Index {
    Index::open(&[ledger], None, &mut |_| {}).unwrap()
}

/// The entries to which a key leads.
fn entries(index: &Index, key: Key) -> Vec<Body> {
    let found = index.find(&BTreeSet::from([key])).unwrap();
    found.into_iter().map(|(_, at)| entry(index, at)).collect()
}

fn entry(index: &Index, at: At) -> Body {
    let bytes = fs::read(index.path(&at.segment)).unwrap();
    match frame::parse(&bytes[usize::try_from(at.offset).unwrap()..]).unwrap().0 {
        Frame::Entry { bytes, .. } => Entry::decode(bytes).unwrap().body,
        other => panic!("{other:?}"),
    }
}

fn decisions(index: &Index, key: Key) -> Vec<Uuid> {
    let ids = entries(index, key).into_iter().map(|body| match body {
        Body::Decision(decision) => decision.id,
        other => panic!("{other:?}"),
    });
    ids.collect()
}

#[test]
fn decisions_are_found_by_whatever_names_them() {
    for segment_bytes in [500, 2_000, u64::MAX] {
        let dir = tempfile::tempdir().unwrap();
        write_in_segments(dir.path(), events(), false, segment_bytes);
        let index = index(dir.path());
        assert_eq!(decisions(&index, Key::decision(&id(2))), [id(2)]);
        assert_eq!(decisions(&index, Key::subject(b"loan:1234")), [id(1), id(2)]);
        assert_eq!(decisions(&index, Key::trace(&[0xab; 16])), [id(5), id(6)]);
        assert_eq!(decisions(&index, Key::inside(&id(2))), [id(3)]);
        assert_eq!(decisions(&index, Key::caused_by(&id(1))), [id(2)]);
        assert_eq!(decisions(&index, Key::put_out(&Digest::plain(b"Sure."))), [id(5), id(6)]);
        assert_eq!(decisions(&index, Key::put_out(&Digest::plain(b"refused"))), [id(2)]);
        let reason = Key::put_out(&Digest::plain(b"The score is below the floor."));
        assert_eq!(decisions(&index, reason), [id(2)], "a rationale is put out as well");
        assert!(entries(&index, Key::put_out(&Digest::plain(b"May we lend?"))).is_empty());
        assert!(matches!(entries(&index, Key::outcome_of(&id(6)))[..], [Body::Outcome(_)]));
        for nothing in [Key::decision(&id(9)), Key::subject(b"loan:123"), Key::trace(&[0; 16])] {
            assert!(entries(&index, nothing).is_empty());
        }
    }
}

#[test]
fn ids_are_found_by_how_they_begin() {
    let dir = tempfile::tempdir().unwrap();
    write_in_segments(dir.path(), events(), false, 700);
    let index = index(dir.path());
    let all = Key::decisions(&(id(1)..=id(6)));
    assert_eq!(index.between(&all, 5).unwrap().unwrap().len(), 5);
    assert!(index.between(&all, 4).unwrap().is_none(), "too many");
    assert_eq!(index.between(&Key::decisions(&(id(4)..=id(4))), 5).unwrap().unwrap(), []);
}

#[test]
fn what_holds_a_content_is_found_by_climbing() {
    let dir = tempfile::tempdir().unwrap();
    write_in_segments(dir.path(), events(), false, u64::MAX);
    let index = index(dir.path());
    let digests = |key: Key| {
        let found = index.find(&BTreeSet::from([key])).unwrap();
        found.into_iter().filter_map(|(_, at)| digest(&index, at)).collect::<Vec<_>>()
    };
    let mut open = digests(Key::content(&Digest::plain(b"May I?")));
    let mut reached = BTreeSet::new();
    while let Some(digest) = open.pop() {
        reached.extend(decisions(&index, Key::part(&digest)));
        open.extend(digests(Key::holder(&digest)));
    }
    assert_eq!(
        reached,
        BTreeSet::from([id(5), id(6)]),
        "the second call's prompt rests on the first one's"
    );
}

fn digest(index: &Index, at: At) -> Option<Digest> {
    let bytes = fs::read(index.path(&at.segment)).unwrap();
    match frame::parse(&bytes[usize::try_from(at.offset).unwrap()..]).unwrap().0 {
        Frame::Blob { digest, .. } | Frame::Node { digest, .. } => Some(digest),
        Frame::Entry { .. } => None,
    }
}

#[test]
fn a_segment_says_what_it_lacks_and_what_leads_out_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let stranger = decision(7).with(|decision| decision.causes = vec![id(9), id(1)]);
    write_in_segments(dir.path(), [events(), vec![stranger.done()]].concat(), false, u64::MAX);
    let index = index(dir.path());
    let (_, summary) = index.summaries().next().unwrap();
    assert!(summary.whole && summary.decisions == 6, "{summary:?}");
    assert_eq!(summary.absent.values().sum::<u64>(), 1, "the letter's prompt was not captured");
    assert_eq!(summary.open.causes, [(id(7), vec![id(9)])]);
    assert_eq!(summary.open.parents, []);
}
