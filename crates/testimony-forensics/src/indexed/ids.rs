//! How much of an id has to be told.

use testimony_index::Key;
use testimony_record::Uuid;

use super::Indexed;
use crate::lookup::characters;

/// The digits of a whole id.
const ALL: usize = 32;

impl Indexed {
    /// How many characters of these ids are enough to tell each from every other one in the ledgers; at least 8, at most 36.
    #[must_use]
    pub fn id_length(&self, ids: &[Uuid]) -> usize {
        // What is still being written may have any id.
        if !self.index.unindexed().is_empty() {
            return characters(ALL);
        }
        let digits = ids.iter().fold(8, |digits, id| self.digits(id, digits));
        characters(digits)
    }

    /// How many digits of an id no other one begins with, from some digits on.
    fn digits(&self, id: &Uuid, from: usize) -> usize {
        let alone = |&digits: &usize| {
            let rest = u128::MAX.checked_shr(4 * u32::try_from(digits).unwrap_or(0)).unwrap_or(0);
            let first = Uuid::from_u128(id.as_u128() & !rest);
            let last = Uuid::from_u128(id.as_u128() | rest);
            matches!(self.index.between(&Key::decisions(&(first..=last)), 1), Ok(Some(_)))
        };
        (from..ALL).find(alone).unwrap_or(ALL)
    }
}
