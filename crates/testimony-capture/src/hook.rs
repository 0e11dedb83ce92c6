//! The one door through which the macros come in. Hidden, unstable, and complete: an expansion names nothing else.

use std::future::Future;
use std::sync::Arc;

use testimony_record::Uuid;
use tracing::{Instrument as _, Span};

pub use core::option::Option::{None, Some};
pub use testimony_record::part::Role;
pub use tracing;

use crate::current::take_begun;
pub use crate::current::{Current, current};
pub use crate::durable::{Durable, FailsClosed, HoldsNotKept, not_kept};
pub use crate::ending::{Ending, Probe, ViaAny, ViaDebug, ViaDisplay, plain};
use crate::guard::EndOnDrop;
use crate::layer::Layer;
use crate::open::Open;
pub use crate::parts::Fields;
pub use crate::stated::StatedOutcome as Outcome;
pub use crate::value::Recordable;

/// Makes the span of a decision. Its level is the highest there is, because a filter that silences ordinary spans must
/// not silence evidence; it is named after the function, in the function's own module.
#[doc(hidden)]
#[macro_export]
macro_rules! __testimony_span {
    ($name:literal) => {
        $crate::hook::tracing::error_span!(
            $name,
            testimony.decision = $crate::hook::tracing::field::Empty
        )
    };
}
pub use crate::__testimony_span as span;

/// One decision in the making, for the macro that wraps the function.
pub struct Call {
    span: Span,
    open: Option<Arc<Open>>,
}

impl Call {
    /// Takes the span that was just made on this thread.
    #[must_use]
    pub fn begin(span: Span) -> Self {
        let open = if span.is_disabled() { None } else { take_begun() };
        Self { span, open }
    }

    /// Whether anything is recorded.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.open.is_some()
    }

    /// What the decision is about.
    pub fn subject<T: Recordable + ?Sized>(&self, value: &T) {
        self.with(|current| current.part(Role::Subject, None, value));
    }

    /// `gen_ai.request.model`.
    pub fn model(&self, model: &(impl AsRef<str> + ?Sized)) {
        self.with(|current| current.model(model.as_ref()));
    }

    /// `gen_ai.provider.name`.
    pub fn provider(&self, provider: &(impl AsRef<str> + ?Sized)) {
        self.with(|current| current.provider(provider.as_ref()));
    }

    /// `gen_ai.operation.name`.
    pub fn operation(&self, operation: &(impl AsRef<str> + ?Sized)) {
        self.with(|current| current.operation(operation.as_ref()));
    }

    /// Puts on record that the body is about to run, and does not wait for it.
    pub fn intend(&self) {
        if let Some(open) = &self.open {
            open.intend();
        }
    }

    /// The same decision, to fail closed.
    #[must_use]
    pub fn durable(self) -> Durable {
        Durable::new(self.span, self.open)
    }

    fn with(&self, change: impl FnOnce(&Current)) {
        if let Some(open) = &self.open {
            change(&Current(Arc::clone(open)));
        }
    }

    /// Runs the body inside the decision. Unwinding out of it ends the decision as panicked.
    pub fn run<R>(self, body: impl FnOnce() -> R, judge: impl FnOnce(&R) -> Ending) -> R {
        let guard = self.open.map(EndOnDrop::new);
        let entered = self.span.enter();
        let result = body();
        drop(entered);
        if let Some(guard) = guard {
            guard.end(judge(&result));
        }
        result
    }

    /// Runs the body inside the decision. Dropping the future before it is ready ends the decision as cancelled.
    pub async fn run_async<F: Future>(
        self,
        body: F,
        judge: impl FnOnce(&F::Output) -> Ending,
    ) -> F::Output {
        let guard = self.open.map(EndOnDrop::new);
        let result = body.instrument(self.span).await;
        if let Some(guard) = guard {
            guard.end(judge(&result));
        }
        result
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("span", &self.span).finish_non_exhaustive()
    }
}

/// Begins an outcome, if a layer listens on this thread.
#[must_use]
pub fn outcome(decision: Uuid, kind: &str) -> Option<Outcome> {
    tracing::dispatcher::get_default(|dispatch| {
        dispatch.downcast_ref::<Layer>().map(|layer| Outcome::new(layer.ear(), decision, kind))
    })
}
