//! `reconcile` on files of a Collector: what a person sees, what a program gets, and the exit codes.

mod exported;
mod support;

use exported::{json_lines, set, spans};
use support::{Desk, desk};

fn signed() -> Desk {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), desk::loan_1234());
    desk
}

#[test]
fn copies_that_nobody_touched_are_the_same() {
    let desk = signed();
    desk.file("copies.json", json_lines(&spans(&desk.ledger())));
    insta::assert_snapshot!(desk.ask(&["reconcile", "--otlp-json", "copies.json"]).seen(), @"
    exit 0
    ledger
      7 entries in 1 stream

    copies.json
      Copies: same - every entry has a copy there that says what the ledger says

      KIND            ENTRIES        SAME     ALTERED  MISSING THERE
      decision              3           3           0              0
      outcome               1           1           0              0
      genesis               1           1           0              0
      checkpoint            1           1           0              0
      close                 1           1           0              0
      all                   7           7           0              0

      7 spans read, 7 copies of entries
      The largest head among the copies, signed by the stream's own key, covers the first 6 entries of
      stream 019ca945-0a00-7707-8707-070707070707, and is the ledger's.

    Not established by this run:
      - What was asked and answered, in 4 copies of copies.json: no content was exported with them, and
        the entry only commits to it.
      - Whose signature the heads carry: they are signed by the keys that the ledger names itself. Give
        the key that you expect with --key.
      - Whether the contents in the ledger are what was sealed: `testimony verify` says that.
      - Whether the copies were out of reach of whoever writes the ledger: who can write both can
        rewrite both.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn what_differs_is_told_entry_by_entry() {
    let desk = signed();
    let mut spans = spans(&desk.ledger());
    set(&mut spans[2], "testimony.status", "refused");
    spans.remove(4);
    spans.push(spans[1].clone());
    desk.file("copies.json", json_lines(&spans));
    insta::assert_snapshot!(desk.ask(&["reconcile", "--otlp-json", "copies.json"]).seen(), @"
    exit 1
    ledger
      7 entries in 1 stream

    copies.json
      Copies: different - ledger and copies do not say the same; see the findings

      KIND            ENTRIES        SAME     ALTERED  MISSING THERE
      decision              3           2           1              0
      outcome               1           0           0              1
      genesis               1           1           0              0
      checkpoint            1           1           0              0
      close                 1           1           0              0
      all                   7           5           1              1

      7 spans read, 7 copies of entries, 1 sent again, equal
      The largest head among the copies, signed by the stream's own key, covers the first 6 entries of
      stream 019ca945-0a00-7707-8707-070707070707, and is the ledger's.

      Findings:
        altered  decision 0198c1d2-5a72-7000-8000-0123456789ab
          stream 019ca945-0a00-7707-8707-070707070707, entry 2, trace 0198c1d25a72700080000123456789ab,
          span 80000123456789ab
          testimony.status should be ok, and is refused
        missing_there  outcome 0198c1d2-5a72-7000-8000-0123456789ab
          stream 019ca945-0a00-7707-8707-070707070707, entry 4
          there is no copy of it

    Not established by this run:
      - What was asked and answered, in 3 copies of copies.json: no content was exported with them, and
        the entry only commits to it.
      - Whose signature the heads carry: they are signed by the keys that the ledger names itself. Give
        the key that you expect with --key.
      - Whether the contents in the ledger are what was sealed: `testimony verify` says that.
      - Whether the copies were out of reach of whoever writes the ledger: who can write both can
        rewrite both.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn programs_get_one_object() {
    let desk = signed();
    let mut spans = spans(&desk.ledger());
    set(&mut spans[2], "testimony.status", "refused");
    desk.file("copies.json", json_lines(&spans[..6]));
    let answer = desk.ask(&["reconcile", "--json", "--otlp-json", "copies.json"]);
    assert_eq!(answer.code, 1);
    let source = &answer.json()["sources"][0];
    assert_eq!(source["kinds"]["decision"]["altered"], 1);
    assert_eq!(source["findings"][0]["verdict"], "altered");
    assert_eq!(source["findings"][0]["differences"][0]["what"], "testimony.status");
    assert_eq!(source["findings"][1]["verdict"], "missing_there");
    assert_eq!(source["findings"][1]["kind"], "checkpoint");
}

#[test]
fn what_cannot_be_read_is_neither_the_same_nor_different() {
    let desk = signed();
    let missing = desk.ask(&["reconcile", "--otlp-json", "nowhere.json"]);
    insta::assert_snapshot!(missing.seen(), @"
    exit 2
    error: nowhere.json: No such file or directory (os error 2)
    ");
    desk.file("picture.json", b"\x89PNG\r\n");
    let picture = desk.ask(&["reconcile", "--otlp-json", "picture.json"]);
    insta::assert_snapshot!(picture.seen(), @"
    exit 2
    error: picture.json: this is no OTLP/JSON
    It reads what the Collector's file exporter writes with `format: json` and no compression: one OTLP/JSON export request a line.
    ");
    let nothing = desk.ask(&["reconcile"]);
    assert_eq!(nothing.code, 2);
}

#[test]
fn a_backend_that_does_not_answer_is_named_with_what_to_do() {
    let desk = signed();
    // A port on which nobody listens: it was given out, and is free again.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for backend in ["--jaeger", "--tempo", "--phoenix"] {
        let answer = desk.ask(&["reconcile", backend, &format!("http://{free}")]);
        assert_eq!(answer.code, 2);
        assert_eq!(
            answer.error().replace(&free.to_string(), "HOST:PORT"),
            "error: http://HOST:PORT: nobody answers: connection refused\n\
             Is it running there, and is this the port of its query API?\n"
        );
    }
    let header = desk.ask(&["reconcile", "--jaeger", "http://127.0.0.1:1", "--header", "secret"]);
    assert_eq!((header.code, header.error().contains("secret")), (2, false));
}
