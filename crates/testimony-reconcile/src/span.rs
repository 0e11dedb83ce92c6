//! A span as any backend hands it out, whatever it was spelled in. Text is kept as bytes: some backends cut it inside a
//! character.
//!
//! What a span means is not this file's concern.

use std::borrow::Cow;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1 as otlp;

/// One span. Resource, scope, events and links are not read: nothing of ours is in them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// The trace's id; zeros where the backend gave none.
    pub trace_id: [u8; 16],
    /// The span's own id.
    pub span_id: [u8; 8],
    /// The span above it; zeros for none.
    pub parent_span_id: [u8; 8],
    /// The name.
    pub name: Vec<u8>,
    /// The number of the kind in OTLP; 0 where the backend does not tell.
    pub kind: i32,
    /// The number of the status in OTLP: 0 unset, 1 ok, 2 error.
    pub status: i32,
    /// What the status says.
    pub message: Vec<u8>,
    /// In nanoseconds since the Unix epoch.
    pub start_ns: u64,
    /// In nanoseconds since the Unix epoch.
    pub end_ns: u64,
    /// In the order in which they came.
    pub attributes: Vec<(String, Value)>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// None at all.
    Nothing,
    /// A string, UTF-8 unless a backend has cut it.
    Text(Vec<u8>),
    /// An integer.
    Integer(i64),
    /// A truth value.
    Truth(bool),
    /// A floating-point number.
    Double(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Vec<(String, Value)>),
}

impl Span {
    /// The value of an attribute, the first where several have its name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text of an attribute that is UTF-8 text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name).and_then(Value::as_text)
    }
}

impl Value {
    /// Text from a string.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into().into_bytes())
    }

    /// The text, where it is whole UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// As a person reads it.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => "nothing".into(),
            Self::Text(text) => String::from_utf8_lossy(text),
            Self::Integer(number) => number.to_string().into(),
            Self::Truth(truth) => truth.to_string().into(),
            Self::Double(number) => number.to_string().into(),
            Self::Bytes(bytes) => hex::encode(bytes).into(),
            Self::List(list) => {
                let items: Vec<_> = list.iter().map(Self::shown).collect();
                format!("[{}]", items.join(", ")).into()
            }
            Self::Map(map) => {
                let items: Vec<_> =
                    map.iter().map(|(key, value)| format!("{key}: {}", value.shown())).collect();
                format!("{{{}}}", items.join(", ")).into()
            }
        }
    }
}

impl From<otlp::Span> for Span {
    fn from(span: otlp::Span) -> Self {
        let status = span.status.unwrap_or_default();
        Self {
            trace_id: id(&span.trace_id),
            span_id: id(&span.span_id),
            parent_span_id: id(&span.parent_span_id),
            name: span.name.into_bytes(),
            kind: span.kind,
            status: status.code,
            message: status.message.into_bytes(),
            start_ns: span.start_time_unix_nano,
            end_ns: span.end_time_unix_nano,
            attributes: pairs(span.attributes),
        }
    }
}

impl From<Option<AnyValue>> for Value {
    fn from(value: Option<AnyValue>) -> Self {
        match value.and_then(|value| value.value) {
            Some(any_value::Value::StringValue(text)) => Self::Text(text.into_bytes()),
            Some(any_value::Value::IntValue(number)) => Self::Integer(number),
            Some(any_value::Value::BoolValue(truth)) => Self::Truth(truth),
            Some(any_value::Value::DoubleValue(number)) => Self::Double(number),
            Some(any_value::Value::BytesValue(bytes)) => Self::Bytes(bytes),
            Some(any_value::Value::ArrayValue(list)) => {
                Self::List(list.values.into_iter().map(|value| Some(value).into()).collect())
            }
            Some(any_value::Value::KvlistValue(map)) => Self::Map(pairs(map.values)),
            _ => Self::Nothing,
        }
    }
}

fn pairs(list: Vec<KeyValue>) -> Vec<(String, Value)> {
    list.into_iter().map(|pair| (pair.key, pair.value.into())).collect()
}

/// An id of the right length, or zeros.
pub(crate) fn id<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}
