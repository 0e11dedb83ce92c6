//! A ledger that was rewritten or cut after copies were exported is caught by the signed heads that they carry.

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{Desk, desk, get, json_lines, only, reconcile, set, verdicts};
use testimony_ledger::{Checkpoints, Options as LedgerOptions};
use testimony_reconcile::{NotEstablished, Options, Verdict};
use testimony_record::tlog::SigningKey;

/// Two sessions, so that the first session's head covers a part of the ledger.
fn twice_signed() -> Desk {
    Desk::with(|ledger| {
        desk::write_signed(ledger, desk::loan_1234());
        desk::write_signed(ledger, vec![desk::decision(5).done()]);
    })
}

/// Another ledger of the same stream, with the same key: what a host that lies can make.
fn rewritten() -> Desk {
    Desk::with(|ledger| {
        let mut events = desk::loan_1234();
        events.remove(0);
        desk::write_signed(ledger, events);
        desk::write_signed(ledger, vec![desk::decision(5).done(), desk::decision(6).done()]);
    })
}

#[test]
fn heads_of_the_ledger_stand_and_the_largest_is_named() {
    let desk = twice_signed();
    let report = desk.reconcile(&desk.exported());
    assert_eq!(verdicts(&report), []);
    assert_eq!(only(&report).heads.largest.values().copied().collect::<Vec<_>>(), [10]);
    assert!(report.not_established.contains(&NotEstablished::KeyNotGiven));
}

#[test]
fn a_rewritten_ledger_contradicts_the_heads_that_were_exported() {
    let spans = twice_signed().exported();
    let report = rewritten().reconcile(&spans);
    let found = verdicts(&report);
    let contradictions: Vec<_> =
        found.iter().filter(|(verdict, ..)| *verdict == Verdict::Rewritten).collect();
    // Once for each head, however many copies carry it.
    assert_eq!(contradictions.len(), 2, "{found:?}");
    assert!(!report.same());
}

#[test]
fn one_copy_is_enough() {
    let spans = twice_signed().exported();
    let report = rewritten().reconcile(&spans[10..]);
    let found = verdicts(&report);
    assert!(found.iter().any(|(verdict, ..)| *verdict == Verdict::Rewritten), "{found:?}");
}

#[test]
fn a_ledger_that_was_cut_contradicts_a_larger_head() {
    let spans = twice_signed().exported();
    let report = Desk::signed().reconcile(&spans[10..]);
    // The entries themselves are missing here already; no head can be held against the stream then.
    assert!(verdicts(&report).contains(&(Verdict::MissingHere, Some(10), vec![])));
    let mut early = spans[6].clone();
    set(&mut early, "testimony.head", &get(&spans[10], "testimony.head").unwrap());
    let report = Desk::signed().reconcile(&[early]);
    let finding = only(&report).findings.iter().find(|one| one.verdict == Verdict::Rewritten);
    assert!(finding.unwrap().detail.contains("over 10 entries was signed, and it holds 7"));
}

#[test]
fn a_head_that_is_missing_older_or_forged_is_an_alteration_of_its_copy() {
    let desk = twice_signed();
    let spans = desk.exported();
    let with = |change: &dyn Fn(&mut opentelemetry_proto::tonic::trace::v1::Span)| {
        let mut spans = spans.clone();
        change(spans.last_mut().unwrap());
        let found = verdicts(&desk.reconcile(&spans));
        let last = spans.len() as u64 - 1;
        assert_eq!(found, [(Verdict::Altered, Some(last), vec!["testimony.head".to_owned()])]);
    };
    with(&|span| span.attributes.retain(|pair| pair.key != "testimony.head"));
    let older = get(&spans[7], "testimony.head").unwrap();
    with(&|span| set(span, "testimony.head", &older));
    with(&|span| set(span, "testimony.head", "no note"));
    let newest = get(&spans[10], "testimony.head").unwrap();
    let unsigned = newest.split("\n\n").next().unwrap().to_owned();
    with(&|span| set(span, "testimony.head", &unsigned));
    with(&|span| set(span, "testimony.head", &newest.replace("\n10\n", "\n9\n")));
}

#[test]
fn heads_by_another_key_than_the_one_that_was_given_are_worth_nothing() {
    let desk = twice_signed();
    let file = json_lines(&desk.exported());
    let with = |key: &SigningKey| {
        let mut options = Options::default();
        options.keys = vec![key.verifier_key()];
        reconcile(&desk.ledger(), &file, options)
    };
    let own = with(&desk::key());
    assert!(own.same());
    assert!(!own.not_established.contains(&NotEstablished::KeyNotGiven));
    let other = with(&SigningKey::from_seed("other.example", [8; 32]).unwrap());
    let found = verdicts(&other);
    assert!(found.iter().all(|(_, _, what)| what == &["testimony.head"]), "{found:?}");
}

#[test]
fn the_newest_head_of_many_is_expected_everywhere() {
    let desk = Desk::with(|ledger| {
        let checkpoints =
            Checkpoints { every: Duration::ZERO, ..Checkpoints::new(Arc::new(desk::key())) };
        let options = LedgerOptions { checkpoints: Some(checkpoints), ..LedgerOptions::default() };
        let decisions = (1..=15).map(|n| desk::decision(n).done()).collect();
        desk::write_with(ledger, decisions, &options);
    });
    let report = desk.reconcile(&desk.exported());
    assert_eq!(verdicts(&report), []);
}
