//! Records of one size, by stream and sequence number, in an unnamed temporary file. Memory holds the pages used last, and
//! one number for each page: about a bit for each record.
//!
//! A page is made when it is first written to, so that an absurd sequence number costs one page and no more.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::num::NonZeroUsize;

use lru::LruCache;

/// How many pages are kept in memory.
const HOT: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// The stream's number, and the page's among those of the stream.
type Key = (u32, u64);

/// Records of `N` bytes, `P` to a page. A record that was never put is all zeros, or `None` with its whole page.
#[derive(Debug)]
pub(crate) struct Paged<const N: usize, const P: usize> {
    file: File,
    places: HashMap<Key, u64>,
    hot: LruCache<Key, Page>,
}

#[derive(Debug)]
struct Page {
    bytes: Vec<u8>,
    dirty: bool,
}

impl<const N: usize, const P: usize> Paged<N, P> {
    pub(crate) fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        Ok(Self { file, places: HashMap::new(), hot: LruCache::new(HOT) })
    }

    pub(crate) fn get(&mut self, stream: u32, seq: u64) -> io::Result<Option<[u8; N]>> {
        let (key, at) = place::<N, P>(stream, seq);
        if !self.places.contains_key(&key) {
            return Ok(None);
        }
        let page = self.page(key)?;
        Ok(page.bytes.get(at..at + N).and_then(|record| record.try_into().ok()))
    }

    pub(crate) fn put(&mut self, stream: u32, seq: u64, record: &[u8; N]) -> io::Result<()> {
        let (key, at) = place::<N, P>(stream, seq);
        let next = self.places.len() as u64;
        let new = *self.places.entry(key).or_insert(next) == next;
        if new {
            self.keep(key, Page { bytes: vec![0; N * P], dirty: true })?;
        }
        let page = self.page(key)?;
        if let Some(place) = page.bytes.get_mut(at..at + N) {
            place.copy_from_slice(record);
            page.dirty = true;
        }
        Ok(())
    }

    /// The pages that there are of a stream, in order: the first sequence number of each.
    pub(crate) fn pages(&self, stream: u32) -> Vec<u64> {
        let of_stream = self.places.keys().filter(|(of, _)| *of == stream);
        let mut pages: Vec<u64> = of_stream.map(|(_, page)| page * P as u64).collect();
        pages.sort_unstable();
        pages
    }

    fn page(&mut self, key: Key) -> io::Result<&mut Page> {
        if !self.hot.contains(&key) {
            let mut bytes = vec![0; N * P];
            let place = self.places.get(&key).copied().unwrap_or_default();
            self.file.seek(SeekFrom::Start(place * (N * P) as u64))?;
            self.file.read_exact(&mut bytes)?;
            self.keep(key, Page { bytes, dirty: false })?;
        }
        self.hot.get_mut(&key).ok_or_else(|| io::Error::other("a page that was kept is gone"))
    }

    fn keep(&mut self, key: Key, page: Page) -> io::Result<()> {
        let Some((old, page)) = self.hot.push(key, page) else { return Ok(()) };
        if page.dirty && old != key {
            let place = self.places.get(&old).copied().unwrap_or_default();
            self.file.seek(SeekFrom::Start(place * (N * P) as u64))?;
            self.file.write_all(&page.bytes)?;
        }
        Ok(())
    }
}

fn place<const N: usize, const P: usize>(stream: u32, seq: u64) -> (Key, usize) {
    let within = usize::try_from(seq % P as u64).unwrap_or_default();
    ((stream, seq / P as u64), within * N)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_is_got_in_any_order(seqs in prop::collection::vec((0..3_u32, prop_oneof![0..5000_u64, any::<u64>()]), 1..400)) {
            let mut paged = Paged::<8, 4>::new().unwrap();
            let mut model = HashMap::new();
            for (value, &(stream, seq)) in (1_u64..).zip(&seqs) {
                paged.put(stream, seq, &value.to_le_bytes()).unwrap();
                model.insert((stream, seq), value);
            }
            for (&(stream, seq), value) in &model {
                prop_assert_eq!(paged.get(stream, seq).unwrap(), Some(value.to_le_bytes()));
            }
            for stream in 0..3 {
                let pages = paged.pages(stream);
                prop_assert!(pages.is_sorted());
                prop_assert!(model.keys().filter(|(of, _)| *of == stream).all(|(_, seq)| pages.contains(&(seq / 4 * 4))));
            }
        }
    }

    #[test]
    fn what_was_never_put_is_nothing_or_zeros() {
        let mut paged = Paged::<8, 4>::new().unwrap();
        paged.put(0, 5, &[1; 8]).unwrap();
        assert_eq!(paged.get(0, 6).unwrap(), Some([0; 8]));
        assert_eq!((paged.get(0, 8).unwrap(), paged.get(1, 5).unwrap()), (None, None));
    }
}
