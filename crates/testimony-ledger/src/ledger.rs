//! An open ledger: takes a stream, starts the recorder thread, and hands decisions to it.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Erasure};
use testimony_record::kept::Kept;
use testimony_record::tlog::{SignatureLine, SignedHead, WitnessKey};
use testimony_record::tree::TreeHash;

use crate::checkpoint::NotCosigned;
use crate::checkpoint::asking::{Called, Line, line};
use crate::checkpoint::checkpointer::Checkpointer;
use crate::checkpoint::cosign::Cosignatures;
use crate::checkpoint::keys::Keys;
use crate::checkpoint::reread::Files;
use crate::erase::{EraseError, Erased, HoldError, Own, Run, Scan, Scope, Warrant};
use crate::error::{NotKept, NotSigned, OpenError};
use crate::layout;
use crate::options::Options;
use crate::storage::{Disk, Lock, Storage, UNFINISHED};
use crate::submission::Submission;
use crate::write::health::{Counters, Health};
use crate::write::listing::streams;
use crate::write::losses::Losses;
use crate::write::orphans::settle;
use crate::write::queue::Queue;
use crate::write::receipt::{Promised, Receipt, receipt};
use crate::write::recorder::Recorder;
use crate::write::session::Session;
use crate::write::shared::{Announced, Item, Shared};

/// A ledger that this process writes.
///
/// It owns one stream, held by a file lock, and one thread, with [`Options::checkpoints`] two. Dropping it closes it, and
/// waits for what is still queued.
pub struct Ledger {
    shared: Arc<Shared>,
    storage: Arc<dyn Storage>,
    path: PathBuf,
    stream: Uuid,
    thread: Mutex<Option<JoinHandle<Result<(), NotKept>>>>,
    /// To the checkpointer, where there is one and until it is closed.
    line: Mutex<Option<Line>>,
    /// Held while contents are erased, held or released: one after the other, and all of it before the ledger closes.
    changes: Mutex<()>,
}

impl Ledger {
    /// Opens a directory for writing, making it if need be: takes up a stream whose writer is gone, or begins one.
    ///
    /// Costs reading the last segment of that stream, and the ends of those that nobody holds, never the whole ledger. What
    /// crashes left torn in any of them is put on record, and what they left half erased is erased first.
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
        let taken = take_stream(&*storage, path, &options).map_err(io)?;
        let stream = taken.0;
        settle(&storage, path, stream, &options).map_err(io)?;
        let keys = options.checkpoints.as_ref().map(|checkpoints| Keys::new(checkpoints, stream));
        let keys = keys.transpose().map_err(OpenError::Key)?;
        let key = keys.as_ref().map(Keys::label);
        let session =
            Session::begin(Arc::clone(&storage), path, taken, key, &options).map_err(io)?;
        let losses = Losses::of(storage.place(path).map_err(io)?);
        let shared = Shared {
            queue: Queue::new(options.queue_bytes),
            counters: Counters::default(),
            losses,
            options,
        };
        let shared = Arc::new(shared);
        let start = |keys| start_checkpointer(&shared, (&storage, path, stream), keys);
        let line = keys.map(start).transpose().map_err(io)?;
        let recorder = Recorder::new(session, line.clone(), Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("testimony-recorder".to_owned());
        let thread = Mutex::new(Some(thread.spawn(move || recorder.run()).map_err(io)?));
        let (path, line, changes) = (path.to_owned(), Mutex::new(line), Mutex::new(()));
        Ok(Self { shared, storage, path, stream, thread, line, changes })
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
        self.push_for_sure(Item::Flush(promise))?;
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

    /// Erases contents from every file of the ledger, while decisions go on being recorded. What was submitted before is
    /// covered; content that is said again later is stored anew. Blocks until it is done: it reads the whole ledger once,
    /// and the streams concerned twice. The recorder thread itself is held up for a few syncs only.
    ///
    /// # Errors
    /// Before anything is changed: when a digest is not here, a hold forbids it, or another process writes a stream
    /// concerned. Later, when the system refuses: the ledger is then poisoned where its own stream is concerned, and what
    /// was begun is finished by whoever next opens it.
    pub fn erase(
        &self,
        digests: &BTreeSet<Digest>,
        warrant: &Warrant,
    ) -> Result<Erased, EraseError> {
        let _one_at_a_time = self.changes();
        self.flush()?;
        let (storage, ledger) = (&self.storage, self.path.as_path());
        let run = Run { storage, ledger, options: &self.shared.options, own: Some(self) };
        run.erase(digests, warrant, &mut |_| {})
    }

    /// Forbids erasing contents, in the whole ledger, until each of the entries that are returned has been released. Reads
    /// the whole ledger, since a hold of what is not here would protect nothing.
    ///
    /// # Errors
    /// When a digest is not here or has been erased, or the recorder cannot keep the entries.
    pub fn hold(&self, scope: &Scope, warrant: &Warrant) -> Result<Vec<Kept>, HoldError> {
        let _one_at_a_time = self.changes();
        let everything = BTreeSet::new();
        let digests = match scope {
            Scope::Everything => &everything,
            Scope::Contents(digests) if digests.is_empty() => return Err(HoldError::Nothing),
            Scope::Contents(digests) => digests,
        };
        if let Some(missing) = self.scan(digests)?.missing(digests) {
            return Err(HoldError::NotHere(missing));
        }
        let receipts = warrant.holds(digests).into_iter().map(|hold| self.note(Body::Hold(hold)));
        let receipts = receipts.collect::<Result<Vec<_>, _>>()?;
        Ok(receipts.into_iter().map(Receipt::wait).collect::<Result<_, _>>()?)
    }

    /// Ends a hold, wherever in the ledger it stands. Reads the whole ledger.
    ///
    /// # Errors
    /// When no hold in force has this hash, or the recorder cannot keep the entry.
    pub fn release(&self, hold: &Digest, warrant: &Warrant) -> Result<Kept, HoldError> {
        let _one_at_a_time = self.changes();
        let mut holds = self.scan(&BTreeSet::new())?.holds.in_force();
        if !holds.any(|held| held.hash == *hold) {
            return Err(HoldError::NoSuchHold(*hold));
        }
        Ok(self.note(Body::Release(warrant.release(*hold)))?.wait()?)
    }

    fn scan(&self, digests: &BTreeSet<Digest>) -> Result<Scan, HoldError> {
        self.flush()?;
        let scan = Scan::of(&*self.storage, &self.path, digests, &mut || ());
        scan.map_err(|source| HoldError::Io { path: self.path.clone(), source })
    }

    fn note(&self, body: Body) -> Result<Receipt, NotKept> {
        let (promise, receipt) = receipt(Promised::TheLevel);
        self.push_for_sure(Item::Note(body, promise))?;
        Ok(receipt)
    }

    /// Waits for room as long as it takes: the recorder makes some, or is gone.
    fn push_for_sure(&self, item: Item) -> Result<(), NotKept> {
        let pushed = self.shared.queue.push(item, 0, true, Duration::MAX);
        pushed.map_err(|_| NotKept::Closed)
    }

    fn changes(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
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
        let _let_it_finish = self.changes();
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

impl Own for Ledger {
    fn stream(&self) -> Uuid {
        self.stream
    }

    fn announce(&self, erasures: &[Erasure]) -> Result<Announced, NotKept> {
        let (answer, announced) = mpsc::sync_channel(1);
        self.push_for_sure(Item::Erase(erasures.to_vec(), answer))?;
        // Without an answer it failed, and the recorder says why to whoever comes next.
        announced.recv().map_err(|_| self.flush().err().unwrap_or(NotKept::Closed))
    }

    fn poison(&self, error: &io::Error) {
        let failed = Item::Failed(io::Error::other(error.to_string()));
        // A recorder that is gone needs no telling.
        let _ = self.push_for_sure(failed).and_then(|()| self.flush());
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(OpenError::NotALedger(path.to_owned()));
        }
        names => names.map_err(io)?,
    };
    if names.iter().all(|name| name == UNFINISHED) {
        storage.create_dir(path).map_err(io)?;
        return storage.put(&layout::marker(path), layout::MARKER_BYTES).map_err(io);
    }
    match storage.read(&layout::marker(path)) {
        Ok(bytes) if bytes == layout::MARKER_BYTES => Ok(()),
        _ => Err(OpenError::NotALedger(path.to_owned())),
    }
}

/// Takes the newest stream that nobody holds; else begins one.
fn take_stream(storage: &dyn Storage, path: &Path, options: &Options) -> io::Result<(Uuid, Lock)> {
    for stream in streams(storage, path)?.into_iter().rev() {
        if let Some(lock) = storage.lock(&layout::lock(path, stream))? {
            return Ok((stream, lock));
        }
    }
    loop {
        let stream = new_stream(options)?;
        storage.create_dir(&layout::stream(path, stream))?;
        // Another process that came by in between may have taken it up; then it is theirs.
        if let Some(lock) = storage.lock(&layout::lock(path, stream))? {
            return Ok((stream, lock));
        }
    }
}

/// A `UUIDv7` from the ledger's own clock and randomness.
fn new_stream(options: &Options) -> io::Result<Uuid> {
    let mut random = [0; 10];
    (options.sources.random)(&mut random)?;
    let millis = (options.sources.now_us)() / 1000;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// A thread of its own, because reading again and signing may take long.
fn start_checkpointer(
    shared: &Arc<Shared>,
    (storage, ledger, stream): (&Arc<dyn Storage>, &Path, Uuid),
    keys: Keys,
) -> io::Result<Line> {
    let (line, called): (Line, Called) = line();
    let files = Files { storage: Arc::clone(storage), ledger: ledger.to_owned(), stream };
    let every = shared.options.checkpoints.as_ref().map_or(Duration::MAX, |options| options.every);
    let checkpointer = Checkpointer::new(Arc::clone(shared), files, keys, called, every);
    let thread = std::thread::Builder::new().name("testimony-checkpointer".to_owned());
    // It ends with the last line to it, or when the last checkpoint is signed; a signer that never answers must not
    // keep anyone who closes.
    thread.spawn(move || checkpointer.run())?;
    Ok(line)
}
