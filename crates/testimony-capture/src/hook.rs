//! The one door through which the macros come in. Hidden, unstable, and complete: an expansion names nothing else.

use std::future::Future;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::decision::Status;
use tracing::{Instrument as _, Span};

pub use core::option::Option::{None, Some};
pub use testimony_record::part::Role;
pub use tracing;

use crate::current::take_begun;
pub use crate::current::{Current, current};
use crate::draft::About;
pub use crate::ending::{Ending, Probe, ViaAny, ViaDebug, ViaDisplay, plain};
use crate::layer::Layer;
use crate::open::Open;
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

/// Ends a decision whose code did not come to its end.
struct EndOnDrop {
    open: Option<Arc<Open>>,
    /// The thread was panicking already when the decision began, in a destructor for instance.
    unwinding: bool,
}

impl EndOnDrop {
    fn new(open: Arc<Open>) -> Self {
        Self { open: Some(open), unwinding: std::thread::panicking() }
    }

    fn end(mut self, ending: Ending) {
        if let Some(open) = self.open.take() {
            open.end(ending);
        }
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && !self.unwinding;
        if let Some(open) = self.open.take() {
            open.end(Ending::of(if panicked { Status::Panicked } else { Status::Cancelled }));
        }
    }
}

impl Current {
    /// Adds a part that the application states.
    pub fn part<T: Recordable + ?Sized>(&self, role: Role, name: Option<&'static str>, value: &T) {
        self.0.with(|draft| draft.add(About::declared(role, name), value));
    }

    /// Adds a constraint: a JSON object of its rule, whether it held, and what else is stated.
    pub fn constraint(&self, name: &'static str, held: bool, fill: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(serde_json::Map::new());
        fields.add("rule", name);
        fill(&mut fields);
        fields.add("held", &held);
        let about = About { held: Some(held), ..About::declared(Role::Constraint, Some(name)) };
        self.0.with(|draft| draft.add(about, &fields.0));
    }
}

/// The fields of a constraint.
#[derive(Debug)]
pub struct Fields(serde_json::Map<String, serde_json::Value>);

impl Fields {
    /// Adds one; a value that cannot be serialised is named as such.
    pub fn add<T: Recordable + ?Sized>(&mut self, key: &'static str, value: &T) {
        let value = serde_json::to_value(value).unwrap_or_else(|_| "(not serialisable)".into());
        self.0.insert(key.to_owned(), value);
    }
}

/// Begins an outcome, if a layer listens on this thread.
#[must_use]
pub fn outcome(decision: Uuid, kind: &str) -> Option<Outcome> {
    tracing::dispatcher::get_default(|dispatch| {
        dispatch.downcast_ref::<Layer>().map(|layer| Outcome::new(layer.ear(), decision, kind))
    })
}
