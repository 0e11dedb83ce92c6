//! The seam between the ledger and the disk: a few calls, each with its contract.
//!
//! [`Disk`] is the real one. [`Double`] keeps everything in memory, tells written from durable, and fails on request.

mod disk;
mod double;

use std::fmt::Debug;
use std::io;
use std::path::Path;

pub use disk::Disk;
pub use double::{Double, Fault};

/// What the ledger needs of a disk.
pub trait Storage: Debug + Send + Sync {
    /// Makes a directory that only its owner can enter, unless it is there already, and makes its name durable.
    ///
    /// # Errors
    /// What the system says.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

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

    /// Makes a new, empty file that only its owner can read. Its *name* is durable only after [`Storage::sync_dir`].
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] where there is one.
    fn create(&self, file: &Path) -> io::Result<Box<dyn Append>>;

    /// Makes a small file with these bytes, whole or not at all, durable with its name. It may leave a file named
    /// [`UNFINISHED`] behind when it fails.
    ///
    /// # Errors
    /// What the system says.
    fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

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
