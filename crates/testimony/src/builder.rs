//! Setting up: a ledger, a layer that feeds it, and the exporter where one is asked for. It only joins the rooms.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use testimony_capture::{Layer, Recorder, Settings};
use testimony_ledger::storage::{Disk, Storage};
use testimony_ledger::{Durability, Health, Ledger, NotKept, OnTrouble, OpenError, Options};
use testimony_record::label::Label;
use testimony_record::tlog::Signer;

use crate::bridge::ToLedger;
use crate::export::{
    self, Export, NotDelivered, NotStarted, current_trace_context, exported_trace_context,
};
use crate::signing::{CannotSign, Key, Signing};
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
    CannotSign(#[from] CannotSign),
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
            signing: Signing::default(),
            export: export::Wanted::default(),
            witnesses: Wanted::default(),
        }
    }

    /// The layer to add to a `tracing` subscriber.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer.clone()
    }

    /// A recorder for decisions and outcomes that are stated by hand. It needs no `tracing` subscriber.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        self.layer.recorder()
    }

    /// The ledger, for its own API.
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
    /// When something could not be kept, or not be signed, delivered or cosigned in time; the ledger then holds it all the
    /// same.
    pub fn close(self) -> Result<(), Failed> {
        // Only an open ledger can put a cosignature on record.
        let witnessed = self.witnesses.finish();
        let closed = self.ledger.close();
        let delivered = self.export.finish();
        closed.map_err(Kind::from)?;
        delivered.map_err(Kind::NotDelivered)?;
        witnessed.map_err(|error| Kind::NotWitnessed(error).into())
    }

    /// How the export is doing: what was sent, how far it is behind. `None` where nothing is exported.
    #[cfg(feature = "otlp")]
    #[must_use]
    pub fn export_stats(&self) -> Option<testimony_otlp::Stats> {
        self.export.stats()
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
    signing: Signing,
    export: export::Wanted,
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

    /// Signs the ledger's heads with the private key in a file, which only its owner may be able to read; `testimony key new`
    /// makes one. Without this and [`Builder::checkpoint_signer`], `TESTIMONY_CHECKPOINT_KEY` can hold the key's text, or
    /// `TESTIMONY_CHECKPOINT_KEY_FILE` name its file.
    pub fn checkpoint_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.signing.key = Some(Key::File(path.into()));
        self
    }

    /// Signs the ledger's heads with a key that the application holds, such as one in a key service.
    pub fn checkpoint_signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.signing.key = Some(Key::Signer(signer));
        self
    }

    /// The key before this one, in a file: it vouches for the new key in the first checkpoint that this signs. Needed once
    /// after a key has been changed, and harmless later.
    pub fn retiring_checkpoint_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.signing.retiring = Some(Key::File(path.into()));
        self
    }

    /// The same, where the application holds the key before this one.
    pub fn retiring_checkpoint_signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.signing.retiring = Some(Key::Signer(signer));
        self
    }

    /// How often heads are signed, also while nothing is recorded. Default: every 60 s. Without a key it is without effect.
    pub fn checkpoint_every(mut self, interval: Duration) -> Self {
        self.signing.every = Some(interval);
        self
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

    /// All that can be set about exporting over OTLP: the endpoint, whether content travels, whose names the attributes have.
    /// Naming an endpoint here starts the export also where the environment names none; `OTEL_SDK_DISABLED` and
    /// `OTEL_TRACES_EXPORTER` can still switch it off.
    ///
    /// ```no_run
    /// # use testimony::Testimony;
    /// let testimony = Testimony::builder()
    ///     .export(|options| options.endpoint = Some("http://collector:4318".to_owned()))
    ///     .open()?;
    /// let behind = testimony.export_stats().map(|stats| stats.lag);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "otlp")]
    pub fn export(mut self, change: impl FnOnce(&mut testimony_otlp::Options)) -> Self {
        change(&mut self.export.options);
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

    /// Opens the ledger and starts its thread, and the exporter's where the environment, or the code, names an
    /// OTLP endpoint.
    ///
    /// # Errors
    /// When the directory is something else, the system refuses, there is a checkpoint key that cannot be used, or the
    /// `OTEL_*` variables or the witnesses make no sense.
    pub fn open(self) -> Result<Testimony, Failed> {
        self.open_on(Arc::new(Disk))
    }

    /// [`Builder::open`] on a storage of the caller's, such as [`Double`](testimony_ledger::storage::Double) in a test.
    /// The exporter and the witnesses' thread read the real disk all the same.
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub fn open_on(mut self, storage: Arc<dyn Storage>) -> Result<Testimony, Failed> {
        let checkpoints = self.options.checkpoints.take();
        self.options.checkpoints = self.signing.join(checkpoints).map_err(Kind::from)?;
        let signs = self.options.checkpoints.is_some();
        let service = self.options.service.as_ref().map(ToString::to_string);
        self.settings.trace.get_or_insert(current_trace_context);
        self.settings.exported.get_or_insert(exported_trace_context);
        let ledger = Ledger::open_on(storage, &self.directory, self.options).map_err(Kind::from)?;
        let ledger = Arc::new(ledger);
        let export = self.export.start(&ledger, service).map_err(Kind::NotStarted)?;
        let witnesses = self.witnesses.start(&ledger, signs).map_err(Kind::NotAsked)?;
        let layer = Layer::new(ToLedger::new(&ledger), self.settings);
        Ok(Testimony { ledger, layer, export, witnesses })
    }
}
