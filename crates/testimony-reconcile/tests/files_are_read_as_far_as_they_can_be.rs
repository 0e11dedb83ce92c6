//! Files of a Collector: lines, one object over many lines, torn and damaged lines, other signals, other formats.

mod support;

use std::io::Cursor;
use std::path::Path;

use support::{Desk, json_lines, only, request};
use testimony_reconcile::source::{OtlpJson, Source as _};

fn spans_in(text: &[u8]) -> (usize, Vec<String>) {
    let mut source = OtlpJson::of("file", Cursor::new(text.to_vec()));
    let (mut spans, mut unreadable) = (0, Vec::new());
    while let Some(batch) = source.next().unwrap() {
        spans += batch.spans.len();
        unreadable.extend(batch.unreadable);
    }
    (spans, unreadable)
}

#[test]
fn one_object_over_many_lines_is_read() {
    let desk = Desk::signed();
    let spans = desk.exported();
    let pretty = serde_json::to_vec_pretty(&request(spans)).unwrap();
    assert_eq!(spans_in(&pretty), (7, vec![]));
    assert_eq!(spans_in(&[&pretty[..], b"\n", &pretty].concat()), (14, vec![]));
    assert!(desk.reconcile_file(&pretty).same());
}

#[test]
fn a_last_line_that_is_torn_costs_no_other() {
    let lines = json_lines(&Desk::signed().exported());
    let (spans, unreadable) = spans_in(&lines[..lines.len() - 9]);
    assert_eq!(spans, 6);
    assert_eq!(unreadable, ["line 7 of file: it ends in the middle of a request"]);
    // Even if it is the only one.
    assert_eq!(spans_in(b"{\"resourceSpans\":[").0, 0);
}

#[test]
fn a_damaged_line_in_the_middle_costs_no_other() {
    let desk = Desk::signed();
    let lines = json_lines(&desk.exported());
    let text = String::from_utf8(lines).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let damaged = &lines[3][..lines[3].len() / 2].to_owned();
    lines[3] = damaged;
    let (spans, unreadable) = spans_in(lines.join("\n").as_bytes());
    assert_eq!((spans, unreadable.len()), (6, 1));
    let report = desk.reconcile_file(lines.join("\n").as_bytes());
    assert_eq!(only(&report).totals().missing_there, 1);
    assert_eq!(only(&report).unreadable_in_all, 1);
}

#[test]
fn empty_lines_and_other_signals_hold_no_spans() {
    assert_eq!(spans_in(b""), (0, vec![]));
    assert_eq!(spans_in(b"\n\n{\"resourceLogs\":[]}\r\n{\"resourceMetrics\":[]}\n"), (0, vec![]));
}

#[test]
fn other_formats_are_refused_with_what_is_read() {
    for other in [&b"\x1f\x8b\x08\x00"[..], b"\x00\x00\x01\x17\x0a", b"[1,2]\n", b"PAR1"] {
        let mut source = OtlpJson::of("file", Cursor::new(other.to_vec()));
        let error = source.next().unwrap_err();
        assert_eq!(error.to_string(), "file: this is no OTLP/JSON");
        assert!(error.advice.unwrap().contains("format: json"));
    }
    let mut source = OtlpJson::of("file", Cursor::new(b"{\n\"resourceSpans\": 7\n}".to_vec()));
    assert!(source.next().unwrap_err().to_string().starts_with("file: this is no OTLP/JSON: "));
}

#[test]
fn rotated_files_are_one_source() {
    let desk = Desk::signed();
    let spans = desk.exported();
    let paths = ["copies-1.json", "copies.json"].map(|name| desk.path().join(name));
    std::fs::write(&paths[0], json_lines(&spans[..4])).unwrap();
    std::fs::write(&paths[1], json_lines(&spans[4..])).unwrap();
    let mut source = OtlpJson::open(&paths).unwrap();
    assert_eq!(source.progress().unwrap().0, 0);
    let mut read = 0;
    while let Some(batch) = source.next().unwrap() {
        read += batch.spans.len();
    }
    let (done, total) = source.progress().unwrap();
    assert_eq!((read, done), (7, total));
    assert!(source.name().ends_with("copies-1.json and 1 more"));
    assert!(OtlpJson::open(&[desk.path().join("nowhere.json")]).is_err());
}

#[test]
fn the_published_examples_are_read() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/otlp");
    let Ok(trace) = std::fs::read(vectors.join("trace.json")) else {
        println!("skipped: no published examples at {}", vectors.display());
        return;
    };
    let mut source = OtlpJson::of("trace.json", Cursor::new(trace));
    let span = source.next().unwrap().unwrap().spans.remove(0);
    assert_eq!(hex::encode(span.trace_id), "5b8efff798038103d269b633813fc60c");
    assert_eq!(hex::encode(span.span_id), "eee19b7ec3c1b174");
    assert_eq!((span.kind, span.start_ns), (2, 1_544_712_660_000_000_000));
    assert_eq!(span.text("my.span.attr"), Some("some value"));
    for other in ["logs.json", "metrics.json", "events.json"] {
        let text = std::fs::read(vectors.join(other)).unwrap();
        assert_eq!(spans_in(&text), (0, vec![]), "{other}");
    }
}
