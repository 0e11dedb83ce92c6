//! Calls that were begun and never became decisions: the service crashed, or stopped before they ended. Of such a call the
//! intent is all that is known.

use serde::Serialize;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::decision::Intent;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::verify::Place;

use crate::account::Part;
use crate::casebook::Casebook;
use crate::reader::At;

/// A call that was begun, and of which nothing more is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Begun {
    /// The id that its decision would have had.
    pub id: Uuid,
    /// Where the intent stands.
    pub place: Place,
    /// The hash that stands beside it.
    pub hash: Digest,
    /// Whether its bytes have that hash.
    pub sealed: bool,
    /// The call site.
    pub site: Label,
    /// `gen_ai.request.model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Label>,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// What was known of it by then.
    pub parts: Vec<Part>,
}

impl Casebook {
    /// The ids of calls about a subject that were begun and never became decisions.
    pub(crate) fn begun_about(&self, subject: &str) -> Vec<Uuid> {
        let is = |digest: &&Digest| {
            self.reader.archive.blob(digest).is_ok_and(|blob| blob.bytes == subject.as_bytes())
        };
        let digests = self.intents.subjects().filter(is);
        let mut ids: Vec<Uuid> =
            digests.flat_map(|digest| self.intents.about(digest)).copied().collect();
        ids.retain(|id| self.is_undecided(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    pub(crate) fn is_undecided(&self, id: &Uuid) -> bool {
        self.index.with_id(id).next().is_none()
    }

    /// What is on record of calls that were begun; what cannot be read again is left out.
    pub(crate) fn begun(&self, ids: &[Uuid]) -> Vec<Begun> {
        let places = ids.iter().filter_map(|id| self.intents.of(id).first());
        places.filter_map(|at| self.begun_at(at)).collect()
    }

    fn begun_at(&self, at: &At) -> Option<Begun> {
        let reread = self.reader.entry(at).ok()?;
        let parts = self.parts(&reread.entry.body, None);
        let Body::Intent(Intent { id, site, model, began_us, .. }) = reread.entry.body else {
            return None;
        };
        let (place, hash, sealed) = (at.place, at.hash, reread.sealed);
        Some(Begun { id, place, hash, sealed, site, model, began_us, parts })
    }
}
