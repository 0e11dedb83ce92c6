//! Sealing: contents get salts and digests, and become frames; parts are left with the digests. Nothing here touches a
//! file or knows the chain.

use std::collections::BTreeSet;

use bytes::Bytes;
use testimony_record::canonical;
use testimony_record::decision::Response;
use testimony_record::digest::{Digest, Salt};
use testimony_record::entry::Body;
use testimony_record::frame::Frame;
use testimony_record::label::Label;
use testimony_record::node::{List, MAX_BASE_DEPTH, MAX_NODE_BYTES, Message, MessagePart, Node};
use testimony_record::part::{Absent, Content, Part, Why};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedPart,
};

use super::remembered::{Known, Remembered, chained};

/// How many parts stand in an entry itself, and how many bytes they may take there; the rest go into a parts node.
/// With every label of the other fields at its longest, an entry then still fits its 65,535 bytes.
const PARTS_IN_ENTRY: usize = 64;
const PART_BYTES_IN_ENTRY: usize = 24 << 10;

/// How many parts a decision can have. More are recorded as one absent part.
const MOST_PARTS: usize = 65_536;

/// How many messages one list node holds itself; a longer list is a chain of nodes.
const ITEMS_IN_LIST: usize = 65_536;

/// How many parts a message can have.
const PARTS_IN_MESSAGE: usize = 2_048;

/// How many causes stand in an entry.
const MOST_CAUSES: usize = 64;

/// Turns contents into frames.
#[derive(Debug)]
pub(crate) struct Sealer {
    remembered: Remembered,
    salts: Salts,
    most_content: usize,
}

impl Sealer {
    pub(crate) fn new(
        remember: usize,
        most_content: usize,
        random: fn(&mut [u8]) -> std::io::Result<()>,
    ) -> Self {
        Self { remembered: Remembered::new(remember), salts: Salts::new(random), most_content }
    }

    /// A new segment has begun: it must hold all that its entries refer to.
    pub(crate) fn begin_segment(&mut self) {
        self.remembered.begin_segment();
    }

    pub(crate) fn forget(&mut self, erased: &BTreeSet<Digest>) {
        self.remembered.forget(erased);
    }

    /// Writes the frames of all new contents to `out`, and returns what the entry says.
    ///
    /// # Errors
    /// When the system has no randomness for salts; nothing is sealed without.
    pub(crate) fn seal(&mut self, unsealed: Unsealed, out: &mut Vec<u8>) -> std::io::Result<Body> {
        let mut contents = unsealed.parts;
        let overflow = contents.len().saturating_sub(MOST_PARTS);
        let absent = contents
            .drain(contents.len() - overflow..)
            .next()
            .map(|part| too_many(&part, overflow));
        contents.extend(absent);
        let mut parts = contents
            .into_iter()
            .map(|part| self.part(part, out))
            .collect::<std::io::Result<Vec<_>>>()?;
        let more = self.overflow(&mut parts, out);
        Ok(match unsealed.event {
            Event::Decision(mut decision) => {
                decision.causes.truncate(MOST_CAUSES);
                if let Some(response) = &mut decision.response {
                    response.finish_reasons.truncate(Response::MAX_REASONS);
                }
                (decision.parts, decision.more) = (parts, more);
                Body::Decision(decision)
            }
            Event::Intent(mut intent) => {
                (intent.parts, intent.more) = (parts, more);
                Body::Intent(intent)
            }
            Event::Outcome(mut outcome) => {
                (outcome.parts, outcome.more) = (parts, more);
                Body::Outcome(outcome)
            }
        })
    }

    /// Parts that do not fit an entry go into a node.
    fn overflow(&mut self, parts: &mut Vec<Part>, out: &mut Vec<u8>) -> Option<Digest> {
        let mut room = PART_BYTES_IN_ENTRY;
        let fits = parts.iter().take_while(|part| match room.checked_sub(most_bytes(part)) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        });
        let fit = fits.take(PARTS_IN_ENTRY).count();
        (fit < parts.len()).then(|| self.parts_node(parts.split_off(fit), out))
    }

    /// Tens of thousands of parts with long names would not fit a node; then the names go, and each part says so.
    fn parts_node(&mut self, mut parts: Vec<Part>, out: &mut Vec<u8>) -> Digest {
        if parts.iter().map(most_bytes).sum::<usize>() > MAX_NODE_BYTES {
            for part in &mut parts {
                (part.name, part.note) = (None, Some(Label::new("name left out")));
            }
        }
        self.node(&Node::Parts(parts), out)
    }

    fn part(&mut self, part: UnsealedPart, out: &mut Vec<u8>) -> std::io::Result<Part> {
        let UnsealedPart { role, name, from, held, note, content } = part;
        let content = match content {
            UnsealedContent::Absent(absent) => Content::Absent(absent),
            UnsealedContent::Blob(blob) => self.blob_or_absent(&blob, out)?,
            UnsealedContent::Messages(messages) => self.messages(messages, out)?,
        };
        Ok(Part { role, name, from, held, note, content })
    }

    fn blob_or_absent(
        &mut self,
        blob: &UnsealedBlob,
        out: &mut Vec<u8>,
    ) -> std::io::Result<Content> {
        if blob.bytes.len() > self.most_content {
            return Ok(Content::Absent(too_large(blob.bytes.len())));
        }
        self.blob(blob, out).map(Content::Blob)
    }

    fn blob(&mut self, blob: &UnsealedBlob, out: &mut Vec<u8>) -> std::io::Result<Digest> {
        let plain = Digest::plain(&blob.bytes);
        let media = &blob.media;
        let length = blob.bytes.len() as u64;
        let (key, known) = self.remembered.blob(&plain, media.as_str());
        let (digest, salt) = match known {
            Some(Known::Here(digest)) => return Ok(digest),
            Some(Known::Before(digest, salt)) => (digest, salt),
            None => {
                let salt = self.salts.draw()?;
                (Digest::of_blob_hash(&salt, media.as_str(), length, &plain), salt)
            }
        };
        Frame::Blob { digest, salt, media: media.clone(), content: &blob.bytes }.write(out);
        self.remembered.remember_blob(key, digest, salt);
        Ok(digest)
    }

    fn messages(
        &mut self,
        messages: Vec<UnsealedMessage>,
        out: &mut Vec<u8>,
    ) -> std::io::Result<Content> {
        let size = messages
            .iter()
            .flat_map(|message| &message.parts)
            .map(|part| part.blob.bytes.len())
            .sum();
        if size > self.most_content {
            return Ok(Content::Absent(too_large(size)));
        }
        if let Some(message) =
            messages.iter().find(|message| message.parts.len() > PARTS_IN_MESSAGE)
        {
            let size = Some(message.parts.len() as u64);
            return Ok(Content::Absent(Absent { why: Why::TooMany, size, hint: None }));
        }
        let items = messages
            .into_iter()
            .map(|message| self.message(message, out))
            .collect::<std::io::Result<Vec<_>>>()?;
        Ok(Content::Node(self.list(&items, out)))
    }

    fn message(&mut self, message: UnsealedMessage, out: &mut Vec<u8>) -> std::io::Result<Digest> {
        let mut parts = Vec::with_capacity(message.parts.len());
        for part in message.parts {
            let blob = self.blob(&part.blob, out)?;
            parts.push(MessagePart { kind: part.kind, id: part.id, name: part.name, blob });
        }
        let node = Node::Message(Message { role: message.role, name: message.name, parts });
        Ok(self.node(&node, out))
    }

    /// Writes only what no earlier list holds: the longest known beginning becomes the base.
    fn list(&mut self, items: &[Digest], out: &mut Vec<u8>) -> Digest {
        let prefixes = prefixes(items);
        let known = (1..=items.len()).rev().find_map(|length| {
            let (node, depth) = self.remembered.list(prefixes.get(length)?)?;
            (length == items.len() || depth < MAX_BASE_DEPTH).then_some((length, node, depth))
        });
        let (mut length, mut base, mut depth) =
            known.map_or((0, None, 0), |(length, node, depth)| (length, Some(node), depth));
        loop {
            if let Some(node) = base.filter(|_| length == items.len()) {
                return node;
            }
            let until = items.len().min(length + ITEMS_IN_LIST);
            let new = items.get(length..until).unwrap_or_default().to_vec();
            depth += u32::from(base.is_some());
            let node = self.node(&Node::List(List { base, items: new }), out);
            if let Some(&prefix) = prefixes.get(until) {
                self.remembered.remember_list(prefix, node, depth);
            }
            (length, base) = (until, Some(node));
        }
    }

    fn node(&mut self, node: &Node, out: &mut Vec<u8>) -> Digest {
        let bytes = canonical::encode(node);
        debug_assert!(
            bytes.len() <= MAX_NODE_BYTES,
            "parts and messages are bounded before they come here"
        );
        let digest = Digest::of_node(&bytes);
        if self.remembered.remember_node(digest) {
            Frame::Node { digest, bytes: &bytes }.write(out);
        }
        digest
    }
}

/// For each length, the hash that stands for so many of the first items.
fn prefixes(items: &[Digest]) -> Vec<Digest> {
    let mut prefix = Digest::ZERO;
    let mut prefixes = vec![prefix];
    prefixes.extend(items.iter().map(|item| {
        prefix = chained(&prefix, item.as_bytes());
        prefix
    }));
    prefixes
}

/// At most so many bytes does a part take as JSON: a control character in a label takes six.
fn most_bytes(part: &Part) -> usize {
    let labels =
        part.name.iter().chain(&part.note).map(|label| label.as_str().len()).sum::<usize>();
    300 + 6 * labels
}

fn too_large(bytes: usize) -> Absent {
    Absent {
        why: Why::TooLarge,
        size: Some(bytes as u64),
        hint: Some(Label::new("max_content_bytes")),
    }
}

fn too_many(first: &UnsealedPart, count: usize) -> UnsealedPart {
    let absent = Absent { why: Why::TooMany, size: Some(count as u64), hint: None };
    UnsealedPart::new(first.role, first.from, UnsealedContent::Absent(absent))
}

/// Salts, drawn from the system a block at a time.
#[derive(Debug)]
struct Salts {
    block: Bytes,
    random: fn(&mut [u8]) -> std::io::Result<()>,
}

impl Salts {
    fn new(random: fn(&mut [u8]) -> std::io::Result<()>) -> Self {
        Self { block: Bytes::new(), random }
    }

    fn draw(&mut self) -> std::io::Result<Salt> {
        if self.block.is_empty() {
            let mut block = vec![0; 4096];
            (self.random)(&mut block)?;
            self.block = block.into();
        }
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.block.split_to(16));
        Ok(Salt::from_bytes(salt))
    }
}
