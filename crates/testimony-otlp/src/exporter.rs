//! The exporter as its owner holds it: start, look, stop. The work is done on its thread.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use testimony_ledger::read::directory::{CouldNotRead, Directory};

use crate::courier::Courier;
use crate::desk::Desk;
use crate::destination::{CannotKeep, Destination, ends};
use crate::environment::Environment;
use crate::follower::Follower;
use crate::mapping::{Conventions, Mapper};
use crate::options::{Begin, Options};
use crate::resource::resource;
use crate::rota::Rota;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::target::Target;
use crate::transport;

/// How long a dropped exporter goes on.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// Why an exporter could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotStarted {
    /// There is nothing to follow.
    #[error("cannot follow the ledger")]
    Ledger(#[from] CouldNotRead),
    /// What lies beside the ledger cannot be read or written.
    #[error(transparent)]
    Keep(#[from] CannotKeep),
    /// The endpoint, a header or the protocol is not usable.
    #[error("cannot export: {0}")]
    Configuration(String),
    /// The system gives no thread.
    #[error("cannot start the exporter's thread")]
    Thread(#[source] io::Error),
}

/// Not everything that the ledger holds had been delivered when the exporter had to stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not everything was delivered in time{}", .trouble.as_deref().map(|t| format!(": {t}")).unwrap_or_default())]
pub struct NotDelivered {
    /// What stood in the way last, if anything did.
    pub trouble: Option<String>,
}

/// Follows a ledger and exports its entries, on a thread of its own.
///
/// Dropping it is [`Exporter::shutdown`] within one second.
pub struct Exporter {
    shared: Arc<Shared>,
    destination: Destination,
}

impl Exporter {
    /// Starts to export a ledger, from where the last export to the same endpoint stood.
    ///
    /// `wait` is [`Ledger::wait_for_commit`](testimony_ledger::Ledger::wait_for_commit), or something like it: given the
    /// number of the newest commit that is known, it waits at most so long and returns the number of the newest one.
    ///
    /// # Errors
    /// When the directory is no ledger or nothing can be kept in it, the configuration is not usable, or the system gives
    /// no thread.
    pub fn start(
        ledger: impl AsRef<Path>,
        options: Options,
        wait: impl Fn(u64, Duration) -> u64 + Send + 'static,
    ) -> Result<Self, NotStarted> {
        let ledger = Directory::open(ledger)?;
        let environment = Environment::of_process();
        let target = Target::of(&options, &environment);
        // Looked at on this thread: what the caller records after this call is exported, however late the other begins.
        let before = if options.begin == Begin::Now { ends(&ledger)? } else { BTreeMap::new() };
        let destination = Destination::take_up(&ledger, &target.name(), before)?;
        let shared = Arc::<Shared>::default();
        let content = options.content.unwrap_or_else(|| environment.asks_for_content());
        let conventions = options.conventions.unwrap_or_else(|| environment.conventions());
        let metrics = Target::of_metrics(&options, environment);
        let work = Work {
            shared: Arc::clone(&shared),
            ledger,
            destination: destination.clone(),
            target,
            metrics,
            content,
            conventions,
            options,
            wait,
        };
        let (ready, started) = sync_channel(1);
        let builder = thread::Builder::new().name("testimony-otlp".to_owned());
        builder.spawn(move || work.run(&ready)).map_err(NotStarted::Thread)?;
        let died = || NotStarted::Configuration("the exporter's thread died".to_owned());
        started.recv().map_err(|_| died())??;
        Ok(Self { shared, destination })
    }

    /// How it is doing.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.counters.stats()
    }

    /// What stands in the way, while something does: the last answer of the endpoint, or of the file system.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.shared.trouble()
    }

    /// What is kept of the endpoint beside the ledger: how far each stream has come, and what was set aside.
    #[must_use]
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Delivers what the ledger holds, and ends. Returns at the latest after `deadline`; a request that is under
    /// way then is left to itself. Close or flush the ledger first, so that it holds everything.
    ///
    /// # Errors
    /// When time ran out. What was not delivered is delivered by the next export to the same endpoint.
    pub fn shutdown(&self, deadline: Duration) -> Result<(), NotDelivered> {
        let deadline = self.stop_by(deadline);
        match self.shared.signal.wait_finished(deadline) {
            Some(true) => Ok(()),
            _ => Err(NotDelivered { trouble: self.trouble() }),
        }
    }

    /// Begins a [`shutdown`](Self::shutdown) and does not wait for it. Said twice, the earlier deadline stands.
    pub fn stop_within(&self, deadline: Duration) {
        self.stop_by(deadline);
    }

    fn stop_by(&self, deadline: Duration) -> Instant {
        let now = Instant::now();
        let deadline = now.checked_add(deadline).unwrap_or(now + Duration::from_hours(24));
        self.shared.signal.stop_by(deadline)
    }

    /// Waits at most so long for a shutdown that was begun; `None` while it goes on.
    #[must_use]
    pub fn wait_stopped(&self, patience: Duration) -> Option<Result<(), NotDelivered>> {
        let complete = self.shared.signal.wait_finished(Instant::now() + patience)?;
        let not_delivered = || NotDelivered { trouble: self.trouble() };
        Some(if complete { Ok(()) } else { Err(not_delivered()) })
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // Whoever wants to know calls `shutdown`.
        let _ = self.shutdown(LAST_MOMENT);
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// What the thread starts from.
struct Work<W> {
    shared: Arc<Shared>,
    ledger: Directory,
    destination: Destination,
    target: Target,
    metrics: Option<Target>,
    content: bool,
    conventions: Conventions,
    options: Options,
    wait: W,
}

/// However the thread ends, whoever waits for it learns so.
struct FinishOnDrop(Arc<Shared>);

impl Drop for FinishOnDrop {
    fn drop(&mut self) {
        self.0.signal.finish(false);
    }
}

impl<W: Fn(u64, Duration) -> u64> Work<W> {
    fn run(self, ready: &SyncSender<Result<(), NotStarted>>) {
        let finish = FinishOnDrop(Arc::clone(&self.shared));
        // The client's own spans and logs must not become telemetry that is exported in turn.
        let _quiet = Context::enter_telemetry_suppressed_scope();
        match self.follower() {
            Ok(follower) => {
                let _ = ready.send(Ok(()));
                let complete = follower.run();
                finish.0.close_meters();
                finish.0.signal.finish(complete);
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    }

    fn follower(self) -> Result<Follower<W>, NotStarted> {
        let Self { shared, ledger, destination, target, metrics, .. } = self;
        let Self { content, conventions, options, wait, .. } = self;
        let resource = resource(options.service.as_deref());
        let transport = transport::open(&target, &resource).map_err(NotStarted::Configuration)?;
        if let Some(unheeded) = target.unheeded {
            shared.note(unheeded);
        }
        if let Some(target) = metrics {
            shared.open_meters(&target, resource, conventions);
        }
        let has_accepted = destination.has_accepted(&ledger);
        let aside = destination.clone();
        let put_aside = Box::new(move |set_aside: &_| aside.put_aside(set_aside));
        let courier = Courier::new(transport, Arc::clone(&shared), put_aside, has_accepted);
        let desk = Desk::new(shared, destination, courier, Mapper::new(conventions), content);
        let anew = options.begin == Begin::Anew;
        let rota = Rota::new(ledger.path().to_owned(), options.stream, anew);
        Ok(Follower { rota, desk, wait, linger: options.linger })
    }
}
