//! What is sent at once, bounded in count and in bytes: far below the 4 MiB at which gRPC servers refuse a message.

use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// The most spans in one request.
const MOST_SPANS: usize = 512;

/// The most bytes in one request, about. A span is smaller: its entry and at most
/// [`MAX_CONTENT_BYTES`](crate::mapping::MAX_CONTENT_BYTES) of content.
const MOST_BYTES: usize = 2 << 20;

/// Spans that are sent together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    spans: Vec<SpanData>,
    bytes: usize,
}

impl Batch {
    /// Whether the span has to wait for the next batch.
    pub(crate) fn is_full_for(&self, span: &SpanData) -> bool {
        let full = self.spans.len() >= MOST_SPANS || self.bytes + size(span) > MOST_BYTES;
        full && !self.spans.is_empty()
    }

    pub(crate) fn push(&mut self, span: SpanData) {
        self.bytes += size(&span);
        self.spans.push(span);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Hands the spans out, and is empty again.
    pub(crate) fn take(&mut self) -> Vec<SpanData> {
        self.bytes = 0;
        std::mem::take(&mut self.spans)
    }
}

/// About how many bytes the span takes on the wire; rather more than less.
fn size(span: &SpanData) -> usize {
    256 + span.name.len() + span.attributes.iter().map(attribute_size).sum::<usize>()
}

fn attribute_size(attribute: &KeyValue) -> usize {
    let value = match &attribute.value {
        Value::String(text) => text.as_str().len(),
        Value::Array(Array::String(texts)) => {
            texts.iter().map(|text| 8 + text.as_str().len()).sum()
        }
        _ => 16,
    };
    16 + attribute.key.as_str().len() + value
}
