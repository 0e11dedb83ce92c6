//! No export, without the feature `otlp`: the same names, and nothing behind them.

use std::convert::Infallible;
use std::sync::Arc;

use testimony_ledger::Ledger;
use testimony_record::decision::TraceContext;

pub(crate) type NotStarted = Infallible;
pub(crate) type NotDelivered = Infallible;

#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {}

#[derive(Debug)]
pub(crate) struct Export;

impl Wanted {
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same signature as with the feature"
    )]
    pub(crate) fn start(self, _: &Arc<Ledger>, _: Option<String>) -> Result<Export, NotStarted> {
        Ok(Export)
    }
}

impl Export {
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same signature as with the feature"
    )]
    pub(crate) fn finish(&self) -> Result<(), NotDelivered> {
        Ok(())
    }
}

pub(crate) fn current_trace_context() -> Option<TraceContext> {
    None
}

pub(crate) fn exported_trace_context() -> Option<TraceContext> {
    None
}
