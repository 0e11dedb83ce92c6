//! What the segments that are looked things up in say as a whole: what their decisions lack, and which of the ids that they name
//! nobody here has.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use testimony_index::Key;
use testimony_record::Uuid;
use testimony_record::entry::Body;

use super::chosen::{Chosen, Stop};
use crate::blast::{Elsewhere, Reason};

/// What the segments that were not read say as a whole.
pub(super) fn elsewhere(chosen: &Chosen) -> Result<Elsewhere, Stop> {
    let mut elsewhere = Elsewhere::default();
    let mut open = Open::default();
    for (segment, summary) in chosen.index.summaries() {
        elsewhere.segments.insert((segment.stream, segment.segment));
        elsewhere.lost = elsewhere.lost.saturating_add(summary.lost);
        for (why, count) in &summary.absent {
            *elsewhere.given.entry(Reason::from(*why)).or_default() += count;
        }
        for (note, count) in &summary.noted {
            *elsewhere.given.entry(Reason::Noted(note.clone())).or_default() += count;
        }
        open.causes.extend(summary.open.causes.iter());
        open.parents.extend(summary.open.parents.iter());
        open.intents.extend(summary.open.intents.iter());
    }
    let known = open.known(chosen)?;
    let strange = |id: &Uuid| !known.contains(id);
    let with_causes = open.causes.iter().filter(|(_, causes)| causes.iter().any(strange));
    elsewhere.causes = with_causes.map(|(id, _)| *id).collect();
    let with_parents = open.parents.iter().filter(|(_, parent)| strange(parent));
    elsewhere.parents = with_parents.map(|(id, _)| *id).collect();
    elsewhere.begun = open.intents.iter().filter(|id| strange(id)).count() as u64;
    Ok(elsewhere)
}

/// Ids that segments name and do not hold.
#[derive(Default)]
struct Open<'a> {
    causes: Vec<&'a (Uuid, Vec<Uuid>)>,
    parents: Vec<&'a (Uuid, Uuid)>,
    intents: BTreeSet<&'a Uuid>,
}

impl Open<'_> {
    /// Those that some segment holds.
    fn known(&self, chosen: &Chosen) -> Result<HashSet<Uuid>, Stop> {
        let causes = self.causes.iter().flat_map(|(_, causes)| causes);
        let parents = self.parents.iter().map(|(_, parent)| parent);
        let ids: BTreeMap<Key, Uuid> = causes
            .chain(parents)
            .chain(self.intents.iter().copied())
            .map(|id| (Key::decision(id), *id))
            .collect();
        let found = chosen.index.find(&ids.keys().copied().collect())?;
        let indexed = found.iter().filter_map(|(key, _)| ids.get(key).copied());
        let read = chosen.entries.values().filter_map(|stored| match &stored.entry.body {
            Body::Decision(decision) => Some(decision.id),
            _ => None,
        });
        Ok(indexed.chain(read).collect())
    }
}
