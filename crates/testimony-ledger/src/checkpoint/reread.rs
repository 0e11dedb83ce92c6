//! Reading the stream again, from where it was last read up to where the recorder stands, and hashing every byte of it.
//!
//! It goes on only over what is whole: frames that have their digests, entries that are linked, unfinished ends that
//! recovery put on record, and blanks that an erasure names. Anything else is not what was written.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Cut, Entry, Link};
use testimony_record::frame::{Frame, SegmentHeader};
use testimony_record::tree::Frontier;
use testimony_record::verify::{Lying, blobs};

use super::frames::Frames;
use super::stand::Stand;
use crate::error::{Altered, NotSigned};
use crate::layout;
use crate::storage::Storage;

/// The files of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) ledger: PathBuf,
    pub(crate) stream: Uuid,
}

/// How far the stream has been read, and the tree over its entries so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reread {
    segment: u64,
    offset: u64,
    /// The place in the chain; where the reading begins, the first segment's header says it.
    chain: Option<Link>,
    tree: Frontier,
    /// Unfinished ends that the next entry must name.
    cuts: Vec<Unfinished>,
    /// Content that is blank, and that no erasure read so far names.
    blank: BTreeSet<Digest>,
    erased: BTreeSet<Digest>,
}

/// The end of a segment that is no part of the record.
#[derive(Debug, Clone)]
struct Unfinished {
    cut: Cut,
    /// Contents in it that have been overwritten. Where there are any, its hash is another than when it was cut.
    blank: Vec<Digest>,
}

impl Unfinished {
    fn is_named_by(&self, named: &Cut) -> bool {
        let Cut { segment, offset, bytes, hash } = self.cut;
        (segment, offset, bytes) == (named.segment, named.offset, named.bytes)
            && (hash == named.hash || !self.blank.is_empty())
    }
}

impl Files {
    pub(crate) fn frames(&self, segment: u64, offset: u64, limit: u64) -> Frames<'_> {
        Frames::new(&*self.storage, self.path(segment), offset, limit)
    }

    fn path(&self, segment: u64) -> PathBuf {
        layout::segment(&self.ledger, self.stream, segment)
    }

    /// Whether somebody is overwriting content of this stream at this moment: `FORMAT.md` section 2.2.
    fn is_being_erased(&self) -> io::Result<bool> {
        let names = self.storage.list(&layout::stream(&self.ledger, self.stream))?;
        Ok(names.iter().any(|name| name == layout::ERASING))
    }
}

/// Why the reading did not get to its end.
enum Fault {
    Altered(Altered),
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Reread {
    /// From the start of `segment`, over a tree whose entries up to some entry of it somebody has signed.
    pub(crate) fn from_base(segment: u64, tree: Frontier) -> Self {
        Self { segment, tree, ..Self::default() }
    }

    pub(crate) fn tree(&self) -> &Frontier {
        &self.tree
    }

    /// Reads on up to `stand`, while `somebody_waits`. After an error it stands where it stood, or at the start of a later
    /// segment.
    pub(crate) fn advance(
        &mut self,
        files: &Files,
        stand: Stand,
        somebody_waits: &dyn Fn() -> bool,
    ) -> Result<(), NotSigned> {
        while self.segment < stand.segment {
            if !somebody_waits() {
                return Err(NotSigned::Closed);
            }
            let next = self.read(files, None)?;
            *self = Self { segment: self.segment + 1, offset: 0, ..next };
        }
        if stand.end > 0 {
            *self = self.read(files, Some(stand.end))?;
        }
        self.arrived(stand)
    }

    /// Content that is being overwritten looks altered, so whatever looks so is looked at again.
    fn read(&self, files: &Files, end: Option<u64>) -> Result<Self, NotSigned> {
        let mut again = false;
        loop {
            let mut next = self.clone();
            let altered = match next.segment(files, end) {
                Ok(()) => return Ok(next),
                Err(Fault::Io(error)) => return Err(unread(&error)),
                Err(Fault::Altered(altered)) => altered,
            };
            if files.is_being_erased().map_err(|error| unread(&error))? {
                return Err(NotSigned::Erasing);
            }
            if again {
                return Err(NotSigned::Altered(altered));
            }
            again = true;
        }
    }

    fn arrived(&self, stand: Stand) -> Result<(), NotSigned> {
        let covers = self.tree.size() == stand.newest.seq + 1;
        if self.chain != Some(stand.newest) || !covers || !self.cuts.is_empty() {
            let why = "the last entry is another than the one that was written";
            return Err(NotSigned::Altered(self.altered(self.offset, why)));
        }
        // Content is overwritten after its erasure is on record, which can be later than where the recorder stood.
        self.blank.first().map_or(Ok(()), |_| Err(NotSigned::Erasing))
    }

    /// One segment from `offset` on: up to `end`, or one that is not written any more to its end.
    fn segment(&mut self, files: &Files, end: Option<u64>) -> Result<(), Fault> {
        let mut frames = files.frames(self.segment, self.offset, end.unwrap_or(u64::MAX));
        let whole = self.offset > 0 || self.header(files, &mut frames)?;
        let mut clean = if whole { frames.offset() } else { 0 };
        while whole
            && let Some(Ok((at, frame))) = frames.next().map_err(|error| self.gone(error))?
        {
            match frame {
                Frame::Entry { hash, bytes } if frame.is_sealed() => {
                    self.entry(files.stream, at, hash, bytes)?;
                    clean = frames.offset();
                }
                Frame::Blob { digest, .. } if frame.is_blank() => self.blank(digest),
                _ if frame.is_sealed() => {}
                _ => break,
            }
        }
        self.offset = clean;
        match end {
            None => self.unfinished(files, whole),
            Some(end) if clean == end => Ok(()),
            Some(_) => Err(Fault::Altered(self.altered(clean, "a frame without its digest"))),
        }
    }

    /// Reads the header line; says whether it is whole.
    fn header(&mut self, files: &Files, frames: &mut Frames<'_>) -> Result<bool, Fault> {
        let Ok(header) = frames.header().map_err(|error| self.gone(error))? else {
            return Ok(false);
        };
        let SegmentHeader { stream, index, seq, prev } = header;
        let next = self.chain.map_or((0, Digest::ZERO), |link| (link.seq + 1, link.hash));
        let begins = self.chain.is_none() && 0 < seq && seq <= self.tree.size();
        if (stream, index) != (files.stream, self.segment) || !(begins || next == (seq, prev)) {
            return Err(Fault::Altered(self.altered(0, "a header line of another segment")));
        }
        if let Some(seq) = seq.checked_sub(1) {
            self.chain = Some(Link { seq, hash: prev });
        }
        Ok(true)
    }

    fn entry(&mut self, stream: Uuid, at: u64, hash: Digest, bytes: &[u8]) -> Result<(), Fault> {
        let altered = |why| Err(Fault::Altered(self.altered(at, why)));
        let Ok(entry) = Entry::decode(bytes) else { return altered("bytes that are no entry") };
        let next = self.chain.map_or((0, Digest::ZERO), |link| (link.seq + 1, link.hash));
        if entry.stream != stream || (entry.seq, entry.prev) != next {
            return altered("an entry that is not linked to the one before it");
        }
        match &entry.body {
            Body::Recovered(recovered) if self.named_by(&recovered.cuts) => {
                // What is blank in them an erasure must name, as anywhere.
                let blank = std::mem::take(&mut self.cuts).into_iter().flat_map(|end| end.blank);
                blank.for_each(|digest| self.blank(digest));
            }
            _ if !self.cuts.is_empty() => return altered("an end that no entry says was cut"),
            Body::Erasure(erasure) => {
                self.erased.extend(&erasure.digests);
                self.blank.retain(|digest| !erasure.digests.contains(digest));
            }
            _ => {}
        }
        // Entries before the base are in its tree already.
        if entry.seq == self.tree.size() {
            self.tree.push(bytes);
        }
        self.chain = Some(Link { seq: entry.seq, hash });
        Ok(())
    }

    fn named_by(&self, cuts: &[Cut]) -> bool {
        let all = || self.cuts.iter().zip(cuts).all(|(end, cut)| end.is_named_by(cut));
        self.cuts.is_empty() || (self.cuts.len() == cuts.len() && all())
    }

    fn blank(&mut self, digest: Digest) {
        if !self.erased.contains(&digest) {
            self.blank.insert(digest);
        }
    }

    /// What follows the last entry of a segment that nobody writes any more is what the next entry says was cut.
    fn unfinished(&mut self, files: &Files, whole: bool) -> Result<(), Fault> {
        let path = files.path(self.segment);
        let rest = files.storage.read_at(&path, self.offset, usize::MAX)?;
        if !rest.is_empty() || !whole {
            let (segment, offset, bytes) = (self.segment, self.offset, rest.len() as u64);
            let cut = Cut { segment, offset, bytes, hash: Digest::plain(&rest) };
            let blank = blank(&files.storage.read(&path)?, offset);
            self.cuts.push(Unfinished { cut, blank });
        }
        Ok(())
    }

    /// A file that is not there any more was there.
    fn gone(&self, error: io::Error) -> Fault {
        if error.kind() == io::ErrorKind::NotFound {
            return Fault::Altered(self.altered(0, "the file is gone"));
        }
        Fault::Io(error)
    }

    fn altered(&self, offset: u64, why: &'static str) -> Altered {
        Altered::new(self.segment, offset, why)
    }
}

/// Contents of a segment from `offset` on that have been overwritten, whole or torn.
fn blank(segment: &[u8], offset: u64) -> Vec<Digest> {
    let is_blank = |lying: &Lying| {
        lying.at as u64 >= offset
            && lying.blob.is_blank(segment.get(lying.at..).unwrap_or_default())
    };
    blobs(segment).into_iter().filter(is_blank).map(|lying| lying.blob.digest).collect()
}

fn unread(error: &io::Error) -> NotSigned {
    NotSigned::Unread(error.to_string().into())
}
