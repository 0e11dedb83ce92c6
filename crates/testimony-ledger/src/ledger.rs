//! An open ledger: takes a stream, starts the recorder thread, and hands decisions to it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use testimony_record::Uuid;
use testimony_record::entry::{Body, Genesis, Recovered};
use testimony_record::kept::NotKept;
use testimony_record::label::Label;

use crate::error::OpenError;
use crate::layout;
use crate::options::Options;
use crate::storage::{Disk, Lock, Storage, UNFINISHED};
use crate::submission::Submission;
use crate::write::appender::Appender;
use crate::write::health::{Counters, Health};
use crate::write::queue::Queue;
use crate::write::receipt::{Promised, Receipt, receipt};
use crate::write::recorder::Recorder;
use crate::write::recovery::{Left, survey};
use crate::write::sealer::Sealer;
use crate::write::shared::{Item, Shared};

/// A ledger that this process writes.
///
/// It owns one stream, held by a file lock, and one thread. Dropping it closes it, and waits for what is still queued.
pub struct Ledger {
    shared: Arc<Shared>,
    path: PathBuf,
    stream: Uuid,
    thread: Mutex<Option<JoinHandle<Result<(), NotKept>>>>,
}

impl Ledger {
    /// Opens a directory for writing, making it if need be: takes up a stream whose writer is gone, or begins one.
    ///
    /// Costs reading the last segment of that stream, never the whole ledger. What a crash left torn is put on record.
    ///
    /// # Errors
    /// When the directory is something else, or the system refuses.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        Self::open_on(Arc::new(Disk), path.as_ref(), options)
    }

    /// [`Ledger::open`] on a storage of the caller's.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_on(
        storage: Arc<dyn Storage>,
        path: &Path,
        options: Options,
    ) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io { path: path.to_owned(), source };
        prepare(&*storage, path)?;
        let (stream, lock) = take_stream(&*storage, path, &options).map_err(io)?;
        let left = survey(&*storage, path, stream).map_err(io)?;
        let shared = Shared {
            queue: Queue::new(options.queue_bytes),
            counters: Counters::default(),
            options,
        };
        let shared = Arc::new(shared);
        let recorder = begin_session(storage, path, (stream, lock), left, &shared).map_err(io)?;
        let thread = std::thread::Builder::new().name("testimony-recorder".to_owned());
        let thread = Mutex::new(Some(thread.spawn(move || recorder.run()).map_err(io)?));
        Ok(Self { shared, path: path.to_owned(), stream, thread })
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The stream that this process writes.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        self.stream
    }

    /// Hands over a decision or an outcome and goes on. Blocks only while the queue is full, and then at most
    /// [`Options::wait_when_full`].
    ///
    /// # Errors
    /// [`NotKept::Full`] or [`NotKept::Closed`]; the loss has then been counted, and a `gap` entry will tell of it.
    pub fn submit(&self, submission: impl Submission + 'static) -> Result<(), NotKept> {
        let size = submission.size();
        self.shared.push(Item::Record(Box::new(submission), None), size, false)
    }

    /// Like [`Ledger::submit`], and gives a receipt that can be waited for. Under [`Durability::Os`] it is answered
    /// without a sync.
    ///
    /// [`Durability::Os`]: testimony_record::entry::Durability::Os
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub fn record(&self, submission: impl Submission + 'static) -> Result<Receipt, NotKept> {
        self.promise(submission, Promised::TheLevel)
    }

    /// Like [`Ledger::record`], and the receipt is answered only after a sync, whatever the ledger's level. One sync
    /// serves all that wait.
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub fn record_durable(
        &self,
        submission: impl Submission + 'static,
    ) -> Result<Receipt, NotKept> {
        self.promise(submission, Promised::ASync)
    }

    fn promise(
        &self,
        submission: impl Submission + 'static,
        promised: Promised,
    ) -> Result<Receipt, NotKept> {
        let (promise, receipt) = receipt(promised);
        let size = submission.size();
        self.shared.push(Item::Record(Box::new(submission), Some(promise)), size, true)?;
        Ok(receipt)
    }

    /// Waits until everything submitted so far is on disk, as durable as the level makes it.
    ///
    /// # Errors
    /// When the ledger is poisoned or closed.
    pub fn flush(&self) -> Result<(), NotKept> {
        let (promise, receipt) = receipt(Promised::TheLevel);
        let flush = Item::Flush(promise);
        let pushed = self.shared.queue.push(flush, 0, true, Duration::MAX);
        pushed.map_err(|_| NotKept::Closed)?;
        receipt.wait().map(|_| ())
    }

    /// Counters of the recorder's own troubles.
    #[must_use]
    pub fn health(&self) -> Health {
        self.shared.counters.health(self.shared.queue.waiting_bytes())
    }

    /// Waits until something has been committed after commit number `seen`, at most for `patience`. Returns the number
    /// of the newest commit, to be handed in next time.
    #[must_use]
    pub fn wait_for_commit(&self, seen: u64, patience: Duration) -> u64 {
        self.shared.counters.wait_beyond(seen, patience)
    }

    /// Refuses new decisions, writes and syncs what waits, and puts the stream down with a `close` entry.
    ///
    /// # Errors
    /// When something that was submitted could not be kept.
    pub fn close(&self) -> Result<(), NotKept> {
        self.shared.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        match thread.map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(NotKept::Panicked),
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // Whoever wants to know calls `close`.
        let _ = self.close();
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("path", &self.path)
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

/// Makes the directory and its marker, or checks that they are ours.
fn prepare(storage: &dyn Storage, path: &Path) -> Result<(), OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let names = match storage.list(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            storage.create_dir(path).map_err(io)?;
            Vec::new()
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(OpenError::NotALedger(path.to_owned()));
        }
        names => names.map_err(io)?,
    };
    if names.iter().all(|name| name == UNFINISHED) {
        return storage.put(&layout::marker(path), layout::MARKER_BYTES).map_err(io);
    }
    match storage.read(&layout::marker(path)) {
        Ok(bytes) if bytes == layout::MARKER_BYTES => Ok(()),
        _ => Err(OpenError::NotALedger(path.to_owned())),
    }
}

/// Takes the newest stream that nobody holds; else begins one.
fn take_stream(storage: &dyn Storage, path: &Path, options: &Options) -> io::Result<(Uuid, Lock)> {
    let mut streams: Vec<Uuid> =
        storage.list(path)?.iter().filter_map(|name| layout::stream_id(name)).collect();
    streams.sort_unstable();
    for stream in streams.into_iter().rev() {
        if let Some(lock) = storage.lock(&layout::lock(path, stream))? {
            return Ok((stream, lock));
        }
    }
    let stream = new_stream(options)?;
    storage.create_dir(&layout::stream(path, stream))?;
    let lock = storage.lock(&layout::lock(path, stream))?;
    Ok((stream, lock.ok_or_else(|| io::Error::other("a stream that was just made is locked"))?))
}

/// A `UUIDv7` from the ledger's own clock and randomness.
fn new_stream(options: &Options) -> io::Result<Uuid> {
    let mut random = [0; 10];
    (options.sources.random)(&mut random)?;
    let millis = (options.sources.now_us)() / 1000;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// Puts on record what a crash cut off, and that this process takes the stream up; durable before anything else.
fn begin_session(
    storage: Arc<dyn Storage>,
    path: &Path,
    (stream, lock): (Uuid, Lock),
    left: Left,
    shared: &Arc<Shared>,
) -> io::Result<Recorder> {
    let options = &shared.options;
    let (now_us, segment_bytes) = (options.sources.now_us, options.segment_bytes);
    let mut appender =
        Appender::new(storage, path.to_owned(), stream, left.tip, now_us, segment_bytes);
    appender.roll()?;
    if !left.cuts.is_empty() {
        appender.entry(Body::Recovered(Recovered { cuts: left.cuts }));
    }
    let continues = appender.newest();
    appender.entry(Body::Genesis(genesis(options, continues)));
    appender.write()?;
    appender.sync()?;
    let sealer = Sealer::new(options.remember, options.content_limit(), options.sources.random);
    let (durability, owed) = (options.durability, Vec::new());
    let shared = Arc::clone(shared);
    Ok(Recorder {
        shared,
        appender,
        sealer,
        durability,
        owed,
        decisions: 0,
        unsynced_since: None,
        poison: None,
        _lock: lock,
    })
}

fn genesis(options: &Options, continues: Option<testimony_record::entry::Link>) -> Genesis {
    Genesis {
        service: options.service.clone(),
        instance: options.instance.clone(),
        writer: Label::new(concat!("testimony ", env!("CARGO_PKG_VERSION"))),
        key: None,
        durability: options.durability,
        max_content_bytes: options.content_limit() as u64,
        continues,
    }
}
