//! The names of what is derived. All files of a segment begin with its eight digits and a point, which is how erasing finds them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;

/// Where the files that are derived from one segment are, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The directory of the stream's files.
    pub dir: PathBuf,
    /// The stream.
    pub stream: Uuid,
    /// The number of the segment file.
    pub segment: u64,
}

impl Place {
    /// The place of a segment's files: in the ledger, or in a directory that somebody chose.
    #[must_use]
    pub fn of_segment(
        ledger: &Directory,
        chosen: Option<&Path>,
        stream: Uuid,
        segment: u64,
    ) -> Self {
        let dir = match chosen {
            Some(directory) => directory.join(stream.to_string()),
            None => ledger.twins_path(stream),
        };
        Self { dir, stream, segment }
    }

    /// The file with a name.
    #[must_use]
    pub fn of(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{}parquet", self.prefix(name)))
    }

    /// How a file's name begins, also while it is written.
    #[must_use]
    pub fn prefix(&self, name: &str) -> String {
        format!("{:08}.{name}.", self.segment)
    }

    /// Whether all files are there. What is in them is another matter.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.of(name).is_file())
    }

    pub(super) fn remove(&self, names: &[&str]) -> io::Result<()> {
        names.iter().try_for_each(|name| match fs::remove_file(self.of(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
    }
}

/// Makes a directory that only its owner can enter, and those above it.
///
/// # Errors
/// What the system says.
pub fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}
