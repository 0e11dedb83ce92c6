//! The contents that entries refer to, directly and through lists and messages. Each node is read once.

use std::collections::{BTreeSet, HashMap};

use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::part::Content;

use crate::content::sentence;
use crate::lists::Lists;
use crate::reader::Reader;

/// What has been read so far.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    reader: &'a Reader,
    lists: Lists,
    /// The contents of each message, but for those that nobody asks for.
    messages: HashMap<Digest, Vec<Digest>>,
    wanted: Option<&'a BTreeSet<Digest>>,
    /// What could not be read, so that its contents are not known.
    pub(super) problems: BTreeSet<String>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(reader: &'a Reader, wanted: Option<&'a BTreeSet<Digest>>) -> Self {
        let (lists, messages, problems) = (Lists::default(), HashMap::new(), BTreeSet::new());
        Self { reader, lists, messages, wanted, problems }
    }

    /// The wanted contents of an entry; all of them where none are said to be wanted.
    pub(super) fn of(&mut self, body: &Body) -> BTreeSet<Digest> {
        let parts = self.reader.archive.parts(body);
        let parts = self.take(parts).unwrap_or_else(|| body.parts().0.to_vec());
        let mut blobs = BTreeSet::new();
        for part in parts {
            match part.content {
                Content::Blob(blob) => blobs.extend(Some(blob).filter(|blob| self.wants(blob))),
                Content::Node(list) => self.list(&list, &mut blobs),
                Content::Absent(_) => {}
            }
        }
        blobs
    }

    fn list(&mut self, digest: &Digest, blobs: &mut BTreeSet<Digest>) {
        let messages = self.lists.read(self.reader, digest);
        for message in self.take(messages).unwrap_or_default() {
            if !self.messages.contains_key(&message) {
                let contents = self.message(&message);
                self.messages.insert(message, contents);
            }
            blobs.extend(self.messages.get(&message).into_iter().flatten());
        }
    }

    fn message(&mut self, digest: &Digest) -> Vec<Digest> {
        let message = self.reader.archive.message(digest);
        let parts = self.take(message).map(|message| message.parts).unwrap_or_default();
        parts.into_iter().map(|part| part.blob).filter(|blob| self.wants(blob)).collect()
    }

    fn wants(&self, blob: &Digest) -> bool {
        self.wanted.is_none_or(|wanted| wanted.contains(blob))
    }

    fn take<T>(&mut self, read: Result<T, NoObject>) -> Option<T> {
        read.map_err(|error| self.problems.insert(sentence(&error))).ok()
    }
}
