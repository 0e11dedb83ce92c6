//! `testimony witness`: a cosigned head in a file, an alarm where a witness remembers otherwise, and advice.

#[path = "../../testimony-witness/tests/support/mod.rs"]
mod witness;

use std::path::Path;
use std::process::{Command, Output};

use witness::{Double, closed, log_key, open, record};

fn testimony(dir: &Path, words: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_testimony"))
        .args(["--ledger", "ledger"])
        .args(words)
        .current_dir(dir)
        .env("COLUMNS", "200")
        .output()
        .unwrap();
    let said = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (status.code().unwrap(), said)
}

const ASK: &[&str] = &["witness", "--policy", "policy", "-o", "head.note"];

fn write_policy(dir: &Path, double: &Double, url: &str) {
    let log = log_key().verifier_key();
    let policy = format!("log {log}\nwitness w {} {url}\nquorum w\n", double.key());
    std::fs::write(dir.join("policy"), policy).unwrap();
}

#[test]
fn what_is_kept_shows_later_that_nothing_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::honest(1);
    write_policy(dir.path(), &double, double.endpoint().url());
    closed(&dir.path().join("ledger"), 5);
    let (code, said) = testimony(dir.path(), ASK);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("cosigned  witness.example/1, 2023-11-14"), "{said}");

    // A live ledger that has grown: it is only read.
    let ledger = open(&dir.path().join("ledger"));
    record(&ledger, 5);
    let verify = ["verify", "--head", "head.note", "--policy", "policy"];
    let (code, said) = testimony(dir.path(), &["verify", "--head", "head.note"]);
    assert_eq!(code, 0, "{said}");
    ledger.checkpoint().unwrap();
    let (code, said) = testimony(dir.path(), &[&["--json"], ASK].concat());
    assert!(code == 0 && said.contains("\"enough\": true"), "{said}");
    ledger.close().unwrap();
    let (code, said) = testimony(dir.path(), &verify);
    // The cosignature is in the file, not in the ledger.
    assert!(code == 1 && said.contains("not_witnessed"), "{said}");
}

#[test]
fn a_witness_that_remembers_more_is_an_alarm_and_the_old_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = true;
    let double = Double::twisted(
        1,
        Box::new(move |_, answer| {
            let ahead = witness::Answer::conflict(1000);
            Some(if std::mem::take(&mut first) { answer } else { ahead })
        }),
    );
    write_policy(dir.path(), &double, double.endpoint().url());
    closed(&dir.path().join("ledger"), 5);
    assert_eq!(testimony(dir.path(), ASK).0, 0);
    let kept = std::fs::read(dir.path().join("head.note")).unwrap();
    let (code, said) = testimony(dir.path(), ASK);
    assert!(code == 1 && said.contains("ALARM") && said.contains("1000 entries"), "{said}");
    assert_eq!(std::fs::read(dir.path().join("head.note")).unwrap(), kept);
}

#[test]
fn a_witness_that_is_away_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::twisted(1, Box::new(|_, _| None));
    write_policy(dir.path(), &double, double.endpoint().url());
    closed(&dir.path().join("ledger"), 5);
    let (code, said) = testimony(dir.path(), ASK);
    assert!(code == 2 && said.contains("cannot be reached"), "{said}");
    assert!(said.contains("not enough for the policy") && !dir.path().join("head.note").exists());
}

#[test]
fn a_policy_without_addresses_is_explained() {
    let dir = tempfile::tempdir().unwrap();
    write_policy(dir.path(), &Double::honest(1), "");
    let (code, said) = testimony(dir.path(), ASK);
    assert!(code == 2 && said.contains("no witness of the policy has an address"), "{said}");
    write_policy(dir.path(), &Double::honest(1), "ftp://witness.example");
    let (code, said) = testimony(dir.path(), ASK);
    assert!(code == 2 && said.contains("ftp://witness.example is no http"), "{said}");
}
