//! Each step of opening, recording, rolling, signing, erasing, closing and taking up a stream fails in each way, and the
//! process or the machine dies there or does not; then each step of the recovery fails as well, also of the recovery of two
//! streams at once. Nothing that was acknowledged is lost, what is left raises no alarm, and losses are on record.

mod support;

use support::examined::Examined;
use support::session::{Operation, Session};
use support::world::World;
use support::{NEVER, begin_anew, in_parallel, options, signing};
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

/// What is done to a ledger that signs, while another one is open beside it.
const SIGNED_WORK: &[Operation] = &[
    Operation::Record(2),
    Operation::Checkpoint,
    Operation::Beside,
    Operation::Submit(1),
    Operation::Checkpoint,
    Operation::Erase,
    Operation::Beside,
    Operation::Reopen,
    Operation::Checkpoint,
    Operation::Record(1),
];

/// What is done, and whether the sessions sign.
type Work = (&'static [Operation], fn() -> Options);

const PLAIN: Work = (WORK, small_segments);
const SIGNED: Work = (SIGNED_WORK, signed_segments);

fn signed_segments() -> Options {
    signing(small_segments())
}

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
fn work((work, options): Work, disk: &Double, world: &mut World) -> Option<Session> {
    let mut session = Session::open(disk, &options(), world).ok();
    for &operation in work.iter().take_while(|_| !disk.dead()) {
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
    world.check(&Examined::by(world, disk), story);
}

/// One step of the work fails in one way. Returns how many endings were looked at.
fn work_fails(what: Work, step: u64, fault: Fault) -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    disk.fail_at(step, fault);
    let session = work(what, &disk, &mut world);
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
fn recovery_fails(what: Work, step: u64, dice: &mut Dice) -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    disk.fail_at(step, Fault::DiesHalfway);
    drop(work(what, &disk, &mut world));
    world.machine_dies();
    for fault in Fault::ALL {
        let mut world = world.clone();
        let found = disk.after_power_loss(Survives::Some(dice.below(u64::MAX)));
        // Enough to settle both streams, and to go on.
        let again = dice.below(20);
        found.fail_at(again, fault);
        let session = Session::open(&found, &what.1(), &mut world).ok();
        let session = session.and_then(|open| open.run(Operation::Record(1), &mut world));
        let death = DEATHS[dice.index(DEATHS.len())];
        let found = left(&found, death, &mut world);
        drop(session);
        let story = format!("step {step} dies, then step {again} {fault:?}, {death:?}");
        settle_and_check(&found, &mut world, &story);
    }
    Fault::ALL.len() as u64
}

fn steps(what: Work) -> u64 {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    let session = work(what, &disk, &mut world).unwrap();
    session.close(&mut world).unwrap();
    settle_and_check(&disk, &mut world, "without a fault");
    assert_eq!(world.unsigned, 0);
    disk.steps()
}

fn every_step_of_the_work(what: Work) {
    let steps = steps(what);
    assert!(steps > 60, "the work takes more steps than {steps}");
    let kinds = Fault::ALL.len() as u64;
    let fault = |n: u64| Fault::ALL[usize::try_from(n % kinds).unwrap()];
    let one = |n: u64| work_fails(what, n / kinds, fault(n));
    let seen = in_parallel(steps * kinds, one, |a, b| a + b);
    println!("{steps} steps, each failing in {kinds} ways: {seen} ledgers taken up again");
}

fn every_step_before_a_recovery(what: Work) {
    let first = support::seed();
    let one = |step: u64| recovery_fails(what, step, &mut Dice::new(first.wrapping_add(step)));
    let seen = in_parallel(steps(what), one, |a, b| a + b);
    println!("{seen} recoveries, each failing at a step");
}

#[test]
fn whatever_step_fails_nothing_acknowledged_is_lost_and_nothing_looks_tampered_with() {
    every_step_of_the_work(PLAIN);
}

#[test]
fn whatever_step_of_signing_and_erasing_fails_no_signed_head_is_lost_either() {
    every_step_of_the_work(SIGNED);
}

#[test]
fn whatever_step_of_a_recovery_fails_the_next_recovery_loses_nothing_either() {
    every_step_before_a_recovery(PLAIN);
}

#[test]
fn whatever_step_of_settling_two_signed_streams_fails_no_signed_head_is_lost_either() {
    every_step_before_a_recovery(SIGNED);
}

#[test]
fn the_work_is_what_it_is_said_to_be() {
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    work(PLAIN, &disk, &mut world).unwrap().close(&mut world).unwrap();
    assert_eq!(world.refused, 2, "the one that panics, and the one after the close");
    begin_anew();
    let (disk, mut world) = (Double::new(), World::default());
    work(SIGNED, &disk, &mut world).unwrap().close(&mut world).unwrap();
    assert_eq!((world.heads.len(), world.erased.len()), (3, 1));
    assert_eq!(Examined::by(&world, &disk).report.streams.len(), 2);
}
