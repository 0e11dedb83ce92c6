//! A column as data: its name, its type, and what it means. Schemas, documentation and `--tables` come from here.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; ids and digests in lower case.
    Text,
    /// A list of texts.
    Texts,
    /// A number from −2^63 to 2^63 − 1.
    Integer,
    /// A moment in UTC, in microseconds.
    Time,
    /// True or false.
    Boolean,
}

impl Kind {
    /// As people write it in SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "list of text",
            Self::Integer => "bigint",
            Self::Time => "timestamp",
            Self::Boolean => "boolean",
        }
    }

    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
            Self::Integer => DataType::Int64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Boolean => DataType::Boolean,
        }
    }
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
}

pub(super) const fn text(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Text, meaning }
}

pub(super) const fn texts(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Texts, meaning }
}

pub(super) const fn integer(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Integer, meaning }
}

pub(super) const fn time(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Time, meaning }
}

pub(super) const fn boolean(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Boolean, meaning }
}
