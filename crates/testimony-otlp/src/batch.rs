//! What is sent at once, bounded in count and in bytes: far below the 4 MiB at which gRPC servers refuse a message.

use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use crate::metrics::Call;

/// The most spans in one request.
const MOST_SPANS: usize = 512;

/// The most bytes in one request, as [`size`] counts them: more than it takes on the wire. A single span is smaller: its entry
/// and at most [`MAX_CONTENT_BYTES`](crate::mapping::MAX_CONTENT_BYTES) of content.
const MOST_BYTES: usize = 2 << 20;

/// A span, and the entry that it stands for.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) span: SpanData,
    pub(crate) stream: Uuid,
    pub(crate) seq: u64,
    pub(crate) hash: Digest,
    /// The id of the decision that the entry is, or is about.
    pub(crate) id: Option<Uuid>,
    /// What is measured of it once it is delivered, where anything is.
    pub(crate) call: Option<Call>,
    /// When the entry was sealed, in microseconds since the Unix epoch.
    pub(crate) sealed_us: u64,
}

/// Parcels of one stream that are sent together, in their order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    parcels: Vec<Parcel>,
    bytes: usize,
}

impl Batch {
    /// Whether the span has to wait for the next batch.
    pub(crate) fn is_full_for(&self, span: &SpanData) -> bool {
        let full = self.parcels.len() >= MOST_SPANS || self.bytes + size(span) > MOST_BYTES;
        full && !self.parcels.is_empty()
    }

    pub(crate) fn push(&mut self, parcel: Parcel) {
        self.bytes += size(&parcel.span);
        self.parcels.push(parcel);
    }

    /// Hands the parcels out, and is empty again.
    pub(crate) fn take(&mut self) -> Vec<Parcel> {
        self.bytes = 0;
        std::mem::take(&mut self.parcels)
    }
}

/// About how many bytes the span takes on the wire; rather more than less.
pub(crate) fn size(span: &SpanData) -> usize {
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

#[cfg(all(test, feature = "http"))]
mod tests {
    use opentelemetry::StringValue;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
    use opentelemetry_sdk::Resource;
    use proptest::prelude::*;
    use prost::Message as _;

    use super::*;
    use crate::mapping::{MAX_CONTENT_BYTES, sample};

    fn encoded(spans: Vec<SpanData>) -> usize {
        let resource = (&Resource::builder().build()).into();
        let resource_spans = group_spans_by_resource_and_scope(spans, &resource);
        ExportTraceServiceRequest { resource_spans }.encoded_len()
    }

    fn parcel(span: SpanData) -> Parcel {
        let (stream, hash) = (sample::STREAM, Digest::plain(b"entry"));
        Parcel { span, stream, seq: 7, hash, id: None, call: None, sealed_us: 0 }
    }

    fn with(texts: &[String]) -> SpanData {
        let texts = texts.iter().enumerate();
        let texts = texts.map(|(at, text)| KeyValue::new(format!("text.{at}"), text.clone()));
        let list = Array::String(vec![StringValue::from("é"); 9]);
        let mut span = sample::span_data();
        span.attributes.extend(texts);
        span.attributes.push(KeyValue::new("list", Value::Array(list)));
        span
    }

    /// Fills one batch with copies of a span; how much it encodes to.
    fn filled_with(span: &SpanData) -> usize {
        let mut batch = Batch::default();
        while !batch.is_full_for(span) {
            batch.push(parcel(span.clone()));
        }
        encoded(batch.take().into_iter().map(|parcel| parcel.span).collect())
    }

    proptest! {
        #[test]
        fn a_span_is_never_larger_than_it_counts(texts in prop::collection::vec("\\PC{0,3000}", 0..12)) {
            let span = with(&texts);
            prop_assert!(encoded(vec![span.clone()]) <= size(&span) + encoded(vec![]) + 512);
            let both = encoded(vec![span.clone(), span.clone()]) - encoded(vec![span.clone()]);
            prop_assert!(both <= size(&span), "{both} bytes count as {}", size(&span));
        }
    }

    #[test]
    fn no_batch_comes_near_four_mebibytes() {
        for length in [0, 100, 2000, 60_000, MAX_CONTENT_BYTES + 65_535] {
            let bytes = filled_with(&with(&["x".repeat(length)]));
            assert!(bytes < 3 << 20, "{bytes} bytes of spans with {length}");
        }
    }
}
