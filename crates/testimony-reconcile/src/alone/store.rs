//! The copies that have been read: of each entry the first, its bytes in a file and where they lie in another.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use testimony_record::Uuid;
use testimony_record::digest::Digest;

use crate::index::field;
use crate::paged::Paged;

/// What is kept of an entry's first copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) hash: Digest,
    pub(super) fingerprint: [u8; 16],
    /// A short name of the head that it carries; zeros for none.
    pub(super) head: [u8; 16],
    offset: u64,
    length: u32,
}

const STORED_BYTES: usize = 32 + 16 + 16 + 8 + 4;

/// How many records a page has.
pub(super) const PAGE: usize = 256;

#[derive(Debug)]
pub(super) struct Store {
    numbers: HashMap<Uuid, u32>,
    records: Paged<STORED_BYTES, PAGE>,
    entries: BufWriter<File>,
    /// Where the next entry goes.
    end: u64,
}

impl Stored {
    pub(super) fn new(hash: Digest, fingerprint: [u8; 16], head: [u8; 16]) -> Self {
        Self { hash, fingerprint, head, offset: 0, length: 0 }
    }

    fn bytes(&self) -> [u8; STORED_BYTES] {
        let mut bytes = [0; STORED_BYTES];
        let fields: [&[u8]; 5] = [
            self.hash.as_bytes(),
            &self.fingerprint,
            &self.head,
            &self.offset.to_le_bytes(),
            &self.length.to_le_bytes(),
        ];
        bytes.iter_mut().zip(fields.concat()).for_each(|(to, from)| *to = from);
        bytes
    }

    /// No entry is empty, so a record that was never put has the length 0.
    fn read(bytes: &[u8; STORED_BYTES]) -> Option<Self> {
        let stored = Self {
            hash: Digest::from_bytes(field(bytes, 0)),
            fingerprint: field(bytes, 32),
            head: field(bytes, 48),
            offset: u64::from_le_bytes(field(bytes, 64)),
            length: u32::from_le_bytes(field(bytes, 72)),
        };
        (stored.length > 0).then_some(stored)
    }
}

impl Store {
    pub(super) fn new() -> io::Result<Self> {
        let entries = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        Ok(Self { numbers: HashMap::new(), records: Paged::new()?, entries, end: 0 })
    }

    pub(super) fn get(&mut self, stream: Uuid, seq: u64) -> io::Result<Option<Stored>> {
        let Some(&number) = self.numbers.get(&stream) else { return Ok(None) };
        Ok(self.records.get(number, seq)?.and_then(|bytes| Stored::read(&bytes)))
    }

    pub(super) fn put(
        &mut self,
        stream: Uuid,
        seq: u64,
        stored: Stored,
        entry: &[u8],
    ) -> io::Result<()> {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(stream).or_insert(next);
        let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
        self.entries.write_all(entry)?;
        let stored = Stored { offset: self.end, length, ..stored };
        self.end += entry.len() as u64;
        self.records.put(number, seq, &stored.bytes())
    }

    /// The first sequence number of each page that a stream has, in order.
    pub(super) fn pages(&self, stream: Uuid) -> Vec<u64> {
        self.numbers.get(&stream).map_or_else(Vec::new, |&number| self.records.pages(number))
    }

    /// The exact bytes of an entry.
    pub(super) fn entry(&mut self, stored: &Stored) -> io::Result<Vec<u8>> {
        self.entries.flush()?;
        let file = self.entries.get_mut();
        file.seek(SeekFrom::Start(stored.offset))?;
        let mut bytes = vec![0; usize::try_from(stored.length).unwrap_or_default()];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
