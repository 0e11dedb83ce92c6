//! Why a policy cannot be read, and at which line.

use crate::tlog::vkey::BadKey;

/// The most logs, the most witnesses and the most groups that a policy may define.
pub(super) const MAX_OF_EACH: usize = 256;

/// A policy cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy")]
pub struct BadPolicy {
    /// The line, from 1; for a missing `quorum`, the one behind the last.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub fault: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A byte that is neither tab nor printable.
    #[error("a control character")]
    Octet,
    /// The last line has no newline: perhaps the file was cut.
    #[error("the line has no end")]
    Unfinished,
    /// The first word is unknown, or has too few or too many after it.
    #[error("not a log, witness, group or quorum line")]
    Form,
    /// The key cannot be read or is of the wrong type.
    #[error("the key cannot be used")]
    Key(#[source] BadKey),
    /// Another line has the same public key.
    #[error("a public key that stands there already")]
    DuplicateKey,
    /// The name is defined already, or is `none`.
    #[error("a name that is taken")]
    NameTaken,
    /// The name is not defined before this line.
    #[error("a name that no line before this one defines")]
    NameUnknown,
    /// The name is a member of a group already.
    #[error("a name that is in a group already")]
    InTwoGroups,
    /// The threshold is no number from 1 to the number of members.
    #[error("a threshold that is neither any, all nor a number of members")]
    Threshold,
    /// There is a `quorum` line already.
    #[error("a second quorum")]
    SecondQuorum,
    /// There is no `quorum` line.
    #[error("no quorum")]
    NoQuorum,
    /// More of one kind than this reader takes.
    #[error("more than {MAX_OF_EACH} of a kind")]
    TooMany,
}
