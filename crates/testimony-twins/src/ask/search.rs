//! The rows of a table that have one value in one column, with as little reading as there can be: bloom filters and bounds
//! rule out row groups, then bounds rule out pages, then the column is read, and the others only where it matches.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
    RowFilter, RowSelection, RowSelector,
};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use datafusion::parquet::file::page_index::column_index::ColumnIndexMetaData;

use crate::NotBuilt;
use crate::table::Table;

/// A value in a column of text, or of lists of text.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) table: Table,
    pub(super) column: &'static str,
    pub(super) value: String,
}

impl Wanted {
    /// The rows of a file, with some of its columns.
    pub(super) fn in_file(
        &self,
        path: &Path,
        columns: &[&str],
    ) -> Result<Vec<RecordBatch>, NotBuilt> {
        let file = File::open(path).map_err(NotBuilt::read(path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let Some(leaf) = self.leaf(reader.metadata()) else { return Ok(Vec::new()) };
        let mut groups = Vec::new();
        for group in 0..reader.metadata().num_row_groups() {
            let bloom = reader.get_row_group_column_bloom_filter(group, leaf)?;
            if bloom.is_none_or(|bloom| bloom.check(self.value.as_str())) {
                groups.push(group);
            }
        }
        if groups.is_empty() { Ok(Vec::new()) } else { self.in_groups(path, leaf, groups, columns) }
    }

    fn in_groups(
        &self,
        path: &Path,
        leaf: usize,
        groups: Vec<usize>,
        columns: &[&str],
    ) -> Result<Vec<RecordBatch>, NotBuilt> {
        let file = File::open(path).map_err(NotBuilt::read(path))?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let schema = reader.parquet_schema();
        let wanted = ProjectionMask::columns(schema, columns.iter().copied());
        let tested = ProjectionMask::columns(schema, [self.column]);
        let this = self.clone();
        let matches = move |rows: RecordBatch| this.matches(rows.column(0));
        let filter = RowFilter::new(vec![Box::new(ArrowPredicateFn::new(tested, matches))]);
        if let Some(pages) = self.pages(reader.metadata(), leaf, &groups) {
            reader = reader.with_row_selection(pages);
        }
        let reader = reader.with_row_groups(groups).with_projection(wanted).with_row_filter(filter);
        Ok(reader.build()?.collect::<Result<_, _>>()?)
    }

    /// The rows among some in memory; of all columns.
    pub(super) fn among(&self, rows: &RecordBatch) -> Result<Option<RecordBatch>, NotBuilt> {
        let Some(column) = rows.column_by_name(self.column) else { return Ok(None) };
        let found = filter_record_batch(rows, &self.matches(column)?)?;
        Ok((found.num_rows() > 0).then_some(found))
    }

    fn matches(&self, column: &ArrayRef) -> Result<BooleanArray, ArrowError> {
        let Some(lists) = column.as_list_opt::<i32>() else {
            return eq(column, &StringArray::new_scalar(&self.value));
        };
        let holds = |list: Option<ArrayRef>| {
            let list = list.as_ref().and_then(|list| list.as_string_opt::<i32>());
            Some(list.is_some_and(|list| list.iter().flatten().any(|text| text == self.value)))
        };
        Ok(lists.iter().map(holds).collect())
    }

    /// The number of the column of values in the file; a list has its values below it.
    fn leaf(&self, metadata: &Arc<ParquetMetaData>) -> Option<usize> {
        let columns = metadata.file_metadata().schema_descr().columns();
        columns.iter().position(|column| {
            column.path().parts().first().is_some_and(|name| name == self.column)
        })
    }

    /// The pages whose bounds admit the value; `None` where there are no bounds, or a list's pages say nothing of rows.
    fn pages(
        &self,
        metadata: &ParquetMetaData,
        leaf: usize,
        groups: &[usize],
    ) -> Option<RowSelection> {
        let column = metadata.file_metadata().schema_descr().columns().get(leaf)?;
        if column.max_rep_level() > 0 {
            return None;
        }
        let (bounds, places) = (metadata.column_index()?, metadata.offset_index()?);
        let mut rows = Vec::new();
        for &group in groups {
            let ColumnIndexMetaData::BYTE_ARRAY(bounds) = bounds.get(group)?.get(leaf)? else {
                return None;
            };
            let pages = places.get(group)?.get(leaf)?.page_locations();
            let end = usize::try_from(metadata.row_group(group).num_rows()).ok()?;
            let begins = |page: usize| {
                let first = pages.get(page).map(|page| usize::try_from(page.first_row_index));
                first.map_or(Some(end), Result::ok)
            };
            for page in 0..pages.len() {
                let count = begins(page + 1)?.checked_sub(begins(page)?)?;
                let value = self.value.as_bytes();
                let admits = bounds.min_value(page).is_some_and(|least| least <= value)
                    && bounds.max_value(page).is_some_and(|most| value <= most);
                rows.push(if admits {
                    RowSelector::select(count)
                } else {
                    RowSelector::skip(count)
                });
            }
        }
        Some(RowSelection::from(rows))
    }
}
