//! Recording by hand, for code that no macro fits: a decision is begun, told of in calls that chain, and recorded. It is
//! an open decision like any other, and takes the same way to the ledger.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testimony_record::Uuid;
use testimony_record::decision::{Status, Usage};
use testimony_record::label::Label;
use testimony_record::part::Role;

use crate::current::{Current, innermost};
use crate::draft::Site;
use crate::ear::Ear;
use crate::ending::Ending;
use crate::guard::EndOnDrop;
use crate::open::Open;
use crate::receipt::Receipt;
use crate::stated::StatedOutcome;
use crate::value::Recordable;

/// Records decisions and outcomes without macros, and without a `tracing` subscriber. Cheap to clone.
///
/// ```
/// # fn example(recorder: &testimony_capture::Recorder) -> Result<(), testimony_record::kept::NotKept> {
/// let decision = recorder.begin("loan_desk::underwrite").subject("loan:1234").model("gpt-4o");
/// let decision = decision.prompt("may it be granted?"); // … ask the model …
/// decision.decided("approve").rationale("income is stable").record().wait()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder(Arc<Ear>);

impl Recorder {
    pub(crate) fn new(ear: Arc<Ear>) -> Self {
        Self(ear)
    }

    /// Begins a decision at a call site: `loan_desk::underwrite`. Its id is given out now, its time begins now, and
    /// where this thread is inside another decision, that is its parent.
    pub fn begin(&self, site: impl Into<Label>) -> StatedDecision {
        let parent = innermost();
        let open = Open::new(&self.0, self.0.draft(Site::Stated(site.into()), parent.as_deref()));
        StatedDecision { current: Current(Arc::clone(&open)), guard: EndOnDrop::new(open) }
    }

    /// Begins an outcome, a later fact about a decision: `executed`, `approved`, `overridden`, `corrected`, `scored`, or
    /// a word of your own.
    pub fn outcome(&self, decision: Uuid, kind: &str) -> StatedOutcome {
        StatedOutcome::new(Arc::clone(&self.0), decision, kind)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

/// A decision in the making, begun by [`Recorder::begin`].
///
/// It ends with [`StatedDecision::record`] or [`StatedDecision::submit`]. Dropped without either it is recorded all the same, as
/// cancelled, or as panicked while the thread unwinds: a call that was begun is never silent.
///
/// Values are whatever implements `serde::Serialize`, and are copied at once: a string as its text, everything else as
/// JSON. [`bytes`](crate::bytes()) takes bytes as they are.
#[must_use = "dropping a decision records it as cancelled; call `.record()` or `.submit()`"]
pub struct StatedDecision {
    current: Current,
    guard: EndOnDrop,
}

impl StatedDecision {
    /// The decision's id, to be put into the service's own reply and rows.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.current.id()
    }

    /// What it is about, such as `loan:1234`. It may come several times.
    pub fn subject<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Subject, None, value)
    }

    /// What the model was asked. A JSON list of messages is taken apart, so that what repeats is stored once.
    pub fn prompt<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Prompt, None, value)
    }

    /// What the model was given: documents, tool definitions, memory, instructions.
    pub fn context<T: Recordable + ?Sized>(self, name: &'static str, value: &T) -> Self {
        self.part(Role::Context, Some(name), value)
    }

    /// The configuration in force: model parameters, a template and its version, a policy's revision.
    pub fn config<T: Recordable + ?Sized>(self, name: &'static str, value: &T) -> Self {
        self.part(Role::Config, Some(name), value)
    }

    /// The model's raw output, where it differs from what was decided.
    pub fn output<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Output, None, value)
    }

    /// What was decided.
    pub fn decided<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Decision, None, value)
    }

    /// How sure of it the model was.
    pub fn confidence<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Decision, Some("confidence"), value)
    }

    /// What else could have been decided.
    pub fn alternatives<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Decision, Some("alternatives"), value)
    }

    /// Why, as stated.
    pub fn rationale<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.part(Role::Rationale, None, value)
    }

    /// A rule it was checked against: its limit, what was observed, and whether it held.
    pub fn constraint<L: Recordable + ?Sized, O: Recordable + ?Sized>(
        self,
        rule: &'static str,
        limit: &L,
        observed: &O,
        held: bool,
    ) -> Self {
        self.current.constraint(rule, held, |fields| {
            fields.add("limit", limit);
            fields.add("observed", observed);
        });
        self
    }

    /// A part of any role.
    pub fn part<T: Recordable + ?Sized>(
        self,
        role: Role,
        name: Option<&'static str>,
        value: &T,
    ) -> Self {
        self.current.part(role, name, value);
        self
    }

    /// `gen_ai.request.model`.
    pub fn model(self, model: &str) -> Self {
        self.current.model(model);
        self
    }

    /// `gen_ai.provider.name`.
    pub fn provider(self, provider: &str) -> Self {
        self.current.provider(provider);
        self
    }

    /// `gen_ai.operation.name`.
    pub fn operation(self, operation: &str) -> Self {
        self.current.operation(operation);
        self
    }

    /// `gen_ai.response.id` and `gen_ai.response.model`.
    pub fn response(self, id: &str, model: &str) -> Self {
        self.current.response(id, model);
        self
    }

    /// One of `gen_ai.response.finish_reasons`.
    pub fn finish_reason(self, reason: &str) -> Self {
        self.current.finish_reason(reason);
        self
    }

    /// `gen_ai.usage.*`, in tokens.
    pub fn usage(self, usage: Usage) -> Self {
        self.current.0.with(|draft| draft.usage = usage);
        self
    }

    /// How it ended. Default: [`Status::Ok`].
    pub fn status(self, status: Status) -> Self {
        self.current.status(status);
        self
    }

    /// The call failed, with this message.
    pub fn failed(self, message: &str) -> Self {
        self.current.part(Role::Error, None, message);
        self.status(Status::Error)
    }

    /// The decision inside which this one is made, instead of the one that is current on this thread.
    pub fn parent(self, decision: Uuid) -> Self {
        self.current.0.with(|draft| draft.parent = Some(decision));
        self
    }

    /// An earlier decision that led to this one.
    pub fn cause(self, decision: Uuid) -> Self {
        self.current.cause(decision);
        self
    }

    /// When the call began and how long it took, where it is recorded only afterwards. Without it the time runs from
    /// [`Recorder::begin`] to the end.
    pub fn timed(self, began: SystemTime, took: Duration) -> Self {
        self.current.0.with(|draft| draft.set_time(began, took));
        self
    }

    /// Puts on record, before the call is made, that it is about to be: an entry with this decision's id and
    /// what has been said so far. One that no decision follows tells of a call that never came back.
    pub fn intend(&self) -> Receipt {
        self.guard.intend()
    }

    /// Ends the decision; the receipt says when it is durable.
    pub fn record(self) -> Receipt {
        self.guard.end_durably(Ending::of(Status::Ok))
    }

    /// Ends the decision and goes on. Should it be lost, the ledger says so.
    pub fn submit(self) {
        self.guard.end(Ending::of(Status::Ok));
    }
}

impl fmt::Debug for StatedDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StatedDecision").field(&self.current.id()).finish()
    }
}
