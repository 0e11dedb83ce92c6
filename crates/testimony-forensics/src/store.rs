//! Where objects are read from: archives that have passed over their ledgers, or the places that an index leads to.

use bytes::Bytes;
use testimony_ledger::Archive;
use testimony_ledger::read::archive::{NoObject, Stored};
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::objects::Objects;
use testimony_record::digest::Digest;

use crate::indexed::Places;

/// Objects by their digest, over one or several ledgers.
#[derive(Debug)]
pub(crate) enum Store {
    /// One for each ledger.
    Passed(Vec<Archive>),
    Indexed(Places),
}

impl Store {
    /// Passes over what has been appended since. An index is as it was when it was opened.
    pub(crate) fn advance(&mut self, visit: &mut dyn FnMut(Stored)) -> Result<(), CouldNotRead> {
        let Self::Passed(archives) = self else { return Ok(()) };
        archives.iter_mut().try_for_each(|archive| archive.advance(visit))
    }
}

impl Objects for Store {
    fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject> {
        match self {
            Self::Indexed(places) => places.frame_bytes(digest),
            Self::Passed(archives) => {
                let found = archives.iter().map(|archive| archive.frame_bytes(digest));
                let mut here = found.filter(|found| !matches!(found, Err(NoObject::Missing(_))));
                here.next().unwrap_or(Err(NoObject::Missing(*digest)))
            }
        }
    }
}
