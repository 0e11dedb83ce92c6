//! An open ledger: takes a stream, starts the recorder thread, and hands decisions to it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use testimony_record::Uuid;
use testimony_record::entry::{Body, Genesis, Link, Recovered};
use testimony_record::label::Label;
use testimony_record::tlog::{SignatureLine, SignedHead, WitnessKey};
use testimony_record::tree::TreeHash;

use crate::checkpoint::NotCosigned;
use crate::checkpoint::asking::{Called, Line, line};
use crate::checkpoint::checkpointer::Checkpointer;
use crate::checkpoint::cosign::Cosignatures;
use crate::checkpoint::keys::Keys;
use crate::checkpoint::reread::Files;
use crate::error::{NotKept, NotSigned, OpenError};
use crate::layout;
use crate::options::Options;
use crate::storage::{Disk, Lock, Storage, UNFINISHED};
use crate::submission::Submission;
use crate::write::appender::Appender;
use crate::write::health::{Counters, Health};
use crate::write::queue::Queue;
use crate::write::receipt::{Receipt, receipt};
use crate::write::recorder::Recorder;
use crate::write::recovery::{Left, survey};
use crate::write::sealer::Sealer;
use crate::write::shared::{Item, Shared};

/// A ledger that this process writes.
///
/// It owns one stream, held by a file lock, and one thread, with [`Options::checkpoints`] two. Dropping it closes it, and
/// waits for what is still queued.
pub struct Ledger {
    shared: Arc<Shared>,
    path: PathBuf,
    stream: Uuid,
    thread: Mutex<Option<JoinHandle<Result<(), NotKept>>>>,
    /// To the checkpointer, where there is one and until it is closed.
    line: Mutex<Option<Line>>,
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
        let keys = options.checkpoints.as_ref().map(|checkpoints| Keys::new(checkpoints, stream));
        let keys = keys.transpose().map_err(OpenError::Key)?;
        let shared = Shared {
            queue: Queue::new(options.queue_bytes),
            counters: Counters::default(),
            options,
        };
        let shared = Arc::new(shared);
        let files = Files { storage: Arc::clone(&storage), ledger: path.to_owned(), stream };
        let key = keys.as_ref().map(Keys::label);
        let mut recorder =
            begin_session(storage, path, (stream, lock), left, key, &shared).map_err(io)?;
        if let Some(keys) = keys {
            recorder.line = Some(start_checkpointer(&shared, files, keys).map_err(io)?);
        }
        let line = Mutex::new(recorder.line.clone());
        let thread = std::thread::Builder::new().name("testimony-recorder".to_owned());
        let thread = Mutex::new(Some(thread.spawn(move || recorder.run()).map_err(io)?));
        Ok(Self { shared, path: path.to_owned(), stream, thread, line })
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

    /// Like [`Ledger::submit`], and gives a receipt that can be waited for.
    ///
    /// # Errors
    /// As [`Ledger::submit`].
    pub fn record(&self, submission: impl Submission + 'static) -> Result<Receipt, NotKept> {
        let (promise, receipt) = receipt();
        let size = submission.size();
        self.shared.push(Item::Record(Box::new(submission), Some(promise)), size, true)?;
        Ok(receipt)
    }

    /// Waits until everything submitted so far is on disk, as durable as the level makes it.
    ///
    /// # Errors
    /// When the ledger is poisoned or closed.
    pub fn flush(&self) -> Result<(), NotKept> {
        let (promise, receipt) = receipt();
        let flush = Item::Flush(promise);
        let pushed = self.shared.queue.push(flush, 0, true, Duration::MAX);
        pushed.map_err(|_| NotKept::Closed)?;
        receipt.wait().map(|_| ())
    }

    /// Signs the head of the stream now: everything submitted so far is synced, read again from disk, signed, and the
    /// checkpoint put on record. Waits for all of that, and as long as the signer takes.
    ///
    /// # Errors
    /// When there is no key, it gives no signature, or what is on disk is not what was written.
    pub fn checkpoint(&self) -> Result<SignedHead, NotSigned> {
        self.line()?.now()
    }

    /// Puts on record what witnesses say of the newest checkpoint of this session: the same head again, with their `lines`,
    /// each of which must be a cosignature of it by one of `witnesses`.
    ///
    /// # Errors
    /// When a newer checkpoint is on record, a line does not verify, or the ledger is closed.
    pub fn cosign(
        &self,
        size: u64,
        root: &TreeHash,
        lines: &[SignatureLine],
        witnesses: &[WitnessKey],
    ) -> Result<SignedHead, NotCosigned> {
        let (lines, witnesses) = (lines.to_vec(), witnesses.to_vec());
        let line = self.line().map_err(NotCosigned::NotSigned)?;
        line.cosign(Cosignatures { size, root: *root, lines, witnesses })
    }

    fn line(&self) -> Result<Line, NotSigned> {
        if self.shared.options.checkpoints.is_none() {
            return Err(NotSigned::NoKey);
        }
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.clone().ok_or(NotSigned::Closed)
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

    /// Refuses new decisions, writes and syncs what waits, puts the stream down with a `close` entry, and signs that, where
    /// there is a key, waiting at most [`Checkpoints::patience`](crate::Checkpoints::patience) for the signature.
    ///
    /// # Errors
    /// When something that was submitted could not be kept. [`NotKept::LastCheckpoint`]: all of it is kept, and unsigned.
    pub fn close(&self) -> Result<(), NotKept> {
        self.shared.queue.close();
        drop(self.line.lock().unwrap_or_else(PoisonError::into_inner).take());
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
    key: Option<Label>,
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
    appender.entry(Body::Genesis(genesis(options, key, continues)));
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
        asked: Vec::new(),
        sync_wanted: false,
        line: None,
        decisions: 0,
        unsynced_since: None,
        poison: None,
        _lock: lock,
    })
}

/// A thread of its own, because reading again and signing may take long.
fn start_checkpointer(shared: &Arc<Shared>, files: Files, keys: Keys) -> io::Result<Line> {
    let (line, called): (Line, Called) = line();
    let every = shared.options.checkpoints.as_ref().map_or(Duration::MAX, |options| options.every);
    let checkpointer = Checkpointer::new(Arc::clone(shared), files, keys, called, every);
    let thread = std::thread::Builder::new().name("testimony-checkpointer".to_owned());
    // It ends with the last line to it, or when the last checkpoint is signed; a signer that never answers must not
    // keep anyone who closes.
    thread.spawn(move || checkpointer.run())?;
    Ok(line)
}

fn genesis(options: &Options, key: Option<Label>, continues: Option<Link>) -> Genesis {
    Genesis {
        service: options.service.clone(),
        instance: options.instance.clone(),
        writer: Label::new(concat!("testimony ", env!("CARGO_PKG_VERSION"))),
        key,
        durability: options.durability,
        max_content_bytes: options.content_limit() as u64,
        continues,
    }
}
