//! How a decision ended, read from the value that the function returned: an `Err` is an error, with its message where it
//! has one; everything else is fine.

use std::fmt::{Debug, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};

use testimony_record::decision::Status;

/// The end of a decision.
#[derive(Debug)]
pub struct Ending {
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
}

impl Ending {
    pub(crate) fn of(status: Status) -> Self {
        Self { status, message: None }
    }

    /// The host's own formatting may panic; then there is an error without a message.
    fn error(format: impl FnOnce() -> String) -> Self {
        Self { status: Status::Error, message: catch_unwind(AssertUnwindSafe(format)).ok() }
    }
}

/// Picks the best of the traits below for a type: `(&&&Probe(&result)).ending()`.
///
/// Method resolution tries the implementations in this order: for `&&Probe` (the receiver as it is), `&&&Probe` (with one more
/// reference), `&Probe`, `Probe` (with references taken off).
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// For a `Result` whose error can be displayed.
pub trait ViaDisplay {
    /// The ending.
    fn ending(&self) -> Ending;
}

impl<T, E: Display> ViaDisplay for &&Probe<'_, Result<T, E>> {
    fn ending(&self) -> Ending {
        judged(self.0, ToString::to_string)
    }
}

/// For a `Result` whose error can only be debugged, or not even that.
pub trait ViaDebug {
    /// The ending.
    fn ending(&self) -> Ending;
}

impl<T, E: Debug> ViaDebug for &&&Probe<'_, Result<T, E>> {
    fn ending(&self) -> Ending {
        judged(self.0, |error| format!("{error:?}"))
    }
}

impl<T, E> ViaDebug for &Probe<'_, Result<T, E>> {
    fn ending(&self) -> Ending {
        let failed = self.0.is_err();
        Ending::of(if failed { Status::Error } else { Status::Ok })
    }
}

fn judged<T, E>(result: &Result<T, E>, format: impl FnOnce(&E) -> String) -> Ending {
    result.as_ref().err().map_or(Ending::of(Status::Ok), |error| Ending::error(|| format(error)))
}

/// For everything else.
pub trait ViaAny {
    /// The ending.
    fn ending(&self) -> Ending;
}

impl<T: ?Sized> ViaAny for Probe<'_, T> {
    fn ending(&self) -> Ending {
        Ending::of(Status::Ok)
    }
}

/// For a return type that has no name.
#[must_use]
pub fn plain<T: ?Sized>(_: &T) -> Ending {
    Ending::of(Status::Ok)
}

#[cfg(test)]
#[expect(clippy::needless_borrow, reason = "the references are what the macro writes")]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct OnlyDebug;
    struct Nothing;

    #[test]
    fn an_err_is_an_error_with_the_best_message_its_type_offers() {
        let told = |ending: Ending| (ending.status, ending.message);
        let displayed: Result<(), &str> = Err("no");
        assert_eq!(told((&&&Probe(&displayed)).ending()), (Status::Error, Some("no".to_owned())));
        let debugged: Result<(), OnlyDebug> = Err(OnlyDebug);
        assert_eq!(
            told((&&&Probe(&debugged)).ending()),
            (Status::Error, Some("OnlyDebug".to_owned()))
        );
        let silent: Result<(), Nothing> = Err(Nothing);
        assert_eq!(told((&&&Probe(&silent)).ending()), (Status::Error, None));
        let fine: Result<Nothing, &str> = Ok(Nothing);
        assert_eq!(told((&&&Probe(&fine)).ending()), (Status::Ok, None));
        assert_eq!(told((&&&Probe(&Nothing)).ending()), (Status::Ok, None));
    }
}
