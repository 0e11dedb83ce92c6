//! Answers for programs: CSV, JSON lines and Parquet, as Arrow's own writers make them.

use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::{csv, json};
use datafusion::parquet::arrow::ArrowWriter;

use crate::engine::Answer;
use crate::error::NotWritten;

/// As RFC 3339 has it.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// How values are spelled as text: moments in UTC to the microsecond, nothing as no text.
#[must_use]
pub fn spelling() -> FormatOptions<'static> {
    FormatOptions::new().with_timestamp_tz_format(Some(TIME)).with_timestamp_format(Some(TIME))
}

impl Answer<'_> {
    /// Writes the answer as CSV with a line of names first (RFC 4180). A list is written as its text: `[a, b]`.
    ///
    /// # Errors
    /// When the question cannot be carried out to its end, or nothing more can be written.
    pub fn write_csv(self, out: impl Write) -> Result<(), NotWritten> {
        let mut writer = csv::WriterBuilder::new()
            .with_timestamp_tz_format(TIME.to_owned())
            .with_timestamp_format(TIME.to_owned())
            .build(out);
        let empty = RecordBatch::new_empty(self.schema());
        writer.write(&flat(&empty)?)?;
        for rows in self {
            writer.write(&flat(&rows?)?)?;
        }
        Ok(())
    }

    /// Writes the answer as JSON lines: an object for each row, with `null` where there is nothing.
    ///
    /// # Errors
    /// As [`Answer::write_csv`].
    pub fn write_json(self, out: impl Write) -> Result<(), NotWritten> {
        let builder = json::WriterBuilder::new()
            .with_explicit_nulls(true)
            .with_timestamp_tz_format(TIME.to_owned())
            .with_timestamp_format(TIME.to_owned());
        let mut writer = builder.build::<_, json::writer::LineDelimited>(out);
        for rows in self {
            writer.write(&rows?)?;
        }
        Ok(writer.finish()?)
    }

    /// Writes the answer as one Parquet file.
    ///
    /// # Errors
    /// As [`Answer::write_csv`].
    pub fn write_parquet(self, out: impl Write + Send) -> Result<(), NotWritten> {
        let mut writer = ArrowWriter::try_new(out, self.schema(), None)?;
        for rows in self {
            writer.write(&rows?)?;
        }
        writer.close()?;
        Ok(())
    }
}

/// CSV has no lists.
fn flat(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in schema.fields().iter().zip(rows.columns()) {
        let nested = column.data_type().is_nested();
        let data_type = if nested { DataType::Utf8 } else { field.data_type().clone() };
        fields.push(Field::new(field.name(), data_type, true));
        columns.push(if nested { texts(column)? } else { Arc::clone(column) });
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn texts(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let options = spelling();
    let formatter = ArrayFormatter::try_new(column, &options)?;
    let text = |row| column.is_valid(row).then(|| formatter.value(row).to_string());
    Ok(Arc::new((0..column.len()).map(text).collect::<StringArray>()))
}
