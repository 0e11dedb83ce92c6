//! The names of twins. All twins of a segment begin with its eight digits and a point, which is how erasing finds them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use testimony_record::Uuid;

use crate::table::Table;

/// Where the twins of one segment are, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) stream: Uuid,
    pub(crate) segment: u64,
}

impl Place {
    pub(crate) fn of(&self, table: Table) -> PathBuf {
        self.dir.join(format!("{}parquet", self.prefix(table)))
    }

    /// How the names of a table's files begin, also while they are written.
    pub(super) fn prefix(&self, table: Table) -> String {
        format!("{:08}.{}.", self.segment, table.name())
    }

    /// Whether all files are there. What is in them is another matter.
    pub(super) fn is_whole(&self) -> bool {
        Table::ALL.into_iter().all(|table| self.of(table).is_file())
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        Table::ALL.into_iter().try_for_each(|table| match fs::remove_file(self.of(table)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
    }
}

/// Makes a directory that only its owner can enter, and those above it.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}
