//! Writing what a person asked to have in a file: whole or not at all, and never over something else unasked.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::Failure;

const THERE_IS_ONE: &str = "Give another name, or --force to replace it.";

/// Writes a new file, or with `force` replaces one. Only its owner may read it: it can hold what few should see.
pub(crate) fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let written = try_write(path, bytes, force);
    written.map_err(|error| {
        let failure = Failure::cannot_write(path, &error);
        match error.kind() {
            io::ErrorKind::AlreadyExists => failure.advise(THERE_IS_ONE),
            _ => failure,
        }
    })
}

fn try_write(path: &Path, bytes: &[u8], force: bool) -> io::Result<()> {
    if !force && path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(dir.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let kept = if force { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map_err(|error| error.error)?;
    Ok(())
}

/// Writes bytes as they are to standard output. A reader that goes away is no error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Puts a file in place with one step, so that nobody sees half of it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_added_extension(UNFINISHED);
    fs::write(&unfinished, bytes)?;
    fs::rename(&unfinished, path)
}

/// What ends the name of a file that [`replace`] has not yet put in place.
pub(crate) const UNFINISHED: &str = "unfinished";
