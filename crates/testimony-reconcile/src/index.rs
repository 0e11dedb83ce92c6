//! What the ledger says of each of its entries, small enough to be looked up while copies come in any order: hash, leaf of
//! the tree, newest head, kind. It lies in unnamed temporary files, about 100 bytes for each entry.
//!
//! The ledger is only read. Whether its contents are what was sealed is the verifier's question; here only the chain of its
//! entries is followed.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::read::trail::{Passed, Trail};
use testimony_otlp::mapping::{Contents, Conventions, Sealed};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::tlog::{SignedHead, VerifierKey};
use testimony_record::tree::{self, Frontier, TreeHash};

use crate::copy::about;
use crate::kind::Kind;
use crate::paged::Paged;
use crate::range::{Range, Times};

/// The tree's right edge is kept once for so many entries.
const STEP: u64 = 256;

/// More peaks than a tree of 2^40 entries has.
const PEAKS: usize = 40;

const PEAK_BYTES: usize = PEAKS * 32;

/// What the ledger says of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) hash: Digest,
    leaf: TreeHash,
    /// How many entries the newest signed head at or before it covers; 0 for none.
    pub(crate) head: u64,
    segment: u32,
    /// The decision that it is or is about.
    pub(crate) about: Option<Uuid>,
    pub(crate) kind: Kind,
    /// Whether it lies in the time that was asked for.
    pub(crate) in_range: bool,
}

const FACT_BYTES: usize = 32 + 32 + 8 + 4 + 16 + 1 + 1;

/// One stream of the ledger, as far as it has been read.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) id: Uuid,
    number: u32,
    pub(crate) size: u64,
    trail: Trail,
    tree: Frontier,
    last: Digest,
    head: u64,
    /// The keys that its sessions name, each once.
    pub(crate) keys: Vec<VerifierKey>,
    /// The first entry that does not follow the one before it.
    pub(crate) broken: Option<u64>,
}

/// The entries of a ledger.
#[derive(Debug)]
pub(crate) struct Index {
    ledger: PathBuf,
    range: Range,
    streams: Vec<Stream>,
    numbers: HashMap<Uuid, usize>,
    facts: Paged<FACT_BYTES, 256>,
    peaks: Paged<PEAK_BYTES, 16>,
    /// Where entries were read again last: the next ones are asked for soon.
    reading: Option<Reading>,
    /// The time that the entries in range span.
    pub(crate) times: Option<Times>,
    /// Entries in range, by kind.
    pub(crate) counts: BTreeMap<Kind, u64>,
}

#[derive(Debug)]
struct Reading {
    stream: Uuid,
    segment: u32,
    /// The entry that comes next.
    next: u64,
    trail: Trail,
}

/// Why the ledger could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotIndexed {
    /// The ledger's files.
    #[error(transparent)]
    Ledger(#[from] CouldNotRead),
    /// The temporary files.
    #[error("cannot use a temporary file")]
    Scratch(#[source] io::Error),
}

impl From<io::Error> for NotIndexed {
    fn from(error: io::Error) -> Self {
        Self::Scratch(error)
    }
}

/// An entry, read again from the ledger.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) sealed: Sealed,
    pub(crate) contents: Contents,
}

impl Index {
    /// Reads all that the ledger holds now.
    pub(crate) fn read(
        ledger: &Path,
        range: Range,
        told: &mut dyn FnMut(u64),
    ) -> Result<Self, NotIndexed> {
        let mut index = Self {
            ledger: ledger.to_owned(),
            range,
            streams: Vec::new(),
            numbers: HashMap::new(),
            facts: Paged::new()?,
            peaks: Paged::new()?,
            reading: None,
            times: None,
            counts: BTreeMap::new(),
        };
        index.catch_up(told)?;
        Ok(index)
    }

    /// Reads what has been appended since.
    pub(crate) fn catch_up(&mut self, told: &mut dyn FnMut(u64)) -> Result<(), NotIndexed> {
        for id in Directory::open(&self.ledger)?.streams {
            if !self.numbers.contains_key(&id) {
                self.begin(id);
            }
        }
        let mut streams = std::mem::take(&mut self.streams);
        let read = streams.iter_mut().try_for_each(|stream| self.follow(stream, told));
        self.streams = streams;
        read
    }

    fn begin(&mut self, id: Uuid) {
        let number = self.streams.len();
        self.numbers.insert(id, number);
        self.streams.push(Stream {
            id,
            number: u32::try_from(number).unwrap_or(u32::MAX),
            size: 0,
            trail: Trail::from_segment(&self.ledger, id, 0),
            tree: Frontier::new(),
            last: Digest::ZERO,
            head: 0,
            keys: Vec::new(),
            broken: None,
        });
    }

    fn follow(&mut self, stream: &mut Stream, told: &mut dyn FnMut(u64)) -> Result<(), NotIndexed> {
        let mut trail = stream.trail.clone();
        let mut outcome = Ok(());
        let walked = trail.walk(&mut |passed| {
            told(passed.seq);
            outcome = self.take(stream, &passed);
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        stream.trail = trail;
        let _ = walked?;
        Ok(outcome?)
    }

    fn take(&mut self, stream: &mut Stream, passed: &Passed<'_>) -> io::Result<()> {
        let (hash, leaf) = (Digest::of_entry(passed.bytes), tree::leaf(passed.bytes));
        let entry = Entry::decode(passed.bytes).ok();
        let follows = entry.as_ref().is_some_and(|entry| {
            (entry.stream, entry.seq, entry.prev) == (stream.id, stream.size, stream.last)
        });
        if !follows {
            stream.broken.get_or_insert(stream.size);
        }
        if stream.size.is_multiple_of(STEP) {
            self.peaks.put(stream.number, stream.size / STEP, &peaks(&stream.tree))?;
        }
        let times = entry.as_ref().map_or(Times::default(), Times::of);
        let in_range = self.range.holds(times);
        let kind = entry.as_ref().map_or(Kind::Unreadable, |entry| Kind::of(&entry.body));
        if in_range {
            self.times = Some(self.times.map_or(times, |all| all.with(times)));
            *self.counts.entry(kind).or_default() += 1;
        }
        if let Some(entry) = &entry {
            stream.learn(&entry.body);
        }
        let segment = u32::try_from(passed.segment).unwrap_or(u32::MAX);
        let about = entry.as_ref().and_then(|entry| about(&entry.body));
        let fact = Fact { hash, leaf, head: stream.head, segment, about, kind, in_range };
        self.facts.put(stream.number, stream.size, &fact.bytes())?;
        stream.tree.push_leaf(leaf);
        (stream.size, stream.last) = (stream.size + 1, hash);
        Ok(())
    }

    pub(crate) fn streams(&self) -> &[Stream] {
        &self.streams
    }

    pub(crate) fn stream(&self, id: Uuid) -> Option<&Stream> {
        self.streams.get(*self.numbers.get(&id)?)
    }

    /// The number under which a stream's records are kept.
    pub(crate) fn number(&self, id: Uuid) -> Option<u32> {
        self.stream(id).map(|stream| stream.number)
    }

    pub(crate) fn fact(&mut self, id: Uuid, seq: u64) -> io::Result<Option<Fact>> {
        let Some(stream) = self.stream(id).filter(|stream| seq < stream.size) else {
            return Ok(None);
        };
        let number = stream.number;
        Ok(self.facts.get(number, seq)?.map(|bytes| Fact::read(&bytes)))
    }

    /// The root over the first `size` entries of a stream; `None` where it has fewer.
    pub(crate) fn root(&mut self, id: Uuid, size: u64) -> io::Result<Option<TreeHash>> {
        let Some(stream) = self.stream(id).filter(|stream| size <= stream.size) else {
            return Ok(None);
        };
        if size == stream.size {
            return Ok(Some(stream.tree.root()));
        }
        let number = stream.number;
        let peaks = self.peaks.get(number, size / STEP)?;
        let tree = peaks.and_then(|bytes| frontier(size / STEP * STEP, &bytes));
        let mut tree = tree.unwrap_or_default();
        for seq in tree.size()..size {
            let Some(bytes) = self.facts.get(number, seq)? else { return Ok(None) };
            tree.push_leaf(Fact::read(&bytes).leaf);
        }
        Ok(Some(tree.root()))
    }

    /// Reads some entries of one stream again, with their contents as those conventions name them. Those that are not there any more are left out.
    pub(crate) fn again(
        &mut self,
        id: Uuid,
        seqs: &[u64],
        conventions: Conventions,
    ) -> Result<BTreeMap<u64, Again>, NotIndexed> {
        let mut found = BTreeMap::new();
        let mut by_segment: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for &seq in seqs {
            if let Some(fact) = self.fact(id, seq)? {
                by_segment.entry(fact.segment).or_default().push(seq);
            }
        }
        for (segment, wanted) in by_segment {
            let first = wanted.iter().copied().min().unwrap_or_default();
            let last = wanted.iter().copied().max().unwrap_or_default();
            let mut trail = self.take_up(id, segment, first);
            // Whether the end was reached does not matter: what is missing is not in the answer.
            let _ = trail.walk(&mut |passed| {
                if wanted.contains(&passed.seq) {
                    found.extend(read_again(&passed, conventions).map(|again| (passed.seq, again)));
                }
                if passed.seq < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            self.reading = Some(Reading { stream: id, segment, next: last + 1, trail });
        }
        Ok(found)
    }

    /// A trail at or before an entry of a segment: that of the last time, where it has not passed it.
    fn take_up(&mut self, stream: Uuid, segment: u32, first: u64) -> Trail {
        let last = self.reading.take().filter(|reading| {
            (reading.stream, reading.segment) == (stream, segment) && reading.next <= first
        });
        let anew = || Trail::from_segment(&self.ledger, stream, segment.into()).with_objects();
        last.map_or_else(anew, |reading| reading.trail)
    }
}

fn read_again(passed: &Passed<'_>, conventions: Conventions) -> Option<Again> {
    let sealed = Sealed::read(passed.bytes.to_vec()).ok()?;
    let objects = passed.objects?;
    let contents = Contents::read(objects, &sealed.entry.body, conventions);
    Some(Again { sealed, contents })
}

impl Stream {
    fn learn(&mut self, body: &Body) {
        match body {
            Body::Genesis(genesis) => {
                let key = genesis.key.as_ref().and_then(|key| key.as_str().parse().ok());
                self.keys.extend(key.filter(|key| !self.keys.contains(key)));
            }
            Body::Checkpoint(checkpoint) => {
                if let Ok(head) = SignedHead::parse(&checkpoint.note) {
                    self.head = head.size();
                }
            }
            _ => {}
        }
    }
}

impl Fact {
    fn bytes(&self) -> [u8; FACT_BYTES] {
        let mut bytes = [0; FACT_BYTES];
        let about = self.about.unwrap_or_default();
        let fields: [&[u8]; 7] = [
            self.hash.as_bytes(),
            &self.leaf,
            &self.head.to_le_bytes(),
            &self.segment.to_le_bytes(),
            about.as_bytes(),
            &[self.kind as u8],
            &[u8::from(self.in_range)],
        ];
        bytes.iter_mut().zip(fields.concat()).for_each(|(to, from)| *to = from);
        bytes
    }

    fn read(bytes: &[u8; FACT_BYTES]) -> Self {
        Self {
            hash: Digest::from_bytes(field(bytes, 0)),
            leaf: field(bytes, 32),
            head: u64::from_le_bytes(field(bytes, 64)),
            segment: u32::from_le_bytes(field(bytes, 72)),
            about: Some(Uuid::from_bytes(field(bytes, 76))).filter(|id| !id.is_nil()),
            kind: Kind::from_number(field::<1>(bytes, 92)[0]),
            in_range: field::<1>(bytes, 93) == [1],
        }
    }
}

/// `M` bytes of a record from some place on.
pub(crate) fn field<const M: usize>(bytes: &[u8], at: usize) -> [u8; M] {
    bytes.get(at..at + M).and_then(|field| field.try_into().ok()).unwrap_or([0; M])
}

fn peaks(tree: &Frontier) -> [u8; PEAK_BYTES] {
    let mut bytes = [0; PEAK_BYTES];
    bytes.iter_mut().zip(tree.peaks().concat()).for_each(|(to, from)| *to = from);
    bytes
}

fn frontier(size: u64, bytes: &[u8]) -> Option<Frontier> {
    let count = usize::try_from(size.count_ones()).ok()?;
    let peaks = (0..count).map(|at| field(bytes, at * 32)).collect();
    Frontier::from_peaks(size, peaks)
}
