//! What can be set, with the defaults and their units.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use testimony_record::tlog::WitnessKey;

use crate::trouble::Trouble;

/// What is called when a witness did not cosign.
pub type OnTrouble = Arc<dyn Fn(&WitnessKey, &Trouble) + Send + Sync>;

/// How witnesses are asked.
#[derive(Clone)]
pub struct Options {
    /// How long one request may take, from the look-up of the name to the last byte. Default: 5 s.
    pub timeout: Duration,
    /// How often the ledger is looked at for a new checkpoint. Default: 1 s.
    pub look_every: Duration,
    /// Called on the client's thread for each checkpoint that a witness did not cosign. It must not block.
    pub on_trouble: Option<OnTrouble>,
}

impl Default for Options {
    fn default() -> Self {
        let (timeout, look_every) = (Duration::from_secs(5), Duration::from_secs(1));
        Self { timeout, look_every, on_trouble: None }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("timeout", &self.timeout)
            .field("look_every", &self.look_every)
            .finish_non_exhaustive()
    }
}
