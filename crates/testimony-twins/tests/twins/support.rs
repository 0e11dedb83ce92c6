//! Ledgers to derive twins from, and answers as text.

#[path = "../../../testimony-forensics/tests/support/mod.rs"]
pub(crate) mod desk;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use testimony_ledger::read::directory::Directory;
use testimony_record::frame::{self, Frame, SegmentHeader};
use testimony_record::unsealed::Unsealed;
use testimony_twins::arrow::util::display::array_value_to_string;
use testimony_twins::{Engine, NotAnswered, Options, Twins};

/// A directory with a ledger in it, at `ledger`.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(events: Vec<Unsealed>) -> Self {
        let desk = Self::empty();
        desk::write(&desk.ledger(), events);
        desk
    }

    pub(crate) fn with_a_loan() -> Self {
        Self::with(desk::loan_1234())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path().join("ledger")
    }

    /// The first segment file of the only stream.
    pub(crate) fn first_segment(&self) -> PathBuf {
        let directory = Directory::open(self.ledger()).unwrap();
        directory.segment_path(directory.streams[0], 0)
    }

    pub(crate) fn twins(&self) -> Twins {
        self.open().0
    }

    /// The twins, and how many bytes of segments were read in order to make them.
    pub(crate) fn open(&self) -> (Twins, u64) {
        let mut built = 0;
        let mut progress = |progress: testimony_twins::Progress| built = progress.done;
        let twins = Twins::open(&[self.ledger()], &Options::default(), &mut progress).unwrap();
        (twins, built)
    }

    /// Every file below the ledger's `twins/`.
    pub(crate) fn twin_files(&self) -> Vec<PathBuf> {
        files(&self.ledger().join("twins"))
    }

    /// Lets every segment be as old as if nobody had touched it for an hour, so that twins are relied on.
    pub(crate) fn age(&self) {
        let directory = Directory::open(self.ledger()).unwrap();
        for &stream in &directory.streams {
            for segment in directory.segments(stream).unwrap() {
                set_back(&directory.segment_path(stream, segment), Duration::from_hours(1));
            }
        }
    }
}

pub(crate) fn set_back(file: &Path, by: Duration) {
    let file = File::options().append(true).open(file).unwrap();
    file.set_modified(SystemTime::now() - by).unwrap();
}

/// Replaces the first occurrence of a text in a file by another of the same length.
pub(crate) fn replace(file: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(file).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    fs::write(file, bytes).unwrap();
}

pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Takes the frame of a blob out of a segment.
pub(crate) fn drop_blob(segment: &Path, content: &str) {
    let bytes = fs::read(segment).unwrap();
    let (_, mut at) = SegmentHeader::parse(&bytes).unwrap();
    let mut kept = bytes[..at].to_vec();
    while at < bytes.len() {
        let (frame, length) = frame::parse(&bytes[at..]).unwrap();
        let is_it = matches!(frame, Frame::Blob { content: c, .. } if c == content.as_bytes());
        if !is_it {
            kept.extend_from_slice(&bytes[at..at + length]);
        }
        at += length;
    }
    fs::write(segment, kept).unwrap();
}

/// Parquet files as their rows.
pub(crate) mod parquet {
    use std::fs::File;
    use std::path::Path;

    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use testimony_twins::arrow::array::RecordBatch;
    use testimony_twins::arrow::compute::concat_batches;

    fn reader(file: &Path) -> ParquetRecordBatchReaderBuilder<File> {
        ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap()
    }

    pub(crate) fn read(file: &Path) -> RecordBatch {
        let reader = reader(file);
        let schema = reader.schema().clone();
        let rows = reader.build().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        concat_batches(&schema, &rows).unwrap()
    }
}

/// The answer to a question, each row as its texts; `∅` where there is nothing.
pub(crate) fn ask(twins: &Twins, sql: &str) -> Vec<Vec<String>> {
    try_ask(twins, sql).unwrap()
}

pub(crate) fn try_ask(twins: &Twins, sql: &str) -> Result<Vec<Vec<String>>, NotAnswered> {
    let engine = Engine::over(twins)?;
    let mut all = Vec::new();
    for rows in engine.ask(sql)? {
        let rows = rows?;
        for row in 0..rows.num_rows() {
            let cell = |column: &testimony_twins::arrow::array::ArrayRef| {
                let value = array_value_to_string(column, row).unwrap();
                if column.is_null(row) { "∅".to_owned() } else { value }
            };
            all.push(rows.columns().iter().map(cell).collect());
        }
    }
    Ok(all)
}

/// The same on lines, for a snapshot.
pub(crate) fn lines(twins: &Twins, sql: &str) -> String {
    ask(twins, sql).iter().map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n")
}
