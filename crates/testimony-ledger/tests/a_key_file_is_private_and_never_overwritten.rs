//! A private key lies in a file that only its owner can read; one that others could have read is refused, and one that is there
//! is never overwritten.

use std::fs;

use testimony_ledger::checkpoint::key_file::{self, NoKey, NotMade};
use testimony_record::tlog::Signer as _;

#[test]
fn a_key_that_was_made_is_the_key_that_is_read() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("key");
    let made = key_file::create(&path, "example.com/loan-desk").unwrap();
    let read = key_file::read(&path).unwrap();
    assert_eq!(made.verifier_key(), read.verifier_key());
    assert_eq!(read.name(), "example.com/loan-desk");
    let other = key_file::create(scratch.path().join("other"), "example.com/loan-desk").unwrap();
    assert_ne!(other.public_key(), made.public_key());
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("key");
    fs::write(&path, "the only copy").unwrap();
    let made = key_file::create(&path, "example.com/loan-desk");
    assert!(matches!(made, Err(NotMade::Exists(_))), "{made:?}");
    assert_eq!(fs::read(&path).unwrap(), b"the only copy");
}

#[test]
fn a_name_that_fits_no_key_leaves_no_file() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("key");
    for name in ["", "loan desk", "loan+desk"] {
        assert!(matches!(key_file::create(&path, name), Err(NotMade::Name(..))));
        assert!(!path.exists());
    }
}

#[test]
fn what_is_no_key_is_refused_without_being_shown() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("key");
    let made = key_file::create(&path, "example.com/loan-desk").unwrap();
    let secret = made.secret_text();
    for text in [
        "",
        "PRIVATE+KEY+",
        &secret[1..],
        &secret[..secret.len() - 4],
        &made.verifier_key().to_string(),
    ] {
        fs::write(&path, text).unwrap();
        let refused = key_file::read(&path).unwrap_err();
        assert!(matches!(refused, NoKey::Bad { .. }), "{refused:?}");
        assert!(text.len() < 20 || !format!("{refused} {refused:?}").contains(&secret[50..60]));
    }
    assert!(matches!(key_file::read(scratch.path().join("none")), Err(NoKey::Io { .. })));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_could_read_is_refused_and_the_remedy_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("key");
    key_file::create(&path, "example.com/loan-desk").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o660, 0o644, 0o610] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let refused = key_file::read(&path).unwrap_err();
        assert!(matches!(refused, NoKey::NotPrivate { mode: found, .. } if found == mode));
        assert!(refused.to_string().contains(&format!("chmod 600 {}", path.display())));
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        key_file::read(&path).unwrap();
    }
}
