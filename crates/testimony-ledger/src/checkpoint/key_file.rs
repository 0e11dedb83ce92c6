//! Private keys in files and environment variables: where a checkpoint key comes from when no key service holds it.
//!
//! A key that others could have read is refused, and a file that is there is never overwritten.

use std::env::{self, VarError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use testimony_record::tlog::{BadKey, SigningKey};

use crate::options::Sources;

/// The environment variable that holds a private key's text.
pub const KEY_VARIABLE: &str = "TESTIMONY_CHECKPOINT_KEY";

/// The environment variable that names a private key's file.
pub const KEY_FILE_VARIABLE: &str = "TESTIMONY_CHECKPOINT_KEY_FILE";

/// The longest key file that is read, in bytes.
const MOST_BYTES: u64 = 4096;

/// Why there is no private key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoKey {
    /// The system refused.
    #[error("cannot read the key file {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than the owner can read or write the file.
    #[error("others can read the key file {0} (mode {mode:o}): chmod 600 {0}, and if any did, make a new key", .path.display())]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file holds something else.
    #[error("{} holds no private key; `testimony key new` makes one", .path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: BadKey,
    },
    /// The environment variable [`KEY_VARIABLE`] holds something else.
    #[error("{KEY_VARIABLE} holds no private key; `testimony key new` makes one")]
    BadVariable(#[source] BadKey),
    /// An environment variable is not UTF-8, or both are set.
    #[error("set one of {KEY_VARIABLE} and {KEY_FILE_VARIABLE}, in UTF-8")]
    Unclear,
}

/// Why no key file was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotMade {
    /// The name fits no key.
    #[error("{0:?} is no name for a key; take one like example.com/loan-desk")]
    Name(String, #[source] BadKey),
    /// There is a file, and it may be the only copy of a key.
    #[error("{} is there already, and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The system refused.
    #[error("cannot write the key file {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads a private key from a file that only its owner can read.
///
/// # Errors
/// When it cannot be read, is not private, or holds something else.
pub fn read(path: impl AsRef<Path>) -> Result<SigningKey, NoKey> {
    let path = path.as_ref();
    let text = private_text(path)?;
    text.trim_end().parse().map_err(|source| NoKey::Bad { path: path.to_owned(), source })
}

/// The private key that the environment gives: the text in [`KEY_VARIABLE`], or the file that [`KEY_FILE_VARIABLE`] names.
/// `None` where neither is set; an empty variable counts as not set.
///
/// # Errors
/// As [`read`], and when both are set.
pub fn from_environment() -> Result<Option<SigningKey>, NoKey> {
    match (variable(KEY_VARIABLE)?, variable(KEY_FILE_VARIABLE)?) {
        (None, None) => Ok(None),
        (Some(text), None) => text.trim_end().parse().map(Some).map_err(NoKey::BadVariable),
        (None, Some(path)) => read(path).map(Some),
        (Some(_), Some(_)) => Err(NoKey::Unclear),
    }
}

/// Makes a new private key from the system's randomness, in a new file that only its owner can read, synced.
///
/// # Errors
/// When the name fits no key, a file is there already, or the system refuses.
pub fn create(path: impl AsRef<Path>, name: &str) -> Result<SigningKey, NotMade> {
    let path = path.as_ref();
    let io = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => NotMade::Exists(path.to_owned()),
        _ => NotMade::Io { path: path.to_owned(), source },
    };
    let mut seed = [0; 32];
    (Sources::default().random)(&mut seed).map_err(io)?;
    let key =
        SigningKey::from_seed(name, seed).map_err(|error| NotMade::Name(name.to_owned(), error))?;
    let mut file =
        private(OpenOptions::new().write(true).create_new(true)).open(path).map_err(io)?;
    writeln!(file, "{}", key.secret_text()).and_then(|()| file.sync_all()).map_err(io)?;
    Ok(key)
}

fn variable(name: &str) -> Result<Option<String>, NoKey> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(NoKey::Unclear),
    }
}

fn private_text(path: &Path) -> Result<String, NoKey> {
    let io = |source| NoKey::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if let Some(mode) = open_to_others(&metadata) {
        return Err(NoKey::NotPrivate { path: path.to_owned(), mode });
    }
    io::read_to_string(io::Read::take(file, MOST_BYTES)).map_err(io)
}

#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

/// Elsewhere permissions are not three octal digits, and are the owner's to set.
#[cfg(not(unix))]
fn open_to_others(_metadata: &fs::Metadata) -> Option<u32> {
    None
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
