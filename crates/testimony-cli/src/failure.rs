//! How the command ends, and what is said when a question cannot be answered: what happened, why, and what can be done about it.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use crate::printable::{Keep, printable};
use crate::style::{BAD, DIM};

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Answered; for a verification: intact.
    Fine,
    /// The ledger is broken.
    Broken,
    /// There is no answer.
    CouldNotTell,
}

impl Exit {
    /// What was found broken outweighs what could not be looked at.
    pub(crate) fn judged(intact: bool, could_check: bool) -> Self {
        match (intact, could_check) {
            (false, _) => Self::Broken,
            (true, true) => Self::Fine,
            (true, false) => Self::CouldNotTell,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::from(0),
            Exit::Broken => Self::from(1),
            Exit::CouldNotTell => Self::from(2),
        }
    }
}

/// Help, the version, or what is wrong with the command line, which may repeat what it was given.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        anstream::eprint!("{}", printable(&error.render().to_string(), Keep::LinesAndTabs));
        return Exit::CouldNotTell;
    }
    // A reader that goes away has read enough.
    let _ = error.print();
    Exit::Fine
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: String,
    advice: Option<String>,
}

impl Failure {
    pub(crate) fn new(problem: impl fmt::Display) -> Self {
        Self { problem: problem.to_string(), advice: None }
    }

    /// An error with what lies behind it.
    pub(crate) fn of(error: &dyn std::error::Error) -> Self {
        Self { problem: with_causes(error), advice: None }
    }

    pub(crate) fn cannot_read(file: &Path, error: &io::Error) -> Self {
        Self::new(format_args!("cannot read {}: {error}", file.display()))
    }

    pub(crate) fn cannot_write(file: &Path, error: &io::Error) -> Self {
        Self::new(format_args!("cannot write {}: {error}", file.display()))
    }

    /// The same, with the place where it happened before it.
    pub(crate) fn at(self, place: &str) -> Self {
        Self { problem: format!("{place}, {}", self.problem), ..self }
    }

    pub(crate) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// Says so, where that is an answer: something was looked at and is not what it was.
    pub(crate) fn broken(&self) -> Exit {
        self.print();
        Exit::Broken
    }

    /// Errors name paths and ids that may come from anywhere, so they pass the same way as everything else.
    pub(crate) fn print(&self) {
        let problem = printable(&self.problem, Keep::Nothing);
        anstream::eprintln!("{BAD}error{BAD:#}: {problem}");
        if let Some(advice) = &self.advice {
            anstream::eprintln!("{DIM}{}{DIM:#}", printable(advice, Keep::LinesAndTabs));
        }
    }
}

/// What an error says, and what lies behind it.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut problem = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        problem = format!("{problem}: {error}");
        source = error.source();
    }
    problem
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format_args!("cannot print: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new(format_args!("cannot write JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn broken_outweighs_not_checked_and_only_both_well_is_fine() {
        let ends = [(true, true), (true, false), (false, true), (false, false)];
        let ends = ends.map(|(intact, could_check)| Exit::judged(intact, could_check));
        assert_eq!(ends, [Exit::Fine, Exit::CouldNotTell, Exit::Broken, Exit::Broken]);
    }
}
