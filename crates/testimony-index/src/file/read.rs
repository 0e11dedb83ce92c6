//! Reading a segment's keys, with as little reading as there can be: the filter rules keys out, then the bounds of the pages
//! leave one or two of them to be read.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::OnceLock;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::SUMMARY;
use crate::NotBuilt;
use crate::derived::value;
use crate::key::Key;
use crate::summary::Summary;

/// The keys of one segment.
#[derive(Debug)]
pub(crate) struct Keys {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    pages: Vec<Page>,
    summary: Summary,
    /// One for each row group; read when it is first asked.
    filters: OnceLock<Vec<Option<Sbbf>>>,
}

/// The rows of a page, over all row groups, and the keys that they lie between.
#[derive(Debug)]
struct Page {
    rows: (usize, usize),
    keys: RangeInclusive<Key>,
}

impl Keys {
    /// Opens a file. `None` where it does not say what it should: it is none of ours.
    pub(crate) fn open(path: PathBuf) -> Result<Option<Self>, NotBuilt> {
        let file = File::open(&path).map_err(NotBuilt::read(&path))?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        let summary = value(metadata.metadata(), SUMMARY);
        let summary = summary.and_then(|summary| serde_json::from_str(summary).ok());
        let (Some(summary), Some(pages)) = (summary, pages(&metadata)) else { return Ok(None) };
        Ok(Some(Self { path, metadata, pages, summary, filters: OnceLock::new() }))
    }

    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Where the keys lead, in their order.
    pub(crate) fn find(&self, keys: &BTreeSet<Key>) -> Result<Vec<(Key, u64)>, NotBuilt> {
        let filters = self.filters()?;
        let admits = |key: &Key| {
            filters
                .iter()
                .any(|filter| filter.as_ref().is_none_or(|filter| filter.check(key.as_bytes())))
        };
        let keys: BTreeSet<Key> = keys.iter().copied().filter(admits).collect();
        let wanted: BTreeSet<usize> = keys.iter().flat_map(|key| self.pages_of(key, key)).collect();
        let mut found = self.read(&wanted)?;
        found.retain(|(key, _)| keys.contains(key));
        Ok(found)
    }

    /// Where all keys of a range lead; `None` where those are more than `most`.
    pub(crate) fn between(
        &self,
        range: &RangeInclusive<Key>,
        most: usize,
    ) -> Result<Option<Vec<(Key, u64)>>, NotBuilt> {
        let pages: BTreeSet<usize> = self.pages_of(range.start(), range.end()).collect();
        let rows = |&page: &usize| self.pages.get(page).map_or(0, |page| page.rows.1 - page.rows.0);
        // The first and the last page may have other keys.
        let inner: usize = pages.iter().skip(1).map(rows).sum::<usize>()
            - pages.last().filter(|_| pages.len() > 1).map_or(0, rows);
        if inner > most {
            return Ok(None);
        }
        let mut found = self.read(&pages)?;
        found.retain(|(key, _)| range.contains(key));
        Ok((found.len() <= most).then_some(found))
    }

    fn pages_of(&self, first: &Key, last: &Key) -> std::ops::Range<usize> {
        let begin = self.pages.partition_point(|page| page.keys.end() < first);
        let end = self.pages.partition_point(|page| page.keys.start() <= last);
        begin..end.max(begin)
    }

    fn filters(&self) -> Result<&[Option<Sbbf>], NotBuilt> {
        if let Some(filters) = self.filters.get() {
            return Ok(filters);
        }
        let file = File::open(&self.path).map_err(NotBuilt::read(&self.path))?;
        let groups = self.metadata.metadata().row_groups().iter();
        let filters = groups.map(|group| Sbbf::read_from_column_chunk(group.column(0), &file));
        let filters = filters.collect::<Result<_, _>>()?;
        Ok(self.filters.get_or_init(|| filters))
    }

    fn read(&self, pages: &BTreeSet<usize>) -> Result<Vec<(Key, u64)>, NotBuilt> {
        let ranges: Vec<_> = pages.iter().filter_map(|&page| self.pages.get(page)).collect();
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else { return Ok(vec![]) };
        let span = first.rows.0..last.rows.1;
        let file = File::open(&self.path).map_err(NotBuilt::read(&self.path))?;
        let all = self.pages.last().map_or(span.end, |page| page.rows.1);
        let ranges = ranges.iter().map(|page| page.rows.0..page.rows.1);
        let selection = RowSelection::from_consecutive_ranges(ranges, all);
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let mut found = Vec::new();
        for rows in reader.with_row_selection(selection).build()? {
            add_rows(&rows?, &mut found);
        }
        Ok(found)
    }
}

fn add_rows(rows: &RecordBatch, found: &mut Vec<(Key, u64)>) {
    let [keys, offsets] = rows.columns() else { return };
    let (Some(keys), Some(offsets)) =
        (keys.as_fixed_size_binary_opt(), offsets.as_primitive_opt::<Int64Type>())
    else {
        return;
    };
    found.extend(
        keys.iter().zip(offsets.iter()).filter_map(|(key, offset)| {
            Some((Key::from_bytes(key?)?, u64::try_from(offset?).ok()?))
        }),
    );
}

/// The pages of all row groups. `None` where the file has no such column, or says nothing of its pages.
fn pages(metadata: &ArrowReaderMetadata) -> Option<Vec<Page>> {
    let metadata = metadata.metadata();
    let mut pages = Vec::new();
    let mut before = 0;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let rows = usize::try_from(group.num_rows()).ok()?;
        let ColumnIndexMetaData::FIXED_LEN_BYTE_ARRAY(bounds) =
            metadata.column_index()?.get(number)?.first()?
        else {
            return None;
        };
        let places = metadata.offset_index()?.get(number)?.first()?.page_locations();
        let begins = |page: usize| match places.get(page) {
            Some(place) => usize::try_from(place.first_row_index).ok(),
            None => Some(rows),
        };
        for page in 0..places.len() {
            let least = Key::from_bytes(bounds.min_value(page)?)?;
            let most = Key::from_bytes(bounds.max_value(page)?)?;
            let rows = (before + begins(page)?, before + begins(page + 1)?);
            pages.push(Page { rows, keys: least..=most });
        }
        before += rows;
    }
    Some(pages)
}
