//! What the story of something named is told from: its decisions, what came of them, and the decisions around and above.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use testimony_index::{At, Index, Key};
use testimony_record::Uuid;
use testimony_record::entry::Body;

use super::chosen::{Chosen, Stop};
use crate::casebook::Casebook;
use crate::lookup::{Meant, ids_beginning};

/// An id's beginning that more have than this names nothing.
const MOST_CANDIDATES: usize = 1000;

/// A casebook that holds all that is told about what somebody names; nothing where nobody is named.
pub(super) fn casebook(index: &Arc<Index>, asked: &str) -> Result<Casebook, Stop> {
    let mut chosen = Chosen::new(index)?;
    take_named(&mut chosen, asked)?;
    let casebook = chosen.casebook();
    let Ok(Some(meant)) = casebook.named(asked) else { return Ok(casebook) };
    let ids: HashSet<Uuid> = match meant {
        Meant::Decision(case) => HashSet::from([case.id]),
        Meant::Subject(numbers, begun) => ids(&casebook, &numbers).chain(begun).collect(),
        Meant::Trace(numbers) | Meant::Says(numbers, ..) => ids(&casebook, &numbers).collect(),
        Meant::Begun(id) => HashSet::from([id]),
    };
    take_around(&mut chosen, &ids)?;
    Ok(chosen.casebook())
}

fn ids<'a>(casebook: &'a Casebook, numbers: &'a [usize]) -> impl Iterator<Item = Uuid> + 'a {
    numbers.iter().filter_map(|&number| casebook.index.case(number)).map(|case| case.id)
}

/// Whatever could be named so.
pub(super) fn take_named(chosen: &mut Chosen, asked: &str) -> Result<(), Stop> {
    let text = asked.as_bytes();
    let trace = hex::decode(asked).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    let trace = trace.map(|trace| Key::trace(&trace));
    chosen.take([Key::subject(text), Key::begun_about(text)].into_iter().chain(trace))?;
    take_beginning(chosen, asked)
}

/// The decisions and intents with ids that begin so.
pub(super) fn take_beginning(chosen: &mut Chosen, asked: &str) -> Result<(), Stop> {
    let Some(range) = ids_beginning(asked) else { return Ok(()) };
    for keys in [Key::decisions(&range), Key::intents(&range)] {
        let found = chosen.index.between(&keys, MOST_CANDIDATES)?.ok_or(Stop)?;
        let places: Vec<At> = found.into_iter().map(|(_, at)| at).collect();
        chosen.take_at(&places)?;
    }
    Ok(())
}

/// What came of decisions, what was made inside them or because of them, and what they came from, all the way up.
fn take_around(chosen: &mut Chosen, ids: &HashSet<Uuid>) -> Result<(), Stop> {
    let keys =
        |id: &Uuid| [Key::decision(id), Key::intent(id), Key::inside(id), Key::caused_by(id)];
    chosen.take(ids.iter().flat_map(keys))?;
    take_above(chosen, ids)?;
    // Every decision that is shown is shown with the number of its outcomes.
    let shown: Vec<Key> = decided(chosen).map(|(id, ..)| Key::outcome_of(&id)).collect();
    chosen.take(shown)?;
    Ok(())
}

/// The parents and causes of decisions, and theirs, and so on.
fn take_above(chosen: &mut Chosen, ids: &HashSet<Uuid>) -> Result<(), Stop> {
    let (mut known, mut open) = (ids.clone(), ids.clone());
    while !open.is_empty() {
        let above: HashMap<Uuid, BTreeSet<Uuid>> =
            decided(chosen).fold(HashMap::new(), |mut above, (id, parent, causes)| {
                above.entry(id).or_default().extend(parent.iter().chain(causes));
                above
            });
        let next = open.iter().filter_map(|id| above.get(id)).flatten();
        open = next.copied().filter(|id| known.insert(*id)).collect();
        chosen.take(open.iter().map(Key::decision))?;
    }
    Ok(())
}

pub(super) fn decided(chosen: &Chosen) -> impl Iterator<Item = (Uuid, Option<Uuid>, &[Uuid])> {
    chosen.entries.values().filter_map(|stored| match &stored.entry.body {
        Body::Decision(decision) => Some((decision.id, decision.parent, &*decision.causes)),
        _ => None,
    })
}
