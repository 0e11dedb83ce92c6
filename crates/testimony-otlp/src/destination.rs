//! What is kept of one destination beside the ledger it is served from:
//!
//! ```text
//! <ledger>/export/<destination>/         16 hexadecimal digits: the BLAKE3 hash of the endpoint's address, cut
//! ├── destination.json                   the address, without credentials, and where each stream was begun
//! ├── set-aside.jsonl                    what the endpoint refused for good
//! └── <stream>/
//!     ├── lock                           held locked by the process that exports this stream there
//!     └── cursor.json                    how far it has come
//! ```
//!
//! No file here carries evidence. Where one is lost or damaged, entries travel again; none is ever skipped.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::storage::{Disk, Lock, Storage as _};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use crate::cursor::Cursor;
use crate::set_aside::SetAside;

const LABEL: &str = "destination.json";
const SET_ASIDE: &str = "set-aside.jsonl";
const CURSOR: &str = "cursor.json";
const LOCK: &str = "lock";

/// The version of `destination.json`.
const VERSION: u32 = 1;

/// How many of a hash's hexadecimal digits name a directory.
const DIGITS: usize = 16;

/// Where a ledger is, or was, exported to.
#[derive(Debug, Clone)]
pub struct Destination {
    dir: PathBuf,
    label: Label,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    v: u32,
    endpoint: String,
    /// What lay before the destination was begun "from now on", and is never sent there; of no stream where it was begun at
    /// the beginning.
    began: BTreeMap<Uuid, End>,
}

/// Where a stream ended at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) segment: u64,
    pub(crate) bytes: u64,
}

/// Where each stream of a ledger ends now. Looks at file names and sizes, and reads no file.
pub(crate) fn ends(ledger: &Directory) -> Result<BTreeMap<Uuid, End>, CouldNotRead> {
    let mut ends = BTreeMap::new();
    for &stream in &ledger.streams {
        let Some(&segment) = ledger.segments(stream)?.last() else { continue };
        let path = ledger.segment_path(stream, segment);
        let file = fs::metadata(&path);
        let bytes = file.map_err(|source| CouldNotRead::Io { path, source })?.len();
        ends.insert(stream, End { segment, bytes });
    }
    Ok(ends)
}

/// Something beside the ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep how far the export has come in {}", .path.display())]
pub struct CannotKeep {
    /// The file or directory.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

fn kept<T>(path: &Path, result: io::Result<T>) -> Result<T, CannotKeep> {
    result.map_err(|source| CannotKeep { path: path.to_owned(), source })
}

impl Destination {
    /// All destinations that a ledger is, or was, exported to.
    ///
    /// # Errors
    /// When a directory cannot be listed.
    pub fn all(ledger: &Directory) -> io::Result<Vec<Self>> {
        let mut all = Vec::new();
        for dir in listed(&ledger.export_path())? {
            if let Kept::Label(label) = read_label(&dir)? {
                all.push(Self { dir, label });
            }
        }
        Ok(all)
    }

    /// Takes up a destination, or begins a new one: with what the streams hold, or, where `ends` are given, with what comes
    /// after those.
    pub(crate) fn take_up(
        ledger: &Directory,
        endpoint: &str,
        ends: BTreeMap<Uuid, End>,
    ) -> Result<Self, CannotKeep> {
        let all = ledger.export_path();
        let dir = all.join(name(endpoint));
        kept(&all, Disk.create_dir(&all))?;
        kept(&dir, Disk.create_dir(&dir))?;
        // Of two processes that begin at the same time, the second finds what the first has decided.
        let lock =
            kept(&dir, private().write(true).create(true).truncate(false).open(dir.join(LOCK)))?;
        kept(&dir, lock.lock())?;
        let began = match kept(&dir, read_label(&dir))? {
            Kept::Label(label) => return Ok(Self { dir, label }),
            Kept::Nothing => ends,
            // Where it was begun is not known any more, so everything travels again that no cursor vouches for.
            Kept::Damaged => BTreeMap::new(),
        };
        let label = Label { v: VERSION, endpoint: endpoint.to_owned(), began };
        kept(&dir, Disk.put(&dir.join(LABEL), &label.encode()))?;
        Ok(Self { dir, label })
    }

    /// The address of the endpoint, without credentials.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.label.endpoint
    }

    /// How far a stream has been delivered there; `None` where nothing, or nothing readable, is on record.
    #[must_use]
    pub fn cursor(&self, stream: Uuid) -> Option<Cursor> {
        self.read_cursor(stream).ok().flatten()
    }

    /// What the endpoint refused for good, in the order in which it did. After a crash an entry can stand there twice.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn set_aside(&self) -> io::Result<Vec<SetAside>> {
        match fs::read(self.dir.join(SET_ASIDE)) {
            Ok(bytes) => Ok(SetAside::decode_all(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Whether the endpoint has ever taken anything from this ledger.
    pub(crate) fn has_accepted(&self, ledger: &Directory) -> bool {
        let cursors = ledger.streams.iter().filter_map(|&stream| self.cursor(stream));
        cursors.into_iter().any(|cursor| cursor.sent > 0)
    }

    /// What of a stream lay before the destination was begun.
    pub(crate) fn began(&self, stream: Uuid) -> Option<End> {
        self.label.began.get(&stream).copied()
    }

    /// Makes this process the one that exports the stream there; `None` where another one does. Dropping the lock lets go.
    pub(crate) fn lock(&self, stream: Uuid) -> io::Result<Option<Lock>> {
        let dir = self.dir.join(stream.to_string());
        Disk.create_dir(&dir)?;
        Disk.lock(&dir.join(LOCK))
    }

    /// `Err` also for a file that is no cursor: what it said is then not known.
    pub(crate) fn read_cursor(&self, stream: Uuid) -> io::Result<Option<Cursor>> {
        match fs::read(self.cursor_path(stream)) {
            Ok(bytes) => Cursor::decode(&bytes, stream).map(Some).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Durable when it returns. Only for who holds the lock.
    pub(crate) fn write_cursor(&self, cursor: &Cursor) -> Result<(), CannotKeep> {
        let path = self.cursor_path(cursor.stream);
        kept(&path, Disk.put(&path, &cursor.encode()))
    }

    /// Adds a line to what was set aside; durable when it returns.
    pub(crate) fn put_aside(&self, aside: &SetAside) -> Result<(), CannotKeep> {
        let path = self.dir.join(SET_ASIDE);
        let append = || {
            let mut line = aside.encode();
            if is_torn(&path)? {
                line.insert(0, b'\n');
            }
            let mut file = private().append(true).create(true).open(&path)?;
            // One write: several processes may append.
            file.write_all(&line)?;
            file.sync_data()
        };
        kept(&path, append())
    }

    fn cursor_path(&self, stream: Uuid) -> PathBuf {
        self.dir.join(stream.to_string()).join(CURSOR)
    }
}

impl Label {
    fn encode(&self) -> Vec<u8> {
        // A struct of numbers and strings has no value that JSON could refuse.
        let mut line = serde_json::to_vec_pretty(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// The short name of an endpoint's address: the same wherever and whenever it is worked out.
fn name(endpoint: &str) -> String {
    let mut name = Digest::plain(endpoint.as_bytes()).to_string();
    name.truncate(DIGITS);
    name
}

enum Kept {
    Label(Label),
    Damaged,
    Nothing,
}

fn read_label(dir: &Path) -> io::Result<Kept> {
    match fs::read(dir.join(LABEL)) {
        Ok(bytes) => Ok(match serde_json::from_slice::<Label>(&bytes) {
            Ok(label) if label.v == VERSION => Kept::Label(label),
            _ => Kept::Damaged,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::Nothing),
        Err(error) => Err(error),
    }
}

/// Whether a crash cut the last line short.
fn is_torn(file: &Path) -> io::Result<bool> {
    match Disk.read_end(file, 1) {
        Ok(end) => Ok(end.first().is_some_and(|&byte| byte != b'\n')),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn listed(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_dir());
    paths.sort_unstable();
    Ok(paths)
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}
