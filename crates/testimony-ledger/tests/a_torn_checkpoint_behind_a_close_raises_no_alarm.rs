//! A crash while the last checkpoint is written: the `close` before it was synced, so the stream was put down in good order,
//! and what is torn is cut on record.

mod signing;

use std::fs;
use std::path::Path;

use signing::{Stream, key, plain, record, segment, signed_by};
use testimony_ledger::{Ledger, verify};
use testimony_record::Uuid;
use testimony_record::entry::Body;
use testimony_record::frame::Frame;
use testimony_record::verify::Walk;

/// A stream that was closed and signed, in one segment; where its last checkpoint begins, and the segment's bytes.
fn closed(path: &Path) -> (Uuid, usize, Vec<u8>) {
    let ledger = Ledger::open(path, signed_by(key(1))).unwrap();
    record(&ledger, 0..1);
    ledger.close().unwrap();
    let bytes = fs::read(segment(path, ledger.stream(), 0)).unwrap();
    let at = Walk::new(&bytes).1.last().unwrap().0;
    (ledger.stream(), at, bytes)
}

/// Leaves the first segment as given, takes the stream up without a key, and puts it down.
fn take_up(path: &Path, stream: Uuid, bytes: &[u8]) -> Vec<&'static str> {
    let dir = segment(path, stream, 0).parent().unwrap().to_owned();
    for file in fs::read_dir(&dir).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    fs::write(segment(path, stream, 0), bytes).unwrap();
    Ledger::open(path, plain()).unwrap().close().unwrap();
    Stream::read(path, stream).kinds()
}

#[test]
fn a_checkpoint_torn_anywhere_is_cut_and_the_stream_verifies() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (stream, at, bytes) = closed(&path);
    // Every length of the header line, and some of the entry behind it.
    for end in (at..at + 80).chain((at + 80..bytes.len()).step_by(17)) {
        let kinds = take_up(&path, stream, &bytes[..end]);
        let cut: &[&str] = if end == at { &[] } else { &["recovered"] };
        let expected = [&["genesis", "decision", "close"], cut, &["genesis", "close"]].concat();
        assert_eq!(kinds, expected, "torn at {end}");
        let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
        let found: Vec<_> = report.findings().collect();
        assert!(report.intact(), "torn at {end}: {found:?}");
    }
}

#[test]
fn a_checkpoint_whose_bytes_did_not_all_land_is_cut_and_the_stream_verifies() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (stream, at, bytes) = closed(&path);
    for landed in [at, at + 100, at + 200, bytes.len() - 30] {
        let mut bytes = bytes.clone();
        bytes[landed..landed + 20].fill(0);
        let kinds = take_up(&path, stream, &bytes);
        assert_eq!(kinds[3..], ["recovered", "genesis", "close"], "landed up to {landed}");
        assert!(verify::verify(&path, &[], &mut |_| {}).unwrap().intact());
    }
}

#[test]
fn a_stream_that_ends_with_close_and_checkpoint_is_taken_up_without_a_cut() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (stream, _, bytes) = closed(&path);
    let kinds = take_up(&path, stream, &bytes);
    assert_eq!(kinds, ["genesis", "decision", "close", "checkpoint", "genesis", "close"]);
}

#[test]
fn what_was_changed_before_the_close_stays_for_the_verifier_to_find_however_the_checkpoint_ends() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (stream, at, whole) = closed(&path);
    let content = whole.windows(8).position(|window| window == b"prompt 0").unwrap();
    for end in [at, at + 50, whole.len()] {
        let mut bytes = whole[..end].to_vec();
        bytes[content] = b'P';
        let kinds = take_up(&path, stream, &bytes);
        assert_eq!(kinds[..3], ["genesis", "decision", "close"], "nothing sealed is cut");
        assert!(!verify::verify(&path, &[], &mut |_| {}).unwrap().intact());
    }
}

#[test]
fn the_next_session_with_the_key_signs_over_the_cut() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (stream, at, bytes) = closed(&path);
    fs::write(segment(&path, stream, 0), &bytes[..at + 70]).unwrap();
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    ledger.checkpoint().unwrap();
    ledger.close().unwrap();
    let read = Stream::read(&path, stream);
    assert!(matches!(&read.bodies[3], Body::Recovered(recovered) if recovered.cuts.len() == 1));
    assert_eq!(read.judge(stream), [5, 7]);
    // The cut is exact: a byte changed in it is no longer what was cut.
    let torn = segment(&path, stream, 0);
    let mut bytes = fs::read(&torn).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    assert!(
        Walk::new(&bytes)
            .1
            .all(|(_, frame)| !matches!(frame, Frame::Entry { .. }) || frame.is_sealed())
    );
    fs::write(&torn, bytes).unwrap();
    let ledger = Ledger::open(&path, signed_by(key(2))).unwrap();
    ledger.checkpoint().unwrap_err();
    assert!(ledger.health().altered);
}
