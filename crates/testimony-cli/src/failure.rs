//! What is said when a question cannot be answered: what happened, why, and what a person can do about it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use testimony_forensics::NotFound;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::{NotKept, OpenError};
use testimony_witness::{NoEndpoint, NotAsked};

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

const WHICH_LEDGER: &str = "Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.";
const WHOSE_FILES: &str = "Who owns it? A ledger can be read only by the user whose service writes it \
    (`ls -ld` shows who); run this as that user.";

impl Failure {
    pub(crate) fn new(problem: impl fmt::Display) -> Self {
        Self { problem: problem.to_string(), advice: None }
    }

    /// An error with what lies behind it.
    pub(crate) fn of(error: &dyn std::error::Error) -> Self {
        Self { problem: with_causes(error), advice: None }
    }

    /// The same, with the place where it happened before it.
    pub(crate) fn at(self, place: &str) -> Self {
        Self { problem: format!("{place}, {}", self.problem), ..self }
    }

    pub(crate) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    fn advise_on_io(self, source: &io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => self.advise(WHOSE_FILES),
            io::ErrorKind::NotFound => self.advise(WHICH_LEDGER),
            _ => self,
        }
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

impl From<CouldNotRead> for Failure {
    fn from(error: CouldNotRead) -> Self {
        let failure = Self::of(&error);
        match &error {
            CouldNotRead::Io { source, .. } => failure.advise_on_io(source),
            CouldNotRead::OtherFormat(_) => failure.advise(
                "It may be the work of a newer version; that version reads it. If not, its LEDGER file was changed.",
            ),
            _ => failure.advise(WHICH_LEDGER),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match &error {
            OpenError::Io { source, .. } => Self::of(&error).advise_on_io(source),
            _ => Self::of(&error),
        }
    }
}

impl From<NotFound> for Failure {
    fn from(error: NotFound) -> Self {
        let failure = Self::of(&error);
        match error {
            NotFound::Id { asked, is_subject: true } => failure
                .advise(format!("It is a subject: `testimony why '{asked}'` tells its story.")),
            NotFound::Id { .. } => {
                failure.advise("`testimony log` lists the decisions with their ids.")
            }
            NotFound::Subject { .. } => {
                failure.advise("`testimony log` lists the decisions with their ids and subjects.")
            }
            NotFound::Unreadable(_) => failure.advise("`testimony verify` says what is wrong."),
            _ => failure,
        }
    }
}

impl From<NoEndpoint> for Failure {
    fn from(error: NoEndpoint) -> Self {
        let failure = Self::of(&error);
        match error {
            NoEndpoint::NoAddress => failure.advise(
                "A line such as `witness NAME KEY https://witness.example/` says where it takes checkpoints.",
            ),
            _ => failure,
        }
    }
}

impl From<NotAsked> for Failure {
    fn from(error: NotAsked) -> Self {
        match error {
            NotAsked::Ledger(error) => error.into(),
            error => Self::of(&error),
        }
    }
}

impl From<NotKept> for Failure {
    fn from(error: NotKept) -> Self {
        Self::of(&error)
    }
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
