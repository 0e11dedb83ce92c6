//! Rows in the making: one Arrow builder for each column of a table, filled row by row.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Int64Builder, ListBuilder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::error::ArrowError;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use super::{Kind, Table};

/// One value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Text(Option<&'a str>),
    Id(Option<Uuid>),
    /// As lower-case hexadecimal.
    Bytes(Option<&'a [u8]>),
    Ids(&'a [Uuid]),
    /// A text that could not be read stands as nothing, so that the list has its length.
    Texts(&'a [Option<String>]),
    Integer(Option<i64>),
    /// Microseconds since the Unix epoch.
    Time(Option<i64>),
    Boolean(Option<bool>),
}

impl<'a> Cell<'a> {
    pub(crate) fn digest(digest: Option<&'a Digest>) -> Self {
        Self::Bytes(digest.map(|digest| digest.as_bytes().as_slice()))
    }

    /// Integers of a record are below 2^53.
    pub(crate) fn integer(value: impl Into<Option<u64>>) -> Self {
        Self::Integer(value.into().and_then(|value| value.try_into().ok()))
    }

    pub(crate) fn time(us: impl Into<Option<u64>>) -> Self {
        Self::Time(us.into().and_then(|us| us.try_into().ok()))
    }
}

/// Rows of one table, as far as they have been made.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Table,
    columns: Vec<Values>,
    len: usize,
}

#[derive(Debug)]
enum Values {
    Text(StringBuilder),
    Texts(ListBuilder<StringBuilder>),
    Integer(Int64Builder),
    Time(TimestampMicrosecondBuilder),
    Boolean(BooleanBuilder),
}

impl Rows {
    pub(crate) fn new(table: Table) -> Self {
        let columns = table.columns().iter().map(|column| Values::new(column.kind)).collect();
        Self { table, columns, len: 0 }
    }

    pub(crate) fn table(&self) -> Table {
        self.table
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a row: one cell for each column of the table, in its order.
    pub(crate) fn push(&mut self, cells: &[Cell<'_>]) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a row of {}", self.table.name());
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(*cell);
        }
        self.len += 1;
    }

    /// Hands out what has been made, and begins anew.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.len = 0;
        let columns = self.columns.iter_mut().map(Values::take).collect();
        RecordBatch::try_new(self.table.schema(), columns)
    }
}

impl Values {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Texts => Self::Texts(ListBuilder::new(StringBuilder::new())),
            Kind::Integer => Self::Integer(Int64Builder::new()),
            Kind::Time => Self::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(text), Cell::Text(value)) => text.append_option(value),
            (Self::Text(text), Cell::Id(value)) => text.append_option(value.map(id).as_deref()),
            (Self::Text(text), Cell::Bytes(value)) => text.append_option(value.map(hex::encode)),
            (Self::Texts(list), Cell::Ids(ids)) => {
                list.append_value(ids.iter().map(|&i| Some(id(i))));
            }
            (Self::Texts(list), Cell::Texts(texts)) => {
                list.append_value(texts.iter().map(Option::as_deref));
            }
            (Self::Integer(integer), Cell::Integer(value)) => integer.append_option(value),
            (Self::Time(time), Cell::Time(value)) => time.append_option(value),
            (Self::Boolean(boolean), Cell::Boolean(value)) => boolean.append_option(value),
            (column, cell) => column.refuse(cell),
        }
    }

    /// A cell of another type than its column's is a mistake of this crate; no test lets it pass.
    fn refuse(&mut self, cell: Cell<'_>) {
        debug_assert!(false, "{cell:?} in a column of another type");
        match self {
            Self::Text(column) => column.append_null(),
            Self::Texts(column) => column.append_null(),
            Self::Integer(column) => column.append_null(),
            Self::Time(column) => column.append_null(),
            Self::Boolean(column) => column.append_null(),
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Texts(column) => Arc::new(column.finish()),
            Self::Integer(column) => Arc::new(column.finish()),
            Self::Time(column) => Arc::new(column.finish()),
            Self::Boolean(column) => Arc::new(column.finish()),
        }
    }
}

fn id(id: Uuid) -> String {
    id.hyphenated().to_string()
}
