//! What a writer is still appending to is read directly, never kept as a twin, and seen as far as it has come.

use std::sync::atomic::{AtomicBool, Ordering};

use testimony_ledger::{Ledger, Options as Writing};

use crate::support::{Desk, ask, desk};

fn record(ledger: &Ledger, subject: &str) {
    ledger.record(desk::decision(1).subject(subject).done()).unwrap().wait().unwrap();
}

#[test]
fn each_look_sees_what_was_recorded_before_it() {
    let desk = Desk::empty();
    let ledger = Ledger::open(desk.ledger(), Writing::default()).unwrap();
    for n in 1..4_usize {
        record(&ledger, &format!("loan:{n}"));
        let twins = desk.twins();
        assert_eq!(ask(&twins, "SELECT count(*) FROM decisions"), [[n.to_string()]]);
        let sql = format!("SELECT seq FROM parts WHERE text = 'loan:{n}'");
        assert_eq!(ask(&twins, &sql), [[n.to_string()]]);
    }
    assert_eq!(desk.twin_files().len(), 0);
    desk::close(&ledger);
    assert_eq!(ask(&desk.twins(), "SELECT count(*) FROM decisions"), [["3"]]);
    assert_eq!(desk.twin_files().len(), 5);
}

#[test]
fn what_a_writer_has_left_behind_it_has_twins() {
    let desk = Desk::empty();
    let options = Writing { segment_bytes: 1, ..Writing::default() };
    let ledger = Ledger::open(desk.ledger(), options).unwrap();
    for n in 0..5 {
        record(&ledger, &format!("loan:{n}"));
    }
    let segments = ask(&desk.twins(), "SELECT count(DISTINCT segment) FROM entries");
    let segments: usize = segments[0][0].parse().unwrap();
    assert!(segments >= 4, "{segments}");
    let kept = desk.twin_files().len();
    assert!(kept == 5 * (segments - 1) || kept == 5 * segments, "{kept} of {segments}");
    assert_eq!(ask(&desk.twins(), "SELECT count(*) FROM decisions"), [["5"]]);
    desk::close(&ledger);
}

#[test]
fn an_unfinished_frame_of_a_live_writer_is_no_damage() {
    let desk = Desk::empty();
    let ledger = Ledger::open(desk.ledger(), Writing::default()).unwrap();
    record(&ledger, "loan:1");
    let segment = desk.first_segment();
    let whole = std::fs::read(&segment).unwrap();
    std::fs::write(&segment, [&whole[..], b"entry 00"].concat()).unwrap();
    let twins = desk.twins();
    assert_eq!(ask(&twins, "SELECT count(*) FROM entries WHERE NOT sealed"), [["0"]]);
    assert_eq!(ask(&twins, "SELECT count(*) FROM decisions"), [["1"]]);
    std::fs::write(&segment, whole).unwrap();
    desk::close(&ledger);
}

#[test]
fn while_others_write_no_look_fails_or_sees_less_than_the_one_before() {
    let desk = Desk::empty();
    let options = Writing { segment_bytes: 20_000, ..Writing::default() };
    let ledger = Ledger::open(desk.ledger(), options).unwrap();
    record(&ledger, "loan:0");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1..400 {
                record(&ledger, &format!("loan:{n}"));
            }
            done.store(true, Ordering::Release);
        });
        let mut before = 0;
        while !done.load(Ordering::Acquire) {
            let count = ask(&desk.twins(), "SELECT count(*) FROM decisions");
            let count: u64 = count[0][0].parse().unwrap();
            assert!(count >= before, "{count} after {before}");
            before = count;
        }
    });
    assert_eq!(ask(&desk.twins(), "SELECT count(*), max(seq) FROM decisions"), [["400", "400"]]);
    desk::close(&ledger);
}
