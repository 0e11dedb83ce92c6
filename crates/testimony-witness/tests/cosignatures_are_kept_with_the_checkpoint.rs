//! A live ledger is shown to witnesses, and their word stands in it afterwards.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Double, NOON, PATIENCE, closed, open, record, verify};
use testimony_record::tlog::WitnessKey;
use testimony_record::verify::Verdict;
use testimony_witness::{NotWitnessed, Options, Trouble, Witnesses, ask_once};

#[test]
fn what_was_recorded_before_the_end_is_witnessed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    let ledger = open(&path);
    let witnesses = Witnesses::start(&ledger, &[double.endpoint()], &Options::default()).unwrap();
    record(&ledger, 20);
    witnesses.finish(PATIENCE).unwrap();
    ledger.close().unwrap();

    let report = verify(&path, &[&double]);
    assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
    // The genesis and the decisions; the checkpoints and the close come after.
    assert_eq!(report.streams[0].signing.witnessed.unwrap().size, 21);
    let standing = &witnesses.standings()[0];
    assert_eq!((standing.cosigned, standing.time_s), (Some(21), Some(NOON)));
}

#[test]
fn without_a_witness_the_same_ledger_is_not_witnessed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    closed(&path, 20);
    let report = verify(&path, &[&Double::honest(1)]);
    let verdicts: Vec<Verdict> = report.findings().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::NotWitnessed]);
}

#[test]
fn each_checkpoint_is_proved_to_extend_the_one_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    let ledger = open(&path);
    let options = Options { look_every: Duration::ZERO, ..Options::default() };
    let witnesses = Witnesses::start(&ledger, &[double.endpoint()], &options).unwrap();
    let mut sizes = vec![0];
    for _ in 0..5 {
        record(&ledger, 3);
        let size = ledger.checkpoint().unwrap().size();
        while witnesses.standings()[0].cosigned != Some(size) {
            std::thread::yield_now();
        }
        sizes.push(size);
    }
    drop(witnesses);
    ledger.close().unwrap();
    let steps: Vec<(u64, u64)> = sizes.windows(2).map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(double.asked(), steps, "no request was needed twice");
    assert!(verify(&path, &[&double]).intact());
}

#[test]
fn a_new_session_asks_the_witness_what_it_remembers_and_goes_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    for decisions in [10, 30] {
        let ledger = open(&path);
        let witnesses =
            Witnesses::start(&ledger, &[double.endpoint()], &Options::default()).unwrap();
        record(&ledger, decisions);
        witnesses.finish(PATIENCE).unwrap();
        ledger.close().unwrap();
    }
    let [first, unknowing, second] = double.asked()[..] else { panic!("{:?}", double.asked()) };
    assert_eq!((first, unknowing.0, second.0), ((0, 11), 0, 11));
    assert!(verify(&path, &[&double]).intact());
}

#[test]
fn one_witness_that_is_away_does_not_keep_the_others_from_cosigning() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let (present, away) = (Double::honest(1), Double::twisted(2, Box::new(|_, _| None)));
    let troubles: Arc<Mutex<Vec<(WitnessKey, bool)>>> = Arc::default();
    let noted = Arc::clone(&troubles);
    let on_trouble = move |witness: &WitnessKey, trouble: &Trouble| {
        noted.lock().unwrap().push((witness.clone(), matches!(trouble, Trouble::Unreachable(_))));
    };
    let options = Options { on_trouble: Some(Arc::new(on_trouble)), ..Options::default() };
    let ledger = open(&path);
    let endpoints = [away.endpoint(), present.endpoint()];
    let witnesses = Witnesses::start(&ledger, &endpoints, &options).unwrap();
    record(&ledger, 3);
    let missing = vec![away.key().name().to_owned()];
    assert_eq!(witnesses.finish(PATIENCE), Err(NotWitnessed { missing }));
    ledger.close().unwrap();
    assert_eq!(*troubles.lock().unwrap(), [(away.key().clone(), true)]);
    assert!(verify(&path, &[&present]).intact());
    assert!(!verify(&path, &[&present, &away]).intact());
}

#[test]
fn what_was_never_signed_is_not_said_to_be_witnessed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    let unsigned = testimony_ledger::Options { checkpoints: None, ..support::signing() };
    let ledger = Arc::new(testimony_ledger::Ledger::open(&path, unsigned).unwrap());
    let witnesses = Witnesses::start(&ledger, &[double.endpoint()], &Options::default()).unwrap();
    record(&ledger, 3);
    assert!(witnesses.finish(PATIENCE).is_err());
    let trouble = witnesses.standings()[0].trouble.clone().unwrap();
    assert!(matches!(*trouble, Trouble::NoCheckpoint(_)), "{trouble:?}");
    assert!(double.asked().is_empty());
}

#[test]
fn a_closed_ledger_is_asked_for_without_being_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let stream = closed(&path, 10);
    let double = Double::honest(1);
    for _ in 0..2 {
        let asked = ask_once(&path, stream, &[double.endpoint()], PATIENCE).unwrap();
        assert_eq!(asked.answers[0].cosigned.as_ref().unwrap(), &NOON);
        assert_eq!(asked.head.cosigned_by(double.key()).unwrap(), Some(NOON));
        // The genesis, the decisions and the close.
        assert_eq!(asked.head.size(), 12);
    }
    assert_eq!(double.asked(), [(0, 12), (0, 12), (12, 12)]);
    assert!(!verify(&path, &[&double]).intact(), "nothing was written into the ledger");
}
