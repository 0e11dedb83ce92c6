//! Asking once, of a ledger that this process does not write: the newest checkpoint, with what the witnesses say of it.

use std::path::Path;
use std::time::Duration;

use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;
use testimony_record::tlog::{NoteTooLong, SignatureLine, SignedHead, WitnessKey};

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::recorded::{self, Recorded};
use crate::round::ask_all;
use crate::trouble::Trouble;

/// A checkpoint, and what each witness said of it.
#[derive(Debug)]
pub struct Asked {
    /// The newest checkpoint of the stream, with the cosignatures on record and those that were given now.
    pub head: SignedHead,
    /// The answers, in the order of the witnesses.
    pub answers: Vec<Answer>,
}

/// What one witness said.
#[derive(Debug)]
pub struct Answer {
    /// The witness.
    pub witness: WitnessKey,
    /// When it cosigned, by its clock, in seconds since the Unix epoch.
    pub cosigned: Result<u64, Trouble>,
}

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAsked {
    /// The ledger cannot be read.
    #[error("cannot read the ledger")]
    Ledger(#[from] CouldNotRead),
    /// There is nothing to be cosigned.
    #[error("stream {0} holds no signed checkpoint")]
    NoCheckpoint(Uuid),
    /// The note with the new cosignatures is longer than a note may be.
    #[error(transparent)]
    TooLong(#[from] NoteTooLong),
}

/// Sends the newest checkpoint of a stream to each witness. Only reads, so that the ledger may be live.
///
/// Verify the ledger first: where the witness has cosigned nothing of the stream yet, the checkpoint is sent as it stands.
///
/// # Errors
/// When there is no checkpoint, or the ledger cannot be read. What becomes of each witness stands in [`Asked::answers`].
pub fn ask_once(
    ledger: &Path,
    stream: Uuid,
    witnesses: &[Endpoint],
    timeout: Duration,
) -> Result<Asked, NotAsked> {
    let newest = recorded::newest(ledger, stream, u64::MAX)?;
    let newest = newest.ok_or(NotAsked::NoCheckpoint(stream))?;
    let plain = newest.plain().ok_or(NotAsked::NoCheckpoint(stream))?;
    let client = |witness| Client::new(ledger.to_owned(), stream, witness, timeout);
    let mut clients: Vec<Client> = witnesses.iter().map(client).collect();
    let answers = ask_all(clients.iter_mut(), &plain);
    let given = answers.iter().flatten().map(|cosigned| cosigned.line.clone()).collect();
    let head = with_lines(newest, plain, given)?;
    let answers = clients.iter().zip(answers).map(|(client, answer)| Answer {
        witness: client.key().clone(),
        cosigned: answer.map(|cosigned| cosigned.time_s),
    });
    Ok(Asked { head, answers: answers.collect() })
}

/// Where older cosignatures leave no room for the new ones, the new ones count.
fn with_lines(
    newest: Recorded,
    plain: SignedHead,
    lines: Vec<SignatureLine>,
) -> Result<SignedHead, NoteTooLong> {
    newest.head.with_signatures(lines.clone()).or_else(|NoteTooLong| plain.with_signatures(lines))
}
