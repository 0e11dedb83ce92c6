//! OTLP's messages with bytes in place of strings: Tempo cuts strings inside a character, and a decoder that insists on
//! UTF-8 would refuse the whole trace for it. Only what is compared is read.

use crate::span::{Span, Value, id};

/// `opentelemetry.proto.trace.v1.TracesData`, which is also `tempopb.Trace`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TracesData {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ResourceSpans {
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<OtlpSpan>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct OtlpSpan {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent_span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "5")]
    name: Vec<u8>,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(fixed64, tag = "7")]
    start_ns: u64,
    #[prost(fixed64, tag = "8")]
    end_ns: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(bytes = "vec", tag = "2")]
    message: Vec<u8>,
    #[prost(int32, tag = "3")]
    code: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct KeyValue {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AnyValue {
    #[prost(oneof = "AnyValueKind", tags = "1, 2, 3, 4, 5, 6, 7")]
    value: Option<AnyValueKind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum AnyValueKind {
    #[prost(bytes, tag = "1")]
    Text(Vec<u8>),
    #[prost(bool, tag = "2")]
    Truth(bool),
    #[prost(int64, tag = "3")]
    Integer(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(message, tag = "5")]
    List(List),
    #[prost(message, tag = "6")]
    Map(Map),
    #[prost(bytes, tag = "7")]
    Bytes(Vec<u8>),
}

#[derive(Clone, PartialEq, prost::Message)]
struct List {
    #[prost(message, repeated, tag = "1")]
    values: Vec<AnyValue>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Map {
    #[prost(message, repeated, tag = "1")]
    values: Vec<KeyValue>,
}

/// `tempopb.TraceByIDResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TraceByIdResponse {
    #[prost(message, optional, tag = "1")]
    pub(super) trace: Option<TracesData>,
    #[prost(int32, tag = "3")]
    status: i32,
    #[prost(bytes = "vec", tag = "4")]
    message: Vec<u8>,
}

impl TraceByIdResponse {
    /// Its `PartialStatus`: 0 complete, 1 partial.
    pub(super) fn is_partial(&self) -> bool {
        self.status != 0
    }

    /// What it says of that.
    pub(super) fn said(&self) -> String {
        String::from_utf8_lossy(&self.message).into_owned()
    }
}

impl TracesData {
    pub(super) fn into_spans(self) -> Vec<Span> {
        let scopes = self.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).map(Span::from).collect()
    }
}

impl From<OtlpSpan> for Span {
    fn from(span: OtlpSpan) -> Self {
        let status = span.status.unwrap_or_default();
        Self {
            trace_id: id(&span.trace_id),
            span_id: id(&span.span_id),
            parent_span_id: id(&span.parent_span_id),
            name: span.name,
            kind: span.kind,
            status: status.code,
            message: status.message,
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            attributes: pairs(span.attributes),
        }
    }
}

fn pairs(list: Vec<KeyValue>) -> Vec<(String, Value)> {
    let name = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    list.into_iter().map(|pair| (name(&pair.key), pair.value.unwrap_or_default().into())).collect()
}

impl From<AnyValue> for Value {
    fn from(value: AnyValue) -> Self {
        match value.value {
            None => Self::Nothing,
            Some(AnyValueKind::Text(text)) => Self::Text(text),
            Some(AnyValueKind::Truth(truth)) => Self::Truth(truth),
            Some(AnyValueKind::Integer(number)) => Self::Integer(number),
            Some(AnyValueKind::Double(number)) => Self::Double(number),
            Some(AnyValueKind::List(list)) => {
                Self::List(list.values.into_iter().map(Self::from).collect())
            }
            Some(AnyValueKind::Map(map)) => Self::Map(pairs(map.values)),
            Some(AnyValueKind::Bytes(bytes)) => Self::Bytes(bytes),
        }
    }
}
