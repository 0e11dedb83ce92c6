//! What can be set about checkpoints, with the defaults and what they cost.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use testimony_record::tlog::Signer;

/// Who signs the heads of the stream, and how often.
///
/// ```
/// use std::sync::Arc;
/// use testimony_ledger::{Checkpoints, Ledger, Options};
/// use testimony_record::tlog::SigningKey;
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path().join("ledger");
/// # let seed = [7; 32]; // in earnest from `testimony key new`
/// let key = SigningKey::from_seed("example.com/loan-desk", seed)?;
/// let checkpoints = Some(Checkpoints::new(Arc::new(key)));
/// let ledger = Ledger::open(&dir, Options { checkpoints, ..Options::default() })?;
/// let head = ledger.checkpoint()?;
/// assert_eq!(head.origin(), format!("example.com/loan-desk/{}", ledger.stream()));
/// ledger.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Checkpoints {
    /// Signs. Its name and the stream's id make the origin of the notes.
    pub signer: Arc<dyn Signer>,
    /// The key before this one: it signs the first checkpoint of the session as well, which covers the `genesis` that
    /// names the new key, and so vouches for it. Without it a changed key is on record, but nobody vouches for it.
    pub retiring: Option<Arc<dyn Signer>>,
    /// How often, also while nothing is recorded. Default: 60 s, which at about 900 bytes a checkpoint is some 1.3 MB a day.
    /// What was recorded since the last one that somebody outside keeps can be rewritten unnoticed. [`Duration::MAX`]: only
    /// when asked and at close.
    pub every: Duration,
    /// How long closing waits for the last checkpoint. Default: 5 s. After that the ledger is closed without it.
    pub patience: Duration,
}

impl Checkpoints {
    /// With the defaults.
    #[must_use]
    pub fn new(signer: Arc<dyn Signer>) -> Self {
        let (every, patience) = (Duration::from_mins(1), Duration::from_secs(5));
        Self { signer, retiring: None, every, patience }
    }
}

impl fmt::Debug for Checkpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoints")
            .field("signer", &self.signer.name())
            .field("retiring", &self.retiring.as_ref().map(|signer| signer.name()))
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
