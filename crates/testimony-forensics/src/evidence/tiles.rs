//! A stream as [C2SP tiles](https://c2sp.org/tlog-tiles): the checkpoint, the tree's hashes and the entries, as other people's
//! clients, monitors and checkers read them.
//!
//! Where the bytes go is the caller's; they are handed out tile by tile, the checkpoint last.

use std::io;
use std::ops::ControlFlow;

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::verify::Progress;
use testimony_record::Uuid;
use testimony_record::tlog::{SignedHead, VerifierKey};
use testimony_record::tree::{self, Frontier, TreeHash};
use tlog_tiles::Tile;

use super::chain::{Broken, follow};
use super::checkpoints::{Checkpoints, Kept, NotCovered};

/// C2SP fixes the height of a tile: 256 hashes.
const HEIGHT: u8 = 8;
const WIDTH: usize = 1 << HEIGHT;

/// Takes a file: its path below the log's prefix, with slashes, and its bytes.
type Put<'a> = dyn FnMut(&str, &[u8]) -> io::Result<()> + 'a;

/// A stream that was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The checkpoint whose tree the tiles are.
    pub head: SignedHead,
    /// The key that has signed it. The ledger names it itself.
    pub key: VerifierKey,
}

/// Why a stream was not exported, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotExported {
    /// The files cannot be read.
    #[error(transparent)]
    Read(#[from] CouldNotRead),
    /// The chain does not hold.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// There is no checkpoint.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// The newest checkpoint is no signed head of the entries.
    #[error("the checkpoint over {size} entries of stream {stream} does not stand")]
    WrongCheckpoint {
        /// The stream.
        stream: Uuid,
        /// How many entries it is said to cover.
        size: u64,
    },
    /// An earlier export had a head that is none of this stream.
    #[error(
        "the checkpoint over {size} entries that was exported before is no head of stream {stream} any more: it was \
         rewritten or cut since"
    )]
    OtherHistory {
        /// The stream.
        stream: Uuid,
        /// How many entries the earlier checkpoint covers.
        size: u64,
    },
    /// The receiver refused a file.
    #[error("cannot write {file}")]
    Write {
        /// Its path below the log's prefix.
        file: String,
        /// What it says.
        source: io::Error,
    },
}

/// Makes tiles of entries, in memory for one tile of each level and one bundle of entries.
#[derive(Debug, Default)]
pub struct Tiles {
    tree: Frontier,
    /// The hashes of the unfinished tile of each level, from the leaves up.
    levels: Vec<Vec<u8>>,
    /// The entries of the unfinished bundle.
    bundle: Vec<u8>,
}

impl Tiles {
    /// A log without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an entry, and hands out the tiles that it completes.
    ///
    /// # Errors
    /// Those of `put`, and [`io::ErrorKind::InvalidInput`] for an entry of more than 65,535 bytes.
    #[expect(clippy::big_endian_bytes, reason = "tlog-tiles writes lengths so")]
    pub fn push(&mut self, entry: &[u8], put: &mut Put<'_>) -> io::Result<()> {
        let length = u16::try_from(entry.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.bundle.extend_from_slice(&length.to_be_bytes());
        self.bundle.extend_from_slice(entry);
        let leaf = tree::leaf(entry);
        self.tree.push_leaf(leaf);
        if self.tree.size().is_multiple_of(WIDTH as u64) {
            let n = self.tree.size() / WIDTH as u64 - 1;
            put(&entries_path(n, WIDTH), &std::mem::take(&mut self.bundle))?;
        }
        self.add(0, leaf, put)
    }

    /// Adds a hash to the tile that grows at a level; a full tile is a hash of the level above.
    fn add(&mut self, level: u8, hash: TreeHash, put: &mut Put<'_>) -> io::Result<()> {
        if self.levels.len() <= usize::from(level) {
            self.levels.push(Vec::with_capacity(WIDTH * hash.len()));
        }
        let Some(tile) = self.levels.get_mut(usize::from(level)) else { return Ok(()) };
        tile.extend_from_slice(&hash);
        if tile.len() < WIDTH * hash.len() {
            return Ok(());
        }
        let tile = std::mem::take(tile);
        put(&tile_path(level, self.number(level) - 1, WIDTH), &tile)?;
        self.add(level + 1, Tile::subtree_hash(&tile).0, put)
    }

    /// How many full tiles a level has.
    fn number(&self, level: u8) -> u64 {
        self.tree.size() >> (u32::from(HEIGHT) * (u32::from(level) + 1))
    }

    /// Hands out the tiles that are not full, and says how many entries there were and what their root is.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn finish(self, put: &mut Put<'_>) -> io::Result<(u64, TreeHash)> {
        let width = usize::try_from(self.tree.size() % WIDTH as u64).unwrap_or(0);
        if width > 0 {
            put(&entries_path(self.number(0), width), &self.bundle)?;
        }
        for (level, tile) in (0..).zip(&self.levels) {
            if !tile.is_empty() {
                let width = tile.len() / size_of::<TreeHash>();
                put(&tile_path(level, self.number(level), width), tile)?;
            }
        }
        Ok((self.tree.size(), self.tree.root()))
    }
}

fn tile_path(level: u8, n: u64, width: usize) -> String {
    path(level, n, width, false)
}

fn entries_path(n: u64, width: usize) -> String {
    path(0, n, width, true).replacen("data", "entries", 1)
}

/// C2SP leaves out the height, which `tlog_tiles` writes as the second element.
fn path(level: u8, n: u64, width: usize, entries: bool) -> String {
    let width = u32::try_from(width).unwrap_or(0);
    let path = Tile::new(HEIGHT, level, n, width, entries).path();
    path.replacen("tile/8/", "tile/", 1)
}

/// Exports a stream up to its newest checkpoint. The file `checkpoint` comes last, once the root over the entries that were
/// handed out has been found to be its root. `before` is the checkpoint of an earlier export, which must be a head of the
/// same log. Reads the stream twice; memory for one segment file.
///
/// # Errors
/// When the stream has no checkpoint, does not hold, or cannot be read, is another than it was, or `put` refuses a file.
pub fn export_tiles(
    directory: &Directory,
    stream: Uuid,
    before: Option<&SignedHead>,
    progress: &mut dyn FnMut(Progress),
    put: &mut Put<'_>,
) -> Result<Exported, NotExported> {
    let kept = newest(directory, stream, &mut |walk| progress(half(walk, 0)))?;
    let end = kept.head.size();
    let other = |before: &SignedHead| NotExported::OtherHistory { stream, size: before.size() };
    if let Some(before) = before.filter(|before| before.size() > end) {
        return Err(other(before));
    }
    let mut copy = Copy { tiles: Tiles::new(), end, before, ended: Ok(()), last: String::new() };
    follow(directory, stream, &mut |walk| progress(half(walk, walk.total)), &mut |linked| {
        copy.take(linked.bytes, put)
    })?;
    let Copy { tiles, ended, mut last, .. } = copy;
    let done = ended.and_then(|()| {
        let put = &mut named(&mut last, put);
        tiles.finish(put).map_err(Stop::Refused)
    });
    let (size, root) = done.map_err(|stop| match stop {
        Stop::Refused(source) => NotExported::Write { file: last, source },
        Stop::OtherHistory(size) => NotExported::OtherHistory { stream, size },
    })?;
    if !kept.stands(size, &root) {
        return Err(NotExported::WrongCheckpoint { stream, size: end });
    }
    let Kept { head, key, .. } = kept;
    let written = put("checkpoint", head.to_string().as_bytes());
    written.map_err(|source| NotExported::Write { file: "checkpoint".to_owned(), source })?;
    Ok(Exported { head, key })
}

/// A walk that makes tiles of the first `end` entries.
struct Copy<'a> {
    tiles: Tiles,
    end: u64,
    before: Option<&'a SignedHead>,
    ended: Result<(), Stop>,
    /// The file that was handed out last.
    last: String,
}

/// Why a copy came to no end.
enum Stop {
    Refused(io::Error),
    OtherHistory(u64),
}

impl Copy<'_> {
    fn take(&mut self, entry: &[u8], put: &mut Put<'_>) -> ControlFlow<()> {
        if self.tiles.tree.size() == self.end {
            return ControlFlow::Break(());
        }
        let pushed = self.tiles.push(entry, &mut named(&mut self.last, put));
        self.ended = pushed.map_err(Stop::Refused).and_then(|()| self.compare());
        if self.ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn compare(&self) -> Result<(), Stop> {
        let tree = &self.tiles.tree;
        let now = self.before.filter(|before| before.size() == tree.size());
        match now.filter(|before| *before.root() != tree.root()) {
            Some(before) => Err(Stop::OtherHistory(before.size())),
            None => Ok(()),
        }
    }
}

/// Remembers the name of what is handed out.
fn named<'a>(
    last: &'a mut String,
    put: &'a mut Put<'_>,
) -> impl FnMut(&str, &[u8]) -> io::Result<()> + 'a {
    move |file, bytes| {
        file.clone_into(last);
        put(file, bytes)
    }
}

/// One of two walks over the same files.
fn half(walk: Progress, before: u64) -> Progress {
    Progress { done: before + walk.done, total: walk.total * 2 }
}

fn newest(
    directory: &Directory,
    stream: Uuid,
    progress: &mut dyn FnMut(Progress),
) -> Result<Kept, NotExported> {
    let mut checkpoints = Checkpoints::covering(stream, 0, None);
    let broken = follow(directory, stream, progress, &mut |linked| {
        checkpoints.see(&linked.entry);
        ControlFlow::Continue(())
    })?;
    match broken {
        Some(broken) => Err(broken.into()),
        None => Ok(checkpoints.best()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(tile_path(0, 0, 15), "tile/0/000.p/15");
        assert_eq!(tile_path(2, 1_234_067, 256), "tile/2/x001/x234/067");
        assert_eq!(entries_path(1_234_067, 1), "tile/entries/x001/x234/067.p/1");
    }
}
