//! The directory of one exported log. Tiles never change: one that is there already must be the same, or somebody has
//! rewritten the log or the copy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use testimony_record::Uuid;
use testimony_record::tlog::SignedHead;

use crate::destination::{self, UNFINISHED};
use crate::failure::Failure;

const CHECKPOINT: &str = "checkpoint";

const ELSEWHERE: &str =
    "Give a directory that does not exist, is empty, or holds an earlier export of this ledger.";

/// Where the files of a log go, and what an earlier export has left there.
pub(crate) struct TileDirectory {
    path: PathBuf,
    before: Option<SignedHead>,
}

impl TileDirectory {
    /// Looks at a directory; makes nothing yet.
    pub(crate) fn open(path: PathBuf, stream: Uuid) -> Result<Self, Failure> {
        let strange = strange_name(&path).map_err(|error| Failure::cannot_read(&path, &error))?;
        if let Some(name) = strange {
            let problem =
                format_args!("{} holds something else than tiles: {name}", path.display());
            return Err(Failure::new(problem).advise(ELSEWHERE));
        }
        let before = match fs::read_to_string(path.join(CHECKPOINT)) {
            Ok(note) => Some(read(&note, stream, &path)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::cannot_read(&path, &error)),
        };
        Ok(Self { path, before })
    }

    /// The checkpoint of the earlier export.
    pub(crate) fn before(&self) -> Option<&SignedHead> {
        self.before.as_ref()
    }

    /// Takes a file of the log.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path.join(name);
        if name == CHECKPOINT {
            return replace(&path, bytes);
        }
        match fs::read(&path) {
            Ok(there) if there == bytes => Ok(()),
            Ok(_) => {
                let problem = "another file is there: the ledger or this copy of it was rewritten";
                Err(io::Error::new(io::ErrorKind::AlreadyExists, problem))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => replace(&path, bytes),
            Err(error) => Err(error),
        }
    }
}

/// Makes the directories of a tile's name as well.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    destination::replace(path, bytes)
}

/// A name that no export makes.
fn strange_name(path: &Path) -> io::Result<Option<String>> {
    let names = match fs::read_dir(path) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let ours = [CHECKPOINT.to_owned(), format!("{CHECKPOINT}.{UNFINISHED}"), "tile".to_owned()];
    for name in names {
        let name = name?.file_name().to_string_lossy().into_owned();
        if !ours.contains(&name) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn read(note: &str, stream: Uuid, path: &Path) -> Result<SignedHead, Failure> {
    let head = SignedHead::parse(note).ok().filter(|head| head.stream() == Some(stream));
    head.ok_or_else(|| {
        let problem = format_args!("{} holds another log than stream {stream}", path.display());
        Failure::new(problem).advise(ELSEWHERE)
    })
}
