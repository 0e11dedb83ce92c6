//! Intents, as far as erasing must find them: a call that was begun and never became a decision holds content as well.

use std::collections::HashMap;

use testimony_ledger::read::archive::Stored;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::part::{Part, Role};

use crate::reader::At;

/// Where intents stand, and what they are about.
#[derive(Debug, Default)]
pub(crate) struct Intents {
    by_id: HashMap<Uuid, Vec<At>>,
    by_subject: HashMap<Digest, Vec<Uuid>>,
    /// Those with further parts in a node, which the pass over the entries does not read.
    split: Vec<(Uuid, Digest)>,
}

impl Intents {
    pub(crate) fn add(&mut self, stored: &Stored) {
        let Body::Intent(intent) = &stored.entry.body else { return };
        self.by_id.entry(intent.id).or_default().push(At::of(stored));
        self.add_parts(intent.id, &intent.parts);
        self.split.extend(intent.more.map(|more| (intent.id, more)));
    }

    /// Notes the subjects among an intent's parts.
    pub(crate) fn add_parts(&mut self, id: Uuid, parts: &[Part]) {
        for part in parts.iter().filter(|part| part.role == Role::Subject) {
            if let Some(&digest) = part.digest() {
                self.by_subject.entry(digest).or_default().push(id);
            }
        }
    }

    /// Intents whose further parts are still to be read and handed to [`Intents::add_parts`].
    pub(crate) fn take_split(&mut self) -> Vec<(Uuid, Digest)> {
        std::mem::take(&mut self.split)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &Uuid> {
        self.by_id.keys()
    }

    pub(crate) fn of(&self, id: &Uuid) -> &[At] {
        self.by_id.get(id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn subjects(&self) -> impl Iterator<Item = &Digest> {
        self.by_subject.keys()
    }

    pub(crate) fn about(&self, subject: &Digest) -> &[Uuid] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }
}
