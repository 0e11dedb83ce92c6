//! What the layer and all open decisions share: where to hand what was heard, how to behave, what was missed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use testimony_record::decision::TraceContext;
use testimony_record::kept::NotKept;

use crate::draft::{Bounds, Draft, Site};
use crate::open::Open;
use crate::pool::Pool;
use crate::receipt::Receipt;
use crate::sink::{Heard, Sink};

/// How capture behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The most bytes of content that one decision holds; what goes beyond is recorded as absent. Default: 64 MiB.
    pub most_bytes: usize,
    /// The most parts that one decision holds. Default: 65,536.
    pub most_parts: usize,
    /// Whether spans with `gen_ai.*` fields are decisions too. Default: yes.
    pub library_spans: bool,
    /// Finds the application's distributed trace at the moment a decision begins. Default: none.
    pub trace: Option<fn() -> Option<TraceContext>>,
    /// Finds the span that is active at a moment, where the application exports it. So a library's span that a backend
    /// shows already is recognised. Default: none.
    pub exported: Option<fn() -> Option<TraceContext>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most_bytes: 64 << 20,
            most_parts: 65_536,
            library_spans: true,
            trace: None,
            exported: None,
        }
    }
}

/// What capture itself could not record, since the layer was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blindness {
    /// Parts that were stated after their decision had ended, or by a serializer while it was being recorded.
    pub late_parts: u64,
}

/// What the layer and all open decisions share.
pub(crate) struct Ear {
    sink: Box<dyn Sink>,
    pub(crate) settings: Settings,
    pub(crate) pool: Arc<Pool>,
    late_parts: AtomicU64,
}

impl Ear {
    pub(crate) fn new(sink: impl Sink, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            sink: Box::new(sink),
            settings,
            pool: Arc::default(),
            late_parts: AtomicU64::new(0),
        })
    }

    /// A decision that begins now.
    pub(crate) fn draft(&self, site: Site, parent: Option<&Open>) -> Box<Draft> {
        let mut draft = Box::new(Draft::begin(site, self.bounds(), &self.pool));
        draft.parent = parent.map(|open| open.id);
        let around = self.settings.trace.and_then(|trace| trace());
        draft.trace = around.or_else(|| parent.map(Open::place_inside));
        draft
    }

    /// Called while a library's span is entered. What is active then and was not when the span was made is that span's own:
    /// layers that trace activate a span when it is entered, before this layer or after it.
    pub(crate) fn find_own_span(&self, draft: &mut Draft) {
        let around = draft.trace;
        if around.is_some_and(|around| around.own) {
            return;
        }
        let Some(active) = self.settings.exported.and_then(|exported| exported()) else { return };
        let same_trace = around.is_none_or(|around| around.trace_id == active.trace_id);
        if same_trace && around.is_none_or(|around| around.span_id != active.span_id) {
            draft.trace = Some(TraceContext { own: true, ..active });
        }
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { bytes: self.settings.most_bytes, parts: self.settings.most_parts }
    }

    /// A sink is not supposed to panic; if it does, the host must not feel it.
    pub(crate) fn submit(&self, heard: Heard) {
        let _ = catch_unwind(AssertUnwindSafe(|| self.sink.submit(heard)));
    }

    /// As [`Ear::submit`], with a receipt.
    pub(crate) fn record(&self, heard: Heard) -> Receipt {
        catch_unwind(AssertUnwindSafe(|| self.sink.record(heard)))
            .unwrap_or_else(|_| Receipt::refused(NotKept::Panicked))
    }

    pub(crate) fn count_late_part(&self) {
        self.late_parts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn blindness(&self) -> Blindness {
        Blindness { late_parts: self.late_parts.load(Ordering::Relaxed) }
    }
}
