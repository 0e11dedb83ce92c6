//! Lists of messages, each list node read once. The list of an agent's thousandth call rests on a thousand others; a story
//! that reads them anew for each chapter would take the square of its length.

use std::collections::HashMap;

use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::digest::Digest;
use testimony_record::node::{List, MAX_BASE_DEPTH, Node};

use crate::reader::Reader;

/// A list rests on no more others than this: a chain of bases, and for very long lists one of nodes on top.
const MOST_NODES: usize = 2 * MAX_BASE_DEPTH as usize;

/// The list nodes that have been read.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    known: HashMap<Digest, List>,
}

impl Lists {
    /// The digests of a list's messages, those of its bases included.
    pub(crate) fn read(
        &mut self,
        reader: &Reader,
        digest: &Digest,
    ) -> Result<Vec<Digest>, NoObject> {
        let mut chain = vec![*digest];
        while let Some(base) = self.node(reader, chain.last().unwrap_or(digest))?.base {
            if chain.len() > MOST_NODES {
                return Err(NoObject::Altered(*digest));
            }
            chain.push(base);
        }
        let lists = chain.iter().rev().filter_map(|digest| self.known.get(digest));
        Ok(lists.flat_map(|list| &list.items).copied().collect())
    }

    fn node(&mut self, reader: &Reader, digest: &Digest) -> Result<&List, NoObject> {
        if !self.known.contains_key(digest) {
            let Node::List(list) = reader.archive.node(digest)? else {
                return Err(NoObject::Altered(*digest));
            };
            self.known.insert(*digest, list);
        }
        self.known.get(digest).ok_or(NoObject::Missing(*digest))
    }
}
