//! Taking objects out of a ledger for an evidence file: each frame once, byte for byte, before whatever refers to it.

use std::collections::HashSet;

use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::evidence::{FIRST_LINE, MAX_FILE_BYTES};
use testimony_record::frame::{self, Frame};
use testimony_record::node::{MAX_BASE_DEPTH, Node};
use testimony_record::part::{Content, Part};

use super::prove::NotProven;

use crate::store::Store;

/// Base64 takes four characters for three bytes; what else a proof holds fits into the rest.
const MOST_BYTES: usize = MAX_FILE_BYTES / 4 * 3 - (2 << 20);

/// A list rests on no more others than this: a chain of bases, and for very long lists one of nodes on top.
const MOST_LISTS: usize = 2 * MAX_BASE_DEPTH as usize;

/// The extra data of a proof in the making.
pub(super) struct Gathered<'a> {
    archive: &'a Store,
    extra: Vec<u8>,
    taken: HashSet<Digest>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(archive: &'a Store) -> Self {
        Self { archive, extra: FIRST_LINE.as_bytes().to_vec(), taken: HashSet::new() }
    }

    /// Takes all that a part's content consists of.
    pub(super) fn part(&mut self, part: &Part) -> Result<(), NotProven> {
        match &part.content {
            Content::Blob(digest) => self.blob(digest),
            Content::Node(digest) => self.list(digest),
            Content::Absent(_) => Ok(()),
        }
    }

    /// The node that holds further parts, after those of their contents that are disclosed.
    pub(super) fn parts_node(&mut self, digest: &Digest) -> Result<(), NotProven> {
        let (_, bytes) = self.node(digest)?;
        self.take(*digest, &bytes)
    }

    /// Blank frames are taken as well: that content was erased must not look like discretion.
    fn blob(&mut self, digest: &Digest) -> Result<(), NotProven> {
        if self.taken.contains(digest) {
            return Ok(());
        }
        let bytes = self.archive.frame_bytes(digest)?;
        match frame::parse(&bytes) {
            Ok((frame @ Frame::Blob { .. }, _)) if frame.is_sealed() || frame.is_blank() => {
                self.take(*digest, &bytes)
            }
            _ => Err(NoObject::Altered(*digest).into()),
        }
    }

    fn list(&mut self, digest: &Digest) -> Result<(), NotProven> {
        let mut chain = Vec::new();
        let mut next = Some(*digest);
        while let Some(digest) = next.filter(|digest| !self.taken.contains(digest)) {
            let (node, bytes) = self.node(&digest)?;
            let Node::List(list) = node else { return Err(NoObject::Altered(digest).into()) };
            if chain.len() > MOST_LISTS {
                return Err(NoObject::Altered(digest).into());
            }
            next = list.base;
            chain.push((digest, list.items, bytes));
        }
        for (digest, items, bytes) in chain.into_iter().rev() {
            items.iter().try_for_each(|item| self.message(item))?;
            self.take(digest, &bytes)?;
        }
        Ok(())
    }

    fn message(&mut self, digest: &Digest) -> Result<(), NotProven> {
        if self.taken.contains(digest) {
            return Ok(());
        }
        let (node, bytes) = self.node(digest)?;
        let Node::Message(message) = node else { return Err(NoObject::Altered(*digest).into()) };
        message.parts.iter().try_for_each(|part| self.blob(&part.blob))?;
        self.take(*digest, &bytes)
    }

    fn node(&self, digest: &Digest) -> Result<(Node, bytes::Bytes), NotProven> {
        let bytes = self.archive.frame_bytes(digest)?;
        match frame::parse(&bytes) {
            Ok((frame @ Frame::Node { bytes: line, .. }, _)) if frame.is_sealed() => {
                let node = canonical::decode(line).map_err(|_| NoObject::Altered(*digest))?;
                Ok((node, bytes))
            }
            _ => Err(NoObject::Altered(*digest).into()),
        }
    }

    fn take(&mut self, digest: Digest, frame: &[u8]) -> Result<(), NotProven> {
        if self.extra.len() + frame.len() > MOST_BYTES {
            return Err(NotProven::TooLarge);
        }
        if self.taken.insert(digest) {
            self.extra.extend_from_slice(frame);
        }
        Ok(())
    }

    /// Ends with the entry.
    pub(super) fn entry(mut self, hash: Digest, bytes: &[u8]) -> Vec<u8> {
        Frame::Entry { hash, bytes }.write(&mut self.extra);
        self.extra
    }
}
