//! Writing a segment's keys.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, Int64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Encoding;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::{KEY, OFFSET, SUMMARY};
use crate::NotBuilt;
use crate::derived::{Place, Set, Stamp, make_dir};
use crate::key::{Key, LENGTH};
use crate::rows::{self, Rows};

/// The one file.
pub(crate) const SET: Set = Set { names: &["keys"], version: 1, write };

/// Few enough for a look-up to read little.
const ROWS_OF_A_PAGE: usize = 1024;

/// Few enough that a look-up passes over few pages on its way to one.
const ROWS_OF_A_GROUP: usize = 64 * ROWS_OF_A_PAGE;

/// A filter of ten bits for each key lets one in a hundred through that is not there.
const FALSE_POSITIVES: f64 = 0.01;

fn write(place: &Place, bytes: &[u8], stamp: &Stamp) -> Result<(), NotBuilt> {
    let Rows { keys, summary } = rows::read(bytes);
    make_dir(&place.dir).map_err(NotBuilt::write(&place.dir))?;
    let file = tempfile::Builder::new()
        .prefix(&place.prefix("keys"))
        .suffix(".unfinished")
        .tempfile_in(&place.dir)
        .map_err(NotBuilt::write(&place.dir))?;
    let mut writer = ArrowWriter::try_new(file, schema(), Some(properties()))?;
    writer.write(&batch(&keys)?)?;
    let told = serde_json::to_string(&summary).ok();
    let told = told.map(|told| KeyValue::new(SUMMARY.to_owned(), told));
    for value in told.into_iter().chain(stamp.to_metadata()) {
        writer.append_key_value_metadata(value);
    }
    let file = writer.into_inner()?;
    let kept = file.as_file().sync_data().and_then(|()| {
        file.persist(place.of("keys")).map_err(|error| error.error)?;
        Ok(())
    });
    kept.map_err(NotBuilt::write(&place.dir))
}

fn schema() -> SchemaRef {
    let length = i32::try_from(LENGTH).unwrap_or(i32::MAX);
    let key = Field::new(KEY, DataType::FixedSizeBinary(length), false);
    let offset = Field::new(OFFSET, DataType::Int64, false);
    Arc::new(Schema::new(vec![key, offset]))
}

fn batch(rows: &[(Key, u64)]) -> Result<RecordBatch, NotBuilt> {
    let length = i32::try_from(LENGTH).unwrap_or(i32::MAX);
    let mut keys = FixedSizeBinaryBuilder::with_capacity(rows.len(), length);
    let mut offsets = Int64Builder::with_capacity(rows.len());
    for (key, offset) in rows {
        keys.append_value(key.as_bytes())?;
        // A file is never so long that its offsets do not fit.
        offsets.append_value(i64::try_from(*offset).unwrap_or(i64::MAX));
    }
    let columns: Vec<ArrayRef> = vec![Arc::new(keys.finish()), Arc::new(offsets.finish())];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

fn properties() -> WriterProperties {
    let (key, offset) = (ColumnPath::from(KEY), ColumnPath::from(OFFSET));
    WriterProperties::builder()
        .set_created_by(concat!("testimony ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(ROWS_OF_A_GROUP))
        .set_data_page_row_count_limit(ROWS_OF_A_PAGE)
        .set_write_batch_size(ROWS_OF_A_PAGE)
        .set_column_bloom_filter_enabled(key.clone(), true)
        .set_column_bloom_filter_fpp(key.clone(), FALSE_POSITIVES)
        .set_column_bloom_filter_max_ndv(key, ROWS_OF_A_GROUP as u64)
        .set_column_statistics_enabled(offset.clone(), EnabledStatistics::None)
        .set_column_encoding(offset, Encoding::DELTA_BINARY_PACKED)
        .build()
}
