//! A full disk: what was acknowledged stays, the ledger says so loudly, and once there is room it goes on, with the loss
//! on record.
//!
//! Once on the double at each byte, and once on a real file system of a few hundred kilobytes where one can be mounted.

mod support;

use std::path::Path;
use std::process::Command;

use support::examined::Examined;
use support::session::{Operation, Session};
use support::world::World;
use support::{ROOT, decision, options};
use testimony_ledger::storage::{Disk, Double, Storage as _};
use testimony_ledger::{Durability, Ledger, NotKept, Options, Receipt, verify};
use testimony_record::verify::Trust;

fn plain() -> Options {
    options(Durability::EveryDecision, 2000)
}

/// Records until the disk is full and on; then there is room, and the same process opens the ledger again.
fn fill(room: usize) {
    let (disk, mut world) = (Double::new(), World::default());
    disk.set_capacity(Some(room));
    let mut session = Session::open(&disk, &plain(), &mut world).ok();
    for _ in 0..6 {
        session = session.and_then(|session| session.run(Operation::Record(1), &mut world));
    }
    let poisoned = session.as_ref().is_none_or(Session::poisoned);
    assert!(poisoned || world.refused == 0, "{room} bytes: a loss that is not loud");
    let _ = session.map(|session| session.close(&mut world));
    disk.heal();
    let story = format!("{room} bytes");
    Session::settle(&disk, &plain(), &mut world, &story);
    world.check(&Examined::of(&disk), &story);
}

#[test]
fn a_disk_that_is_full_at_any_byte_costs_nothing_that_was_acknowledged() {
    let (disk, mut world) = (Double::new(), World::default());
    let session = Session::open(&disk, &plain(), &mut world).unwrap();
    session.run(Operation::Record(6), &mut world).unwrap().close(&mut world).unwrap();
    for room in (0..disk.bytes()).step_by(23) {
        fill(room);
    }
}

#[test]
fn a_service_that_keeps_trying_to_open_a_ledger_on_a_full_disk_leaves_no_trail_of_files() {
    let (disk, mut world) = (Double::new(), World::default());
    Session::open(&disk, &plain(), &mut world).unwrap().close(&mut world).unwrap();
    disk.set_capacity(Some(disk.bytes()));
    for _ in 0..1000 {
        assert!(Session::open(&disk, &plain(), &mut world).is_err());
    }
    disk.heal();
    Session::open(&disk, &plain(), &mut world).unwrap().close(&mut world).unwrap();
    world.check(&Examined::of(&disk), "after 1000 attempts");
    let stream = Examined::of(&disk).report.streams[0].stream;
    let files = disk.list(&Path::new(ROOT).join(stream.to_string())).unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
}

/// A small file system of its own, for as long as this lives.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(size: &str) -> Option<Self> {
        let scratch = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(scratch.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(scratch)),
            Ok(output) => {
                println!("skipped: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("skipped: no command to mount a file system with: {error}");
                None
            }
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_real_disk_that_fills_up_costs_nothing_that_was_acknowledged() {
    let Some(mounted) = Mounted::new("256k") else { return };
    let path = mounted.0.path().join("ledger");
    let ballast = mounted.0.path().join("ballast");
    std::fs::write(&ballast, vec![1; 100 << 10]).unwrap();
    let options = Options {
        durability: Durability::EveryDecision,
        segment_bytes: 20_000,
        ..Options::default()
    };
    let ledger = Ledger::open(&path, options.clone()).unwrap();
    let mut kept = Vec::new();
    let mut refused = 0;
    for id in 0..1000 {
        match ledger.record(decision(id)).and_then(Receipt::wait) {
            Ok(receipt) => kept.push((id, receipt)),
            Err(error) => {
                assert!(matches!(error, NotKept::Poisoned(_)), "{error:?}");
                refused += 1;
            }
        }
    }
    assert!(!kept.is_empty() && refused > 0 && ledger.health().poisoned);
    assert_eq!(ledger.health().lost, refused);
    assert!(matches!(ledger.close(), Err(NotKept::Poisoned(_))));
    // While the disk is full, it may be opened in vain.
    drop(Ledger::open(&path, options.clone()));

    std::fs::remove_file(ballast).unwrap();
    let ledger = Ledger::open(&path, options).unwrap();
    ledger.record(decision(5000)).unwrap().wait().unwrap();
    ledger.close().unwrap();
    let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
    assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
    assert_eq!(report.lost(), refused);
    let examined = Examined::at(&Disk, &path, &|_| Trust::default());
    assert!(
        kept.iter()
            .all(|(id, kept)| examined.decided(*id) && examined.holds(kept.stream, kept.link))
    );
    println!("{} decisions acknowledged before the disk was full, {refused} refused", kept.len());
}
