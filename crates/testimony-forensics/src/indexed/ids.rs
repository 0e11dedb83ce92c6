//! How much of an id has to be told.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use testimony_index::Key;
use testimony_record::Uuid;

use super::Indexed;
use super::chosen::{Chosen, Stop};
use super::story::decided;
use crate::lookup::characters;

/// The digits of a whole id.
const ALL: usize = 32;

impl Indexed {
    /// How many characters of these ids are enough to tell each from every other one in the ledgers; at least 8, at most 36.
    #[must_use]
    pub fn id_length(&self, ids: &[Uuid]) -> usize {
        let Ok(chosen) = Chosen::new(&self.index) else { return characters(ALL) };
        let read: BTreeSet<Uuid> = decided(&chosen).map(|(id, ..)| id).collect();
        let digits = ids.iter().fold(0, |digits, id| {
            let alone = |&digits: &usize| self.is_alone(&beginning_with(id, digits), &read);
            (digits..ALL).find(alone).unwrap_or(ALL)
        });
        characters(digits)
    }

    fn is_alone(&self, ids: &RangeInclusive<Uuid>, read: &BTreeSet<Uuid>) -> bool {
        let read = read.range(ids.clone()).count();
        let places = self.index.between(&Key::decisions(ids), 1).map_err(Stop::from);
        // One id can stand in several places, which then counts as several ids.
        matches!(places, Ok(Some(places)) if places.len() + read <= 1)
    }
}

/// The ids that begin with the same digits.
fn beginning_with(id: &Uuid, digits: usize) -> RangeInclusive<Uuid> {
    let rest = u32::try_from(4 * digits).ok().and_then(|bits| u128::MAX.checked_shr(bits));
    let rest = rest.unwrap_or(0);
    Uuid::from_u128(id.as_u128() & !rest)..=Uuid::from_u128(id.as_u128() | rest)
}
