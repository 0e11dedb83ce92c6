//! Content that travelled with copies is held against the ledger's: the same, altered, cut by the backend, erased since.

mod support;

use std::collections::BTreeSet;

use opentelemetry_proto::tonic::trace::v1::Span;
use support::{Desk, desk, exported_with_content, get, only, set, verdicts};
use testimony_ledger::Ledger;
use testimony_reconcile::source::{Batch, Habits, Source, SourceError};
use testimony_reconcile::{NotEstablished, Options, Reconciler, Report, Verdict};
use testimony_record::part::Role;

const ANSWER: &str = "gen_ai.output.messages";

fn desk() -> Desk {
    Desk::with(|ledger| {
        let asked = desk::decision(1).text(Role::Prompt, "", &"May we lend? ".repeat(300)).text(
            Role::Decision,
            "",
            &"é".repeat(3_000),
        );
        let brief = desk::decision(2).text(Role::Prompt, "", "?").text(Role::Decision, "", "no");
        desk::write(ledger, vec![asked.done(), brief.done()]);
    })
}

/// A source that cuts long texts, as Tempo does: at a byte, wherever that falls.
struct Cutting(Vec<Span>, usize);

impl Source for Cutting {
    fn name(&self) -> String {
        "cutting".to_owned()
    }

    fn habits(&self) -> Habits {
        Habits { cuts_text: true, ..Habits::FAITHFUL }
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        let limit = self.1;
        let mut spans: Vec<_> =
            self.0.drain(..).map(testimony_reconcile::span::Span::from).collect();
        for (_, value) in spans.iter_mut().flat_map(|span| &mut span.attributes) {
            if let testimony_reconcile::span::Value::Text(text) = value {
                text.truncate(limit);
            }
        }
        Ok((!spans.is_empty()).then_some(Batch { spans, unreadable: vec![] }))
    }
}

fn cut(desk: &Desk, spans: Vec<Span>, limit: usize) -> Report {
    let mut reconciler = Reconciler::open(desk.ledger(), Options::default(), &mut |_| {}).unwrap();
    reconciler.compare(&mut Cutting(spans, limit), &mut |_| {}).unwrap();
    reconciler.finish()
}

#[test]
fn content_that_nobody_touched_is_the_same() {
    let desk = desk();
    let report = desk.reconcile(&exported_with_content(&desk.ledger()));
    assert_eq!(verdicts(&report), []);
    assert_eq!((only(&report).content_same, only(&report).content_absent), (2, 0));
}

#[test]
fn content_that_says_something_else_is_an_alteration() {
    let desk = desk();
    let mut spans = exported_with_content(&desk.ledger());
    let answer = get(&spans[2], ANSWER).unwrap().replace("no", "yes");
    set(&mut spans[2], ANSWER, &answer);
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::Altered, Some(2), vec![ANSWER.to_owned()])]);
}

#[test]
fn content_that_the_backend_has_cut_is_told_and_is_no_difference() {
    let desk = desk();
    let report = cut(&desk, exported_with_content(&desk.ledger()), 2_048);
    assert!(report.same(), "{:?}", only(&report).findings);
    let totals = only(&report).totals();
    assert_eq!((totals.truncated, totals.same), (1, 3));
    assert_eq!((only(&report).content_same, only(&report).truncated[0].seq), (1, Some(1)));
    let cuts: Vec<_> =
        only(&report).cuts.iter().map(|cut| (cut.attribute.as_str(), cut.bytes)).collect();
    assert!(cuts.contains(&(ANSWER, 2_048)) && cuts.contains(&("gen_ai.input.messages", 2_048)));
}

#[test]
fn content_that_is_shorter_than_what_the_backend_keeps_was_cut_by_someone() {
    let desk = desk();
    let mut spans = exported_with_content(&desk.ledger());
    let answer = get(&spans[2], ANSWER).unwrap();
    set(&mut spans[2], ANSWER, &answer[..answer.len() - 2]);
    let report = cut(&desk, spans, 2_048);
    let found = verdicts(&report);
    assert!(found.contains(&(Verdict::Altered, Some(2), vec![ANSWER.to_owned()])), "{found:?}");
}

#[test]
fn an_entry_that_the_backend_has_cut_is_a_difference() {
    let desk = desk();
    let report = cut(&desk, desk.exported(), 100);
    assert!(!report.same());
    assert_eq!(only(&report).totals().altered, 4);
}

#[test]
fn a_faithful_source_cuts_nothing() {
    let desk = desk();
    let mut spans = exported_with_content(&desk.ledger());
    let answer = get(&spans[1], ANSWER).unwrap();
    set(&mut spans[1], ANSWER, &answer[..2_048]);
    assert!(!desk.reconcile(&spans).same());
}

#[test]
fn content_that_was_erased_since_is_not_compared_and_that_is_said() {
    let desk = desk();
    let spans = exported_with_content(&desk.ledger());
    let ledger = Ledger::open(desk.ledger(), testimony_ledger::Options::default()).unwrap();
    let digest = {
        let mut archive = testimony_ledger::Archive::open(desk.ledger()).unwrap();
        let mut found = None;
        archive
            .advance(&mut |stored| {
                if stored.entry.seq == 2 {
                    let part =
                        stored.entry.body.parts().0.iter().find(|part| part.role == Role::Decision);
                    found = part.and_then(testimony_record::part::Part::digest).copied();
                }
            })
            .unwrap();
        found.unwrap()
    };
    let warrant = testimony_ledger::erase::Warrant::new("asked for", "clerk:bea").unwrap();
    ledger.erase(&BTreeSet::from([digest]), &warrant).unwrap();
    desk::close(&ledger);
    let report = desk.reconcile(&spans);
    assert_eq!(only(&report).totals().altered, 0, "{:?}", only(&report).findings);
    assert_eq!(only(&report).content_erased, 1);
    let erased = |open: &NotEstablished| matches!(open, NotEstablished::ErasedContent { .. });
    assert!(report.not_established.iter().any(erased));
    // What is left of it is still held against the ledger.
    let mut altered = spans.clone();
    set(&mut altered[2], "gen_ai.input.messages", "[]");
    assert_eq!(only(&desk.reconcile(&altered)).totals().altered, 1);
}
