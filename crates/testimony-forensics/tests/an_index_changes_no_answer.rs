//! What is answered through an index is what a casebook answers that has read everything.

mod history;
mod support;

use std::path::Path;

use history::{MIN_BYTES, TEXTS, id, made, write_all};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{decision, loan_1234, write_in_segments};
use testimony_forensics::blast::{NoBlast, Options, Origin};
use testimony_forensics::{Casebook, Indexed, NotFound, NotIndexed, NotOpened};
use testimony_ledger::{Ledger, Options as Writing};
use testimony_record::Uuid;
use testimony_record::decision::TraceContext;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

fn indexed(ledger: &Path) -> Indexed {
    Indexed::open(&[ledger], None, &mut |_| {}).unwrap()
}

/// One ledger, to be asked both ways.
struct Both {
    indexed: Indexed,
    casebook: Casebook,
}

impl Both {
    fn of(ledger: &Path) -> Self {
        Self { indexed: indexed(ledger), casebook: Casebook::open(ledger).unwrap() }
    }
}

/// As JSON, so that a difference can be read.
fn json(answer: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(answer).unwrap()
}

fn same_blast(both: &Both, origin: &Origin, options: &Options) {
    match (both.indexed.blast(origin, options), both.casebook.blast(origin, options)) {
        (Ok(Some(found)), Ok(all)) => assert_eq!(json(&found), json(&all), "{origin:?}"),
        (Ok(None), Err(NoBlast::NotFound(_) | NoBlast::NoObject(_))) => {}
        (Ok(None), Ok(all)) => assert!(all.direct.is_empty(), "{origin:?}"),
        (found, all) => panic!("{origin:?}: {found:?}, and of everything {all:?}"),
    }
}

fn same_story(both: &Both, asked: &str) {
    match (both.indexed.why(asked), both.casebook.why(asked)) {
        (Ok(Some(found)), Ok(all)) => assert_eq!(json(&found), json(&all), "{asked}"),
        (Ok(None), Err(NotFound::Subject { .. })) => {}
        (Err(found), Err(all)) => assert_eq!(found.to_string(), all.to_string(), "{asked}"),
        (found, all) => panic!("{asked}: {found:?}, and of everything {all:?}"),
    }
}

/// Everything that can be asked about a desk.
fn same_answers(ledger: &Path) {
    let both = &Both::of(ledger);
    for n in 1..9 {
        same_story(both, &support::id(n).to_string());
        same_blast(both, &Origin::Decision(support::id(n).to_string()), &Options::default());
    }
    for named in ["loan:1234", "letter:77", "talk:1", &"ab".repeat(16)] {
        same_story(both, named);
    }
    for content in ["Lend only above 0.60.", "Be kind.", "Sure.", "a text that nobody has seen"] {
        same_blast(both, &Origin::Content(content.into()), &Options::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn of_random_histories(history in vec(made(), 1..10), segment_bytes in 500..4_000_u64, unspecific: bool) {
        let dir = write_all(&history, segment_bytes);
        let both = &Both::of(dir.path());
        let options = Options { min_bytes: MIN_BYTES, unspecific, ..Options::default() };
        for content in TEXTS {
            same_blast(both, &Origin::Content(content.as_bytes().to_vec()), &options);
        }
        for n in 0..history.len() {
            same_blast(both, &Origin::Decision(id(n).to_string()), &options);
            same_story(both, &id(n).to_string());
        }
        let text = Origin::Content(TEXTS[2].into());
        let digests = both.casebook.blast(&text, &options).unwrap().origin.digests;
        for digest in digests {
            same_blast(both, &Origin::Digest(digest), &options);
            same_blast(both, &Origin::Prompt(digest), &options);
        }
    }
}

/// A loan, and two talks of several calls, in a trace, with a cause that nobody knows.
fn desk() -> Vec<Unsealed> {
    let trace = TraceContext { trace_id: [0xab; 16], span_id: [1; 8], own: false };
    let talk =
        [("system", "Be kind."), ("user", "May I?"), ("assistant", "Sure."), ("user", "And he?")];
    let call = |n: u8, asked: &[(&'static str, &str)], answer: &'static str| {
        decision(n)
            .with(|decision| decision.trace = Some(trace))
            .subject("talk:1")
            .messages(Role::Prompt, asked)
            .messages(Role::Decision, &[("assistant", answer)])
    };
    let stranger =
        call(7, &talk[..2], "Sure.").with(|decision| decision.causes = vec![Uuid::nil()]);
    let masked =
        decision(8).subject("talk:2").absent(Role::Prompt, "").text(Role::Decision, "", "approved");
    let more = vec![
        call(5, &talk[..2], "Sure.").done(),
        call(6, &talk, "He as well.").done(),
        stranger.done(),
        masked.done(),
    ];
    [loan_1234(), more].concat()
}

#[test]
fn by_subject_trace_id_and_the_beginning_of_one() {
    for segment_bytes in [600, 1_500, u64::MAX] {
        let dir = tempfile::tempdir().unwrap();
        write_in_segments(dir.path(), desk(), false, segment_bytes);
        let both = &Both::of(dir.path());
        let ids = (1..9).map(|n| support::id(n).to_string());
        let beginnings = ["0198c1d2-5a71", "0198c1d25a7", "ffff"].map(str::to_owned);
        let named = ["loan:1234", "letter:77", "talk:1", &"ab".repeat(16)].map(str::to_owned);
        for asked in ids.chain(beginnings).chain(named) {
            if asked != "ffff" {
                same_story(both, &asked);
            }
            same_blast(both, &Origin::Decision(asked), &Options::default());
        }
    }
}

#[test]
fn of_a_ledger_that_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let options = Writing { segment_bytes: 1_500, ..Writing::default() };
    let ledger = Ledger::open(dir.path(), options).unwrap();
    for event in desk() {
        ledger.record(event).unwrap().wait().unwrap();
    }
    same_answers(dir.path());
    support::close(&ledger);
    same_answers(dir.path());
}

#[test]
fn of_a_damaged_ledger() {
    for (from, to) in [
        ("Lend only above 0.60.", "Lend only above 0.10."),
        (r#""took_us":1250000"#, r#""took_us":1250001"#),
        (r#"{"message":{"role":"user""#, r#"{"message":{"role":"USER""#),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write_in_segments(dir.path(), desk(), false, u64::MAX);
        indexed(dir.path());
        support::replace(dir.path(), from, to);
        same_answers(dir.path());
    }
}

#[test]
fn of_a_ledger_from_which_something_was_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    write_in_segments(dir.path(), desk(), false, u64::MAX);
    support::blank(dir.path(), "Lend only above 0.60.");
    same_answers(dir.path());
}

#[test]
fn of_several_ledgers() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_in_segments(one.path(), loan_1234(), false, 600);
    let handed_on =
        decision(9).text(Role::Context, "", "Lend only above 0.60.").subject("loan:1234");
    write_in_segments(two.path(), vec![handed_on.done()], true, 600);
    let ledgers = [one.path(), two.path()];
    let (casebook, indexed) = (
        Casebook::open_all(&ledgers).unwrap(),
        Indexed::open(&ledgers, None, &mut |_| {}).unwrap(),
    );
    let story = casebook.why("loan:1234").unwrap();
    assert_eq!(story.chapters.len(), 3);
    assert_eq!(indexed.why("loan:1234").unwrap(), Some(story));
    let (policy, options) =
        (Origin::Content(b"Lend only above 0.60.".to_vec()), Options::default());
    let blast = casebook.blast(&policy, &options).unwrap();
    assert_eq!(blast.direct.len(), 2, "one in each");
    assert_eq!(json(&indexed.blast(&policy, &options).unwrap()), json(&Some(blast)));
}

#[test]
fn a_stream_that_is_in_two_ledgers_is_refused() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_in_segments(one.path(), loan_1234(), false, u64::MAX);
    write_in_segments(two.path(), loan_1234(), false, u64::MAX);
    let ledgers = [one.path(), two.path()];
    assert!(matches!(Casebook::open_all(&ledgers), Err(NotOpened::SameStream { .. })));
    let indexed = Indexed::open(&ledgers, None, &mut |_| {});
    assert!(matches!(indexed, Err(NotIndexed::NotOpened(NotOpened::SameStream { .. }))));
}

#[test]
fn of_what_no_index_knows_it_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write_in_segments(dir.path(), desk(), false, 1_500);
    let indexed = indexed(dir.path());
    for asked in ["approved", "loan:4321", "ffff", ""] {
        assert!(indexed.why(asked).unwrap().is_none(), "{asked}");
    }
    let near = Options { near: true, ..Options::default() };
    for (origin, options) in [
        (Origin::Content(b"a text that nobody has seen".to_vec()), Options::default()),
        (Origin::Site("loan_desk".to_owned()), Options::default()),
        (Origin::Model("gpt-4o".to_owned()), Options::default()),
        (Origin::Content(b"Lend only above 0.60.".to_vec()), near),
    ] {
        assert!(indexed.blast(&origin, &options).unwrap().is_none(), "{origin:?}");
    }
}
