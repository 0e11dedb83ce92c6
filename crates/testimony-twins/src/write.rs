//! Writing the Parquet files of one segment. Each gets its name when all are whole.

use std::collections::BTreeMap;
use std::io;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use datafusion::parquet::schema::types::ColumnPath;
use tempfile::NamedTempFile;

use testimony_index::NotBuilt;
use testimony_index::derived::{Place, Set, Stamp, make_dir};

use crate::read::{Output, Sink, Source, read};
use crate::table::Table;

/// One file for each table. `Decisions` is the last, and so stands for all.
pub(crate) const SET: Set = Set { names: &Table::NAMES, version: 2, write };

/// Memory: the segment's bytes, and some 150 MB for rows.
fn write(place: &Place, bytes: &[u8], stamp: &Stamp) -> Result<(), NotBuilt> {
    let mut files = Files::begin(place)?;
    let mut output = Output::new(&mut files);
    let Place { stream, segment, .. } = *place;
    read(Source { stream, segment, live: false }, bytes, &mut output)?;
    output.finish()?;
    files.finish(stamp)
}

/// The files of a segment in the making.
struct Files<'a> {
    place: &'a Place,
    open: BTreeMap<Table, ArrowWriter<NamedTempFile>>,
}

impl<'a> Files<'a> {
    fn begin(place: &'a Place) -> Result<Self, NotBuilt> {
        make_dir(&place.dir).map_err(NotBuilt::write(&place.dir))?;
        Ok(Self { place, open: BTreeMap::new() })
    }

    /// Gives every file its name; the one that stands for all of them is the last.
    fn finish(mut self, stamp: &Stamp) -> Result<(), NotBuilt> {
        for table in Table::ALL {
            let Some(mut writer) = self.open.remove(&table) else { continue };
            if let Some(stamp) = stamp.to_metadata() {
                writer.append_key_value_metadata(stamp);
            }
            let file = writer.into_inner()?;
            self.keep(table, file).map_err(NotBuilt::write(&self.place.dir))?;
        }
        Ok(())
    }

    fn keep(&self, table: Table, file: NamedTempFile) -> io::Result<()> {
        file.as_file().sync_data()?;
        file.persist(self.place.of(table.name())).map_err(|error| error.error)?;
        Ok(())
    }

    fn create(&self, table: Table) -> Result<ArrowWriter<NamedTempFile>, NotBuilt> {
        let file = tempfile::Builder::new()
            .prefix(&self.place.prefix(table.name()))
            .suffix(".unfinished")
            .tempfile_in(&self.place.dir)
            .map_err(NotBuilt::write(&self.place.dir))?;
        Ok(ArrowWriter::try_new(file, table.schema(), Some(properties(table)))?)
    }
}

impl Sink for Files<'_> {
    fn put(&mut self, table: Table, rows: RecordBatch) -> Result<(), NotBuilt> {
        if !self.open.contains_key(&table) {
            self.open.insert(table, self.create(table)?);
        }
        let Some(writer) = self.open.get_mut(&table) else { return Ok(()) };
        writer.write(&rows)?;
        writer.flush()?;
        Ok(())
    }
}

/// Columns that questions name one value of. What is looked up without SQL has an index of its own.
fn looked_up(table: Table) -> &'static [&'static [&'static str]] {
    match table {
        Table::Entries | Table::Objects => &[],
        Table::Decisions => &[&["id"], &["trace_id"], &["parent"], &["subjects", "list", "item"]],
        Table::Parts => &[&["digest"], &["decision"]],
        Table::Outcomes => &[&["decision"]],
    }
}

/// Columns in which hardly a value comes twice; a dictionary would only be in the way.
fn unique(table: Table) -> &'static [&'static str] {
    match table {
        Table::Entries | Table::Outcomes => &["hash", "offset"],
        Table::Decisions => &["hash", "id", "offset"],
        Table::Parts => &[],
        Table::Objects => &["digest", "offset"],
    }
}

/// Large enough for the digests of a row group.
const DICTIONARY_BYTES: usize = 16 << 20;

const FALSE_POSITIVES: f64 = 0.01;

fn properties(table: Table) -> WriterProperties {
    let path = |parts: &[&str]| ColumnPath::new(parts.iter().map(ToString::to_string).collect());
    let mut properties: WriterPropertiesBuilder = WriterProperties::builder()
        .set_created_by(concat!("testimony ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_compression(Compression::ZSTD(ZstdLevel::default()));
    for column in looked_up(table) {
        properties = properties
            .set_column_bloom_filter_enabled(path(column), true)
            .set_column_bloom_filter_fpp(path(column), FALSE_POSITIVES);
    }
    for column in unique(table) {
        properties = properties.set_column_dictionary_enabled(path(&[column]), false);
    }
    properties.build()
}
