//! What is answered through an index is what a casebook answers that has read everything.

mod history;
mod support;

use std::path::Path;

use history::{MIN_BYTES, TEXTS, id, made, write_all};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{decision, loan_1234, write_in_segments};
use testimony_forensics::blast::{NoBlast, Options, Origin};
use testimony_forensics::{Casebook, Indexed, NotFound};
use testimony_record::Uuid;
use testimony_record::decision::TraceContext;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

fn indexed(ledger: &Path) -> Indexed {
    Indexed::open(&[ledger], None, &mut |_| {}).unwrap()
}

/// As JSON, so that a difference can be read.
fn json(answer: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(answer).unwrap()
}

fn same_blast(ledger: &Path, origin: &Origin, options: &Options) {
    let casebook = Casebook::open(ledger).unwrap();
    match (indexed(ledger).blast(origin, options), casebook.blast(origin, options)) {
        (Ok(Some(found)), Ok(all)) => assert_eq!(json(&found), json(&all), "{origin:?}"),
        (Ok(None), Err(NoBlast::NotFound(_) | NoBlast::NoObject(_))) => {}
        (found, all) => panic!("{origin:?}: {found:?}, and of everything {all:?}"),
    }
}

fn same_story(ledger: &Path, asked: &str) {
    let casebook = Casebook::open(ledger).unwrap();
    match (indexed(ledger).why(asked), casebook.why(asked)) {
        (Ok(Some(found)), Ok(all)) => assert_eq!(json(&found), json(&all), "{asked}"),
        (Ok(None), Err(NotFound::Subject { .. })) => {}
        (Err(found), Err(all)) => assert_eq!(found.to_string(), all.to_string(), "{asked}"),
        (found, all) => panic!("{asked}: {found:?}, and of everything {all:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn of_random_histories(history in vec(made(), 1..10), segment_bytes in 500..4_000_u64, unspecific: bool) {
        let dir = write_all(&history, segment_bytes);
        let options = Options { min_bytes: MIN_BYTES, unspecific, ..Options::default() };
        for content in TEXTS {
            same_blast(dir.path(), &Origin::Content(content.as_bytes().to_vec()), &options);
        }
        for n in 0..history.len() {
            same_blast(dir.path(), &Origin::Decision(id(n).to_string()), &options);
            same_story(dir.path(), &id(n).to_string());
        }
        for blast in [Casebook::open(dir.path()).unwrap().blast(&Origin::Content(TEXTS[2].into()), &options).unwrap()] {
            for digest in blast.origin.digests {
                same_blast(dir.path(), &Origin::Digest(digest), &options);
                same_blast(dir.path(), &Origin::Prompt(digest), &options);
            }
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
        let ids = (1..9).map(|n| support::id(n).to_string());
        let beginnings = ["0198c1d2-5a71", "0198c1d25a7", "ffff"].map(str::to_owned);
        let named = ["loan:1234", "letter:77", "talk:1", &"ab".repeat(16)].map(str::to_owned);
        for asked in ids.chain(beginnings).chain(named) {
            if asked != "ffff" {
                same_story(dir.path(), &asked);
            }
            same_blast(dir.path(), &Origin::Decision(asked), &Options::default());
        }
    }
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
        (Origin::Site("loan_desk".to_owned()), Options::default()),
        (Origin::Model("gpt-4o".to_owned()), Options::default()),
        (Origin::Content(b"Lend only above 0.60.".to_vec()), near),
    ] {
        assert!(indexed.blast(&origin, &options).unwrap().is_none(), "{origin:?}");
    }
}
