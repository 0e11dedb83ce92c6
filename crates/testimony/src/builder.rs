//! Setting up: a ledger, a layer that feeds it, and the exporter where one is asked for. It only joins the rooms.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use testimony_capture::{Heard, Layer, Settings, Sink};
use testimony_ledger::{
    Durability, Health, Ledger, NotKept, OnTrouble, OpenError, Options, Submission,
};
use testimony_record::label::Label;
use testimony_record::unsealed::Unsealed;

use crate::export::{Export, NotDelivered, NotStarted, current_trace_context};
use crate::witnesses::{Asked, NotAsked, NotWitnessed, Wanted};

/// An open flight recorder. Dropping it closes it.
#[derive(Debug)]
#[must_use = "dropping it closes the ledger"]
pub struct Testimony {
    ledger: Arc<Ledger>,
    layer: Layer,
    export: Export,
    witnesses: Asked,
}

/// Why a recorder could not be set up, or could not keep what it was given.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Failed(#[from] Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    NotKept(#[from] NotKept),
    #[error(transparent)]
    NotStarted(NotStarted),
    #[error(transparent)]
    NotDelivered(NotDelivered),
    #[error(transparent)]
    NotAsked(NotAsked),
    #[error(transparent)]
    NotWitnessed(NotWitnessed),
}

impl Testimony {
    /// Opens the ledger in a directory, making it if need be, with defaults.
    ///
    /// # Errors
    /// When the directory is something else, or the system refuses.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Failed> {
        Self::builder().directory(directory.as_ref()).open()
    }

    /// Begins with defaults: directory `./testimony-ledger`, a sync at least every 100 ms.
    pub fn builder() -> Builder {
        Builder {
            directory: PathBuf::from("testimony-ledger"),
            options: Options::default(),
            settings: Settings::default(),
            witnesses: Wanted::default(),
        }
    }

    /// The layer to add to a `tracing` subscriber.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer.clone()
    }

    /// The ledger, for receipts and for its own API.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How the recorder is doing; [`Health::lost`] says how blind it is.
    #[must_use]
    pub fn health(&self) -> Health {
        self.ledger.health()
    }

    /// Waits until everything said so far is on disk.
    ///
    /// # Errors
    /// When the ledger cannot be written any more.
    pub fn flush(&self) -> Result<(), Failed> {
        self.ledger.flush().map_err(|error| Kind::from(error).into())
    }

    /// Writes and syncs what waits, and puts the ledger down in good order. Where decisions are exported, waits at most
    /// five seconds for the endpoint; where there are witnesses, first as long for their word on what was recorded so far.
    ///
    /// # Errors
    /// When something could not be kept, or not be delivered or cosigned in time; the ledger then holds it all the same.
    pub fn close(self) -> Result<(), Failed> {
        // Only an open ledger can put a cosignature on record.
        let witnessed = self.witnesses.finish();
        self.ledger.close().map_err(Kind::from)?;
        self.export.finish().map_err(Kind::NotDelivered)?;
        witnessed.map_err(|error| Kind::NotWitnessed(error).into())
    }

    /// How it stands with each witness of [`Builder::witnesses`].
    #[cfg(feature = "witness")]
    #[must_use]
    pub fn witnesses(&self) -> Vec<testimony_witness::Standing> {
        self.witnesses.standings()
    }
}

impl Drop for Testimony {
    /// The layer keeps the ledger alive in a global subscriber, so that dropping alone would not close it.
    fn drop(&mut self) {
        let _ = self.ledger.close();
    }
}

/// What can be set.
#[derive(Debug, Clone)]
#[must_use = "call `.open()`"]
pub struct Builder {
    directory: PathBuf,
    options: Options,
    settings: Settings,
    witnesses: Wanted,
}

impl Builder {
    /// Where the ledger lies.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// The service's name (`service.name`), for the ledger and the exported spans.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.options.service = Some(Label::from(name.into()));
        self
    }

    /// When the file is synced, and so what a crash of the machine can cost.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.options.durability = durability;
        self
    }

    /// Syncs at least so often: the most that a crash of the machine can cost.
    pub fn sync_every(self, interval: Duration) -> Self {
        self.durability(Options::interval(interval))
    }

    /// Called when the recorder is in trouble. It must not block.
    pub fn on_trouble(mut self, callback: OnTrouble) -> Self {
        self.options.on_trouble = Some(callback);
        self
    }

    /// All that the ledger can be set to.
    pub fn ledger_options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    /// All that capture can be set to.
    pub fn capture_settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Shows each checkpoint to the witnesses of a policy that have an address there, and records their cosignatures. The
    /// ledger must have a key that signs checkpoints ([`Options::checkpoints`]).
    #[cfg(feature = "witness")]
    pub fn witnesses(mut self, policy: testimony_record::tlog::Policy) -> Self {
        self.witnesses.policy = Some(policy);
        self
    }

    /// All that can be set about asking witnesses.
    #[cfg(feature = "witness")]
    pub fn witness_options(mut self, change: impl FnOnce(&mut testimony_witness::Options)) -> Self {
        change(&mut self.witnesses.options);
        self
    }

    /// Opens the ledger and starts its thread, and the exporter's where the environment names an OTLP endpoint.
    ///
    /// # Errors
    /// When the directory is something else, the system refuses, or the `OTEL_*` variables or the witnesses make no sense.
    pub fn open(mut self) -> Result<Testimony, Failed> {
        let service = self.options.service.as_ref().map(ToString::to_string);
        self.settings.trace.get_or_insert(current_trace_context);
        let signs = self.options.checkpoints.is_some();
        let ledger = Arc::new(Ledger::open(&self.directory, self.options).map_err(Kind::from)?);
        let export = Export::start(&ledger, service).map_err(Kind::NotStarted)?;
        let witnesses = self.witnesses.start(&ledger, signs).map_err(Kind::NotAsked)?;
        let layer = Layer::new(ToLedger(Arc::clone(&ledger)), self.settings);
        Ok(Testimony { ledger, layer, export, witnesses })
    }
}

/// Hands to the ledger what the layer heard.
struct ToLedger(Arc<Ledger>);

impl Sink for ToLedger {
    fn submit(&self, heard: Heard) {
        // The ledger has counted the loss; the caller can do nothing about it.
        let _ = self.0.submit(Handed(heard));
    }
}

struct Handed(Heard);

impl Submission for Handed {
    fn size(&self) -> usize {
        self.0.size()
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        self.0.unseal()
    }
}
