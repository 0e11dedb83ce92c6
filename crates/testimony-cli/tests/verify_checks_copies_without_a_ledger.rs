//! `verify --otlp-json`: what exported copies show by themselves, and what they cannot.

mod exported;
mod support;

use exported::{json_lines, set, spans};
use opentelemetry_proto::tonic::trace::v1::Span;
use support::{Answer, Desk, desk};

/// The copies of a signed ledger, which is not there any more.
fn copies() -> (Desk, Vec<Span>) {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), desk::loan_1234());
    let spans = spans(&desk.ledger());
    std::fs::remove_dir_all(desk.ledger()).unwrap();
    (desk, spans)
}

fn verify(desk: &Desk, spans: &[Span], args: &[&str]) -> Answer {
    desk.file("copies.json", json_lines(spans));
    desk.ask(&[&["verify", "--otlp-json", "copies.json"], args].concat())
}

fn verdicts(answer: &Answer) -> Vec<(String, u64)> {
    assert_eq!(answer.code, 1, "{}", answer.seen());
    let streams = answer.json()["streams"].as_array().unwrap().clone();
    let findings = streams.iter().flat_map(|stream| stream["findings"].as_array().unwrap().clone());
    findings
        .map(|found| {
            (found["verdict"].as_str().unwrap().to_owned(), found["seq"].as_u64().unwrap())
        })
        .collect()
}

fn one(verdict: &str, seq: u64) -> Vec<(String, u64)> {
    vec![(verdict.to_owned(), seq)]
}

#[test]
fn copies_that_nobody_touched_are_intact() {
    let (desk, spans) = copies();
    let key = desk::key().verifier_key().to_string();
    insta::assert_snapshot!(verify(&desk, &spans, &["--key", &key]).seen(), @"
    exit 0
    copies in copies.json

    Integrity:     intact - nothing that was exported has been found changed
    Completeness:  complete - there are copies from the first entry of each stream to its close

    Copies:
      7 spans read
      019ca945-0a00-7707-8707-070707070707  closed
        7 copies, 7 entries, 3 decisions, 1 checkpoint, signed over its first 6

    Not established by this run:
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was exported. No head that
        was given lies within it and no witness vouches for it, so whoever holds the key and can write
        where the copies lie could have rewritten all of it. Give a head that somebody else has kept
        with --head.
      - Anything by signature about the last 1 entry of stream 019ca945-0a00-7707-8707-070707070707: no
        checkpoint covers it.
      - What was asked, given, decided and why: an entry only commits to its contents, which lie in the
        ledger.
      - Whether everything was exported: an entry after the last copy, or a whole stream, can be missing
        here without a trace.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn copies_that_somebody_touched_are_broken() {
    let (desk, mut spans) = copies();
    set(&mut spans[1], "gen_ai.request.model", "another");
    spans.remove(3);
    insta::assert_snapshot!(verify(&desk, &spans, &[]).seen(), @"
    exit 1
    copies in copies.json

    Integrity:     broken - the copies are not what was sealed; see the findings
    Completeness:  unknown - broken copies cannot say whether they are all

    Copies:
      6 spans read
      019ca945-0a00-7707-8707-070707070707  not closed
        6 copies, 6 entries, 2 decisions, 1 missing between others

    Findings:
      altered  stream 019ca945-0a00-7707-8707-070707070707, entry 1
        gen_ai.request.model should be gpt-4o, and is another
      removed  stream 019ca945-0a00-7707-8707-070707070707, entry 3
        there is no copy of entry 3

    Not established by this run:
      - Anything by signatures and heads in stream 019ca945-0a00-7707-8707-070707070707 beyond its first
        3 entries: behind a hole no root can be worked out. There each copy was only held against the
        one before it.
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was exported. No head that
        was given lies within it and no witness vouches for it, so whoever holds the key and can write
        where the copies lie could have rewritten all of it. Give a head that somebody else has kept
        with --head.
      - Whether stream 019ca945-0a00-7707-8707-070707070707 ends where the copies do. They have no
        close: it is in use, its writer crashed, or the rest was not exported or was taken away.
      - What was asked, given, decided and why: an entry only commits to its contents, which lie in the
        ledger.
      - Whether everything was exported: an entry after the last copy, or a whole stream, can be missing
        here without a trace.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn each_kind_of_damage_has_its_verdict() {
    let json = &["--json"];
    let (desk, spans) = copies();
    let with = |change: &dyn Fn(&mut Vec<Span>)| {
        let mut spans = spans.clone();
        change(&mut spans);
        verdicts(&verify(&desk, &spans, json))
    };
    assert_eq!(with(&|spans| drop(spans.remove(3))), one("removed", 3));
    assert_eq!(with(&|spans| set(&mut spans[2], "testimony.status", "refused")), one("altered", 2));
    assert_eq!(
        with(&|spans| set(&mut spans[2], "testimony.entry.0", "{}")),
        [("damaged".to_owned(), 2), ("removed".to_owned(), 2),]
    );
    let again = |spans: &mut Vec<Span>| {
        let mut span = spans[2].clone();
        set(&mut span, "gen_ai.request.model", "another");
        spans.push(span);
    };
    assert_eq!(with(&again), [("conflicting".to_owned(), 2), ("altered".to_owned(), 2)]);
    let forged = |spans: &mut Vec<Span>| {
        let entry = exported::get(&spans[2], "testimony.entry.0").replace("1250000", "1250001");
        let hash = testimony_record::digest::Digest::of_entry(entry.as_bytes()).to_string();
        set(&mut spans[2], "testimony.entry.0", &entry);
        set(&mut spans[2], "testimony.hash", &hash);
    };
    // The next entry names another predecessor, and the checkpoint another tree.
    let found = with(&forged);
    assert!(found.contains(&("edited".to_owned(), 3)), "{found:?}");
    assert!(found.contains(&("rewritten".to_owned(), 6)), "{found:?}");
}

#[test]
fn copies_that_are_sent_again_or_in_another_order_are_intact() {
    let (desk, mut spans) = copies();
    spans.push(spans[2].clone());
    spans.reverse();
    let answer = verify(&desk, &spans, &["--json"]);
    assert_eq!(answer.code, 0, "{}", answer.seen());
    assert_eq!(answer.json()["streams"][0]["duplicates"], 1);
    assert_eq!(answer.json()["completeness"], "complete");
}

#[test]
fn copies_that_begin_late_form_a_chain_and_leave_the_beginning_open() {
    let (desk, spans) = copies();
    let answer = verify(&desk, &spans[2..], &["--json"]);
    assert_eq!(answer.code, 0, "{}", answer.seen());
    assert_eq!(answer.json()["completeness"], "open");
    let open = answer.json()["not_established"].to_string();
    assert!(open.contains("before_the_first") && open.contains("behind_a_hole"), "{open}");
}

#[test]
fn a_head_that_somebody_has_kept_tells_a_shortened_copy_from_a_whole_one() {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), desk::loan_1234());
    let spans = spans(&desk.ledger());
    desk.file("head.json", desk.ask(&["head", "--json"]).out);
    let args = ["--json", "--head", "head.json"];
    assert_eq!(verify(&desk, &spans, &args).code, 0);
    assert_eq!(verdicts(&verify(&desk, &spans[..5], &args)), one("truncated", 5));
    // Behind a hole it cannot be held against anything.
    let holed = verify(&desk, &spans[1..], &args);
    assert_eq!(holed.code, 2, "{}", holed.seen());
}

#[test]
fn another_key_than_the_one_that_was_given_has_signed() {
    let (desk, spans) = copies();
    let other = testimony_record::tlog::SigningKey::from_seed("other.example", [9; 32]).unwrap();
    let key = other.verifier_key().to_string();
    let found = verdicts(&verify(&desk, &spans, &["--json", "--key", &key]));
    assert!(found.iter().all(|(verdict, _)| verdict == "signature_wrong"), "{found:?}");
}

#[test]
fn an_absurd_sequence_number_costs_nothing() {
    let (desk, mut spans) = copies();
    let mut span = spans[2].clone();
    let entry = exported::get(&span, "testimony.entry.0")
        .replace(r#""seq":2,"#, r#""seq":9007199254740991,"#);
    set(&mut span, "testimony.entry.0", &entry);
    spans.push(span);
    let found = verdicts(&verify(&desk, &spans, &["--json"]));
    assert!(found.contains(&("removed".to_owned(), 7)), "{found:?}");
}

#[test]
fn a_file_without_copies_says_nothing() {
    let (desk, _) = copies();
    assert_eq!(verify(&desk, &[], &[]).code, 2);
}
