//! Without a ledger: content, both conventions, heads, several streams, and tampering that the copies themselves give away.

mod support;

use std::io::Cursor;

use opentelemetry_proto::tonic::trace::v1::Span;
use support::{Desk, desk, exported, exported_with_content, get, json_lines, set};
use testimony_otlp::mapping::Conventions;
use testimony_reconcile::source::OtlpJson;
use testimony_reconcile::{AloneReport, OpenQuestion, verify_copies};
use testimony_record::verify::Trust;

fn verify(spans: &[Span]) -> AloneReport {
    let mut source = OtlpJson::of("copies", Cursor::new(json_lines(spans)));
    verify_copies(&mut source, &Trust::default(), 100, &mut |_| {}).unwrap()
}

fn verdicts(report: &AloneReport) -> Vec<(&'static str, Option<u64>)> {
    let findings = report.streams.iter().flat_map(|stream| &stream.findings);
    findings.map(|found| (found.verdict.as_str(), found.seq)).collect()
}

#[test]
fn copies_under_either_convention_are_intact_and_complete() {
    let desk = Desk::signed();
    for conventions in [Conventions::V1_41, Conventions::Latest] {
        let report = verify(&exported(&desk.ledger(), conventions));
        assert!(report.complete(), "{report:?}");
        assert_eq!(report.streams[0].signing.signed.unwrap().size, 6);
    }
}

#[test]
fn content_is_passed_over_and_that_is_said() {
    let desk = Desk::signed();
    let spans = exported_with_content(&desk.ledger());
    let report = verify(&spans);
    assert!(report.complete(), "{:?}", verdicts(&report));
    let unchecked = |open: &OpenQuestion| matches!(open, OpenQuestion::ContentInCopies { .. });
    assert!(report.not_established.iter().any(unchecked));
    // What the entry says is still held against it.
    let mut altered = spans;
    set(&mut altered[2], "testimony.status", "refused");
    assert_eq!(verdicts(&verify(&altered)), [("altered", Some(2))]);
}

#[test]
fn a_head_has_to_be_the_newest_of_the_chain() {
    let desk = Desk::with(|ledger| {
        desk::write_signed(ledger, desk::loan_1234());
        desk::write_signed(ledger, vec![desk::decision(5).done()]);
    });
    let spans = desk.exported();
    assert_eq!(verdicts(&verify(&spans)), []);
    let older = get(&spans[7], "testimony.head").unwrap();
    let mut altered = spans.clone();
    set(altered.last_mut().unwrap(), "testimony.head", &older);
    assert_eq!(verdicts(&verify(&altered)), [("altered", Some(10))]);
    let mut without = spans;
    without[7].attributes.retain(|pair| pair.key != "testimony.head");
    assert_eq!(verdicts(&verify(&without)), [("altered", Some(7))]);
}

#[test]
fn each_stream_is_checked_by_itself() {
    let (one, other) = (Desk::signed(), Desk::with(|ledger| desk::write_another(ledger, vec![])));
    let mut spans = one.exported();
    spans.extend(other.exported());
    let report = verify(&spans);
    assert!(report.complete());
    assert_eq!(report.streams.len(), 2);
    spans.remove(3);
    assert_eq!(verdicts(&verify(&spans)), [("removed", Some(3))]);
}

#[test]
fn a_link_that_does_not_hold_behind_a_hole_is_found() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    spans.remove(2);
    let entry = get(&spans[3], "testimony.entry.0").unwrap();
    let prev = get(&spans[3], "testimony.prev").unwrap();
    let forged = entry.replace(&prev, &"7".repeat(64));
    let hash = testimony_record::digest::Digest::of_entry(forged.as_bytes()).to_string();
    set(&mut spans[3], "testimony.entry.0", &forged);
    set(&mut spans[3], "testimony.hash", &hash);
    set(&mut spans[3], "testimony.prev", &"7".repeat(64));
    let found = verdicts(&verify(&spans));
    assert!(
        found.contains(&("edited", Some(4))) && found.contains(&("edited", Some(5))),
        "{found:?}"
    );
}

#[test]
fn a_mapping_that_is_not_known_leaves_the_entry_to_check() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[2], "testimony.mapping", "99");
    set(&mut spans[2], "testimony.status", "whatever it means there");
    let report = verify(&spans);
    assert_eq!((verdicts(&report), report.streams[0].entry_only), (vec![], 1));
    set(&mut spans[2], "testimony.hash", &"0".repeat(64));
    assert_eq!(verdicts(&verify(&spans)), [("altered", Some(2))]);
}
