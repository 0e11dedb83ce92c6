//! The shape of OTLP/JSON, as far as spans need it: the protobuf JSON mapping with ids as hexadecimal digits and 64-bit
//! integers as text. Source: opentelemetry-proto v1.x, `trace/v1/trace.proto`, and the OTLP specification's JSON section.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::attributes::Attributes;

/// What a line holds. Each span is read by itself, so that a bad one costs no other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    #[serde(borrow, default)]
    pub(super) resource_spans: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceSpans<'a> {
    #[serde(default)]
    pub(super) resource: Resource,
    #[serde(borrow, default)]
    pub(super) scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Deserialize, Default)]
pub(super) struct Resource {
    #[serde(default)]
    attributes: Vec<KeyValue>,
}

impl Resource {
    pub(super) fn service(&self) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes.find(|attribute| attribute.key == "service.name")?.value.as_str()
    }
}

#[derive(Deserialize)]
pub(super) struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    pub(super) spans: Vec<&'a RawValue>,
}

/// Why a span cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("span {number}: {problem}")]
pub struct BadSpan {
    /// Its number among the spans of its line, from 1.
    pub number: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// One span.
#[derive(Debug, Clone)]
pub struct Span {
    pub(super) trace_id: [u8; 16],
    pub(super) own_id: [u8; 8],
    pub(super) parent: Option<[u8; 8]>,
    pub(super) name: String,
    pub(super) service: Option<String>,
    /// Nanoseconds since the Unix epoch.
    pub(super) start: u64,
    pub(super) end: Option<u64>,
    pub(super) failed: bool,
    pub(super) message: Option<String>,
    pub(super) attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    trace_id: String,
    span_id: String,
    #[serde(default)]
    parent_span_id: String,
    #[serde(default)]
    name: String,
    #[serde(deserialize_with = "integer")]
    start_time_unix_nano: u64,
    #[serde(default, deserialize_with = "optional_integer")]
    end_time_unix_nano: Option<u64>,
    #[serde(default)]
    attributes: Vec<KeyValue>,
    #[serde(default)]
    events: Vec<Happened>,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
struct Happened {
    #[serde(default)]
    attributes: Vec<KeyValue>,
}

#[derive(Deserialize, Default)]
struct Status {
    /// A number, or the name of the enumerator.
    #[serde(default)]
    code: Value,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct KeyValue {
    key: String,
    #[serde(default, deserialize_with = "any_value")]
    value: Value,
}

impl Span {
    pub(super) fn parse(json: &str, service: Option<&str>) -> Result<Self, String> {
        let written: Written = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let code = &written.status.code;
        let own = written.attributes.into_iter();
        // Contents may stand in an event instead; what the span itself says goes before it.
        let told = written.events.into_iter().flat_map(|event| event.attributes);
        let attributes = own.chain(told).map(|KeyValue { key, value }| (key, value)).collect();
        Ok(Self {
            trace_id: id(&written.trace_id).ok_or("its trace id is not 32 hexadecimal digits")?,
            own_id: id(&written.span_id).ok_or("its span id is not 16 hexadecimal digits")?,
            parent: id(&written.parent_span_id),
            name: written.name,
            service: service.map(str::to_owned),
            start: written.start_time_unix_nano,
            end: written.end_time_unix_nano,
            failed: code == 2 || code == "STATUS_CODE_ERROR",
            message: Some(written.status.message).filter(|message| !message.is_empty()),
            attributes,
        })
    }
}

/// An id that is not all zeros, which stands for none.
fn id<const N: usize>(text: &str) -> Option<[u8; N]> {
    let id: [u8; N] = hex::decode(text).ok()?.try_into().ok()?;
    (id != [0; N]).then_some(id)
}

fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    optional_integer(deserializer)?.ok_or_else(|| serde::de::Error::custom("no integer"))
}

fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}

/// `{"stringValue": …}` and the like, as the plain JSON value that it stands for.
fn any_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Ok(plain(Value::deserialize(deserializer)?))
}

fn plain(value: Value) -> Value {
    let Value::Object(object) = value else { return Value::Null };
    let Some((kind, value)) = object.into_iter().next() else { return Value::Null };
    match (kind.as_str(), value) {
        ("intValue", Value::String(digits)) => {
            digits.parse::<i64>().map_or(Value::String(digits), Value::from)
        }
        ("arrayValue", list) => Value::Array(values(list).into_iter().map(plain).collect()),
        ("kvlistValue", list) => Value::Object(values(list).into_iter().filter_map(pair).collect()),
        (_, value) => value,
    }
}

fn values(list: Value) -> Vec<Value> {
    match list {
        Value::Object(mut list) => match list.remove("values") {
            Some(Value::Array(values)) => values,
            _ => vec![],
        },
        _ => vec![],
    }
}

fn pair(pair: Value) -> Option<(String, Value)> {
    let Value::Object(mut pair) = pair else { return None };
    let Some(Value::String(key)) = pair.remove("key") else { return None };
    Some((key, plain(pair.remove("value").unwrap_or(Value::Object(Map::new())))))
}
