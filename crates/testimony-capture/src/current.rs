//! The decision that is current on this thread: the innermost one whose span has been entered here.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::decision::Status;
use testimony_record::label::Label;
use tracing::instrument::{Instrument, Instrumented};
use tracing::span::Id;

use crate::open::Open;

thread_local! {
    /// Entered spans that belong to a decision, innermost last.
    static ENTERED: RefCell<Vec<(Id, Arc<Open>)>> = const { RefCell::new(Vec::new()) };
    /// The decision of the span that was just made on this thread, until its guard picks it up.
    static BEGUN: RefCell<Option<Arc<Open>>> = const { RefCell::new(None) };
}

pub(crate) fn enter(id: &Id, open: Arc<Open>) {
    let _ = ENTERED.try_with(|entered| entered.borrow_mut().push((id.clone(), open)));
}

pub(crate) fn exit(id: &Id) {
    let _ = ENTERED.try_with(|entered| {
        let mut entered = entered.borrow_mut();
        if let Some(at) = entered.iter().rposition(|(other, _)| other == id) {
            entered.remove(at);
        }
    });
}

pub(crate) fn innermost() -> Option<Arc<Open>> {
    ENTERED
        .try_with(|entered| entered.borrow().last().map(|(_, open)| Arc::clone(open)))
        .ok()
        .flatten()
}

pub(crate) fn set_begun(open: Arc<Open>) {
    let _ = BEGUN.try_with(|begun| *begun.borrow_mut() = Some(open));
}

pub(crate) fn take_begun() -> Option<Arc<Open>> {
    BEGUN.try_with(|begun| begun.borrow_mut().take()).ok().flatten()
}

/// The current decision, if there is one and a layer records it.
///
/// ```
/// // Without a layer, or outside a decision, there is none, and nothing is done.
/// if let Some(decision) = testimony_capture::current() {
///     decision.tokens(812, 96);
/// }
/// ```
#[must_use]
pub fn current() -> Option<Current> {
    innermost().map(Current)
}

/// A handle on a decision in the making. What is said after the decision has ended is lost, and counted.
#[derive(Clone)]
pub struct Current(pub(crate) Arc<Open>);

impl Current {
    /// The decision's id, to be put into the service's own reply and rows.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// `gen_ai.request.model`.
    pub fn model(&self, model: &str) {
        self.0.with(|draft| draft.model = Some(model.into()));
    }

    /// `gen_ai.provider.name`.
    pub fn provider(&self, provider: &str) {
        self.0.with(|draft| draft.provider = Some(provider.into()));
    }

    /// `gen_ai.operation.name`.
    pub fn operation(&self, operation: &str) {
        self.0.with(|draft| draft.operation = Some(operation.into()));
    }

    /// `gen_ai.response.id` and `gen_ai.response.model`.
    pub fn response(&self, id: &str, model: &str) {
        self.0.with(|draft| {
            draft.response.id = Some(id.into());
            draft.response.model = Some(model.into());
        });
    }

    /// One of `gen_ai.response.finish_reasons`.
    pub fn finish_reason(&self, reason: &str) {
        self.0.with(|draft| draft.response.finish_reasons.push(Label::from(reason)));
    }

    /// `gen_ai.usage.input_tokens` and `gen_ai.usage.output_tokens`.
    pub fn tokens(&self, input: u64, output: u64) {
        self.0.with(|draft| (draft.usage.input, draft.usage.output) = (Some(input), Some(output)));
    }

    /// How it ended, where that is not to be read from the function's result: a refusal, a deadline.
    pub fn status(&self, status: Status) {
        self.0.with(|draft| draft.status = Some(status));
    }

    /// An earlier decision that led to this one.
    pub fn cause(&self, decision: Uuid) {
        self.0.with(|draft| draft.causes.push(decision));
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Current").field(&self.0.id).finish()
    }
}

/// Lets a future that runs elsewhere go on speaking for the current decision.
pub trait InCurrentDecision: Sized {
    /// Instruments the future with the current span, so that a spawned task belongs to the same decision.
    fn in_current_decision(self) -> Instrumented<Self> {
        self.in_current_span()
    }
}

impl<T> InCurrentDecision for T {}
