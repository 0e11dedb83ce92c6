//! After an erasure a search of every byte of every file finds neither content nor salt, wherever it stood; everything else
//! is as it was, and the ledger verifies as before.

mod erasing;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use erasing::{
    DISTINCTIVE, POLICY, SECRET, archive, assert_gone, assert_intact, blobs, decision, digests,
    entries, files_with, record, said_erased, verdicts, warrant, with_content,
};
use testimony_ledger::erase::{Erased, erase};
use testimony_ledger::read::archive::NoObject;
use testimony_ledger::storage::Disk;
use testimony_ledger::{Ledger, Options};
use testimony_record::entry::{Body, MOST_DIGESTS};
use testimony_record::frame::Erasable;
use testimony_record::verify::Verdict;

/// A new segment every few decisions.
fn options() -> Options {
    Options { segment_bytes: 2000, ..Options::default() }
}

fn erase_offline(ledger: &Path, contents: &[erasing::Lying]) -> Erased {
    erase(ledger, &options(), &digests(contents), &warrant(), &mut |_| ()).unwrap()
}

#[test]
fn content_that_stands_in_several_segments_sessions_and_streams_is_gone_from_all_of_them() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let first = Ledger::open(&path, options()).unwrap();
    let second = Ledger::open(&path, options()).unwrap();
    for n in 0..20 {
        record(&first, n, &[SECRET, POLICY, &format!("first {n}")]);
        record(&second, 100 + n, &[SECRET, POLICY, &format!("second {n}")]);
    }
    first.close().unwrap();
    second.close().unwrap();
    let third = Ledger::open(&path, options()).unwrap();
    record(&third, 200, &[SECRET, POLICY]);
    third.close().unwrap();

    let secrets = with_content(&Disk, &path, SECRET);
    assert_eq!(digests(&secrets).len(), 3, "one for each session");
    assert!(secrets.len() > 6, "and several segments of each: {}", secrets.len());
    let before = blobs(&Disk, &path);

    let erased = erase_offline(&path, &secrets);

    assert_gone(&path, &secrets);
    assert_intact(&path, "erased");
    assert_eq!(erased.streams.len(), 2);
    assert_eq!(erased.streams.iter().map(|from| from.frames).sum::<u64>(), secrets.len() as u64);
    let bytes = (secrets.len() * SECRET.len()) as u64;
    assert_eq!(erased.streams.iter().map(|from| from.bytes).sum::<u64>(), bytes);
    for (stream, said) in said_erased(&Disk, &path) {
        let here: Vec<_> = secrets.iter().filter(|lying| lying.stream == stream).cloned().collect();
        assert_eq!(said, digests(&here), "each stream says what was erased from it");
    }
    let kept = |all: Vec<erasing::Lying>| {
        let gone = digests(&secrets);
        all.into_iter().filter(|lying| !gone.contains(&lying.digest)).collect::<Vec<_>>()
    };
    assert_eq!(kept(blobs(&Disk, &path)), kept(before), "nothing else was touched");
}

#[test]
fn an_erasure_changes_salts_and_contents_and_not_a_byte_besides() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    let segment = path.join(ledger.stream().to_string()).join("00000000.segment");
    record(&ledger, 1, &[POLICY, SECRET, "after it"]);
    ledger.close().unwrap();
    let secrets = with_content(&Disk, &path, SECRET);
    let mut expected = fs::read(&segment).unwrap();
    for (old, new) in
        [(secrets[0].salt.as_bytes(), vec![b'0'; 32]), (SECRET.as_bytes(), vec![0; SECRET.len()])]
    {
        let at = expected.windows(old.len()).position(|window| window == old).unwrap();
        expected[at..at + old.len()].copy_from_slice(&new);
    }
    erase_offline(&path, &secrets);
    assert_eq!(fs::read(&segment).unwrap(), expected);
    let stream = segment.parent().unwrap();
    assert!(!stream.join("erasing").exists(), "the note of it is gone");
}

#[test]
fn what_was_erased_is_told_apart_from_what_was_altered() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[POLICY, SECRET]);
    let secrets = with_content(&Disk, &path, SECRET);
    let policy = with_content(&Disk, &path, POLICY)[0].digest;
    ledger.erase(&digests(&secrets), &warrant()).unwrap();
    ledger.close().unwrap();
    let archive = archive(&path);
    let answer = archive.blob(&secrets[0].digest);
    assert!(matches!(answer, Err(NoObject::Erased(digest)) if digest == secrets[0].digest));
    assert_eq!(archive.blob(&policy).unwrap().bytes, POLICY.as_bytes());
}

#[test]
fn content_that_is_said_again_is_stored_anew_under_another_digest() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET, POLICY]);
    let first = with_content(&Disk, &path, SECRET);
    ledger.erase(&digests(&first), &warrant()).unwrap();
    assert_gone(&path, &first);
    record(&ledger, 2, &[SECRET, POLICY]);
    let again = with_content(&Disk, &path, SECRET);
    assert_eq!(again.len(), 1);
    assert!(digests(&first).is_disjoint(&digests(&again)));
    assert_ne!(first[0].salt, again[0].salt);
    assert_eq!(archive(&path).blob(&again[0].digest).unwrap().bytes, SECRET.as_bytes());
    assert_eq!(
        digests(&with_content(&Disk, &path, POLICY)).len(),
        1,
        "the policy keeps its digest"
    );
    ledger.close().unwrap();
    assert_intact(&path, "said again");
}

#[test]
fn others_go_on_recording_while_a_live_ledger_is_erased_from() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, options()).unwrap();
    for n in 0..50 {
        record(&ledger, n, &[SECRET, POLICY, &format!("before {n}")]);
    }
    let secrets = with_content(&Disk, &path, SECRET);
    std::thread::scope(|scope| {
        for thread in 1..4 {
            let ledger = &ledger;
            scope.spawn(move || {
                for n in 0..100 {
                    let text = format!("thread {thread} says {n}");
                    ledger.submit(decision(1000 * thread + n, &[POLICY, &text])).unwrap();
                }
            });
        }
        let erased = ledger.erase(&digests(&secrets), &warrant()).unwrap();
        assert_eq!(erased.streams.len(), 1);
        assert_eq!(erased.streams[0].stream, ledger.stream());
        assert_gone(&path, &secrets);
    });
    ledger.close().unwrap();
    assert_eq!(ledger.health().lost, 0);
    assert_gone(&path, &secrets);
    assert_intact(&path, "erased meanwhile");
    let all = entries(&Disk, &path);
    let decisions = all.iter().filter(|entry| matches!(entry.body, Body::Decision(_))).count();
    assert_eq!(decisions, 50 + 300);
}

#[test]
fn what_was_submitted_just_before_is_covered() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET]);
    let secrets = with_content(&Disk, &path, SECRET);
    for n in 2..200 {
        ledger.submit(decision(n, &[SECRET, &format!("so far {n}")])).unwrap();
    }
    ledger.erase(&digests(&secrets), &warrant()).unwrap();
    ledger.close().unwrap();
    assert_gone(&path, &secrets);
    assert_intact(&path, "erased with a full queue");
}

#[test]
fn more_contents_than_one_entry_names_take_several_entries() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    let texts: Vec<String> = (0..=MOST_DIGESTS).map(|n| format!("secret {n:06}")).collect();
    let contents: Vec<&str> = texts.iter().map(String::as_str).collect();
    record(&ledger, 1, &contents);
    ledger.close().unwrap();
    let all: BTreeSet<_> = digests(&blobs(&Disk, &path));
    assert_eq!(all.len(), MOST_DIGESTS + 1);
    let erased = erase(&path, &options(), &all, &warrant(), &mut |_| ()).unwrap();
    assert_eq!(erased.streams[0].entries.len(), 2);
    assert_eq!(said_erased(&Disk, &path).into_values().next().unwrap(), all);
    assert_eq!(files_with(&path, b"secret 0"), [] as [std::path::PathBuf; 0]);
    assert_intact(&path, "two entries");
}

#[test]
fn what_is_erased_already_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET, POLICY]);
    ledger.close().unwrap();
    let secrets = with_content(&Disk, &path, SECRET);
    erase_offline(&path, &secrets);
    let before = entries(&Disk, &path).len();
    let again = erase_offline(&path, &secrets);
    assert_eq!((again.streams, again.already), (vec![], digests(&secrets)));
    assert_eq!(entries(&Disk, &path).len(), before);
}

#[test]
fn an_empty_content_can_be_erased() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &["", POLICY]);
    ledger.close().unwrap();
    let empty = with_content(&Disk, &path, "");
    erase_offline(&path, &empty);
    assert_eq!(files_with(&path, empty[0].salt.as_bytes()), [] as [std::path::PathBuf; 0]);
    assert!(matches!(archive(&path).blob(&empty[0].digest), Err(NoObject::Erased(_))));
    assert_intact(&path, "nothing is left of nothing");
}

/// What a crash leaves behind the last entry is no part of the record, and yet lies in a file.
#[test]
fn a_copy_that_a_crash_left_behind_the_last_entry_is_erased_too() {
    for torn in [0, 1, 20, 65] {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("l");
        let ledger = Ledger::open(&path, Options::default()).unwrap();
        let stream = path.join(ledger.stream().to_string());
        record(&ledger, 1, &[POLICY]);
        ledger.close().unwrap();
        // The next process dies while it writes its first decision.
        let ledger = Ledger::open(&path, Options::default()).unwrap();
        record(&ledger, 2, &[SECRET]);
        ledger.close().unwrap();
        let segment = stream.join("00000001.segment");
        let mut bytes = fs::read(&segment).unwrap();
        let end =
            bytes.windows(SECRET.len()).position(|window| window == SECRET.as_bytes()).unwrap();
        bytes.truncate(end + SECRET.len() + 1 - torn.min(SECRET.len()));
        fs::write(&segment, &bytes).unwrap();
        let strays = bytes.windows(5).filter(|window| window == b"blob ").count();
        assert_eq!(strays, 1);
        let ledger = Ledger::open(&path, Options::default()).unwrap();
        record(&ledger, 3, &[SECRET]);
        ledger.close().unwrap();

        let secrets = with_content(&Disk, &path, SECRET);
        let in_record: Vec<_> =
            secrets.iter().filter(|lying| lying.digest != first_blob(&bytes)).cloned().collect();
        assert_eq!(in_record.len(), 1);
        erase_offline(&path, &in_record);
        assert_gone(&path, &in_record);
        assert_eq!(files_with(&path, &DISTINCTIVE.as_bytes()[..9]), [] as [std::path::PathBuf; 0]);
        assert_intact(&path, &format!("{torn} bytes short"));
    }
}

#[test]
fn overwriting_by_hand_is_no_erasure() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    let stream = path.join(ledger.stream().to_string());
    record(&ledger, 1, &[SECRET]);
    ledger.close().unwrap();
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 2, &[SECRET]);
    ledger.close().unwrap();
    let blank_in = |segment: &str| {
        let segment = stream.join(segment);
        let mut bytes = fs::read(&segment).unwrap();
        let at = bytes.windows(5).position(|window| window == b"blob ").unwrap();
        Erasable::find(&bytes[at..]).unwrap().overwrite(&mut bytes[at..]);
        fs::write(&segment, bytes).unwrap();
    };
    blank_in("00000000.segment");
    assert_eq!(verdicts(&path), [Verdict::ContentMissing]);

    // The last session's only decision never landed, and somebody overwrites what did.
    let torn = stream.join("00000001.segment");
    let bytes = fs::read(&torn).unwrap();
    let end = bytes.windows(SECRET.len()).position(|window| window == SECRET.as_bytes()).unwrap();
    fs::write(&torn, &bytes[..end + SECRET.len()]).unwrap();
    Ledger::open(&path, Options::default()).unwrap().close().unwrap();
    assert_eq!(verdicts(&path), [Verdict::ContentMissing]);
    blank_in("00000001.segment");
    assert_eq!(verdicts(&path), [Verdict::ContentMissing, Verdict::Edited]);
}

fn first_blob(bytes: &[u8]) -> testimony_record::digest::Digest {
    let at = bytes.windows(5).position(|window| window == b"blob ").unwrap();
    Erasable::find(&bytes[at..]).unwrap().digest
}
