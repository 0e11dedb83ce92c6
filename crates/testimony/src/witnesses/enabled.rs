//! Witnesses, with the feature `witness`: they are asked where a policy was given.

use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Ledger;
use testimony_record::tlog::Policy;
pub(crate) use testimony_witness::NotWitnessed;
use testimony_witness::{Endpoint, NoEndpoint, NotStarted, Options, Standing, Witnesses};

/// How long closing waits for the witnesses.
const DEADLINE: Duration = Duration::from_secs(5);

/// Why witnesses cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAsked {
    #[error("there is nothing to cosign: the ledger has no key that signs checkpoints")]
    NoKey,
    #[error(transparent)]
    NoEndpoint(#[from] NoEndpoint),
    #[error(transparent)]
    NotStarted(#[from] NotStarted),
}

/// What the builder was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) policy: Option<Policy>,
    pub(crate) options: Options,
}

/// The witnesses, where there are any.
#[derive(Debug)]
pub(crate) struct Asked(Option<Witnesses>);

impl Wanted {
    pub(crate) fn start(self, ledger: &Arc<Ledger>, signs: bool) -> Result<Asked, NotAsked> {
        let Some(policy) = self.policy else { return Ok(Asked(None)) };
        if !signs {
            return Err(NotAsked::NoKey);
        }
        let endpoints = Endpoint::of_policy(&policy)?;
        Ok(Asked(Some(Witnesses::start(ledger, &endpoints, &self.options)?)))
    }
}

impl Asked {
    pub(crate) fn standings(&self) -> Vec<Standing> {
        self.0.as_ref().map(Witnesses::standings).unwrap_or_default()
    }

    pub(crate) fn finish(&self) -> Result<(), NotWitnessed> {
        self.0.as_ref().map_or(Ok(()), |witnesses| witnesses.finish(DEADLINE))
    }
}
