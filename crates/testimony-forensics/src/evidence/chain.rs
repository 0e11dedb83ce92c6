//! The entries of a stream in the order of the chain, as far as it holds. What recovery has cut off is left out.
//!
//! This is not the verifier: it stops at the first thing that is not as it should be, and does not say what that is.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::Path;

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::verify::Progress;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Cut, Entry};
use testimony_record::frame::{Frame, FrameError};
use testimony_record::verify::{Next, Walk, cuts_named, next_of_each};

/// The chain of a stream does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stream {stream} is not what was sealed: its chain holds only up to entry {seq}")]
pub struct Broken {
    /// The stream.
    pub stream: Uuid,
    /// The entry whose turn it was.
    pub seq: u64,
}

/// An entry that is the next of its chain.
pub(super) struct Linked<'a> {
    pub(super) entry: Entry,
    pub(super) hash: Digest,
    pub(super) bytes: &'a [u8],
}

/// Who is shown the entries, one by one, and ends the walk when it has seen enough.
pub(super) type Visit<'a> = dyn FnMut(Linked<'_>) -> ControlFlow<()> + 'a;

/// Shows a stream's entries in order; says where the chain stopped holding, if it did. Reads one segment file at a time.
pub(super) fn follow(
    directory: &Directory,
    stream: Uuid,
    progress: &mut dyn FnMut(Progress),
    visit: &mut Visit<'_>,
) -> Result<Option<Broken>, CouldNotRead> {
    let files = files(directory, stream)?;
    let mut walk = Progress { done: 0, total: files.iter().map(|file| file.bytes).sum() };
    let mut chain = Chain { stream, seq: 0, prev: Digest::ZERO };
    for file in &files {
        let bytes = fs::read(&file.path).map_err(|source| io_error(&file.path, source))?;
        match chain.segment(&bytes, &file.next, visit) {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(Stop::Enough) => break,
            ControlFlow::Break(Stop::Broken) => return Ok(Some(Broken { stream, seq: chain.seq })),
        }
        walk.done = (walk.done + file.bytes).min(walk.total);
        progress(walk);
    }
    Ok(None)
}

enum Stop {
    Enough,
    Broken,
}

/// How far a chain has been followed.
struct Chain {
    stream: Uuid,
    seq: u64,
    prev: Digest,
}

impl Chain {
    fn segment(&mut self, bytes: &[u8], next: &Next, visit: &mut Visit<'_>) -> ControlFlow<Stop> {
        let mut walk = Walk::new(without_cut(bytes, next)).1;
        for (_, frame) in walk.by_ref() {
            let Frame::Entry { hash, bytes } = frame else { continue };
            let Some(linked) = self.link(hash, bytes) else {
                return ControlFlow::Break(Stop::Broken);
            };
            visit(linked).map_break(|()| Stop::Enough)?;
        }
        match walk.ending().why {
            Some(FrameError::Malformed(_)) => ControlFlow::Break(Stop::Broken),
            _ => ControlFlow::Continue(()),
        }
    }

    fn link<'a>(&mut self, hash: Digest, bytes: &'a [u8]) -> Option<Linked<'a>> {
        let entry = Entry::decode(bytes).ok()?;
        let is_next = (entry.stream, entry.seq, entry.prev) == (self.stream, self.seq, self.prev)
            && Digest::of_entry(bytes) == hash;
        (self.seq, self.prev) = if is_next { (self.seq + 1, hash) } else { return None };
        Some(Linked { entry, hash, bytes })
    }
}

fn without_cut<'a>(bytes: &'a [u8], next: &Next) -> &'a [u8] {
    let Next::Entry(Some(Cut { offset, .. })) = next else { return bytes };
    usize::try_from(*offset).ok().and_then(|offset| bytes.get(..offset)).unwrap_or(bytes)
}

struct SegmentFile {
    path: std::path::PathBuf,
    bytes: u64,
    next: Next,
}

fn files(directory: &Directory, stream: Uuid) -> Result<Vec<SegmentFile>, CouldNotRead> {
    let live = directory.live(stream);
    let (mut found, mut cuts) = (Vec::new(), Vec::new());
    for index in directory.segments(stream)? {
        let path = directory.segment_path(stream, index);
        let look = || -> io::Result<_> { Ok((fs::metadata(&path)?.len(), first_cuts(&path)?)) };
        let (bytes, named) = look().map_err(|source| io_error(&path, source))?;
        cuts.push((index, named));
        found.push((path, bytes));
    }
    let found = found.into_iter().zip(next_of_each(&cuts, live));
    Ok(found.map(|((path, bytes), next)| SegmentFile { path, bytes, next }).collect())
}

/// How much of a file is read in search of its first entry before all of it is.
const BEGINNING: u64 = 64 << 10;

fn first_cuts(path: &Path) -> io::Result<Option<Vec<Cut>>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
    if let Some(cuts) = cuts_named(&bytes) {
        return Ok(Some(cuts));
    }
    file.read_to_end(&mut bytes)?;
    Ok(cuts_named(&bytes))
}

fn io_error(path: &Path, source: io::Error) -> CouldNotRead {
    CouldNotRead::Io { path: path.to_owned(), source }
}
