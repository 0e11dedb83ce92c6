//! Ledgers that are opened for a question: through their indexes, or read from end to end where none can be kept, where the
//! question needs everything, or where somebody wants to be sure that an index keeps nothing silent.

use std::path::{Path, PathBuf};

use testimony_forensics::blast::{Blast, Options, Origin};
use testimony_forensics::{Casebook, Indexed, NotBuilt, NotIndexed, Story};
use testimony_record::Uuid;

use crate::failure::Failure;
use crate::progress;

/// How they are opened.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    /// Read the ledgers from end to end instead of looking things up in an index.
    #[arg(long)]
    full: bool,

    #[command(flatten)]
    kept: Kept,
}

/// Where what is derived from ledgers is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Kept {
    /// Where to keep what is derived, for ledgers that may only be read [default: twins/ in each ledger]
    #[arg(long, value_name = "DIR", env = "TESTIMONY_TWINS", hide_env_values = true)]
    pub(crate) twins: Option<PathBuf>,
}

/// Ledgers to be questioned as one.
pub(crate) struct Questioned<'a> {
    ledgers: &'a [PathBuf],
    indexed: Option<Indexed>,
}

/// What a blast reached, and how many characters of an id tell it from others.
pub(crate) struct Reached {
    pub(crate) blast: Blast,
    pub(crate) id_length: usize,
}

impl<'a> Questioned<'a> {
    pub(crate) fn open(ledgers: &'a [PathBuf], reading: &Reading) -> Result<Self, Failure> {
        let indexed =
            if reading.full { None } else { index(ledgers, reading.kept.twins.as_deref())? };
        Ok(Self { ledgers, indexed })
    }

    pub(crate) fn why(&self, about: &str) -> Result<Story, Failure> {
        if let Some(indexed) = &self.indexed
            && let Some(story) = indexed.why(about)?
        {
            return Ok(story);
        }
        Ok(Casebook::open_all(self.ledgers)?.why(about)?)
    }

    pub(crate) fn blast(&self, origin: &Origin, options: &Options) -> Result<Reached, Failure> {
        if let Some(indexed) = &self.indexed
            && let Some(blast) = indexed.blast(origin, options)?
        {
            let id_length = indexed.id_length(&ids(&blast));
            return Ok(Reached { blast, id_length });
        }
        let casebook = Casebook::open_all(self.ledgers)?;
        let blast = casebook.blast(origin, options)?;
        Ok(Reached { blast, id_length: casebook.id_length() })
    }
}

fn ids(blast: &Blast) -> Vec<Uuid> {
    let direct = blast.direct.iter().map(|direct| direct.id);
    let downstream = blast.downstream.iter().map(|fed| fed.id);
    direct.chain(downstream).chain(blast.origin.put_out_by.iter().copied()).collect()
}

/// The indexes; nothing where none can be kept, which costs time and no answer.
fn index(ledgers: &[PathBuf], chosen: Option<&Path>) -> Result<Option<Indexed>, Failure> {
    match progress::deriving("Indexing", |derived| Indexed::open(ledgers, chosen, derived)) {
        Ok(indexed) => Ok(Some(indexed)),
        Err(NotIndexed::NotOpened(error)) => Err(error.into()),
        Err(NotIndexed::NotBuilt(NotBuilt::Ledger(error))) => Err(error.into()),
        Err(_) => Ok(None),
    }
}
