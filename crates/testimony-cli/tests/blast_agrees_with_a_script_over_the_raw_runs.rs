//! 100 recorded runs: what `blast` says of them, against a script that reads the raw file and knows nothing of ledgers.

mod support;

use support::{Desk, runs};

#[test]
fn every_answer_about_the_real_runs_is_what_the_raw_file_says() {
    let Some(file) = runs::file() else { return };
    let Some(mut script) = runs::script("check_blast.py") else { return };
    let desk = Desk::empty();
    let import = desk.ask(&["import", "--openai-chat", file.to_str().unwrap()]);
    assert_eq!(import.code, 0, "{}", import.error());
    script.arg(file).arg(env!("CARGO_BIN_EXE_testimony")).arg(desk.ledger());
    let checked = support::answer(&mut script);
    assert_eq!(checked.code, 0, "{}{}", checked.text(), checked.error());
    assert!(checked.text().ends_with("\n0 answers differ\n"), "{}", checked.text());
    assert!(checked.text().lines().count() > 40, "{}", checked.text());
}
