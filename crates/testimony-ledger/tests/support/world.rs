//! What the world outside knows of a ledger: what was handed over, and what it was told about it.

use std::collections::{BTreeMap, BTreeSet};

use testimony_ledger::Kept;

use super::examined::Examined;

/// What was handed over and what was answered, over all sessions.
#[derive(Debug, Default, Clone)]
pub(crate) struct World {
    ids: u128,
    /// Called durable.
    pub(crate) durable: BTreeMap<u128, Kept>,
    /// Called kept, but not durable: a dead process costs them nothing, a dead machine may.
    pub(crate) written: BTreeMap<u128, Kept>,
    /// Handed over by the process that is alive now.
    pub(crate) by_this_process: BTreeSet<u128>,
    /// Of which what they were asked has been erased.
    pub(crate) erased: BTreeSet<u128>,
    /// Told that they are not kept.
    pub(crate) refused: u64,
    /// What the ledgers' own counters said, over all sessions that were closed.
    pub(crate) counted_lost: u64,
    /// How often a process died, and with it what it knew of its losses.
    pub(crate) process_deaths: u64,
    /// How often the machine died, and with it the process.
    pub(crate) power_losses: u64,
}

impl World {
    /// A new decision's id.
    pub(crate) fn new_id(&mut self) -> u128 {
        self.ids += 1;
        self.by_this_process.insert(self.ids);
        self.ids
    }

    /// How many decisions were handed over.
    pub(crate) fn handed_over(&self) -> u128 {
        self.ids
    }

    /// A receipt said so.
    pub(crate) fn acknowledged(&mut self, id: u128, kept: Kept) {
        let acknowledged = if kept.durable { &mut self.durable } else { &mut self.written };
        acknowledged.insert(id, kept);
    }

    /// The process is gone, and with it what it knew of its losses.
    pub(crate) fn process_dies(&mut self) {
        self.by_this_process.clear();
        self.process_deaths += 1;
    }

    /// The machine is gone.
    pub(crate) fn machine_dies(&mut self) {
        self.by_this_process.clear();
        self.written.clear();
        self.power_losses += 1;
    }

    /// Checks what a ledger that was closed in good order holds against what was promised.
    pub(crate) fn check(&self, examined: &Examined, story: &str) {
        let alarms: Vec<_> = examined.report.findings().collect();
        assert!(examined.report.intact(), "{story}: a false alarm: {alarms:?}");
        for (id, kept) in self.durable.iter().chain(&self.written) {
            assert!(
                examined.holds(kept.stream, kept.link),
                "{story}: lost decision {id}: {kept:?}"
            );
            assert!(examined.decided(*id), "{story}: lost decision {id}: {kept:?}");
        }
        for id in &self.erased {
            assert!(!examined.prompted(*id), "{story}: what was erased of decision {id} is there");
        }
        let missing = self.by_this_process.iter().filter(|id| !examined.decided(**id)).count();
        let told = examined.report.lost();
        assert!(missing as u64 <= told, "{story}: {missing} are missing, {told} are on record");
        if self.process_deaths + self.power_losses == 0 {
            assert!(self.refused <= self.counted_lost, "{story}: {self:?}");
            assert!(
                told >= self.counted_lost,
                "{story}: {told} on record, counted {}",
                self.counted_lost
            );
        }
    }
}
