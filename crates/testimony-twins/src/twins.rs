//! The twins of some ledgers, brought up to date, and the ends of their streams that still grow, read into memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use testimony_index::NotBuilt;
use testimony_index::derived::{Job, Place, Progress, Stamp, build_all};
use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;

use crate::read::{Output, Sink, Source, read};
use crate::table::Table;
use crate::write::SET;

/// How twins are opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Where twins are kept instead of in `twins/` of each ledger: for ledgers that may only be read. Erasing does not find
    /// them there; what was derived before is replaced when they are next opened.
    pub directory: Option<PathBuf>,
}

/// The twins of some ledgers.
#[derive(Debug)]
pub struct Twins {
    pub(crate) ledgers: Vec<Ledger>,
}

/// One ledger, as it was when it was opened.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) path: Arc<Path>,
    pub(crate) directory: Directory,
    pub(crate) segments: Vec<Place>,
    pub(crate) tails: Vec<Tail>,
}

/// The segment that a writer appends to.
#[derive(Debug)]
pub(crate) struct Tail(Memory);

/// A twin that is not what its segment would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// The stream.
    pub stream: Uuid,
    /// The segment file's number.
    pub segment: u64,
}

impl Twins {
    /// Looks at every segment of the ledgers, makes the twins that are missing or stale, and reads what is still being
    /// written. `progress` is called after each segment that was read in order to make its twins.
    ///
    /// Where all twins are there, this costs a look at each file. The memory for what is still being written is some ten
    /// times its size, which a segment's limit bounds.
    ///
    /// # Errors
    /// When a ledger cannot be read, or twins cannot be kept. A damaged ledger is read as far as it goes.
    pub fn open<P: AsRef<Path>>(
        ledgers: &[P],
        options: &Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, NotBuilt> {
        let mut jobs = Vec::new();
        let open = |ledger: &P| Ledger::open(ledger.as_ref(), options, &mut jobs);
        let ledgers = ledgers.iter().map(open).collect::<Result<_, _>>()?;
        build_all(&jobs, progress)?;
        Ok(Self { ledgers })
    }

    /// Reads every segment that has twins, and compares its bytes with those that the twins say they were made from. So it
    /// is seen where a segment was changed and its time set back. What stands in the twins is not compared: whoever relies
    /// on an answer has it confirmed.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn check(&self) -> Result<Vec<Deviation>, NotBuilt> {
        let mut deviations = Vec::new();
        for (ledger, place) in self.places() {
            let Place { stream, segment, .. } = *place;
            let path = ledger.directory.segment_path(stream, segment);
            let bytes = fs::read(&path).map_err(NotBuilt::read(&path))?;
            let is_of =
                |name: &&str| Stamp::read(&place.of(name)).is_some_and(|stamp| stamp.is_of(&bytes));
            if !SET.names.iter().all(is_of) {
                deviations.push(Deviation { stream, segment });
            }
        }
        Ok(deviations)
    }

    fn places(&self) -> impl Iterator<Item = (&Ledger, &Place)> {
        self.ledgers.iter().flat_map(|ledger| ledger.segments.iter().map(move |at| (ledger, at)))
    }
}

impl Ledger {
    fn open(path: &Path, options: &Options, jobs: &mut Vec<Job>) -> Result<Self, NotBuilt> {
        let directory = Directory::open(path)?;
        let mut ledger =
            Self { path: path.into(), directory, segments: Vec::new(), tails: Vec::new() };
        for stream in ledger.directory.streams.clone() {
            ledger.open_stream(stream, options, jobs)?;
        }
        Ok(ledger)
    }

    /// Listed before it is asked whether somebody writes: where nobody does, nothing that was listed will grow, since every
    /// session begins a segment of its own.
    fn open_stream(
        &mut self,
        stream: Uuid,
        options: &Options,
        jobs: &mut Vec<Job>,
    ) -> Result<(), NotBuilt> {
        let mut segments = self.directory.segments(stream)?;
        let live = self.directory.live(stream).then(|| segments.pop()).flatten();
        for segment in segments {
            let chosen = options.directory.as_deref();
            let place = Place::of_segment(&self.directory, chosen, stream, segment);
            jobs.extend(Job::plan(
                self.directory.segment_path(stream, segment),
                place.clone(),
                SET,
            )?);
            self.segments.push(place);
        }
        if let Some(segment) = live {
            self.tails.push(self.tail(stream, segment)?);
        }
        Ok(())
    }

    fn tail(&self, stream: Uuid, segment: u64) -> Result<Tail, NotBuilt> {
        let path = self.directory.segment_path(stream, segment);
        let bytes = fs::read(&path).map_err(NotBuilt::read(&path))?;
        let mut rows = Memory::default();
        let mut output = Output::new(&mut rows);
        read(Source { stream, segment, live: true }, &bytes, &mut output)?;
        output.finish()?;
        Ok(Tail(rows))
    }
}

impl Tail {
    pub(crate) fn rows(&self, table: Table) -> impl Iterator<Item = &RecordBatch> {
        self.0.0.iter().filter(move |(of, _)| *of == table).map(|(_, rows)| rows)
    }
}

#[derive(Debug, Default)]
struct Memory(Vec<(Table, RecordBatch)>);

impl Sink for Memory {
    fn put(&mut self, table: Table, rows: RecordBatch) -> Result<(), NotBuilt> {
        self.0.push((table, rows));
        Ok(())
    }
}
