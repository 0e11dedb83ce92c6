//! Who signs the ledger's heads: what the builder was told, else what the environment says. It only joins the rooms.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Checkpoints;
use testimony_ledger::checkpoint::key_file::{self, NoKey};
use testimony_record::tlog::{Signer, SigningKey};

/// What the builder was told of checkpoints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signing {
    pub(crate) key: Option<Key>,
    pub(crate) retiring: Option<Key>,
    pub(crate) every: Option<Duration>,
}

/// Where a key is.
#[derive(Clone)]
pub(crate) enum Key {
    File(PathBuf),
    Signer(Arc<dyn Signer>),
}

/// Why nobody signs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotSign {
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error(
        "a retiring checkpoint key was given, and no key that follows it; give one with `checkpoint_key_file`, or take the \
         retiring one away"
    )]
    NoSuccessor,
}

impl Signing {
    /// Joins what the builder was told to what the ledger's options say already, and those to the environment.
    pub(crate) fn join(
        self,
        options: Option<Checkpoints>,
    ) -> Result<Option<Checkpoints>, CannotSign> {
        let retiring = self.retiring.map(Key::signer).transpose()?;
        let given = match self.key.map(Key::signer).transpose()? {
            Some(signer) => Some(Checkpoints::new(signer)),
            None if options.is_some() => options,
            None => key_file::from_environment()?.map(|key| Checkpoints::new(Arc::new(key))),
        };
        let Some(mut checkpoints) = given else {
            return if retiring.is_some() { Err(CannotSign::NoSuccessor) } else { Ok(None) };
        };
        checkpoints.retiring = retiring.or(checkpoints.retiring);
        checkpoints.every = self.every.unwrap_or(checkpoints.every);
        Ok(Some(checkpoints))
    }
}

impl Key {
    fn signer(self) -> Result<Arc<dyn Signer>, NoKey> {
        let arc = |key: SigningKey| Arc::new(key) as Arc<dyn Signer>;
        match self {
            Self::File(path) => key_file::read(path).map(arc),
            Self::Signer(signer) => Ok(signer),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Signer(signer) => f.debug_tuple("Signer").field(&signer.name()).finish(),
        }
    }
}
