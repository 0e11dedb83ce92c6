//! What the errors of the libraries mean to a person, and what can be done about each. How a failure is told stands in
//! [`failure`](crate::failure).

use std::io;

use testimony_forensics::blast::NoBlast;
use testimony_forensics::erase::NotPlanned;
use testimony_forensics::evidence::{NotExported, NotProven};
use testimony_forensics::report::NotReported;
use testimony_forensics::{NotFound, NotOpened};
use testimony_ledger::checkpoint::key_file::{NoKey, NotMade};
use testimony_ledger::erase::{EraseError, HoldError, NoWarrant};
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::{NotKept, OpenError};
use testimony_otlp::NotStarted;
use testimony_reconcile::source::SourceError;
use testimony_reconcile::{NotChecked, NotIndexed, NotReconciled};
use testimony_twins::{NotAnswered, NotBuilt, NotWritten};
use testimony_witness::{NoEndpoint, NotAsked};

use crate::failure::Failure;

const WHICH_LEDGER: &str = "Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.";
const WHICH_DIGEST: &str = "`testimony show ID --json` has the digest of each content.";
pub(crate) const WHAT_IS_WRONG: &str = "`testimony verify` says what is wrong.";
const WHOSE_FILES: &str = "Who owns it? A ledger can be read only by the user whose service writes it \
    (`ls -ld` shows who); run this as that user.";

const SCRATCH: &str = "Temporary files need about 160 bytes for each entry, without a ledger also its bytes. TMPDIR says where they lie.";

const NOT_SIGNED: &str = "Checkpoints are signed every minute and at close where the service has a key; the next one will \
    cover it.";

const WHICH_TABLES: &str = "`testimony sql --tables` lists the tables with their columns.";
const WHERE_TO_KEEP: &str =
    "Where the ledger may only be read, say where to keep them: --twins DIR, or TESTIMONY_TWINS.";

impl Failure {
    fn advise_on_io(self, source: &io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => self.advise(WHOSE_FILES),
            io::ErrorKind::NotFound => self.advise(WHICH_LEDGER),
            _ => self,
        }
    }
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
            NotFound::Subject { unsearched: 0, .. } => {
                failure.advise("`testimony log` lists the decisions with their ids and subjects.")
            }
            NotFound::Subject { .. } | NotFound::Unreadable(_) => failure.advise(WHAT_IS_WRONG),
            _ => failure,
        }
    }
}

impl From<NotReported> for Failure {
    fn from(error: NotReported) -> Self {
        match error {
            NotReported::NotFound(error) => error.into(),
            NotReported::Read(error) => error.into(),
            error => Self::of(&error),
        }
    }
}

impl From<NoWarrant> for Failure {
    fn from(error: NoWarrant) -> Self {
        Self::of(&error)
    }
}

impl From<NotPlanned> for Failure {
    fn from(error: NotPlanned) -> Self {
        match error {
            NotPlanned::NotFound(error) => error.into(),
            NotPlanned::Unreadable(error) => error.into(),
            error => Self::of(&error).advise(WHICH_DIGEST),
        }
    }
}

impl From<NoBlast> for Failure {
    fn from(error: NoBlast) -> Self {
        match error {
            NoBlast::NotFound(error) => error.into(),
            NoBlast::Unreadable(error) => error.into(),
            NoBlast::NoObject(_) => Self::of(&error).advise(WHICH_DIGEST),
            _ => Self::of(&error),
        }
    }
}

impl From<EraseError> for Failure {
    fn from(error: EraseError) -> Self {
        let failure = Self::of(&error);
        match &error {
            EraseError::Held(_) => failure.advise(
                "Nothing was erased. `testimony hold --list` lists what is held; `testimony release` ends a hold.",
            ),
            EraseError::InUse { .. } => failure.advise(
                "Nothing was erased. Stop the service that writes it, or erase through its own API, `Ledger::erase`.",
            ),
            EraseError::NotHere(_) => failure.advise(WHICH_DIGEST),
            EraseError::Io { source, .. } => failure
                .advise("What was begun is finished when the ledger is next opened for writing.")
                .advise_on_io(source),
            _ => failure,
        }
    }
}

impl From<HoldError> for Failure {
    fn from(error: HoldError) -> Self {
        Self::of(&error)
    }
}

impl From<NoKey> for Failure {
    fn from(error: NoKey) -> Self {
        Self::of(&error)
    }
}

impl From<NotMade> for Failure {
    fn from(error: NotMade) -> Self {
        let failure = Self::of(&error);
        match error {
            NotMade::Exists(_) => failure.advise("Give another name with -o, or move it away."),
            _ => failure,
        }
    }
}

impl From<NotOpened> for Failure {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::Unreadable(error) => error.into(),
            error => Self::of(&error),
        }
    }
}

impl From<NotBuilt> for Failure {
    fn from(error: NotBuilt) -> Self {
        match error {
            NotBuilt::Ledger(error) => error.into(),
            NotBuilt::Read { ref source, .. } => Self::of(&error).advise_on_io(source),
            NotBuilt::Write { .. } => Self::of(&error).advise(WHERE_TO_KEEP),
            _ => Self::of(&error),
        }
    }
}

impl From<NotAnswered> for Failure {
    fn from(error: NotAnswered) -> Self {
        let failure = Self::of(&error);
        match error {
            NotAnswered::Sql(_) => failure.advise(WHICH_TABLES),
            _ => failure,
        }
    }
}

impl From<NotWritten> for Failure {
    fn from(error: NotWritten) -> Self {
        match error {
            NotWritten::Answer(error) => error.into(),
            error => Self::of(&error),
        }
    }
}

impl From<NotProven> for Failure {
    fn from(error: NotProven) -> Self {
        match error {
            NotProven::NotFound(error) => error.into(),
            NotProven::Read(error) => error.into(),
            NotProven::NotCovered(_) => Self::of(&error).advise(NOT_SIGNED),
            NotProven::TooLarge => Self::of(&error).advise("Disclose fewer parts."),
            NotProven::Broken(_) | NotProven::WrongCheckpoint { .. } | NotProven::Object(_) => {
                Self::of(&error).advise(WHAT_IS_WRONG)
            }
            _ => Self::of(&error),
        }
    }
}

impl From<NotExported> for Failure {
    fn from(error: NotExported) -> Self {
        match error {
            NotExported::Read(error) => error.into(),
            NotExported::Broken(_) | NotExported::WrongCheckpoint { .. } => {
                Self::of(&error).advise(WHAT_IS_WRONG)
            }
            _ => Self::of(&error),
        }
    }
}

impl From<NotStarted> for Failure {
    fn from(error: NotStarted) -> Self {
        match error {
            NotStarted::Ledger(error) => error.into(),
            NotStarted::Keep(_) => Self::of(&error).advise(WHOSE_FILES),
            _ => Self::of(&error),
        }
    }
}

impl From<NotIndexed> for Failure {
    fn from(error: NotIndexed) -> Self {
        match error {
            NotIndexed::Ledger(error) => error.into(),
            error => Self::of(&error).advise(SCRATCH),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let failure = Self::of(&error);
        match error.advice {
            Some(advice) => failure.advise(advice),
            None => failure,
        }
    }
}

impl From<NotReconciled> for Failure {
    fn from(error: NotReconciled) -> Self {
        match error {
            NotReconciled::Ledger(error) => error.into(),
            NotReconciled::Source(error) => error.into(),
            error => Self::of(&error),
        }
    }
}

impl From<NotChecked> for Failure {
    fn from(error: NotChecked) -> Self {
        match error {
            NotChecked::Source(error) => error.into(),
            error => Self::of(&error).advise(SCRATCH),
        }
    }
}

impl From<NotKept> for Failure {
    fn from(error: NotKept) -> Self {
        Self::of(&error)
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
