//! At whatever length a ledger is cut, verification says so, or a remembered head does; and it recovers without alarm.
//!
//! Each opening and closing syncs several times, so a plain run tries every eighth length and those next to an entry's border;
//! `TESTIMONY_EVERY_BYTE=1` tries all.
//!
//! A file of its own, so that no other test of the process starts programs meanwhile: between fork and exec those hold the
//! lock of a ledger that has just been closed, and it would count as in use.

use std::fs;

use testimony_ledger::{Ledger, Options};
use testimony_tests::{decision, segments, verdict};

#[test]
fn a_ledger_cut_at_any_length_is_called_broken_and_recovers_without_alarm() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let ledger = Ledger::open(&directory, Options::default()).unwrap();
    ledger.submit(decision(1, "loan:1", "approve")).unwrap();
    ledger.submit(decision(2, "loan:2", "decline")).unwrap();
    ledger.close().unwrap();
    let file = segments(&directory).remove(0);
    let whole = fs::read(&file).unwrap();
    let ends = entry_ends(&whole);
    let every = std::env::var_os("TESTIMONY_EVERY_BYTE").is_some();
    let near = |length: usize| ends.iter().any(|end| length.abs_diff(*end) < 3);
    for length in (0..whole.len()).filter(|length| every || length % 8 == 0 || near(*length)) {
        fs::write(&file, &whole[..length]).unwrap();
        // A cut between two entries leaves a shorter stream, which only a remembered head can tell from a whole one.
        assert_eq!(verdict(&directory), u8::from(!ends.contains(&length)), "cut at {length}");
        Ledger::open(&directory, Options::default()).unwrap().close().unwrap();
        assert_eq!(verdict(&directory), 0, "recovered from a cut at {length}");
        fs::remove_file(segments(&directory).pop().unwrap()).unwrap();
    }
}

fn entry_ends(bytes: &[u8]) -> Vec<usize> {
    let (header, mut walk) = testimony_record::verify::Walk::new(bytes);
    let mut ends = vec![header.unwrap().encode().len()];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends
}
