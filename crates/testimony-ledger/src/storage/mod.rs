//! The seam between the ledger and the disk: a few calls, each with its contract.
//!
//! [`Disk`] is the real one. [`Double`] keeps everything in memory, tells written from durable, and fails on request.

mod disk;
mod double;

use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};

pub use disk::Disk;
pub use double::{Dice, Double, Fault, Survives};

/// What the ledger needs of a disk.
pub trait Storage: Debug + Send + Sync {
    /// Makes a directory that only its owner can enter, unless it is there already, and makes its name durable, whoever
    /// made it.
    ///
    /// # Errors
    /// What the system says.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// A name for a directory that is the same however it was come by, and is no other directory's that this process
    /// can reach through any storage.
    ///
    /// # Errors
    /// What the system says.
    fn place(&self, dir: &Path) -> io::Result<PathBuf>;

    /// The names in a directory, in no order.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::NotFound`] where there is none.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// The whole of a file.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, file: &Path) -> io::Result<Vec<u8>>;

    /// At most `most` bytes of a file, from `offset` on; fewer only where the file ends.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, file: &Path, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(file)?.into_iter();
        Ok(bytes.skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(most).collect())
    }

    /// The last `most` bytes of a file; all of it where it has no more.
    ///
    /// # Errors
    /// What the system says.
    fn read_end(&self, file: &Path, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(file)?;
        Ok(bytes.split_off(bytes.len().saturating_sub(most)))
    }

    /// Makes an empty file that only its owner can read, or takes up one that is there and empty. Its *name* is durable
    /// only after [`Storage::sync_dir`].
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] where there is one that is not empty.
    fn create(&self, file: &Path) -> io::Result<Box<dyn Append>>;

    /// Makes a small file with these bytes, whole or not at all, durable with its name. It may leave a file named
    /// [`UNFINISHED`] behind when it fails.
    ///
    /// # Errors
    /// What the system says.
    fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written to a file durable, whoever wrote it.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&self, file: &Path) -> io::Result<()>;

    /// Opens a file that is there, in order to overwrite bytes of it.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, file: &Path) -> io::Result<Box<dyn Overwrite>>;

    /// Removes a file, and makes that durable.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::NotFound`] where there is none.
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Makes the names in a directory durable.
    ///
    /// # Errors
    /// What the system says.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Locks a file, making it if need be; `None` where another holder has it. Dropping the guard unlocks it.
    ///
    /// # Errors
    /// What the system says.
    fn lock(&self, file: &Path) -> io::Result<Option<Lock>>;
}

/// The name under which [`Storage::put`] writes before it renames.
pub const UNFINISHED: &str = ".unfinished";

/// A held lock; dropping it lets go.
pub type Lock = Box<dyn Debug + Send>;

/// An open file that only grows.
pub trait Append: Debug + Send {
    /// Writes all bytes at the end. After an error nobody knows how many of them are there.
    ///
    /// # Errors
    /// What the system says.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written so far durable.
    ///
    /// # Errors
    /// What the system says. The file must then not be written again.
    fn sync(&mut self) -> io::Result<()>;
}

/// An open file whose bytes are overwritten where they lie. It neither grows nor shrinks.
pub trait Overwrite: Debug {
    /// Writes all bytes from `offset` on. After an error nobody knows which of them are there.
    ///
    /// # Errors
    /// What the system says.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written so far durable.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()>;
}
