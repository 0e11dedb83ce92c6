//! Running the built `testimony` as a person would, and damaging ledgers as an adversary would.
#![allow(dead_code, reason = "each test uses its own part of this")]

#[path = "../../../testimony-forensics/tests/support/mod.rs"]
pub(crate) mod desk;
pub(crate) mod runs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use testimony_record::entry::Entry;
use testimony_record::frame::{self, Frame, SegmentHeader};

/// A directory with a ledger in it, at `ledger`.
pub(crate) struct Desk(TempDir);

/// What the command said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.out).unwrap()
    }

    pub(crate) fn error(&self) -> &str {
        str::from_utf8(&self.err).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.out).unwrap()
    }

    /// Everything a person sees, for a snapshot.
    pub(crate) fn seen(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.text(), self.error())
    }
}

/// The command, in a directory, with no setting of whoever runs the tests.
pub(crate) fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_testimony"));
    for name in ["TESTIMONY_LEDGER", "COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
        command.env_remove(name);
    }
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command
}

pub(crate) fn answer(command: &mut Command) -> Answer {
    let child = desk::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let output = child.wait_with_output().unwrap();
    Answer { code: output.status.code().unwrap(), out: output.stdout, err: output.stderr }
}

impl Desk {
    /// A directory in which nothing is.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the story of one loan.
    pub(crate) fn with_a_loan() -> Self {
        Self::with(desk::loan_1234())
    }

    pub(crate) fn with(events: Vec<testimony_record::unsealed::Unsealed>) -> Self {
        let desk = Self::empty();
        desk::write(&desk.ledger(), events);
        desk
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path().join("ledger")
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// `testimony --ledger ledger …`, as wide as a usual terminal.
    pub(crate) fn ask(&self, args: &[&str]) -> Answer {
        let args = [&["--ledger", "ledger"], args].concat();
        answer(command(self.path(), &args).env("COLUMNS", "100"))
    }

    /// The same without a width: nothing is wrapped or cut to fit.
    pub(crate) fn ask_wide(&self, args: &[&str]) -> Answer {
        answer(&mut command(self.path(), &[&["--ledger", "ledger"], args].concat()))
    }

    /// Changes the frames of the ledger's first segment file.
    pub(crate) fn damage(&self, change: impl FnOnce(&mut Segment)) {
        let path = desk::segment(&self.ledger());
        let mut segment = Segment::parse(&std::fs::read(&path).unwrap());
        change(&mut segment);
        std::fs::write(&path, segment.bytes()).unwrap();
    }
}

/// A segment file, taken apart into its header and frames.
pub(crate) struct Segment {
    header: Vec<u8>,
    pub(crate) frames: Vec<Vec<u8>>,
}

impl Segment {
    fn parse(bytes: &[u8]) -> Self {
        let (_, mut at) = SegmentHeader::parse(bytes).unwrap();
        let (header, mut frames) = (bytes[..at].to_vec(), Vec::new());
        while at < bytes.len() {
            let (_, length) = frame::parse(&bytes[at..]).unwrap();
            frames.push(bytes[at..at + length].to_vec());
            at += length;
        }
        Self { header, frames }
    }

    fn bytes(&self) -> Vec<u8> {
        [self.header.clone(), self.frames.concat()].concat()
    }

    /// Where among the frames entry number `seq` is.
    pub(crate) fn entry(&self, seq: u64) -> usize {
        let is = |frame: &Vec<u8>| read(frame).is_some_and(|entry| entry.seq == seq);
        self.frames.iter().position(is).unwrap()
    }

    /// Rewrites an entry as its writer would have written it: with a hash that fits.
    pub(crate) fn forge(&self, seq: u64, change: impl FnOnce(&mut Entry)) -> Vec<u8> {
        let mut entry = read(&self.frames[self.entry(seq)]).unwrap();
        change(&mut entry);
        let bytes = entry.encode();
        let hash = testimony_record::digest::Digest::of_entry(&bytes);
        let mut frame = Vec::new();
        Frame::Entry { hash, bytes: &bytes }.write(&mut frame);
        frame
    }
}

fn read(frame: &[u8]) -> Option<Entry> {
    match frame::parse(frame).unwrap().0 {
        Frame::Entry { bytes, .. } => Entry::decode(bytes).ok(),
        _ => None,
    }
}
