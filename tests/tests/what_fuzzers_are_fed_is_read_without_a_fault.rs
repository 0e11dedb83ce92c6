//! The fuzzers' corpora, with whatever they have ever found in them, go through the same parsers in every test run.

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "there it is the library of the fuzzers")]
mod fuzzed;

use std::fs;

use testimony_tests::root;

const HERE: &str = "what_fuzzers_are_fed_is_read_without_a_fault.rs";

/// Hands every file of a corpus to its parser. A fault is a panic, which names the file.
fn feed(corpus: &str, parser: fn(&[u8])) {
    let mut files: Vec<_> = fs::read_dir(root().join("tests/fuzz/corpus").join(corpus))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let read = std::panic::catch_unwind(|| parser(&bytes));
        assert!(read.is_ok(), "{} is not read well", file.display());
    }
    println!("{corpus}: {} files", files.len());
    assert!(files.len() > 3, "the corpus of {corpus} is missing");
}

#[test]
fn frames() {
    feed("frame", fuzzed::frame);
}

#[test]
fn entries() {
    feed("entry", fuzzed::entry);
}

#[test]
fn lists() {
    feed("list", fuzzed::list);
}

#[test]
fn streams() {
    feed("stream", fuzzed::stream);
}

#[test]
fn checkpoints() {
    feed("checkpoint", fuzzed::checkpoint);
}

#[test]
fn proofs() {
    feed("proof", fuzzed::proof);
}

#[test]
fn imports() {
    feed("import", fuzzed::import);
}

#[test]
fn every_fuzzer_has_its_parser_and_its_corpus_here() {
    let targets = fs::read_dir(root().join("tests/fuzz/fuzz_targets")).unwrap();
    let here = fs::read_to_string(root().join("tests/tests").join(HERE)).unwrap();
    for target in targets.map(|entry| entry.unwrap().path()) {
        let name = target.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(here.contains(&format!("feed(\"{name}\", fuzzed::{name});")), "{name} is not fed");
    }
}
