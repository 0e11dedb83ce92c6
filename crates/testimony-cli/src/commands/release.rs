//! `testimony release`: puts on record that a hold has ended.

use std::path::Path;

use serde::Serialize;
use testimony_ledger::erase::{Hold, Warrant, holds};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use super::hold::open;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::count;
use crate::paper::Paper;
use crate::style::{DIM, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct ReleaseArgs {
    /// The hash of the hold's entry, or the beginning of it; `hold --list` lists them.
    hash: String,

    /// Why. It goes on record for good.
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// By whose authority.
    #[arg(long, value_name = "NAME")]
    by: String,
}

const LIST: &str = "`testimony hold --list` lists what is held.";

/// The answer for programs.
#[derive(Serialize)]
struct Released {
    hold: Digest,
    stream: Uuid,
    seq: u64,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ReleaseArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let warrant = Warrant::new(&options.reason, &options.by)?;
    let hold = meant(ledger, &options.hash)?;
    let open = open(ledger, "testimony release")?;
    let kept = open.release(&hold.hash, &warrant);
    open.close()?;
    let kept = kept?;
    let released = Released { hold: hold.hash, stream: kept.stream, seq: kept.link.seq };
    if json {
        json::document(&released, paper)?;
        return Ok(Exit::Fine);
    }
    paper.line(TITLE, "Released.");
    paper.block(0, DIM, &format!("It was {hold}."));
    let Released { stream, seq, .. } = released;
    paper.line(DIM, &format!("On record in entry {seq} of stream {stream}."));
    Ok(Exit::Fine)
}

fn meant(ledger: &Path, hash: &str) -> Result<Hold, Failure> {
    let mut all = holds(ledger)?;
    all.retain(|hold| !hash.is_empty() && hold.hash.to_string().starts_with(hash));
    match (all.len(), all.pop()) {
        (1, Some(hold)) => Ok(hold),
        (0, _) => {
            let problem = format_args!("no hold in force has a hash that begins with {hash:?}");
            Err(Failure::new(problem).advise(LIST))
        }
        (several, _) => {
            let several = count(several, "hold begins", "holds begin");
            let problem = format_args!("the hashes of {several} with {hash:?}; give more of it");
            Err(Failure::new(problem).advise(LIST))
        }
    }
}
