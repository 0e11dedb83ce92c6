//! A decision that fails closed: its value is handed out only once the decision is durable, and an error in its place
//! where it cannot be. Nothing here ever hands out a value whose decision is not on record.

use std::sync::Arc;

use testimony_record::kept::NotKept;
use tracing::{Instrument as _, Span};

use crate::ending::Ending;
use crate::guard::EndOnDrop;
use crate::open::Open;

/// What a function returns that fails closed: a `Result`.
#[diagnostic::on_unimplemented(
    message = "`#[decides(durable)]` needs a function that returns a `Result`, not `{Self}`",
    label = "this cannot say that the decision was not kept",
    note = "a durable function returns `Err(testimony::NotKept)` where its decision cannot be put on record",
    note = "return `Result<_, E>` with `E: From<testimony::NotKept>`, or leave out `durable`"
)]
pub trait FailsClosed {
    /// The error.
    type Error;

    /// The error in place of a value.
    fn failed(error: Self::Error) -> Self;
}

impl<T, E> FailsClosed for Result<T, E> {
    type Error = E;

    fn failed(error: E) -> Self {
        Err(error)
    }
}

/// An error that can hold a [`NotKept`].
#[diagnostic::on_unimplemented(
    message = "`#[decides(durable)]` needs an error that can hold a `testimony::NotKept`, and `{Self}` cannot",
    label = "this cannot say that the decision was not kept",
    note = "a durable function returns `Err(testimony::NotKept)` where its decision cannot be put on record",
    note = "implement `From<testimony::NotKept>` for `{Self}`; with thiserror: `NotKept(#[from] testimony::NotKept)`"
)]
pub trait HoldsNotKept: From<NotKept> {}

impl<E: From<NotKept>> HoldsNotKept for E {}

/// The error that a function returns in place of its value. The macro names it where the return type stands, so that a
/// type that cannot hold it is reported there, once.
#[must_use]
pub fn not_kept<R: FailsClosed<Error: HoldsNotKept>>(why: NotKept) -> R {
    R::failed(why.into())
}

/// One durable decision in the making, for the macro that wraps the function.
pub struct Durable {
    span: Span,
    open: Option<Arc<Open>>,
    intent: bool,
}

impl Durable {
    pub(crate) fn new(span: Span, open: Option<Arc<Open>>) -> Self {
        Self { span, open, intent: false }
    }

    /// Puts an intent on record before the body runs; without it the body does not run.
    #[must_use]
    pub fn with_intent(self) -> Self {
        Self { intent: true, ..self }
    }

    /// Runs the body inside the decision, and blocks until the decision is durable. Where nobody listens the body does
    /// not run. A decision that was not kept outweighs what the body returned, be that an error of its own.
    pub fn run<R>(
        self,
        body: impl FnOnce() -> R,
        judge: impl FnOnce(&R) -> Ending,
        not_kept: fn(NotKept) -> R,
    ) -> R {
        let Some(open) = self.open else { return not_kept(NotKept::NoRecorder) };
        let guard = EndOnDrop::new(open);
        if self.intent
            && let Err(why) = guard.intend().wait()
        {
            guard.forget();
            return not_kept(why);
        }
        let result = self.span.in_scope(body);
        let kept = guard.end_durably(judge(&result)).wait();
        kept.map_or_else(not_kept, |_| result)
    }

    /// [`Durable::run`] that awaits instead of blocking. Dropping the future while the body runs ends the decision as
    /// cancelled; later, the decision has ended already and nobody hears whether it was kept.
    pub async fn run_async<R>(
        self,
        body: impl Future<Output = R>,
        judge: impl FnOnce(&R) -> Ending,
        not_kept: fn(NotKept) -> R,
    ) -> R {
        let Some(open) = self.open else { return not_kept(NotKept::NoRecorder) };
        let guard = EndOnDrop::new(open);
        if self.intent
            && let Err(why) = guard.intend().await
        {
            guard.forget();
            return not_kept(why);
        }
        let result = body.instrument(self.span).await;
        let receipt = guard.end_durably(judge(&result));
        receipt.await.map_or_else(not_kept, |_| result)
    }
}

impl std::fmt::Debug for Durable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Durable").field("span", &self.span).finish_non_exhaustive()
    }
}
