//! Entries that an exporter has set aside or has not come to yet, entries outside the time that was asked for, a ledger that
//! grows while its copies are read, and one that is broken itself.

mod support;

use std::fs;

use support::{Desk, desk, json_lines, only, reconcile, verdicts};
use testimony_ledger::{Ledger, Options as LedgerOptions};
use testimony_reconcile::source::{Batch, Habits, Source, SourceError};
use testimony_reconcile::{Kind, NotEstablished, Options, Range, Reconciler, Verdict};

/// What an exporter leaves beside a ledger.
fn exported_to(desk: &Desk, last: u64, aside: &str) {
    let stream = desk::stream(&desk.ledger()).file_name().unwrap().to_str().unwrap().to_owned();
    let destination = desk.ledger().join("export/0123456789abcdef");
    fs::create_dir_all(destination.join(&stream)).unwrap();
    let hash = "0".repeat(64);
    let cursor = format!(
        r#"{{"v":1,"stream":"{stream}","last":{{"segment":0,"seq":{last},"hash":"{hash}"}},"sent":3}}"#
    );
    fs::write(destination.join(&stream).join("cursor.json"), cursor).unwrap();
    let label = r#"{"v":1,"endpoint":"http://localhost:4318","began":{}}"#;
    fs::write(destination.join("destination.json"), label).unwrap();
    let hash = "0".repeat(64);
    let line = aside.replace("HASH", &hash).replace("STREAM", &stream);
    fs::write(destination.join("set-aside.jsonl"), line).unwrap();
}

#[test]
fn what_was_set_aside_is_missing_and_says_why() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans.remove(2);
    let line = r#"{"stream":"STREAM","seq":2,"hash":"HASH","when_us":5,"why":"400: too long"}"#;
    exported_to(&desk, 6, &format!("not a line\n{line}\n"));
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::MissingThere, Some(2), vec![])]);
    let finding = &only(&report).findings[0];
    assert_eq!(finding.detail, "the exporter has set it aside: 400: too long");
    assert_eq!(only(&report).kinds[&Kind::Decision].set_aside, 1);
    assert!(!report.same());
}

#[test]
fn some_of_a_request_that_was_taken_in_part_were_set_aside() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans.remove(2);
    let line = r#"{"stream":"STREAM","first":1,"last":3,"count":1,"when_us":5,"why":"dropped"}"#;
    exported_to(&desk, 6, line);
    assert_eq!(only(&desk.reconcile(&spans)).totals().set_aside, 1);
}

#[test]
fn what_comes_after_the_cursor_has_not_been_exported_yet() {
    let desk = Desk::signed();
    let spans = desk.exported();
    exported_to(&desk, 4, "");
    let report = desk.reconcile(&spans[..5]);
    assert!(report.same());
    assert_eq!(only(&report).totals().not_yet_exported, 2);
    // What lies before it has to be there.
    assert!(!desk.reconcile(&spans[..4]).same());
}

#[test]
fn only_entries_of_the_time_that_was_asked_for_have_to_be_there() {
    let desk = Desk::signed();
    let spans = desk.exported();
    let mut options = Options::default();
    // The first decision begins a second after noon, the outcome a minute later.
    options.range = Range { since_us: desk::NOON + 500_000, until_us: desk::NOON + 1_500_000 };
    let report = reconcile(&desk.ledger(), &json_lines(&spans[..1]), options.clone());
    let found = verdicts(&report);
    assert!(found.is_empty(), "{found:?}");
    options.range = Range { since_us: 0, until_us: desk::NOON };
    let report = reconcile(&desk.ledger(), &[], options);
    assert_eq!(report.entries, 3, "what was sealed at noon and tells of nothing later");
    assert!(report.not_established.contains(&NotEstablished::OtherTimes));
}

/// Appends to the ledger before it hands out copies of all of it.
struct Growing<'a>(&'a Desk, bool);

impl Source for Growing<'_> {
    fn name(&self) -> String {
        "growing".to_owned()
    }

    fn habits(&self) -> Habits {
        Habits::FAITHFUL
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        if std::mem::replace(&mut self.1, true) {
            return Ok(None);
        }
        let ledger = Ledger::open(self.0.ledger(), LedgerOptions::default()).unwrap();
        ledger.submit(desk::decision(9).done()).unwrap();
        desk::close(&ledger);
        let spans = self.0.exported().into_iter().map(Into::into).collect();
        Ok(Some(Batch { spans, unreadable: vec![] }))
    }
}

#[test]
fn a_ledger_that_grows_meanwhile_is_read_on() {
    let desk = Desk::signed();
    let mut reconciler = Reconciler::open(desk.ledger(), Options::default(), &mut |_| {}).unwrap();
    reconciler.compare(&mut Growing(&desk, false), &mut |_| {}).unwrap();
    let report = reconciler.finish();
    assert!(report.same(), "{:?}", only(&report).findings);
    assert_eq!(report.entries, 10);
}

#[test]
fn a_ledger_whose_own_chain_is_broken_is_told_beside_its_copies() {
    let desk = Desk::signed();
    let spans = desk.exported();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let report = desk.reconcile(&spans);
    assert_eq!(report.ledger.len(), 1);
    assert_eq!((report.ledger[0].verdict, report.ledger[0].seq), (Verdict::LedgerBroken, Some(2)));
    let found = verdicts(&report);
    assert!(found.iter().any(|(verdict, seq, _)| (*verdict, *seq) == (Verdict::Altered, Some(1))));
}
