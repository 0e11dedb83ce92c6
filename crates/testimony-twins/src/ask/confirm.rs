//! Whether what a twin says is on record really is: the entry is read again from the ledger, has the hash, and says what was
//! asked for; its contents are read again and have their digests. A twin can lie about all of it, and gets nothing through.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{self, Frame};
use testimony_record::media::MediaType;
use testimony_record::node::Node;
use testimony_record::part::{Content, Part, Role};

use super::find::number;
use super::search::Wanted;
use super::{Asked, Found};
use crate::NotBuilt;
use crate::read::Closure;
use crate::table::Table;
use crate::twins::{Ledger, Twins};

/// Why an answer of a twin is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotConfirmed {
    /// No entry with that hash and those bytes lies there.
    #[error("no such entry lies in the ledger where its twin says")]
    NoSuchEntry,
    /// The entry lies there, and does not say what was asked for.
    #[error("the entry in the ledger does not say so")]
    NotSo,
    /// A content that it rests on is not in the segment.
    #[error("{0} is not in the ledger")]
    Missing(Digest),
    /// A content that it rests on has been erased.
    #[error("{0} has been erased")]
    Erased(Digest),
    /// A file of the ledger cannot be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A twin cannot be read.
    #[error(transparent)]
    Twin(#[from] NotBuilt),
}

/// An object that was read again and has its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Content.
    Blob {
        /// What it is.
        media: MediaType,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Structure.
    Node(Node),
}

impl Twins {
    /// Reads an entry again from the ledger: its bytes have the hash, and it is the one that the twin tells of.
    ///
    /// # Errors
    /// When no such entry lies there.
    pub fn entry(&self, found: &Found) -> Result<Entry, NotConfirmed> {
        let bytes = self.frame(found, found.place.offset, found.length)?;
        let Ok((frame @ Frame::Entry { hash, bytes }, _)) = frame::parse(&bytes) else {
            return Err(NotConfirmed::NoSuchEntry);
        };
        if hash != found.hash || !frame.is_sealed() {
            return Err(NotConfirmed::NoSuchEntry);
        }
        let entry = Entry::decode(bytes).map_err(|_| NotConfirmed::NoSuchEntry)?;
        let same = (entry.stream, entry.seq) == (found.place.stream, found.place.seq);
        if same { Ok(entry) } else { Err(NotConfirmed::NoSuchEntry) }
    }

    /// Reads an object again that an entry refers to; it stands in the entry's segment.
    ///
    /// # Errors
    /// When it is not there, or has been erased.
    pub fn object(&self, found: &Found, digest: &Digest) -> Result<Object, NotConfirmed> {
        let mut erased = false;
        for (offset, length) in self.places_of(found, digest)? {
            let bytes = self.frame(found, offset, length)?;
            let Ok((frame, _)) = frame::parse(&bytes) else { continue };
            erased |= frame.is_blank() && is_of(&frame, digest);
            if let Some(object) = is_of(&frame, digest).then(|| Object::of(&frame)).flatten() {
                return Ok(object);
            }
        }
        Err(if erased { NotConfirmed::Erased(*digest) } else { NotConfirmed::Missing(*digest) })
    }

    /// Reads the entry again, and whatever of its contents is needed to see that it says what was asked for.
    ///
    /// # Errors
    /// When it does not, or that cannot be seen.
    pub fn confirm(&self, asked: &Asked, found: &Found) -> Result<Entry, NotConfirmed> {
        let entry = self.entry(found)?;
        let says = match (asked, &entry.body) {
            (Asked::OutcomesOf(id), Body::Outcome(outcome)) => outcome.decision == *id,
            (Asked::Id(id), Body::Decision(decision)) => decision.id == *id,
            (Asked::Trace(trace), Body::Decision(decision)) => {
                decision.trace.is_some_and(|context| context.trace_id == *trace)
            }
            (Asked::Inside(id), Body::Decision(decision)) => decision.parent == Some(*id),
            (Asked::CausedBy(id), Body::Decision(decision)) => decision.causes.contains(id),
            (Asked::Subject(text), Body::Decision(_)) => self.is_about(found, &entry, text)?,
            (Asked::Given(digest) | Asked::Output(digest), Body::Decision(_)) => {
                self.leads_to(found, &entry, asked.roles(), digest)?
            }
            _ => false,
        };
        if says { Ok(entry) } else { Err(NotConfirmed::NotSo) }
    }

    fn is_about(&self, found: &Found, entry: &Entry, text: &str) -> Result<bool, NotConfirmed> {
        for part in self.parts(found, entry, &[Role::Subject])? {
            let Content::Blob(digest) = part.content else { continue };
            match self.object(found, &digest) {
                Ok(Object::Blob { bytes, .. }) if bytes == text.as_bytes() => return Ok(true),
                // Another of its subjects is nobody's business here.
                Ok(_) | Err(NotConfirmed::Missing(_) | NotConfirmed::Erased(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Whether a digest is among those that parts of some roles lead to.
    fn leads_to(
        &self,
        found: &Found,
        entry: &Entry,
        roles: &[Role],
        digest: &Digest,
    ) -> Result<bool, NotConfirmed> {
        for part in self.parts(found, entry, roles)? {
            let mut closure = Closure::of(&part);
            while let Some(next) = closure.next() {
                if next == *digest {
                    return Ok(true);
                }
                if let (Content::Node(_), Ok(Object::Node(node))) =
                    (&part.content, self.object(found, &next))
                {
                    closure.follow(&node);
                }
            }
        }
        Ok(false)
    }

    fn parts(
        &self,
        found: &Found,
        entry: &Entry,
        roles: &[Role],
    ) -> Result<Vec<Part>, NotConfirmed> {
        let (parts, more) = entry.body.parts();
        let mut parts = parts.to_vec();
        if let Some(more) = more
            && let Object::Node(Node::Parts(rest)) = self.object(found, &more)?
        {
            parts.extend(rest);
        }
        parts.retain(|part| roles.contains(&part.role));
        Ok(parts)
    }

    fn ledger(&self, found: &Found) -> Result<&Ledger, NotConfirmed> {
        let mut ledgers = self.ledgers.iter();
        ledgers.find(|ledger| ledger.path == found.ledger).ok_or(NotConfirmed::NoSuchEntry)
    }

    /// Where the twins say that an object lies in the segment of an entry.
    fn places_of(&self, found: &Found, digest: &Digest) -> Result<Vec<(u64, u64)>, NotConfirmed> {
        let (stream, segment) = (found.place.stream, found.place.segment);
        let value = digest.to_string();
        let wanted = Wanted { table: Table::Objects, column: "digest", value };
        let ledger = self.ledger(found)?;
        let mut rows = Vec::new();
        for place in ledger.segments.iter().filter(|p| (p.stream, p.segment) == (stream, segment)) {
            rows.extend(wanted.in_file(&place.of(Table::Objects), &["offset", "length"])?);
        }
        for tail in ledger.tails.iter().filter(|t| (t.stream, t.segment) == (stream, segment)) {
            for all in tail.rows(Table::Objects) {
                rows.extend(wanted.among(all)?);
            }
        }
        let places = rows.iter().flat_map(|rows| {
            let place = |row| Some((number(rows, "offset", row)?, number(rows, "length", row)?));
            (0..rows.num_rows()).filter_map(place)
        });
        Ok(places.collect())
    }

    fn frame(&self, found: &Found, offset: u64, length: u64) -> Result<Vec<u8>, NotConfirmed> {
        let directory = &self.ledger(found)?.directory;
        let path = directory.segment_path(found.place.stream, found.place.segment);
        read_at(&path, offset, length).map_err(|source| NotConfirmed::Io { path, source })
    }
}

/// However long a twin says that it is: the file bounds it.
fn read_at(path: &Path, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_of(frame: &Frame<'_>, wanted: &Digest) -> bool {
    match frame {
        Frame::Blob { digest, .. } | Frame::Node { digest, .. } => digest == wanted,
        Frame::Entry { .. } => false,
    }
}

impl Object {
    fn of(frame: &Frame<'_>) -> Option<Self> {
        match frame {
            _ if !frame.is_sealed() => None,
            Frame::Blob { media, content, .. } => {
                Some(Self::Blob { media: media.clone(), bytes: content.to_vec() })
            }
            Frame::Node { bytes, .. } => canonical::decode(bytes).ok().map(Self::Node),
            Frame::Entry { .. } => None,
        }
    }
}
