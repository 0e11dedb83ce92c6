//! The real disk. One system call or two behind each name; nothing is cached and nothing retried.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{Append, Lock, Overwrite, Storage, UNFINISHED};

/// How often a lock is asked for while only readers hold it.
const READERS_PATIENCE: u32 = 100_000;

/// The file system of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Storage for Disk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        match private_dir().create(dir) {
            Ok(()) => self.sync_dir(parent),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {
                // One that an earlier process made may not be durable yet. Where we may not even look, somebody else
                // made it, long ago.
                match self.sync_dir(parent) {
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                    result => result,
                }
            }
            Err(error) => Err(error),
        }
    }

    fn place(&self, dir: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let names =
            fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        fs::read(file)
    }

    fn read_end(&self, file: &Path, most: usize) -> io::Result<Vec<u8>> {
        let mut open = File::open(file)?;
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        open.seek(SeekFrom::Start(open.metadata()?.len().saturating_sub(most)))?;
        let mut bytes = Vec::new();
        open.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_at(&self, file: &Path, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(file)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&self, file: &Path) -> io::Result<Box<dyn Append>> {
        let open = private_file().append(true).create(true).open(file)?;
        if open.metadata()?.len() > 0 {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        Ok(Box::new(open))
    }

    fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let unfinished = file.with_file_name(UNFINISHED);
        let mut open = locked(&unfinished)?;
        open.set_len(0)?;
        open.write_all(bytes)?;
        open.sync_all()?;
        fs::rename(unfinished, file)?;
        self.sync_dir(file.parent().unwrap_or(Path::new(".")))
    }

    fn sync(&self, file: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).open(file)?.sync_data()
    }

    fn open(&self, file: &Path) -> io::Result<Box<dyn Overwrite>> {
        Ok(Box::new(OpenOptions::new().write(true).open(file)?))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)?;
        self.sync_dir(file.parent().unwrap_or(Path::new(".")))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        sync_directory(dir)
    }

    fn lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        let file = private_file().write(true).create(true).truncate(false).open(file)?;
        for _ in 0..READERS_PATIENCE {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Box::new(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            // Whoever asks whether a stream is live holds the lock shared for an instant; a writer holds it alone.
            match file.try_lock_shared() {
                Ok(()) => std::thread::yield_now(),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => return Ok(None),
            }
        }
        Ok(None)
    }
}

impl Append for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

impl Overwrite for File {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Several processes may make the same file at once. Whoever waited for the lock finds that what it has open is no longer
/// under that name, and begins again.
fn locked(path: &Path) -> io::Result<File> {
    loop {
        let file = private_file().write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        if is_at(&file, path)? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let open = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (open.dev(), open.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere an open file cannot lose its name.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn private_dir() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(unix)]
fn private_file() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn private_dir() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

#[cfg(not(unix))]
fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// Elsewhere a directory cannot be opened in order to sync it; names are as durable as the system makes them.
#[cfg(not(unix))]
fn sync_directory(_dir: &Path) -> io::Result<()> {
    Ok(())
}
