//! What exporters keep beside the ledger: how far each has come, and what it has set aside. It is no evidence, and is read only
//! to explain why a copy is not there.

use std::collections::HashMap;
use std::path::Path;

use testimony_ledger::read::directory::Directory;
use testimony_otlp::{Destination, SetAside, Which};
use testimony_record::Uuid;

/// Why entries are not there, as far as exporters say.
#[derive(Debug, Default)]
pub(crate) struct ExporterNotes {
    /// Whether there is any exporter.
    exists: bool,
    /// The last entry of each stream that some destination has answered for.
    reached: HashMap<Uuid, u64>,
    aside: Vec<SetAside>,
}

/// Why an entry has no copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Why<'a> {
    NotYet,
    SetAside(&'a str),
    Unknown,
}

impl ExporterNotes {
    /// Whatever cannot be read explains nothing.
    pub(crate) fn read(ledger: &Path) -> Self {
        let mut notes = Self::default();
        let Ok(directory) = Directory::open(ledger) else { return notes };
        for destination in Destination::all(&directory).unwrap_or_default() {
            notes.exists = true;
            notes.aside.extend(destination.set_aside().unwrap_or_default());
            for &stream in &directory.streams {
                let Some(cursor) = destination.cursor(stream) else { continue };
                let reached = notes.reached.entry(stream).or_default();
                *reached = cursor.last.seq.max(*reached);
            }
        }
        notes
    }

    pub(crate) fn why(&self, stream: Uuid, seq: u64) -> Why<'_> {
        let names = |aside: &&SetAside| aside.stream == stream && holds(&aside.which, seq);
        if let Some(aside) = self.aside.iter().find(names) {
            return Why::SetAside(&aside.why);
        }
        let reached = self.reached.get(&stream);
        let beyond = reached.map_or(self.exists, |&reached| seq > reached);
        if beyond { Why::NotYet } else { Why::Unknown }
    }
}

fn holds(which: &Which, seq: u64) -> bool {
    match which {
        Which::Entry { seq: aside, .. } => *aside == seq,
        Which::SomeOf { first, last, .. } => (*first..=*last).contains(&seq),
    }
}
