//! Searching contents for a text. Each content is read once in a search, however many decisions share it: an agent's
//! hundredth call costs one more message, not a hundred.

use std::collections::HashMap;

use memchr::memmem::Finder;
use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::digest::Digest;
use testimony_record::node::Node;
use testimony_record::part::{Content, Part, Role};

use crate::reader::{At, Reader};

/// One search, with what it has found out so far.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    reader: &'a Reader,
    finder: Finder<'static>,
    /// For each object that has been read: whether it, or anything it refers to, contains the text.
    known: HashMap<Digest, bool>,
    unread: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(reader: &'a Reader, text: &str) -> Self {
        let finder = Finder::new(&text.to_ascii_lowercase()).into_owned();
        Self { reader, finder, known: HashMap::new(), unread: 0 }
    }

    /// How many objects and entries could not be read.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    /// Whether a content of the entry contains the text.
    pub(crate) fn entry(&mut self, at: &At) -> bool {
        let Ok(reread) = self.reader.entry(at) else {
            self.unread += 1;
            return false;
        };
        let (parts, more) = reread.entry.body.parts();
        self.parts(parts) || more.is_some_and(|more| self.object(&more, Self::read_parts))
    }

    /// Whether one of the entry's contents of this role contains the text.
    pub(crate) fn entry_in(&mut self, at: &At, role: Role) -> bool {
        let Ok(reread) = self.reader.entry(at) else {
            self.unread += 1;
            return false;
        };
        let body = reread.entry.body;
        let parts = self.take(self.reader.archive.parts(&body));
        let parts = parts.unwrap_or_else(|| body.parts().0.to_vec());
        parts
            .iter()
            .filter(|part| part.role == role)
            .any(|part| self.parts(std::slice::from_ref(part)))
    }

    fn parts(&mut self, parts: &[Part]) -> bool {
        parts.iter().any(|part| match &part.content {
            Content::Blob(digest) => self.object(digest, Self::read_blob),
            Content::Node(digest) => self.list(digest),
            Content::Absent(_) => false,
        })
    }

    /// From the list down to a base that is known already, and up again: bases may be stacked too deep for recursion.
    fn list(&mut self, digest: &Digest) -> bool {
        let mut chain = Vec::new();
        let mut next = Some(*digest);
        while let Some(digest) = next.filter(|digest| !self.known.contains_key(digest)) {
            // Looked up below should the lists form a ring, which no sealed ones can.
            self.known.insert(digest, false);
            let Some(Node::List(list)) = self.take(self.reader.archive.node(&digest)) else {
                break;
            };
            next = list.base;
            chain.push((digest, list));
        }
        for (digest, list) in chain.into_iter().rev() {
            let in_base = list.base.is_some_and(|base| self.known.get(&base) == Some(&true));
            let found = in_base
                || list.items.iter().any(|message| self.object(message, Self::read_message));
            self.known.insert(digest, found);
        }
        self.known.get(digest) == Some(&true)
    }

    /// What is known of an object, found out with `read` the first time.
    fn object(&mut self, digest: &Digest, read: fn(&mut Self, &Digest) -> bool) -> bool {
        if let Some(&known) = self.known.get(digest) {
            return known;
        }
        let found = read(self, digest);
        self.known.insert(*digest, found);
        found
    }

    fn read_blob(&mut self, digest: &Digest) -> bool {
        let blob = self.take(self.reader.archive.blob(digest));
        blob.is_some_and(|blob| self.finder.find(&blob.bytes.to_ascii_lowercase()).is_some())
    }

    fn read_message(&mut self, digest: &Digest) -> bool {
        let message = self.take(self.reader.archive.message(digest));
        let parts = message.map(|message| message.parts).unwrap_or_default();
        parts.iter().any(|part| self.object(&part.blob, Self::read_blob))
    }

    fn read_parts(&mut self, digest: &Digest) -> bool {
        match self.take(self.reader.archive.node(digest)) {
            Some(Node::Parts(parts)) => self.parts(&parts),
            _ => false,
        }
    }

    fn take<T>(&mut self, read: Result<T, NoObject>) -> Option<T> {
        self.unread += usize::from(read.is_err());
        read.ok()
    }
}
