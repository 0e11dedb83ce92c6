//! Each step of opening, recording, rolling, closing and taking up a stream fails in each way, and the process or the
//! machine dies there or does not; then each step of the recovery fails as well. Nothing that was acknowledged is lost,
//! what is left raises no alarm, and losses are on record.

mod support;

use support::examined::Examined;
use support::session::{Operation, Session};
use support::world::World;
use support::{NEVER, begin_anew, in_parallel, options};
use testimony_ledger::Options;
use testimony_ledger::storage::{Dice, Double, Fault, Survives};

/// One of each kind of work.
const WORK: &[Operation] = &[
    Operation::Record(1),
    Operation::Submit(2),
    Operation::Panic,
    Operation::Record(2),
    Operation::Second,
    Operation::Submit(1),
    Operation::Flush,
    Operation::Submit(3),
    Operation::Reopen,
    Operation::Record(1),
    Operation::Submit(1),
];

/// How the life of a process ends, but for one that goes on and opens the ledger again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    OfTheProcess,
    OfTheMachine(Survives),
}

const DEATHS: [Death; 5] = [
    Death::OfTheProcess,
    Death::OfTheMachine(Survives::Nothing),
    Death::OfTheMachine(Survives::Everything),
    Death::OfTheMachine(Survives::Some(1)),
    Death::OfTheMachine(Survives::Some(2)),
];

/// Segments are full after a few decisions, so that beginning new ones is among the steps.
fn small_segments() -> Options {
    options(NEVER, 1500)
}

/// Works until the work is done or the process is dead. The session is still open then, and stands still.
fn work(disk: &Double, world: &mut World) -> Option<Session> {
    let mut session = Session::open(disk, &small_segments(), world).ok();
    for &operation in WORK.iter().take_while(|_| !disk.dead()) {
        session = session?.run(operation, world);
    }
    session
}

/// What the next process finds.
fn left(disk: &Double, death: Death, world: &mut World) -> Double {
    match death {
        Death::OfTheProcess => {
            world.process_dies();
            disk.after_process_death()
        }
        Death::OfTheMachine(survives) => {
            world.machine_dies();
            disk.after_power_loss(survives)
        }
    }
}

fn settle_and_check(disk: &Double, world: &mut World, story: &str) {
    disk.heal();
    Session::settle(disk, &small_segments(), world, story);
    world.check(&Examined::of(disk), story);
}

/// One step of the work fails in one way. Returns how many endings were looked at.
fn work_fails(step: u64, fault: Fault) -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    disk.fail_at(step, fault);
    let session = work(&disk, &mut world);
    for death in DEATHS {
        let mut world = world.clone();
        let left = left(&disk, death, &mut world);
        settle_and_check(&left, &mut world, &format!("step {step} {fault:?}, {death:?}"));
    }
    let _ = session.map(|session| session.close(&mut world));
    if disk.dead() {
        return DEATHS.len() as u64;
    }
    settle_and_check(&disk, &mut world, &format!("step {step} {fault:?}, and it goes on"));
    1 + DEATHS.len() as u64
}

/// The work ends in the middle of a step, and then a step of the recovery fails in each way.
fn recovery_fails(step: u64, dice: &mut Dice) -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    disk.fail_at(step, Fault::DiesHalfway);
    drop(work(&disk, &mut world));
    world.machine_dies();
    for fault in Fault::ALL {
        let mut world = world.clone();
        let found = disk.after_power_loss(Survives::Some(dice.below(u64::MAX)));
        let again = dice.below(10);
        found.fail_at(again, fault);
        let session = Session::open(&found, &small_segments(), &mut world).ok();
        let session = session.and_then(|open| open.run(Operation::Record(1), &mut world));
        let death = DEATHS[dice.index(DEATHS.len())];
        let found = left(&found, death, &mut world);
        drop(session);
        let story = format!("step {step} dies, then step {again} {fault:?}, {death:?}");
        settle_and_check(&found, &mut world, &story);
    }
    Fault::ALL.len() as u64
}

fn steps() -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    let session = work(&disk, &mut world).unwrap();
    session.close(&mut world).unwrap();
    settle_and_check(&disk, &mut world, "without a fault");
    assert_eq!(world.refused, 2, "the one that panics, and the one after the close");
    disk.steps()
}

#[test]
fn whatever_step_fails_nothing_acknowledged_is_lost_and_nothing_looks_tampered_with() {
    let steps = steps();
    assert!(steps > 60, "the work takes more steps than {steps}");
    let kinds = Fault::ALL.len() as u64;
    let one = |n: u64| work_fails(n / kinds, Fault::ALL[usize::try_from(n % kinds).unwrap()]);
    let seen = in_parallel(steps * kinds, one, |a, b| a + b);
    println!("{steps} steps, each failing in {kinds} ways: {seen} ledgers taken up again");
}

#[test]
fn whatever_step_of_a_recovery_fails_the_next_recovery_loses_nothing_either() {
    let first = support::seed();
    let one = |step: u64| recovery_fails(step, &mut Dice::new(first.wrapping_add(step)));
    let seen = in_parallel(steps(), one, |a, b| a + b);
    println!("{seen} recoveries, each failing at a step");
}
