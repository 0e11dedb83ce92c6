//! The builder's witnesses: a ledger that is witnessed by the time it is closed, and what is said where it cannot be.

#[path = "../../crates/testimony-witness/tests/support/mod.rs"]
mod witness;

use std::path::Path;

use testimony::record::tlog::Policy;
use testimony::{Builder, Testimony};
use testimony_tests::decision;
use witness::{Double, signing, verify};

fn builder(path: &Path, double: &Double) -> Builder {
    let endpoint = double.endpoint();
    let policy = format!("witness w {} {}\nquorum w\n", double.key(), endpoint.url());
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    Testimony::builder().directory(path).witnesses(policy)
}

#[test]
fn a_ledger_is_witnessed_by_the_time_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    let builder = builder(&path, &double);
    let testimony = builder.ledger_options(|options| *options = signing()).open().unwrap();
    testimony.ledger().record(decision(1, "loan:1", "refuse")).unwrap().wait().unwrap();
    assert_eq!(testimony.witnesses().len(), 1);
    testimony.close().unwrap();
    assert!(verify(&path, &[&double]).intact());
}

#[test]
fn a_witness_that_is_away_is_named_at_close_and_everything_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::twisted(1, Box::new(|_, _| None));
    let builder = builder(&path, &double);
    let testimony = builder.ledger_options(|options| *options = signing()).open().unwrap();
    testimony.ledger().record(decision(1, "loan:1", "refuse")).unwrap().wait().unwrap();
    let error = testimony.close().unwrap_err().to_string();
    assert_eq!(error, "the end of the ledger is not cosigned by witness.example/1");
    let report = testimony::ledger::verify::verify(&path, &[], &mut |_| {}).unwrap();
    assert!(report.complete() && report.streams[0].decisions == 1);
}

#[test]
fn without_a_key_there_is_nothing_to_cosign() {
    let dir = tempfile::tempdir().unwrap();
    let error = builder(&dir.path().join("ledger"), &Double::honest(1)).open().unwrap_err();
    assert!(error.to_string().contains("no key that signs checkpoints"), "{error}");
}
