//! Export, with the feature `otlp`: it starts where the environment names an endpoint.

use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Ledger;
use testimony_otlp::{Exporter, Options, configured};
pub(crate) use testimony_otlp::{
    NotDelivered, NotStarted, current_trace_context, exported_trace_context,
};

/// How long closing waits for the endpoint.
const DEADLINE: Duration = Duration::from_secs(5);

/// The exporter, where there is one.
#[derive(Debug)]
pub(crate) struct Export(Option<Exporter>);

impl Export {
    pub(crate) fn start(ledger: &Arc<Ledger>, service: Option<String>) -> Result<Self, NotStarted> {
        if !configured() {
            return Ok(Self(None));
        }
        let mut options = Options::default();
        (options.service, options.stream) = (service, Some(ledger.stream()));
        let followed = Arc::clone(ledger);
        let wait = move |seen, patience| followed.wait_for_commit(seen, patience);
        Exporter::start(ledger.path(), options, wait).map(|exporter| Self(Some(exporter)))
    }

    pub(crate) fn finish(&self) -> Result<(), NotDelivered> {
        self.0.as_ref().map_or(Ok(()), |exporter| exporter.shutdown(DEADLINE))
    }
}
