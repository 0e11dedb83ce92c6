//! Where something is on record, as the twins have it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ParquetRecordBatchReaderBuilder, RowFilter,
};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::verify::Place as InLedger;

use super::Asked;
use super::search::Wanted;
use crate::NotBuilt;
use crate::store::Place;
use crate::table::Table;
use crate::twins::{Ledger, Tail, Twins};

/// Where an entry stands according to a twin. It is no evidence: [`Twins::confirm`] reads the entry again and checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The ledger.
    pub ledger: Arc<Path>,
    /// The place in it.
    pub place: InLedger,
    /// How long the entry's frame is, in bytes.
    pub length: u64,
    /// The entry's hash.
    pub hash: Digest,
}

/// The columns of a place.
const PLACE: [&str; 6] = ["stream", "seq", "segment", "offset", "length", "hash"];

/// Where parts are told apart.
const PART: [&str; 3] = ["seq", "of", "role"];

impl Twins {
    /// The decisions about a subject.
    ///
    /// # Errors
    /// When a twin cannot be read.
    pub fn decisions_by_subject(&self, subject: &str) -> Result<Vec<Found>, NotBuilt> {
        self.find(&Asked::Subject(subject.to_owned()))
    }

    /// The decision with an id; several where somebody used an id twice.
    ///
    /// # Errors
    /// As [`Twins::decisions_by_subject`].
    pub fn by_id(&self, id: Uuid) -> Result<Vec<Found>, NotBuilt> {
        self.find(&Asked::Id(id))
    }

    /// The decisions in a trace of the application.
    ///
    /// # Errors
    /// As [`Twins::decisions_by_subject`].
    pub fn by_trace(&self, trace: [u8; 16]) -> Result<Vec<Found>, NotBuilt> {
        self.find(&Asked::Trace(trace))
    }

    /// The decisions whose prompt or context held a content: a blob, or a message of a conversation.
    ///
    /// # Errors
    /// As [`Twins::decisions_by_subject`].
    pub fn decisions_given(&self, digest: Digest) -> Result<Vec<Found>, NotBuilt> {
        self.find(&Asked::Given(digest))
    }

    /// The decisions that gave a content out.
    ///
    /// # Errors
    /// As [`Twins::decisions_by_subject`].
    pub fn decisions_that_output(&self, digest: Digest) -> Result<Vec<Found>, NotBuilt> {
        self.find(&Asked::Output(digest))
    }

    /// Whatever is asked, in the order of streams and sequence numbers. An entry that a twin places where no entry could be is
    /// left out.
    ///
    /// # Errors
    /// As [`Twins::decisions_by_subject`].
    pub fn find(&self, asked: &Asked) -> Result<Vec<Found>, NotBuilt> {
        let wanted = asked.wanted();
        let mut all = Vec::new();
        for ledger in &self.ledgers {
            for place in &ledger.segments {
                for rows in in_segment(asked, &wanted, place)? {
                    found(ledger, &rows, &mut all);
                }
            }
            for tail in &ledger.tails {
                for rows in in_tail(asked, &wanted, tail)? {
                    found(ledger, &rows, &mut all);
                }
            }
        }
        all.sort_by_key(|found| (found.place.stream, found.place.seq, found.place.segment));
        Ok(all)
    }
}

fn in_segment(asked: &Asked, wanted: &Wanted, place: &Place) -> Result<Vec<RecordBatch>, NotBuilt> {
    let file = place.of(wanted.table);
    if wanted.table != Table::Parts {
        return wanted.in_file(&file, &PLACE);
    }
    let mut seqs = HashSet::new();
    for rows in wanted.in_file(&file, &PART)? {
        add_seqs(asked, &rows, &mut seqs);
    }
    if seqs.is_empty() { Ok(Vec::new()) } else { with_seqs(place, seqs) }
}

fn in_tail(asked: &Asked, wanted: &Wanted, tail: &Tail) -> Result<Vec<RecordBatch>, NotBuilt> {
    let found = tail.rows(wanted.table).filter_map(|rows| wanted.among(rows).transpose());
    if wanted.table != Table::Parts {
        return found.collect();
    }
    let mut seqs = HashSet::new();
    for rows in found {
        add_seqs(asked, &rows?, &mut seqs);
    }
    let decisions = tail.rows(Table::Decisions).map(|rows| {
        let column = rows.column_by_name("seq");
        let matches =
            column.and_then(|column| column.as_primitive_opt::<Int64Type>()).map(|column| {
                column.iter().map(|seq| Some(seq.is_some_and(|seq| seqs.contains(&seq)))).collect()
            });
        Ok(matches.map(|matches| filter_record_batch(rows, &matches)).transpose()?)
    });
    decisions.filter_map(Result::transpose).collect()
}

/// The decisions among parts that have one of the roles asked for.
fn add_seqs(asked: &Asked, rows: &RecordBatch, seqs: &mut HashSet<i64>) {
    let text = |name| rows.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let numbers = rows.column_by_name("seq").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let (Some(of), Some(role), Some(seq)) = (text("of"), text("role"), numbers) else { return };
    for row in 0..rows.num_rows() {
        let wanted = asked.roles().iter().any(|&one| role.value(row) == crate::read::role(one));
        if wanted && of.value(row) == "decision" && !seq.is_null(row) {
            seqs.insert(seq.value(row));
        }
    }
}

/// The decisions of a segment with some sequence numbers.
fn with_seqs(place: &Place, seqs: HashSet<i64>) -> Result<Vec<RecordBatch>, NotBuilt> {
    let path = place.of(Table::Decisions);
    let file = std::fs::File::open(&path).map_err(NotBuilt::read(&path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = reader.parquet_schema();
    let (tested, wanted) =
        (ProjectionMask::columns(schema, ["seq"]), ProjectionMask::columns(schema, PLACE));
    let matches = move |rows: RecordBatch| {
        let column = rows.column(0).as_primitive_opt::<Int64Type>();
        let one = |seq: Option<i64>| Some(seq.is_some_and(|seq| seqs.contains(&seq)));
        Ok(column.into_iter().flatten().map(one).collect())
    };
    let filter = RowFilter::new(vec![Box::new(ArrowPredicateFn::new(tested, matches))]);
    let reader = reader.with_projection(wanted).with_row_filter(filter).build()?;
    Ok(reader.collect::<Result<_, _>>()?)
}

fn found(ledger: &Ledger, rows: &RecordBatch, all: &mut Vec<Found>) {
    all.extend((0..rows.num_rows()).filter_map(|row| place_of(ledger, rows, row)));
}

fn place_of(ledger: &Ledger, rows: &RecordBatch, row: usize) -> Option<Found> {
    let place = InLedger {
        stream: text(rows, "stream", row)?.parse().ok()?,
        segment: number(rows, "segment", row)?,
        offset: number(rows, "offset", row)?,
        seq: number(rows, "seq", row)?,
    };
    let hash = text(rows, "hash", row)?.parse().ok()?;
    let length = number(rows, "length", row)?;
    Some(Found { ledger: Arc::clone(&ledger.path), place, length, hash })
}

fn text<'a>(rows: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let column = rows.column_by_name(column)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row))
}

pub(super) fn number(rows: &RecordBatch, column: &str, row: usize) -> Option<u64> {
    let column = rows.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
    column.is_valid(row).then(|| column.value(row).try_into().ok()).flatten()
}
