//! Records decisions for ever, and prints each one's id and place once its receipt says that it is durable. For the tests
//! that kill it.

use std::io::Write as _;

use testimony_ledger::{Durability, Ledger, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (directory, first) =
        (arguments.next().ok_or("no directory")?, arguments.next().ok_or("no number")?);
    let options = Options {
        durability: Durability::IntervalMs(5),
        segment_bytes: 16 << 10,
        ..Options::default()
    };
    let ledger = Ledger::open(directory, options)?;
    let mut out = std::io::stdout().lock();
    for id in first.parse::<u128>()?.. {
        // Most are only submitted, so that a kill also finds decisions that nobody was promised.
        let decision =
            testimony_tests::decision(id, &format!("n:{id}"), &"x".repeat((id % 7 * 400) as usize));
        if id % 3 != 0 {
            ledger.submit(decision)?;
            continue;
        }
        let kept = ledger.record(decision)?.wait()?;
        if kept.durable {
            let place = format!("{id} {} {} {}", kept.stream, kept.link.seq, kept.link.hash);
            // Long lines fill the pipe: who is not read stands still, instead of filling the disk.
            writeln!(out, "{place:900}")?;
        }
    }
    Ok(())
}
