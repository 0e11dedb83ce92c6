//! Export, with the feature `otlp`: it starts where the code or the environment names an endpoint.

use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Ledger;
use testimony_otlp::{Exporter, Options, Stats};
pub(crate) use testimony_otlp::{
    NotDelivered, NotStarted, current_trace_context, exported_trace_context,
};

/// How long closing waits for the endpoint.
const DEADLINE: Duration = Duration::from_secs(5);

/// What the builder was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) options: Options,
}

/// The exporter, where there is one.
#[derive(Debug)]
pub(crate) struct Export(Option<Exporter>);

impl Wanted {
    pub(crate) fn start(
        self,
        ledger: &Arc<Ledger>,
        service: Option<String>,
    ) -> Result<Export, NotStarted> {
        let mut options = self.options;
        if !options.asked_for() {
            return Ok(Export(None));
        }
        options.stream = Some(ledger.stream());
        options.service = options.service.or(service);
        let followed = Arc::clone(ledger);
        let wait = move |seen, patience| followed.wait_for_commit(seen, patience);
        Exporter::start(ledger.path(), options, wait).map(|exporter| Export(Some(exporter)))
    }
}

impl Export {
    pub(crate) fn stats(&self) -> Option<Stats> {
        self.0.as_ref().map(Exporter::stats)
    }

    pub(crate) fn finish(&self) -> Result<(), NotDelivered> {
        self.0.as_ref().map_or(Ok(()), |exporter| exporter.shutdown(DEADLINE))
    }
}
