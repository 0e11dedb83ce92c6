//! The span that an entry has to be: made by the exporter's own mapping, from the entry as it was sealed.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Array, Value as OtelValue};
use opentelemetry_sdk::trace::SpanData;
use testimony_otlp::mapping::{Contents, Conventions, Mapper, Sealed};
use testimony_record::entry::{Body, Entry};

use crate::span::{Span, Value};

/// The mappings that this build knows, each with what its mapper remembers.
#[derive(Debug, Default)]
pub(crate) struct Mappings {
    known: Vec<Mapper>,
}

impl Mappings {
    /// The span of an entry under the mapping of this name; `None` where this build does not know that.
    pub(crate) fn span(
        &mut self,
        mapping: &str,
        sealed: &Sealed,
        contents: Option<&Contents>,
    ) -> Option<Span> {
        let conventions = Conventions::of_mapping(mapping)?;
        let known = self.known.iter().position(|mapper| mapper.conventions() == conventions);
        let at = known.unwrap_or_else(|| {
            self.known.push(Mapper::new(conventions));
            self.known.len() - 1
        });
        let mapper = self.known.get_mut(at)?;
        Some(span(mapper.span(sealed, contents)))
    }
}

/// The conventions by which a copy says that it was made, where this build knows them; else today's.
pub(crate) fn conventions(mapping: Option<&str>) -> Conventions {
    mapping.and_then(Conventions::of_mapping).unwrap_or_default()
}

/// Whether the trace of an entry's span can be told from the entry alone.
pub(crate) fn fixes_its_trace(entry: &Entry) -> bool {
    match &entry.body {
        Body::Decision(decision) => {
            let around = decision.trace.is_some_and(|around| around.trace_id != [0; 16]);
            around || decision.parent.is_none()
        }
        Body::Outcome(_) | Body::Intent(_) => false,
        _ => true,
    }
}

fn span(data: SpanData) -> Span {
    let (status, message) = match data.status {
        Status::Unset => (0, String::new()),
        Status::Ok => (1, String::new()),
        Status::Error { description } => (2, description.into_owned()),
    };
    Span {
        trace_id: data.span_context.trace_id().to_bytes(),
        span_id: data.span_context.span_id().to_bytes(),
        parent_span_id: data.parent_span_id.to_bytes(),
        name: data.name.into_owned().into_bytes(),
        kind: kind(&data.span_kind),
        status,
        message: message.into_bytes(),
        start_ns: nanoseconds(data.start_time),
        end_ns: nanoseconds(data.end_time),
        attributes: data
            .attributes
            .into_iter()
            .map(|pair| (pair.key.as_str().to_owned(), value(&pair.value)))
            .collect(),
    }
}

/// The numbers of OTLP's `SpanKind`.
fn kind(kind: &SpanKind) -> i32 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn value(value: &OtelValue) -> Value {
    match value {
        OtelValue::Bool(truth) => Value::Truth(*truth),
        OtelValue::I64(number) => Value::Integer(*number),
        OtelValue::F64(number) => Value::Double(*number),
        OtelValue::String(text) => Value::text(text.as_str()),
        OtelValue::Array(list) => Value::List(items(list)),
        _ => Value::Nothing,
    }
}

fn items(list: &Array) -> Vec<Value> {
    match list {
        Array::Bool(list) => list.iter().map(|truth| Value::Truth(*truth)).collect(),
        Array::I64(list) => list.iter().map(|number| Value::Integer(*number)).collect(),
        Array::F64(list) => list.iter().map(|number| Value::Double(*number)).collect(),
        Array::String(list) => list.iter().map(|text| Value::text(text.as_str())).collect(),
        _ => Vec::new(),
    }
}
