//! A span in the making: what the kinds of entries differ in.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::list::List;
use super::place::Place;
use super::{Contents, Conventions};

pub(super) struct Drawing {
    pub(super) place: Place,
    pub(super) kind: SpanKind,
    pub(super) name: Cow<'static, str>,
    /// In microseconds since the Unix epoch.
    pub(super) began_us: u64,
    pub(super) took_us: u64,
    pub(super) status: Status,
    pub(super) attributes: List,
}

impl Drawing {
    /// A moment inside the service, which did not fail.
    pub(super) fn moment(place: Place, name: impl Into<Cow<'static, str>>, at_us: u64) -> Self {
        Self {
            place,
            kind: SpanKind::Internal,
            name: name.into(),
            began_us: at_us,
            took_us: 0,
            status: Status::Unset,
            attributes: List::with_capacity(16),
        }
    }

    /// With that content whose names are kept by `choose`.
    pub(super) fn with(mut self, content: Option<&Contents>, choose: fn(&str) -> bool) -> Self {
        if let Some(content) = content {
            content.write(&mut self.attributes, choose);
        }
        self
    }

    pub(super) fn finish(self, conventions: Conventions) -> SpanData {
        let Place { trace, span, parent } = self.place;
        let start_time = SystemTime::UNIX_EPOCH + Duration::from_micros(self.began_us);
        let state = TraceState::default();
        SpanData {
            span_context: SpanContext::new(trace, span, TraceFlags::SAMPLED, false, state),
            parent_span_id: parent,
            parent_span_is_remote: false,
            span_kind: self.kind,
            name: self.name,
            start_time,
            end_time: start_time + Duration::from_micros(self.took_us),
            attributes: self.attributes.into_vec(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.status,
            instrumentation_scope: scope(conventions),
        }
    }
}

fn scope(conventions: Conventions) -> InstrumentationScope {
    InstrumentationScope::builder("testimony")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(conventions.schema_url())
        .build()
}
