//! The objects of a segment, by their digests. A segment holds all that its entries refer to, so nothing else is needed.

use std::collections::HashMap;

use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::frame::Frame;
use testimony_record::media::MediaType;
use testimony_record::node::{List, MAX_BASE_DEPTH, Message, Node};
use testimony_record::part::Part;

/// What lies under a digest.
#[derive(Debug)]
pub(crate) enum Object<'a> {
    Blob {
        media: MediaType,
        content: &'a [u8],
    },
    Node(Node),
    /// Salt and content have been overwritten.
    Erased,
    /// It is not what was sealed.
    Altered,
}

impl<'a> Object<'a> {
    /// What a frame that is no entry holds.
    pub(super) fn of(frame: Frame<'a>) -> Option<(Digest, Self)> {
        let sealed = frame.is_sealed();
        let blank = !sealed && frame.is_blank();
        match frame {
            Frame::Blob { digest, .. } if blank => Some((digest, Self::Erased)),
            Frame::Blob { digest, media, content, .. } if sealed => {
                Some((digest, Self::Blob { media, content }))
            }
            Frame::Node { digest, bytes } if sealed => {
                Some((digest, canonical::decode(bytes).map_or(Self::Altered, Self::Node)))
            }
            Frame::Blob { digest, .. } | Frame::Node { digest, .. } => {
                Some((digest, Self::Altered))
            }
            Frame::Entry { .. } => None,
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self, Self::Blob { .. } | Self::Node(_))
    }
}

/// The objects that have been met so far. What refers to one stands behind it.
#[derive(Debug, Default)]
pub(crate) struct Objects<'a>(HashMap<Digest, Object<'a>>);

/// Why an object is not what it should be; the word stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotHere {
    Erased,
    Missing,
    Altered,
    /// More messages than a part is unfolded into.
    TooMany,
}

/// No part is unfolded into more messages, so that a small file cannot become an endless table.
const MOST_MESSAGES: usize = 65_536;

/// Very long lists are chains of nodes as well, on top of their bases.
const LONGEST_CHAIN: usize = MAX_BASE_DEPTH as usize + 1024;

impl<'a> Objects<'a> {
    /// Of several copies one that can be read counts.
    pub(super) fn add(&mut self, digest: Digest, object: Object<'a>) {
        match self.0.get(&digest) {
            Some(there) if there.is_whole() => {}
            _ => drop(self.0.insert(digest, object)),
        }
    }

    pub(super) fn blob(&self, digest: &Digest) -> Result<(&MediaType, &'a [u8]), NotHere> {
        match self.0.get(digest) {
            Some(Object::Blob { media, content }) => Ok((media, content)),
            other => Err(not_here(other)),
        }
    }

    fn node(&self, digest: &Digest) -> Result<&Node, NotHere> {
        match self.0.get(digest) {
            Some(Object::Node(node)) => Ok(node),
            other => Err(not_here(other)),
        }
    }

    pub(super) fn message(&self, digest: &Digest) -> Result<&Message, NotHere> {
        match self.node(digest)? {
            Node::Message(message) => Ok(message),
            _ => Err(NotHere::Altered),
        }
    }

    /// The digests of a list's messages, those of its bases included.
    pub(super) fn list(&self, digest: &Digest) -> Result<Vec<Digest>, NotHere> {
        let (mut lists, mut next, mut messages) = (Vec::new(), Some(*digest), 0);
        while let Some(digest) = next {
            let Node::List(List { base, items }) = self.node(&digest)? else {
                return Err(NotHere::Altered);
            };
            messages += items.len();
            if lists.len() > LONGEST_CHAIN || messages > MOST_MESSAGES {
                return Err(NotHere::TooMany);
            }
            lists.push(items);
            next = *base;
        }
        Ok(lists.into_iter().rev().flatten().copied().collect())
    }

    /// The parts of an entry, and whether those are all.
    pub(super) fn parts(&self, body: &Body) -> (Vec<Part>, bool) {
        let (parts, more) = body.parts();
        let mut parts = parts.to_vec();
        match more.map(|digest| self.node(&digest)) {
            None => (parts, true),
            Some(Ok(Node::Parts(rest))) => {
                parts.extend(rest.iter().cloned());
                (parts, true)
            }
            Some(_) => (parts, false),
        }
    }
}

fn not_here(object: Option<&Object<'_>>) -> NotHere {
    match object {
        None => NotHere::Missing,
        Some(Object::Erased) => NotHere::Erased,
        Some(_) => NotHere::Altered,
    }
}

impl NotHere {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Missing => "missing",
            Self::Altered => "altered",
            Self::TooMany => "too_many",
        }
    }
}
