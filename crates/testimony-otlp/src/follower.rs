//! The exporter's thread: waits for commits, has what they brought delivered, and ends when told.
//!
//! While a batch is under way nothing more is read. What is read and not yet delivered is one batch for each stream in hand,
//! whatever the backlog.

use std::time::Duration;

use crate::desk::Desk;
use crate::rota::{Rota, Round};

/// How long one wait for a commit lasts, and so how soon a stop is noticed.
const PATIENCE: Duration = Duration::from_millis(50);

pub(crate) struct Follower<W> {
    pub(crate) rota: Rota,
    pub(crate) desk: Desk,
    pub(crate) wait: W,
    pub(crate) linger: Duration,
}

impl<W: Fn(u64, Duration) -> u64> Follower<W> {
    /// Runs until a stop is asked for; then delivers what is left. Says whether that was everything.
    pub(crate) fn run(mut self) -> bool {
        let (mut seen, mut last) = (0, Round::More);
        while !self.desk.shared.signal.stopping() {
            let patience = if last == Round::More { Duration::ZERO } else { PATIENCE };
            let commit = (self.wait)(seen, patience);
            if commit != seen || last != Round::CaughtUp || self.rota.is_due() {
                last = self.round();
            }
            if last == Round::OutOfTime {
                return false;
            }
            seen = commit;
            if self.desk.take_sent_something() && last == Round::CaughtUp {
                self.desk.shared.signal.linger(self.linger);
            }
        }
        self.finish()
    }

    fn finish(&mut self) -> bool {
        self.rota.look_again();
        loop {
            match self.round() {
                Round::CaughtUp => return true,
                Round::OutOfTime => return false,
                Round::More => {}
                Round::Waiting => self.desk.shared.signal.pause(None, PATIENCE),
            }
            if self.desk.shared.signal.expired() {
                return false;
            }
        }
    }

    fn round(&mut self) -> Round {
        let round = self.rota.round(&mut self.desk);
        if round == Round::CaughtUp {
            self.desk.shared.counters.nothing_waits();
        }
        round
    }
}
