//! No witnesses, without the feature `witness`: the same names, and nothing behind them.

use std::convert::Infallible;
use std::sync::Arc;

use testimony_ledger::Ledger;

pub(crate) type NotAsked = Infallible;
pub(crate) type NotWitnessed = Infallible;

#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {}

#[derive(Debug)]
pub(crate) struct Asked;

impl Wanted {
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same signature as with the feature"
    )]
    pub(crate) fn start(self, _: &Arc<Ledger>, _: bool) -> Result<Asked, NotAsked> {
        Ok(Asked)
    }
}

impl Asked {
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same signature as with the feature"
    )]
    pub(crate) fn finish(&self) -> Result<(), NotWitnessed> {
        Ok(())
    }
}
