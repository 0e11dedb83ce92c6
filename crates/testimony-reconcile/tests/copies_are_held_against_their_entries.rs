//! Each verdict on a copy, with the damage that brings it about.

mod support;

use support::{Desk, get, only, set, verdicts};
use testimony_reconcile::{How, Kind, Verdict};

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn copies_that_nobody_touched_are_the_same() {
    let desk = Desk::signed();
    let spans = desk.exported();
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), []);
    let source = only(&report);
    assert_eq!((source.copies, source.totals().same, report.entries), (7, 7, 7));
    assert_eq!(source.heads.largest.values().copied().collect::<Vec<_>>(), [6]);
    assert!(report.same() && report.could_compare());
    assert!(!report.not_established.is_empty());
}

#[test]
fn the_order_and_the_trace_of_copies_do_not_matter() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans.reverse();
    for span in &mut spans {
        span.attributes.reverse();
    }
    assert!(desk.reconcile(&spans).same());
}

#[test]
fn an_entry_without_a_copy_is_missing_there() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let gone = spans.remove(2);
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::MissingThere, Some(2), vec![])]);
    let finding = &only(&report).findings[0];
    assert_eq!(finding.id.map(|id| id.to_string()), get(&gone, "testimony.id"));
    assert_eq!(only(&report).kinds[&Kind::Decision].missing_there, 1);
    assert!(!report.same());
}

#[test]
fn a_copy_whose_entry_is_gone_is_missing_here() {
    let desk = Desk::signed();
    let spans = desk.exported();
    let short = Desk::with(|ledger| support::desk::write(ledger, vec![]));
    let report = short.reconcile(&spans);
    let found = verdicts(&report);
    assert!(found.contains(&(Verdict::MissingHere, Some(6), vec![])), "{found:?}");
}

#[test]
fn a_copy_of_a_stream_that_is_gone_is_missing_here() {
    let desk = Desk::signed();
    let other = Desk::with(|ledger| support::desk::write_another(ledger, vec![]));
    let report = other.reconcile(&desk.exported());
    assert_eq!(only(&report).missing_here, 7);
}

#[test]
fn another_value_of_an_attribute_is_told_with_both() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "testimony.status", "refused");
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::Altered, Some(1), names(&["testimony.status"]))]);
    let [difference] = only(&report).findings[0].differences.as_slice() else { panic!() };
    let (expected, found) = ("ok".to_owned(), "refused".to_owned());
    assert_eq!(difference.how, How::Changed { expected, found });
}

#[test]
fn another_decision_under_the_same_number_is_altered_in_its_entry() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let forged = get(&spans[2], "testimony.entry.0").unwrap().replace("1250000", "1250001");
    let hash = testimony_record::digest::Digest::of_entry(forged.as_bytes()).to_string();
    set(&mut spans[2], "testimony.entry.0", &forged);
    set(&mut spans[2], "testimony.hash", &hash);
    let report = desk.reconcile(&spans);
    assert_eq!(
        verdicts(&report),
        [(Verdict::Altered, Some(2), names(&["testimony.entry.0", "testimony.hash"]))]
    );
}

#[test]
fn a_copy_without_a_piece_of_its_entry_is_altered() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans[2].attributes.retain(|pair| pair.key != "testimony.entry.0");
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::Altered, Some(2), names(&["testimony.entry.0"]))]);
}

#[test]
fn a_span_of_ours_that_names_no_entry_is_damaged() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let mut nameless = spans[2].clone();
    nameless.attributes.retain(|pair| pair.key == "testimony.hash");
    spans.push(nameless);
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::Damaged, None, vec![])]);
}

#[test]
fn copies_that_are_sent_again_are_counted_once_and_those_that_differ_are_found() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans.push(spans[3].clone());
    let report = desk.reconcile(&spans);
    assert_eq!((only(&report).duplicates, report.same()), (1, true));

    set(spans.last_mut().unwrap(), "gen_ai.request.model", "another");
    let report = desk.reconcile(&spans);
    assert_eq!((only(&report).duplicates, only(&report).conflicting), (0, 1));
    assert_eq!(
        verdicts(&report),
        [
            (Verdict::Conflicting, Some(3), vec![]),
            (Verdict::Altered, Some(3), names(&["gen_ai.request.model"])),
        ]
    );
    assert_eq!(only(&report).totals().altered, 1);
}

#[test]
fn spans_of_others_and_attributes_of_others_are_passed_over() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "k8s.pod.name", "desk-7");
    let mut other = spans[1].clone();
    other.attributes.retain(|pair| pair.key.starts_with("gen_ai."));
    spans.push(other);
    let report = desk.reconcile(&spans);
    assert!(report.same());
    assert_eq!(only(&report).not_ours, 1);
    assert_eq!(only(&report).added_on_the_way, ["k8s.pod.name"]);
}

#[test]
fn an_attribute_of_ours_that_was_added_is_an_alteration() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "gen_ai.response.id", "made-up");
    let report = desk.reconcile(&spans);
    assert_eq!(verdicts(&report), [(Verdict::Altered, Some(1), names(&["gen_ai.response.id"]))]);
}

#[test]
fn a_mapping_that_is_not_known_leaves_the_entry_to_compare() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "testimony.mapping", "99");
    let report = desk.reconcile(&spans);
    assert!(report.same() && !report.could_compare());
    assert_eq!(only(&report).totals().entry_only, 1);

    set(&mut spans[1], "testimony.hash", &"0".repeat(64));
    assert!(!desk.reconcile(&spans).same());
}
