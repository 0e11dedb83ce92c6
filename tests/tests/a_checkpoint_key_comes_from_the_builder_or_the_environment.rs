//! Who signs a service's ledger: the key that the builder was given, else the one that the environment gives, else nobody.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use testimony::Testimony;
use testimony_ledger::checkpoint::key_file;
use testimony_ledger::read::checkpoints;
use testimony_record::tlog::{Signature, SigningKey, VerifierKey};

const VARIABLES: [&str; 2] = [key_file::KEY_VARIABLE, key_file::KEY_FILE_VARIABLE];

/// Runs a service with these variables and no other key; returns what it complains of.
fn serve(ledger: &Path, variables: &[(&str, &str)]) -> Result<(), String> {
    let mut service = Command::new(env!("CARGO_BIN_EXE_open_and_close"));
    for name in VARIABLES {
        service.env_remove(name);
    }
    let output = service.arg(ledger).envs(variables.iter().copied()).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    if output.status.success() { Ok(()) } else { Err(complaint) }
}

/// Whether the ledger's only stream has a checkpoint by this key; `None` where it has none at all.
fn signed_by(ledger: &Path, key: &VerifierKey) -> Option<bool> {
    let newest = checkpoints::newest(ledger).unwrap();
    let (stream, head) = newest.first_key_value()?;
    Some(head.verified_by(&key.for_stream(*stream)) == Signature::Verified)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("example.com/loan-desk", [seed; 32]).unwrap()
}

#[test]
fn the_environment_gives_the_keys_text_or_its_file_or_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("key");
    let in_file = key_file::create(&file, "example.com/loan-desk").unwrap().verifier_key();
    let ledger = |name: &str| scratch.path().join(name);

    serve(&ledger("text"), &[(VARIABLES[0], &key(1).secret_text())]).unwrap();
    assert_eq!(signed_by(&ledger("text"), &key(1).verifier_key()), Some(true));

    serve(&ledger("file"), &[(VARIABLES[1], file.to_str().unwrap())]).unwrap();
    assert_eq!(signed_by(&ledger("file"), &in_file), Some(true));
    assert_eq!(signed_by(&ledger("file"), &key(1).verifier_key()), Some(false));

    serve(&ledger("empty"), &[(VARIABLES[0], ""), (VARIABLES[1], "")]).unwrap();
    serve(&ledger("none"), &[]).unwrap();
    for unsigned in ["empty", "none"] {
        assert_eq!(signed_by(&ledger(unsigned), &in_file), None);
    }
}

#[test]
fn a_key_that_cannot_be_used_stops_the_service_and_says_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    let secret = key(1).secret_text();
    let complaint = |variables: &[(&str, &str)]| {
        let complaint = serve(&scratch.path().join("l"), variables).unwrap_err();
        assert!(!complaint.contains("PRIVATE"), "the secret is not repeated: {complaint}");
        complaint
    };
    let made = complaint(&[(VARIABLES[0], &secret[..secret.len() - 4])]);
    assert!(made.contains("TESTIMONY_CHECKPOINT_KEY") && made.contains("testimony key new"));
    assert!(complaint(&[(VARIABLES[1], "/nowhere/key")]).contains("/nowhere/key"));
    let both = complaint(&[(VARIABLES[0], &secret), (VARIABLES[1], "key")]);
    assert!(both.contains("set one of"), "{both}");
    assert!(!scratch.path().join("l").exists(), "nothing was begun");
}

#[test]
fn the_builder_goes_before_the_ledgers_options_and_joins_a_retiring_key() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = scratch.path().join("l");
    let options = |options: &mut testimony_ledger::Options| {
        options.checkpoints = Some(testimony_ledger::Checkpoints::new(Arc::new(key(3))));
    };
    let builder = || Testimony::builder().directory(&ledger).ledger_options(options);
    builder().open().unwrap().close().unwrap();
    assert_eq!(signed_by(&ledger, &key(3).verifier_key()), Some(true));

    let file = scratch.path().join("key");
    let new = key_file::create(&file, "example.com/loan-desk").unwrap().verifier_key();
    let rotated = builder()
        .checkpoint_key_file(&file)
        .retiring_checkpoint_signer(Arc::new(key(3)))
        .checkpoint_every(Duration::from_hours(1));
    rotated.open().unwrap().close().unwrap();
    assert_eq!(signed_by(&ledger, &new), Some(true));
    assert_eq!(signed_by(&ledger, &key(3).verifier_key()), Some(true), "the old key vouches");
}

#[test]
fn a_retiring_key_without_one_that_follows_is_a_mistake() {
    let scratch = tempfile::tempdir().unwrap();
    let builder = Testimony::builder().directory(scratch.path().join("l"));
    let opened = builder.retiring_checkpoint_signer(Arc::new(key(1))).open();
    assert!(opened.unwrap_err().to_string().contains("checkpoint_key_file"));
}
