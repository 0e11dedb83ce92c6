//! 100 recorded runs: what `blast` says of them, against a script that reads the raw file and knows nothing of ledgers.

mod support;

use std::path::PathBuf;
use std::process::Command;

use support::Desk;

#[test]
fn every_answer_about_the_real_runs_is_what_the_raw_file_says() {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = workspace.join("../shared/data/airline-runs.jsonl");
    if !file.exists() {
        eprintln!("skipped: ../shared/data/airline-runs.jsonl is not there");
        return;
    }
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let desk = Desk::empty();
    let import = desk.ask(&["import", "--openai-chat", file.to_str().unwrap()]);
    assert_eq!(import.code, 0, "{}", import.error());
    let mut script = Command::new("python3");
    script.arg(workspace.join("tests/python/check_blast.py")).arg(file);
    script.arg(env!("CARGO_BIN_EXE_testimony")).arg(desk.ledger());
    let checked = support::answer(&mut script);
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.error());
    assert!(checked.text().ends_with("\n0 answers differ\n"), "{}", checked.text());
    assert!(checked.text().lines().count() > 40, "{}", checked.text());
}
