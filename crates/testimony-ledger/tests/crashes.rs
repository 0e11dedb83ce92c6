//! Random work, random faults, random losses of power, again and again: nothing that was acknowledged is lost, what is left
//! raises no alarm, and losses are on record. Every head that was returned as signed is still a head of its stream.
//!
//! `TESTIMONY_CRASHES` sets how many runs (default 300), `TESTIMONY_SEED` the first one's seed.

mod support;

use support::examined::Examined;
use support::session::{Operation, Session};
use support::world::World;
use support::{NEVER, begin_anew, in_parallel, number, options, seed, signing};
use testimony_ledger::storage::{Dice, Double, Fault, Survives};
use testimony_ledger::{Durability, Options};

/// What happened in one run or in many.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Figures {
    handed_over: u128,
    acknowledged: usize,
    refused: u64,
    streams: usize,
    heads: usize,
    checkpoints: u64,
    unsigned: u64,
    erased: usize,
    process_deaths: u64,
    power_losses: u64,
    bytes_cut: u64,
    lost_on_record: u64,
}

/// What runs are made of.
#[derive(Clone, Copy)]
struct Kind {
    choose: fn(&mut Dice) -> Operation,
    segment_bytes: &'static [u64],
}

impl Kind {
    /// In every second run most sessions have a key.
    fn options(self, seed: u64, dice: &mut Dice) -> Options {
        let plain = random_options(self, dice);
        let signs = dice.below(4) > 0 && seed.is_multiple_of(2);
        if signs { signing(plain) } else { plain }
    }
}

const ANY: Kind = Kind { choose: Operation::random, segment_bytes: &[1, 1500, 1 << 20] };

/// The header line of a new segment is written with what comes next, or alone when nothing comes for a while: with segments
/// that never fill up, time has no say.
const REPEATABLE: Kind =
    Kind { choose: Operation::random_of_one_thread, segment_bytes: &[1 << 20] };

fn random_options(kind: Kind, dice: &mut Dice) -> Options {
    let durability = match dice.below(3) {
        0 => Durability::EveryDecision,
        1 => NEVER,
        _ => Durability::Os,
    };
    let segment_bytes = kind.segment_bytes[dice.index(kind.segment_bytes.len())];
    options(durability, segment_bytes)
}

/// One process: opens, works, meets a fault or not. Returns the session that is still open.
fn live(
    disk: &Double,
    kind: Kind,
    seed: u64,
    dice: &mut Dice,
    world: &mut World,
) -> Option<Session> {
    if dice.below(4) > 0 {
        disk.fail_at(disk.steps() + dice.below(50), Fault::ALL[dice.index(Fault::ALL.len())]);
    }
    let mut session = Session::open(disk, &kind.options(seed, dice), world).ok();
    for _ in 0..dice.below(10) {
        let open = session?;
        // A host that is told of a poisoned ledger may open it again.
        let again = open.poisoned() && dice.heads();
        let operation = if again { Operation::Reopen } else { (kind.choose)(dice) };
        session = open.run(operation, world);
    }
    session
}

/// What the next process finds, or the same one when it opens the ledger again.
fn next_disk(disk: Double, session: Option<Session>, dice: &mut Dice, world: &mut World) -> Double {
    if !disk.dead() && dice.below(3) == 0 {
        let _ = session.map(|session| session.close(world));
        if !disk.dead() {
            return disk;
        }
    }
    // The disk is looked at while the recorder stands still.
    if dice.heads() {
        world.process_dies();
        disk.after_process_death()
    } else {
        world.machine_dies();
        disk.after_power_loss(match dice.below(4) {
            0 => Survives::Nothing,
            1 => Survives::Everything,
            _ => Survives::Some(dice.below(u64::MAX)),
        })
    }
}

fn run(seed: u64, kind: Kind) -> (Figures, Double) {
    begin_anew();
    let (mut dice, mut world) = (Dice::new(seed), World::default());
    let mut disk = Double::new();
    for _ in 0..=dice.below(4) {
        let session = live(&disk, kind, seed, &mut dice, &mut world);
        disk = next_disk(disk, session, &mut dice, &mut world);
    }
    disk.heal();
    let story = format!("seed {seed}");
    Session::settle(&disk, &kind.options(seed, &mut dice), &mut world, &story);
    let examined = Examined::by(&world, &disk);
    world.check(&examined, &story);
    (Figures::of(&world, &examined), disk)
}

#[test]
fn whatever_happens_nothing_acknowledged_is_lost_and_nothing_looks_tampered_with() {
    let runs = number("TESTIMONY_CRASHES").unwrap_or(300);
    let first = seed();
    let sum = in_parallel(runs, |n| run(first.wrapping_add(n), ANY).0, Figures::plus);
    println!("{runs} runs: {sum:?}");
    assert!(sum.acknowledged > 0 && sum.refused > 0 && sum.bytes_cut > 0, "they show nothing");
    assert!(sum.heads > 0 && sum.unsigned > 0, "they show nothing of checkpoints");
}

#[test]
fn the_same_seed_makes_the_same_run() {
    for seed in 0..20 {
        let (first, second) = (run(seed, REPEATABLE), run(seed, REPEATABLE));
        assert_eq!(first.0, second.0, "seed {seed}");
        assert_eq!(files(&first.1), files(&second.1), "seed {seed}");
    }
}

fn files(disk: &Double) -> Vec<String> {
    Examined::of(disk).entries.values().map(|(link, _)| link.hash.to_string()).collect()
}

impl Figures {
    fn of(world: &World, examined: &Examined) -> Self {
        let signed = examined.report.streams.iter().map(|stream| stream.signing.checkpoints);
        Self {
            handed_over: world.handed_over(),
            acknowledged: world.durable.len() + world.written.len(),
            refused: world.refused,
            streams: examined.report.streams.len(),
            heads: world.heads.len(),
            checkpoints: signed.sum(),
            unsigned: world.unsigned,
            erased: world.erased.len(),
            process_deaths: world.process_deaths,
            power_losses: world.power_losses,
            bytes_cut: examined.cut(),
            lost_on_record: examined.report.lost(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            handed_over: self.handed_over + other.handed_over,
            acknowledged: self.acknowledged + other.acknowledged,
            refused: self.refused + other.refused,
            streams: self.streams + other.streams,
            heads: self.heads + other.heads,
            checkpoints: self.checkpoints + other.checkpoints,
            unsigned: self.unsigned + other.unsigned,
            erased: self.erased + other.erased,
            process_deaths: self.process_deaths + other.process_deaths,
            power_losses: self.power_losses + other.power_losses,
            bytes_cut: self.bytes_cut + other.bytes_cut,
            lost_on_record: self.lost_on_record + other.lost_on_record,
        }
    }
}
