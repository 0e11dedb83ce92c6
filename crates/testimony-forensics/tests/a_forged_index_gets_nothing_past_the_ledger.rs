//! Someone who can write an index makes it lead where they like. What lies there is read, and is what it is.

mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arrow_array::cast::AsArray as _;
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use support::{id, loan_1234, write};
use tempfile::TempDir;
use testimony_forensics::blast::{Options, Origin};
use testimony_forensics::{Casebook, Indexed};

/// The keys of the only segment.
fn keys(ledger: &Path) -> PathBuf {
    let stream = support::stream(ledger);
    ledger.join("twins").join(stream.file_name().unwrap()).join("00000000.keys.parquet")
}

/// Rewrites an index, as what it says of itself.
fn forge(file: &Path, change: impl Fn(&RecordBatch) -> RecordBatch) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap();
    let rows = reader.with_batch_size(1 << 20).build().unwrap().next().unwrap().unwrap();
    let rows = change(&rows);
    let mut writer =
        ArrowWriter::try_new(File::create(file).unwrap(), rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    for value in metadata.into_iter().filter(|value| value.key.starts_with("testimony")) {
        writer.append_key_value_metadata(value);
    }
    writer.close().unwrap();
}

fn with_offsets(rows: &RecordBatch, offsets: Vec<i64>) -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![rows.column(0).clone(), Arc::new(Int64Array::from(offsets))];
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

fn offsets(rows: &RecordBatch) -> Vec<i64> {
    rows.column(1).as_primitive::<arrow_array::types::Int64Type>().values().to_vec()
}

/// A loan whose index is forged, and taken for fresh.
fn forged(change: impl Fn(&RecordBatch) -> RecordBatch) -> (TempDir, Indexed) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let segment = File::options().append(true).open(support::segment(dir.path())).unwrap();
    segment.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
    open(dir.path());
    forge(&keys(dir.path()), change);
    let before = fs::metadata(keys(dir.path())).unwrap().modified().unwrap();
    let indexed = open(dir.path());
    assert_eq!(
        fs::metadata(keys(dir.path())).unwrap().modified().unwrap(),
        before,
        "nobody notices"
    );
    (dir, indexed)
}

fn open(ledger: &Path) -> Indexed {
    Indexed::open(&[ledger], None, &mut |_| {}).unwrap()
}

/// Whatever is answered is true, though it may not be all.
fn tells_no_lie(ledger: &Path, indexed: &Indexed) {
    let casebook = Casebook::open(ledger).unwrap();
    for asked in ["loan:1234", "letter:77", "loan:9", &id(1).to_string(), &id(2).to_string()] {
        let Ok(Some(story)) = indexed.why(asked) else { continue };
        let all: Vec<_> = casebook.why(asked).unwrap().chapters.into_iter().map(|c| c.id).collect();
        assert!(
            story.chapters.iter().all(|chapter| chapter.sealed && all.contains(&chapter.id)),
            "{asked}"
        );
    }
    for content in ["Lend only above 0.60.", "0.41", "refused", "approved"] {
        let origin = Origin::Content(content.into());
        let Ok(Some(blast)) = indexed.blast(&origin, &Options::default()) else { continue };
        let all = casebook.blast(&origin, &Options::default()).unwrap();
        let all: Vec<_> = all.direct.iter().map(|direct| direct.id).collect();
        assert!(blast.direct.iter().all(|direct| all.contains(&direct.id)), "{content}");
    }
}

#[test]
fn keys_that_lead_to_other_frames() {
    for by in 1..40 {
        let (dir, indexed) = forged(|rows| {
            let mut offsets = offsets(rows);
            offsets.rotate_left(by);
            with_offsets(rows, offsets)
        });
        tells_no_lie(dir.path(), &indexed);
    }
}

#[test]
fn keys_that_lead_into_frames_or_nowhere() {
    for shift in [-1, 1, 7, 1_000_000_000, i64::MIN, i64::MAX] {
        let (dir, indexed) = forged(|rows| {
            let shifted = offsets(rows).into_iter().map(|offset| offset.saturating_add(shift));
            with_offsets(rows, shifted.collect())
        });
        tells_no_lie(dir.path(), &indexed);
        assert!(!matches!(indexed.why("loan:1234"), Ok(Some(_))), "{shift}");
    }
}

#[test]
fn an_index_that_keeps_everything_silent_answers_nothing() {
    let (_dir, indexed) = forged(|rows| rows.slice(0, 0));
    assert_eq!(indexed.why("loan:1234").unwrap(), None);
    let policy = Origin::Content(b"Lend only above 0.60.".to_vec());
    assert!(indexed.blast(&policy, &Options::default()).unwrap().is_none());
}

#[test]
fn an_index_of_another_segment_or_of_none_is_made_again() {
    let (dir, _) = forged(RecordBatch::clone);
    for bytes in [&b"no index"[..], b""] {
        fs::write(keys(dir.path()), bytes).unwrap();
        assert!(open(dir.path()).why("loan:1234").unwrap().is_some());
    }
}
