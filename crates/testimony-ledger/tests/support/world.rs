//! What the world outside knows of a ledger: what was handed over, and what it was told about it.

use std::collections::{BTreeMap, BTreeSet};

use testimony_ledger::Kept;
use testimony_record::Uuid;
use testimony_record::tlog::SignedHead;
use testimony_record::verify::Trust;

use super::examined::Examined;
use super::key;

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
    /// Heads that were returned as signed: they are on record, durably, whatever dies.
    pub(crate) heads: Vec<SignedHead>,
    /// Streams in which a checkpoint is on record, durably.
    signed_streams: BTreeSet<Uuid>,
    /// How often a checkpoint was asked for in vain.
    pub(crate) unsigned: u64,
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

    /// A head was returned as signed.
    pub(crate) fn signed(&mut self, head: SignedHead) {
        self.signed_streams.extend(head.stream());
        self.heads.push(head);
    }

    /// A stream was closed in good order, by a session with a key.
    pub(crate) fn closed_and_signed(&mut self, stream: Uuid) {
        self.signed_streams.insert(stream);
    }

    /// What someone who was shown every signed head, and has the key, holds of a stream.
    pub(crate) fn trust(&self, stream: Uuid) -> Trust {
        let signed = self.signed_streams.contains(&stream);
        let heads = self.heads.iter().filter(|head| head.stream() == Some(stream));
        Trust {
            notes: heads.cloned().collect(),
            keys: signed.then(|| key().verifier_key()).into_iter().collect(),
            ..Trust::default()
        }
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
        self.check_heads(examined, story);
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

    /// That each is a head of its stream is in the verdict, which was reached against all of them.
    fn check_heads(&self, examined: &Examined, story: &str) {
        for stream in &self.signed_streams {
            let mut reports = examined.report.streams.iter();
            let report = reports.find(|report| report.stream == *stream);
            let report = report.unwrap_or_else(|| panic!("{story}: a signed stream is gone"));
            let largest = self.trust(*stream).largest_head(*stream);
            let held = report.remembered.map_or(0, |covered| covered.size);
            assert_eq!(held, largest, "{story}: a signed head was not held against its stream");
            let signed = report.signing.signed.map_or(0, |covered| covered.size);
            assert!(signed >= largest.max(1), "{story}: the signature that was on record is gone");
        }
    }
}
