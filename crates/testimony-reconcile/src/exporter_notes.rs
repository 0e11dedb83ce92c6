//! What an exporter keeps beside the ledger: how far it has come, and what it has set aside. It is no evidence, and is read
//! only to explain why a copy is not there.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
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

#[derive(Debug, Deserialize)]
struct SetAside {
    stream: Uuid,
    seq: Option<u64>,
    first: Option<u64>,
    last: Option<u64>,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
struct Cursor {
    last: Place,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
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
        for destination in directories(&ledger.join("export")) {
            notes.exists = true;
            if let Ok(text) = fs::read_to_string(destination.join("set-aside.jsonl")) {
                notes.aside.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
            }
            for dir in directories(&destination) {
                notes.cursor(&dir);
            }
        }
        notes
    }

    fn cursor(&mut self, dir: &Path) {
        let stream = dir.file_name().and_then(|name| name.to_str()?.parse::<Uuid>().ok());
        let cursor = fs::read(dir.join("cursor.json")).ok();
        let cursor = cursor.and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
        if let (Some(stream), Some(cursor)) = (stream, cursor) {
            let reached = self.reached.entry(stream).or_default();
            *reached = cursor.last.seq.max(*reached);
        }
    }

    pub(crate) fn why(&self, stream: Uuid, seq: u64) -> Why<'_> {
        let of = |aside: &&SetAside| {
            let first = aside.seq.or(aside.first);
            let last = aside.seq.or(aside.last);
            let between =
                first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&seq));
            aside.stream == stream && between
        };
        if let Some(aside) = self.aside.iter().find(of) {
            return Why::SetAside(&aside.why);
        }
        let reached = self.reached.get(&stream);
        let beyond = reached.map_or(self.exists, |&reached| seq > reached);
        if beyond { Why::NotYet } else { Why::Unknown }
    }
}

fn directories(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
