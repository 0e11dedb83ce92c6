//! What has become of each entry in one source so far: one mark for each.

use std::io;

use crate::index::field;
use crate::paged::Paged;

/// What became of an entry's copies; the worst of them counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Fate {
    /// No copy was seen.
    #[default]
    Unseen,
    Same,
    Truncated,
    /// Only the entry could be compared.
    EntryOnly,
    Altered,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) fate: Fate,
    /// Of the first copy.
    pub(crate) fingerprint: [u8; 16],
}

const MARK_BYTES: usize = 17;

#[derive(Debug)]
pub(crate) struct Marks(Paged<MARK_BYTES, 1024>);

impl Marks {
    pub(crate) fn new() -> io::Result<Self> {
        Paged::new().map(Self)
    }

    pub(crate) fn get(&mut self, stream: u32, seq: u64) -> io::Result<Mark> {
        let bytes = self.0.get(stream, seq)?;
        Ok(bytes.map_or(Mark::default(), |bytes| Mark {
            fate: Fate::from_number(field::<1>(&bytes, 0)[0]),
            fingerprint: field(&bytes, 1),
        }))
    }

    pub(crate) fn put(&mut self, stream: u32, seq: u64, mark: Mark) -> io::Result<()> {
        let mut bytes = [mark.fate as u8; MARK_BYTES];
        bytes.iter_mut().skip(1).zip(mark.fingerprint).for_each(|(to, from)| *to = from);
        self.0.put(stream, seq, &bytes)
    }
}

impl Fate {
    const ALL: [Self; 5] =
        [Self::Unseen, Self::Same, Self::Truncated, Self::EntryOnly, Self::Altered];

    fn from_number(number: u8) -> Self {
        Self::ALL.into_iter().find(|fate| *fate as u8 == number).unwrap_or_default()
    }
}
