//! Reading a segment's keys, with as little reading as there can be: the filter rules keys out, then the bounds of the pages
//! leave one or two of them to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::OnceLock;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, FixedSizeBinaryArray, Int64Array, RecordBatch};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::SUMMARY;
use super::source::Source;
use crate::NotBuilt;
use crate::derived::value;
use crate::key::Key;
use crate::summary::Summary;

/// The keys of one segment.
#[derive(Debug)]
pub(crate) struct Keys {
    file: Source,
    metadata: ArrowReaderMetadata,
    pages: Vec<Page>,
    summary: Summary,
    /// One for each row group; read when it is first asked.
    filters: Vec<OnceLock<Option<Sbbf>>>,
}

/// The rows of a page within its row group, and the keys that they lie between.
#[derive(Debug)]
struct Page {
    group: usize,
    rows: Range<usize>,
    keys: RangeInclusive<Key>,
}

impl Keys {
    /// Opens a file. `None` where it does not say what it should: it is none of ours.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, NotBuilt> {
        let file = Source::open(path).map_err(NotBuilt::read(path))?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        let summary = value(metadata.metadata(), SUMMARY);
        let summary = summary.and_then(|summary| serde_json::from_str(summary).ok());
        let (Some(summary), Some(pages)) = (summary, pages(&metadata)) else { return Ok(None) };
        let groups = metadata.metadata().num_row_groups();
        let filters = (0..groups).map(|_| OnceLock::new()).collect();
        Ok(Some(Self { file, metadata, pages, summary, filters }))
    }

    pub(crate) fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Where the keys lead, in their order.
    pub(crate) fn find(&self, keys: &BTreeSet<Key>) -> Result<Vec<(Key, u64)>, NotBuilt> {
        let (mut admitted, mut pages) = (Vec::new(), BTreeSet::new());
        for key in keys {
            let mut likely = Vec::new();
            for page in self.pages_of(key, key) {
                likely.extend(self.admits(page, key)?.then_some(page));
            }
            admitted.extend((!likely.is_empty()).then_some(key));
            pages.extend(likely);
        }
        let mut found = Vec::new();
        for rows in self.read(&pages)? {
            let Some(rows) = Rows::of(&rows) else { continue };
            for key in &admitted {
                found.extend(rows.between(key, key));
            }
        }
        Ok(found)
    }

    /// Where all keys of a range lead; `None` where those are more than `most`.
    pub(crate) fn between(
        &self,
        range: &RangeInclusive<Key>,
        most: usize,
    ) -> Result<Option<Vec<(Key, u64)>>, NotBuilt> {
        let pages: BTreeSet<usize> = self.pages_of(range.start(), range.end()).collect();
        let rows = |&page: &usize| self.pages.get(page).map_or(0, |page| page.rows.len());
        // The first and the last page may have other keys.
        let inner: usize = pages.iter().skip(1).map(rows).sum::<usize>()
            - pages.last().filter(|_| pages.len() > 1).map_or(0, rows);
        if inner > most {
            return Ok(None);
        }
        let mut found = Vec::new();
        for rows in self.read(&pages)? {
            let Some(rows) = Rows::of(&rows) else { continue };
            found.extend(rows.between(range.start(), range.end()));
        }
        Ok((found.len() <= most).then_some(found))
    }

    fn pages_of(&self, first: &Key, last: &Key) -> Range<usize> {
        let begin = self.pages.partition_point(|page| page.keys.end() < first);
        let end = self.pages.partition_point(|page| page.keys.start() <= last);
        begin..end.max(begin)
    }

    /// Whether a page's row group may hold a key.
    fn admits(&self, page: usize, key: &Key) -> Result<bool, NotBuilt> {
        let Some(number) = self.pages.get(page).map(|page| page.group) else { return Ok(false) };
        let Some(filter) = self.filters.get(number) else { return Ok(true) };
        if filter.get().is_none() {
            let group = self.metadata.metadata().row_group(number);
            let read = Sbbf::read_from_column_chunk(group.column(0), &self.file)?;
            // Another thread may have been faster; it read the same.
            let _ = filter.set(read);
        }
        let filter = filter.get().and_then(Option::as_ref);
        Ok(filter.is_none_or(|filter| filter.check(key.as_bytes())))
    }

    /// The rows of some pages, in order. Row groups without any are not even opened.
    fn read(&self, pages: &BTreeSet<usize>) -> Result<Vec<RecordBatch>, NotBuilt> {
        let mut groups: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for page in pages.iter().filter_map(|&page| self.pages.get(page)) {
            groups.entry(page.group).or_default().push(page.rows.clone());
        }
        if groups.is_empty() {
            return Ok(vec![]);
        }
        let (mut ranges, mut before) = (Vec::new(), 0);
        for (&group, pages) in &groups {
            ranges.extend(pages.iter().map(|rows| before + rows.start..before + rows.end));
            before += self.rows_of(group);
        }
        let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), before);
        let (file, metadata) = (self.file.clone(), self.metadata.clone());
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let reader = reader.with_row_groups(groups.into_keys().collect());
        Ok(reader.with_row_selection(selection).build()?.collect::<Result<_, _>>()?)
    }

    fn rows_of(&self, group: usize) -> usize {
        let groups = self.metadata.metadata().row_groups();
        groups.get(group).and_then(|group| usize::try_from(group.num_rows()).ok()).unwrap_or(0)
    }
}

/// Rows that have been read, in the order of their keys.
struct Rows<'a> {
    keys: &'a FixedSizeBinaryArray,
    offsets: &'a Int64Array,
}

impl<'a> Rows<'a> {
    fn of(rows: &'a RecordBatch) -> Option<Self> {
        let [keys, offsets] = rows.columns() else { return None };
        let (keys, offsets) = (keys.as_fixed_size_binary_opt()?, offsets.as_primitive_opt()?);
        Some(Self { keys, offsets })
    }

    /// Those with keys in a range. A file that somebody has put out of order gives other ones, or none.
    fn between(&self, first: &Key, last: &Key) -> impl Iterator<Item = (Key, u64)> {
        let begin = self.below(|key| key < first.as_bytes());
        let end = self.below(|key| key <= last.as_bytes()).max(begin);
        let (keys, offsets) = (self.keys, self.offsets);
        (begin..end).filter_map(move |row| {
            Some((Key::from_bytes(keys.value(row))?, u64::try_from(offsets.value(row)).ok()?))
        })
    }

    /// How many of the first keys are below something.
    fn below(&self, is_below: impl Fn(&[u8]) -> bool) -> usize {
        let (mut least, mut most) = (0, self.keys.len());
        while least < most {
            let middle = least.midpoint(most);
            if is_below(self.keys.value(middle)) { least = middle + 1 } else { most = middle }
        }
        least
    }
}

/// The pages of all row groups. `None` where the file has no such column, or says nothing of its pages.
fn pages(metadata: &ArrowReaderMetadata) -> Option<Vec<Page>> {
    let metadata = metadata.metadata();
    let mut pages = Vec::new();
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
            let rows = begins(page)?..begins(page + 1)?;
            pages.push(Page { group: number, rows, keys: least..=most });
        }
    }
    Some(pages)
}
