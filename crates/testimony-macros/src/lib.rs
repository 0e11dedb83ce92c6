//! How a service tells testimony of a decision: one attribute and six macros.
//!
//! Use them through the `testimony` crate, which re-exports them and has the examples.
//!
//! An expansion names nothing but what the user wrote and one hidden hook module, `::testimony::__private`. It never
//! relies on the prelude, on `std`, or on what `Result` or `Some` mean where it lands. A service that knows testimony by
//! another path says `crate = path` among the arguments of any of these macros.

mod arguments;
mod constraint;
mod context;
mod decides;
mod decision;
mod errors;
mod function;
mod future;
#[cfg(test)]
mod golden;
mod hook;
mod outcome;
mod parts;
mod prompt;
mod rationale;
mod returns;
mod shape;

use proc_macro::TokenStream;

/// Makes each run of a function one decision.
///
/// It goes on free functions and methods, `async` or not, on methods under `#[async_trait]`, and on functions that end
/// in `async move { … }`. Whatever ends the run is recorded: a returned value, `?`, a panic, a dropped future. A
/// returned `Err` is recorded as an error with its message, where that can be displayed, or else debugged.
///
/// All options can be left out. Their values are borrowed, before the body runs, and only when something records.
///
/// - `subject = value`: what the decision is about, such as `subject = format!("loan:{id}")`. It may come several times.
/// - `model = value`, `provider = value`, `operation = value`: who was asked, and for what kind of answer.
/// - `durable`: the function fails closed; see below.
/// - `intent`: before the body runs, an entry says that it is about to, with the decision's id, its subjects, model, provider and
///   operation. One that no decision follows tells of a call that never came back.
/// - `name = "literal"`: what the decision is called, instead of the function's name.
/// - `crate = path`: where the testimony crate is, if it is not `::testimony`.
///
/// # `durable`
/// The function returns only after its decision is durable. Where the decision could not be kept, it returns
/// `Err(From::from(testimony::NotKept))` *instead of* what its body returned, so it has to return a `Result<T, E>` with
/// `E: From<testimony::NotKept>`. An `async` function awaits, any other blocks its thread, for about as long as the disk takes to
/// sync; callers that wait at the same time share one sync, whatever the ledger's own level of durability.
///
/// - Where nobody listens, because there is no layer or a filter keeps the decision from it, the body does not run, and the
///   error is `NotKept::NoRecorder`: fail-closed must not quietly become fail-open.
/// - A body that returns an `Err` of its own is a decision like any other. Its error is returned if it was kept; if not,
///   `NotKept` is returned in its place, so that every return but `NotKept` means "this is on record".
/// - With `durable, intent` the intent is durable before the body runs; if it could not be kept the body does not run.
///   Without `intent` what the body did has been done when its decision cannot be kept; only its value is withheld.
/// - A panic unwinds at once, and a dropped future is dropped at once: both are recorded, but nobody waits for it.
///
/// Without `durable`, `intent` waits for nothing.
///
/// # What it does to a function
/// A `const fn` is refused, and so is a function that returns a future which is made elsewhere: the decision would be
/// over before the work began.
///
/// The body runs in a closure or an async block of its own, which can be noticed in two places. A `#[track_caller]`
/// function sees the place of that closure as its caller. And a function that returns `impl Fn(…) -> …` may have to write
/// out the types of the closure it returns, because the compiler reads the body without the bounds of the `impl`.
#[proc_macro_attribute]
pub fn decides(options: TokenStream, item: TokenStream) -> TokenStream {
    decides::expand(options.into(), &item.into()).into()
}

/// Records what the model is asked, in the current decision.
///
/// `prompt!(value)`, or with names `prompt!(system = value, user = value)`. Values are anything that implements
/// `Serialize`. They are borrowed, and evaluated only when something records the current decision; outside of a decision
/// nothing happens.
#[proc_macro]
pub fn prompt(tokens: TokenStream) -> TokenStream {
    errors::expression(prompt::expand(tokens.into())).into()
}

/// Records what the model is given: documents, tool definitions, memory, instructions.
///
/// `context!(value)`, or with names `context!(credit_report = value, policy = value)`. Values are anything that
/// implements `Serialize`. They are borrowed, and evaluated only when something records the current decision.
#[proc_macro]
pub fn context(tokens: TokenStream) -> TokenStream {
    errors::expression(context::expand(tokens.into())).into()
}

/// Records what was decided.
///
/// `decision!(value)`, with `confidence = value` and `alternatives = value` where there are any. Values are anything that
/// implements `Serialize`. They are borrowed, and evaluated only when something records the current decision.
#[proc_macro]
pub fn decision(tokens: TokenStream) -> TokenStream {
    errors::expression(decision::expand(tokens.into())).into()
}

/// Records why it was decided, as stated: by the model, by a rule, by a person.
///
/// `rationale!(value)`, or with names `rationale!(model = value, policy = value)`. Values are anything that implements
/// `Serialize`. They are borrowed, and evaluated only when something records the current decision.
#[proc_macro]
pub fn rationale(tokens: TokenStream) -> TokenStream {
    errors::expression(rationale::expand(tokens.into())).into()
}

/// Records a rule that the decision was checked against.
///
/// `constraint!("debt to income", limit = 0.4, observed = ratio, held = ratio <= 0.4)`. The rule is a `&'static str`,
/// `held` is a `bool` and has to be there; `limit`, `observed` and any further keys are recorded as they are named.
/// Values are borrowed, and evaluated only when something records the current decision.
#[proc_macro]
pub fn constraint(tokens: TokenStream) -> TokenStream {
    errors::expression(constraint::expand(tokens.into())).into()
}

/// Records a later fact about a decision: that it was executed, approved, overridden, corrected.
///
/// `outcome!(id, "overridden", by = user, decision = new, why = reason, shown = screen)`: the decision's id, the kind of
/// outcome as a `&str`, and optionally who acted, what was decided instead, why, and what that person had been shown. It
/// works outside of any decision. The id and the kind are always evaluated, the rest only when something records.
#[proc_macro]
pub fn outcome(tokens: TokenStream) -> TokenStream {
    errors::expression(outcome::expand(tokens.into())).into()
}
