//! Each step of an erasure fails in each way, and the machine or the process dies there: once the ledger has been opened
//! again, each stream has been erased from or not been touched, and nothing raises an alarm.

mod erasing;

use std::path::Path;
use std::sync::Arc;

use erasing::{
    DISTINCTIVE, Lying, POLICY, SECRET, assert_intact, blobs, contains, digests, record,
    said_erased, segments_of, warrant, with_content,
};
use testimony_ledger::erase::{EraseError, Erased, erase_on};
use testimony_ledger::storage::{Double, Fault, Storage, Survives};
use testimony_ledger::{Durability, Ledger, NotKept, Options};

const ROOT: &str = "/ledger";

fn root() -> &'static Path {
    Path::new(ROOT)
}

/// Several segments, so that several files are overwritten.
fn options() -> Options {
    let durability = Durability::EveryDecision;
    Options { durability, segment_bytes: 1500, remember: 256, ..Options::default() }
}

fn open(disk: &Double) -> Ledger {
    Ledger::open_on(Arc::new(disk.clone()), root(), options()).unwrap()
}

/// Two streams with the content, in two sessions of the second one; that one is open.
fn prepare(disk: &Double) -> (Ledger, Vec<Lying>) {
    let (first, second) = (open(disk), open(disk));
    for n in 0..3 {
        record(&first, n, &[SECRET, POLICY]);
        record(&second, 10 + n, &[SECRET, POLICY]);
    }
    second.close().unwrap();
    first.close().unwrap();
    let ledger = open(disk);
    for n in 20..24 {
        record(&ledger, n, &[SECRET, POLICY, "and this"]);
    }
    // A segment that was just begun is written with the next commit; from here on the steps are the erasure's.
    ledger.flush().unwrap();
    let secrets = with_content(disk, root(), SECRET);
    assert_eq!(digests(&secrets).len(), 3);
    (ledger, secrets)
}

fn live(disk: &Double, at: Option<(u64, Fault)>) -> (u64, Vec<Lying>, Result<Erased, EraseError>) {
    let (ledger, secrets) = prepare(disk);
    let before = disk.steps();
    if let Some((step, fault)) = at {
        disk.fail_at(before + step, fault);
    }
    let erased = ledger.erase(&digests(&secrets), &warrant());
    let steps = disk.steps() - before;
    let poisoned = ledger.health().poisoned;
    let closed = ledger.close();
    assert_eq!(closed.is_err(), poisoned, "{at:?} {erased:?} {closed:?} {steps}");
    (steps, secrets, erased)
}

fn offline(
    disk: &Double,
    at: Option<(u64, Fault)>,
) -> (u64, Vec<Lying>, Result<Erased, EraseError>) {
    let (ledger, secrets) = prepare(disk);
    ledger.close().unwrap();
    let before = disk.steps();
    if let Some((step, fault)) = at {
        disk.fail_at(before + step, fault);
    }
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let erased =
        erase_on(&storage, root(), &options(), &digests(&secrets), &warrant(), &mut |_| ());
    (disk.steps() - before, secrets, erased)
}

type Way = fn(&Double, Option<(u64, Fault)>) -> (u64, Vec<Lying>, Result<Erased, EraseError>);

/// In each stream all of it is gone, with an entry that says so, or all of it is there, with none.
fn assert_whole(disk: &Double, secrets: &[Lying], acknowledged: bool, story: &str) {
    // One for each stream, so that what was torn in either is on record.
    let (first, second) = (open(disk), open(disk));
    first.close().unwrap();
    second.close().unwrap();
    let (said, left) = (said_erased(disk, root()), blobs(disk, root()));
    for stream in secrets.iter().map(|lying| lying.stream) {
        let here: Vec<_> = secrets.iter().filter(|lying| lying.stream == stream).collect();
        let there = here.iter().filter(|lying| left.contains(lying)).count();
        let named = said.get(&stream).cloned().unwrap_or_default();
        if named.is_empty() {
            assert_eq!(there, here.len(), "{story}: something is gone, and no entry says so");
            assert!(!acknowledged, "{story}: said to be erased, and not begun");
        } else {
            for bytes in segments_of(disk, root(), stream) {
                let left = here.iter().any(|lying| contains(&bytes, lying.salt.as_bytes()));
                assert!(!left && !contains(&bytes, DISTINCTIVE.as_bytes()), "{story}");
            }
            assert!(here.iter().all(|lying| named.contains(&lying.digest)), "{story}");
        }
    }
    let policies = with_content(disk, root(), POLICY).len();
    assert!(policies >= 3, "{story}: {policies} of what was to stay");
    assert!(
        !disk.list(root()).unwrap().iter().any(|stream| {
            let dir = root().join(stream);
            disk.list(&dir).is_ok_and(|names| names.iter().any(|name| name == "erasing"))
        }),
        "{story}: a note of it was left"
    );
    let scratch = tempfile::tempdir().unwrap();
    disk.copy_to(root(), scratch.path()).unwrap();
    assert_intact(scratch.path(), story);
}

fn every_step(name: &str, way: Way) {
    let (steps, _, erased) = way(&Double::new(), None);
    assert_eq!(erased.unwrap().streams.len(), 2);
    assert!(steps > 20, "erasing takes more steps than {steps}");
    let (mut begun, mut failed) = (0, 0);
    for step in 0..steps {
        for fault in [Fault::Fails, Fault::FailsButLanded, Fault::Tears] {
            let disk = Double::new();
            let (_, secrets, erased) = way(&disk, Some((step, fault)));
            failed += u64::from(erased.is_err());
            for (death, left) in [
                ("power", disk.after_power_loss(Survives::Nothing)),
                ("process", disk.after_process_death()),
            ] {
                let story = format!("{name}, step {step} {fault:?}, {death} lost");
                assert_whole(&left, &secrets, erased.is_ok(), &story);
                begun += u64::from(!said_erased(&left, root()).is_empty());
            }
        }
    }
    println!(
        "{name}: {steps} steps, each failing in 3 ways, {failed} refused, {begun} of {} deaths after it was begun",
        steps * 6
    );
    assert!(begun > 0 && begun < steps * 6, "some crashes come before it is begun, and some after");
}

#[test]
fn whatever_step_fails_a_live_ledger_is_erased_from_wholly_or_not_at_all() {
    every_step("live", live);
}

#[test]
fn whatever_step_fails_a_ledger_that_nobody_writes_is_erased_from_wholly_or_not_at_all() {
    every_step("offline", offline);
}

#[test]
fn the_completion_itself_can_be_interrupted_at_any_step() {
    let (steps, ..) = offline(&Double::new(), None);
    let half_done = |step: &u64| {
        let disk = Double::new();
        let (_, secrets, _) = offline(&disk, Some((*step, Fault::Tears)));
        let left = blobs(&disk, root());
        left.iter().any(|lying| lying.salt == "0".repeat(32))
            && secrets.iter().any(|lying| left.contains(lying))
    };
    let stopped = (0..steps).find(half_done).expect("a step that leaves it half done");
    for step in 0.. {
        let disk = Double::new();
        let (_, secrets, _) = offline(&disk, Some((stopped, Fault::Tears)));
        let left = disk.after_process_death();
        left.fail_at(step, Fault::Tears);
        let opened = Ledger::open_on(Arc::new(left.clone()), root(), options());
        let failed = opened.is_err();
        drop(opened);
        let story = format!("completion, step {step}");
        assert_whole(&left.after_power_loss(Survives::Nothing), &secrets, false, &story);
        assert_whole(&left.after_process_death(), &secrets, false, &story);
        if !failed {
            assert!(step > 20, "completing takes more steps than {step}");
            break;
        }
    }
}

#[test]
fn a_failed_overwriting_poisons_the_ledger_whose_stream_it_was() {
    let disk = Double::new();
    let (steps, ..) = live(&disk, None);
    let mut seen = 0;
    for step in 0..steps {
        let disk = Double::new();
        let (ledger, secrets) = prepare(&disk);
        disk.fail_at(disk.steps() + step, Fault::Fails);
        let erased = ledger.erase(&digests(&secrets), &warrant());
        if ledger.health().poisoned {
            seen += 1;
            assert!(
                matches!(
                    erased,
                    Err(EraseError::Io { .. } | EraseError::NotKept(NotKept::Poisoned(_)))
                ),
                "{erased:?}"
            );
            assert!(matches!(ledger.flush(), Err(NotKept::Poisoned(_))));
            assert!(ledger.erase(&digests(&secrets), &warrant()).is_err());
        }
    }
    assert!(seen > 5, "{seen} steps concern its own stream");
}
