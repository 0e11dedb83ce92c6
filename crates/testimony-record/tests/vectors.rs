//! The crate agrees with every vector in `tests/vectors`, which a second implementation wrote from `FORMAT.md`.

mod outside;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use testimony_record::digest::{Digest, Salt};
use testimony_record::entry::Entry;
use testimony_record::frame::{self, Frame, FrameError, SegmentHeader, segment_index};
use testimony_record::node::Node;
use testimony_record::tree::Frontier;
use testimony_record::verify::{
    Finding, Place, Report, Segment, StreamReport, StreamVerifier, Trust, cuts_named, next_of_each,
};
use testimony_record::{Uuid, canonical};

const MARKER: &[u8] = b"testimony 1 ledger\n";

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The list of vectors under `key` of a file; an empty one would test nothing.
fn list(file: &str, key: &str) -> Vec<Value> {
    let list = json(&vectors().join(file))[key].as_array().unwrap().clone();
    assert!(!list.is_empty(), "{file} has no {key}");
    list
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{field} in {vector}"))
}

fn hex_bytes(vector: &Value, field: &str) -> Vec<u8> {
    hex::decode(text(vector, field)).unwrap()
}

/// The bytes of a record, which stand as text where they are text.
fn record(vector: &Value) -> Vec<u8> {
    match vector.get("text") {
        Some(text) => text.as_str().unwrap().as_bytes().to_vec(),
        None => hex_bytes(vector, "hex"),
    }
}

fn content(vector: &Value) -> Vec<u8> {
    let Some(repeat) = vector.get("repeat") else { return hex_bytes(vector, "content") };
    let count = usize::try_from(repeat["count"].as_u64().unwrap()).unwrap();
    hex_bytes(repeat, "byte").repeat(count)
}

/// What of these vectors does not hold, so that one run names all of them.
fn assert_all(vectors: &[Value], holds: impl Fn(&Value) -> bool) {
    let failures: Vec<String> =
        vectors.iter().filter(|vector| !holds(vector)).map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} do not hold:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn blobs_have_the_digests_of_the_vectors() {
    assert_all(&list("digests.json", "blobs"), |vector| {
        let salt: Salt = text(vector, "salt").parse().unwrap();
        let digest = Digest::of_blob(&salt, text(vector, "media"), &content(vector));
        digest.to_string() == text(vector, "digest")
    });
}

#[test]
fn nodes_and_entries_have_the_hashes_of_the_vectors() {
    assert_all(&list("digests.json", "nodes"), |vector| {
        Digest::of_node(&hex_bytes(vector, "bytes")).to_string() == text(vector, "digest")
    });
    assert_all(&list("digests.json", "entries"), |vector| {
        Digest::of_entry(&hex_bytes(vector, "bytes")).to_string() == text(vector, "hash")
    });
}

#[test]
fn trees_have_the_roots_of_the_vectors() {
    let mut tree = Frontier::new();
    for (size, root) in list("tree.json", "roots").iter().enumerate() {
        assert_eq!(hex::encode(tree.root()), root.as_str().unwrap(), "root of {size} leaves");
        tree.push(size.to_string().as_bytes());
    }
}

#[test]
fn every_valid_entry_is_read_and_written_back_to_the_same_bytes() {
    assert_all(&list("entries.json", "valid"), |vector| {
        let bytes = record(vector);
        Entry::decode(&bytes).is_ok_and(|entry| entry.encode() == bytes)
            && Digest::of_entry(&bytes).to_string() == text(vector, "hash")
    });
}

#[test]
fn no_invalid_entry_is_read() {
    assert_all(&list("entries.json", "invalid"), |vector| Entry::decode(&record(vector)).is_err());
}

#[test]
fn every_valid_node_is_read_and_written_back_to_the_same_bytes() {
    assert_all(&list("nodes.json", "valid"), |vector| {
        let bytes = record(vector);
        canonical::decode::<Node>(&bytes).is_ok_and(|node| canonical::encode(&node) == bytes)
            && Digest::of_node(&bytes).to_string() == text(vector, "hash")
    });
}

#[test]
fn no_invalid_node_is_read() {
    assert_all(&list("nodes.json", "invalid"), |vector| {
        canonical::decode::<Node>(&record(vector)).is_err()
    });
}

/// Whether a frame is what a vector says, and is written back to the same bytes.
fn is_frame(vector: &Value, bytes: &[u8]) -> bool {
    let Ok((frame, taken)) = frame::parse(bytes) else { return false };
    let mut written = Vec::new();
    frame.write(&mut written);
    let (kind, digest, body) = match &frame {
        Frame::Blob { digest, content, .. } => ("blob", digest, content),
        Frame::Node { digest, bytes } => ("node", digest, bytes),
        Frame::Entry { hash, bytes } => ("entry", hash, bytes),
    };
    let blob = match &frame {
        Frame::Blob { salt, media, .. } => {
            salt.to_string() == text(vector, "salt") && media.as_str() == text(vector, "media")
        }
        _ => true,
    };
    let whole = vector["taken"] == taken && vector["length"] == body.len();
    let same = kind == text(vector, "kind") && digest.to_string() == text(vector, "digest");
    whole && same && blob && bytes.get(..taken) == Some(&written)
}

fn fault<T>(result: &Result<T, FrameError>) -> &'static str {
    match result {
        Ok(_) => "none",
        Err(FrameError::Incomplete) => "incomplete",
        Err(FrameError::Malformed(_)) => "malformed",
    }
}

#[test]
fn every_frame_is_read_and_written_back_to_the_same_bytes() {
    assert_all(&list("frames.json", "frames"), |vector| {
        is_frame(vector, &hex_bytes(vector, "hex"))
    });
}

#[test]
fn what_is_no_frame_is_malformed_or_incomplete_as_the_vectors_say() {
    assert_all(&list("frames.json", "no_frames"), |vector| {
        fault(&frame::parse(&hex_bytes(vector, "hex"))) == text(vector, "fault")
    });
}

#[test]
fn every_segment_header_is_read_and_written_back_to_the_same_bytes() {
    assert_all(&list("frames.json", "segments"), |vector| {
        let bytes = hex_bytes(vector, "hex");
        let Ok((header, taken)) = SegmentHeader::parse(&bytes) else { return false };
        let place = vector["index"] == header.index && vector["seq"] == header.seq;
        let ids = (header.stream.to_string(), header.prev.to_string());
        let same = ids == (text(vector, "stream").to_owned(), text(vector, "prev").to_owned());
        place && same && vector["taken"] == taken && bytes.starts_with(header.encode().as_bytes())
    });
}

#[test]
fn what_is_no_segment_header_is_malformed_or_incomplete_as_the_vectors_say() {
    assert_all(&list("frames.json", "no_segments"), |vector| {
        fault(&SegmentHeader::parse(&hex_bytes(vector, "hex"))) == text(vector, "fault")
    });
}

/// The names in a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// One report for each stream that is there or that a head names, in order of their ids.
fn verify(ledger: &Path, trust: &Trust) -> Vec<StreamReport> {
    let there = names(ledger).into_iter().filter_map(|name| name.parse().ok());
    let mut streams: Vec<Uuid> = there.chain(trust.streams()).collect();
    streams.sort();
    streams.dedup();
    streams.into_iter().map(|stream| verify_stream(ledger, stream, trust)).collect()
}

fn verify_stream(ledger: &Path, stream: Uuid, trust: &Trust) -> StreamReport {
    let mut verifier = StreamVerifier::new(stream, trust);
    let directory = ledger.join(stream.to_string());
    let names = if directory.exists() { names(&directory) } else { Vec::new() };
    let files = names.into_iter().filter_map(|name| Some((segment_index(&name)?, name)));
    let files: Vec<(u64, Vec<u8>)> =
        files.map(|(index, name)| (index, fs::read(directory.join(name)).unwrap())).collect();
    let cuts: Vec<_> = files.iter().map(|(index, bytes)| (*index, cuts_named(bytes))).collect();
    let next = next_of_each(&cuts, false);
    for ((index, bytes), next) in files.iter().zip(&next) {
        verifier.segment(Segment::judge(*index, bytes, next));
    }
    if !verifier.erased().is_empty() {
        for (_, bytes) in &files {
            verifier.look_again(bytes);
        }
    }
    verifier.finish(false)
}

/// The findings as the vectors list them: by place, and at one place by the word.
fn told(reports: &[StreamReport]) -> Value {
    let mut findings: Vec<&Finding> = reports.iter().flat_map(|report| &report.findings).collect();
    findings.sort_by_key(|finding| (finding.place, finding.verdict.as_str()));
    let pair = |finding: &&Finding| {
        let Place { seq, .. } = finding.place;
        Value::from(vec![Value::from(finding.verdict.as_str()), Value::from(seq)])
    };
    findings.iter().map(pair).collect()
}

/// A report as the vectors list it: counts and sizes that are none are left out.
fn stream_told(report: &StreamReport, trust: &Trust) -> Value {
    let mut told = serde_json::json!({
        "stream": report.stream,
        "entries": report.entries,
        "decisions": report.decisions,
        "closed": report.closed,
        "head": report.head,
    });
    let signing = &report.signing;
    let trusted = signing.signed.filter(|_| trust.names_keys()).map_or(0, |signed| signed.size);
    let numbers = [
        ("checkpoints", signing.checkpoints),
        ("erased", report.erased),
        ("open_intents", report.open_intents),
        ("trusted", trusted),
        ("witnessed", signing.witnessed.map_or(0, |witnessed| witnessed.size)),
    ];
    for (name, number) in numbers.into_iter().filter(|(_, number)| *number > 0) {
        told[name] = number.into();
    }
    told
}

/// 0, 1 or 2, as a verifier exits; what else it says of a ledger.
fn judged(case: &Path) -> (u8, Value, Value) {
    let ledger = case.join("ledger");
    let could_not_check = (2, Value::Null, Value::Null);
    let marked = fs::read(ledger.join("LEDGER")).is_ok_and(|bytes| bytes == MARKER);
    let Some(trust) = outside::trust(case).filter(|_| marked) else { return could_not_check };
    let reports = verify(&ledger, &trust);
    if !(Report { streams: reports.clone(), not_established: Vec::new() }).could_check() {
        return could_not_check;
    }
    let broken =
        reports.iter().flat_map(|report| &report.findings).any(|found| found.verdict.breaks());
    let streams = reports.iter().map(|report| stream_told(report, &trust)).collect();
    (u8::from(broken), told(&reports), streams)
}

/// What this crate says of a ledger, where the vector says otherwise.
fn disagreement(case: &Path) -> Option<String> {
    let expected = json(&case.join("expected.json"));
    let (exit, findings, streams) = judged(case);
    let agreed = expected["exit"] == exit
        && (exit == 2 || expected["findings"] == findings)
        && expected.get("streams").is_none_or(|expected| *expected == streams);
    (!agreed).then(|| format!("{}: {exit} {findings} {streams}", case.display()))
}

/// Judges every ledger in a folder of the vectors, and names those that were judged otherwise.
fn assert_judged(folder: &str, at_least: usize) {
    let ledgers = vectors().join(folder);
    let cases = names(&ledgers);
    assert!(cases.len() >= at_least, "the ledgers in {folder} are missing");
    let failures: Vec<String> =
        cases.iter().filter_map(|case| disagreement(&ledgers.join(case))).collect();
    let count = failures.len();
    assert!(failures.is_empty(), "{count} of {}:\n{}", cases.len(), failures.join("\n"));
}

#[test]
fn every_ledger_is_judged_as_the_vectors_say() {
    assert_judged("ledgers", 60);
}

#[test]
fn every_history_is_judged_as_the_vectors_say() {
    assert_judged("history", 100);
}
