//! From a segment's bytes to its keys, read once from the beginning to the end. Nothing here opens a file.

use std::collections::{BTreeSet, HashMap, HashSet};

use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::decision::Decision;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::Frame;
use testimony_record::node::Node;
use testimony_record::part::{Content, Part, Role, Why};
use testimony_record::verify::Walk;

use crate::key::Key;
use crate::summary::Summary;

/// What a segment gives.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Keys, and where the frame begins that each leads to; in order when finished.
    pub(crate) keys: Vec<(Key, u64)>,
    pub(crate) summary: Summary,
}

enum Object<'a> {
    /// With the plain hash of its content.
    Blob(&'a [u8], Digest),
    Node(Node),
}

/// The reading of one segment.
struct Reading<'a> {
    rows: Rows,
    /// What is as it was sealed.
    objects: HashMap<Digest, Object<'a>>,
    decisions: HashSet<Uuid>,
}

/// Reads a segment.
pub(crate) fn read(bytes: &[u8]) -> Rows {
    let rows = Rows { summary: Summary { whole: true, ..Summary::default() }, ..Rows::default() };
    let mut reading = Reading { rows, objects: HashMap::new(), decisions: HashSet::new() };
    let (header, mut walk) = Walk::new(bytes);
    for (at, frame) in walk.by_ref() {
        reading.frame(at as u64, &frame);
    }
    let ending = walk.ending();
    let is_clean = header.is_some() && ending.why.is_none() && ending.clean == bytes.len();
    reading.rows.summary.whole &= is_clean;
    reading.finish()
}

impl<'a> Reading<'a> {
    fn finish(mut self) -> Rows {
        let decisions = &self.decisions;
        self.rows.summary.open.settle(&|id| decisions.contains(id));
        self.rows.keys.sort_unstable();
        self.rows.keys.dedup();
        self.rows
    }

    fn push(&mut self, key: Key, at: u64) {
        self.rows.keys.push((key, at));
    }

    fn is_not_whole(&mut self) {
        self.rows.summary.whole = false;
    }

    fn frame(&mut self, at: u64, frame: &Frame<'a>) {
        let sealed = frame.is_sealed();
        if !sealed {
            self.is_not_whole();
        }
        match *frame {
            Frame::Blob { digest, content, .. } => {
                self.push(Key::object(&digest), at);
                if sealed {
                    let plain = Digest::plain(content);
                    self.push(Key::content(&plain), at);
                    self.objects.insert(digest, Object::Blob(content, plain));
                }
            }
            Frame::Node { digest, bytes } => {
                self.push(Key::object(&digest), at);
                match canonical::decode(bytes) {
                    Ok(node) if sealed => self.node(at, digest, node),
                    _ => self.is_not_whole(),
                }
            }
            Frame::Entry { bytes, .. } => match Entry::decode(bytes) {
                Ok(entry) => self.entry(at, &entry.body),
                Err(_) => self.is_not_whole(),
            },
        }
    }

    fn node(&mut self, at: u64, digest: Digest, node: Node) {
        for reference in node.references() {
            self.push(Key::holder(&reference.digest), at);
            self.must_be_there(&reference.digest);
        }
        self.objects.insert(digest, Object::Node(node));
    }

    fn must_be_there(&mut self, digest: &Digest) {
        if !self.objects.contains_key(digest) {
            self.is_not_whole();
        }
    }

    fn entry(&mut self, at: u64, body: &Body) {
        let parts = self.parts(body);
        match body {
            Body::Decision(decision) => self.decision(at, decision, &parts),
            Body::Outcome(outcome) => self.push(Key::outcome_of(&outcome.decision), at),
            Body::Intent(intent) => {
                self.push(Key::intent(&intent.id), at);
                self.rows.summary.open.intents.push(intent.id);
                self.subjects(at, &parts, Key::begun_about);
            }
            Body::Erasure(erasure) => {
                for digest in &erasure.digests {
                    self.push(Key::erasure_of(digest), at);
                }
            }
            Body::Gap(gap) => {
                let lost = &mut self.rows.summary.lost;
                *lost = lost.saturating_add(gap.lost);
            }
            _ => {}
        }
    }

    /// The parts of an entry, those in a node included.
    fn parts(&mut self, body: &Body) -> Vec<Part> {
        let (parts, more) = body.parts();
        let mut parts = parts.to_vec();
        if let Some(more) = more {
            match self.objects.get(&more) {
                Some(Object::Node(Node::Parts(further))) => parts.extend(further.iter().cloned()),
                _ => self.is_not_whole(),
            }
        }
        for digest in parts.iter().filter_map(Part::digest) {
            self.must_be_there(digest);
        }
        parts
    }

    fn decision(&mut self, at: u64, decision: &Decision, parts: &[Part]) {
        self.decisions.insert(decision.id);
        self.push(Key::decision(&decision.id), at);
        if let Some(trace) = &decision.trace {
            self.push(Key::trace(&trace.trace_id), at);
        }
        if let Some(parent) = decision.parent {
            self.push(Key::inside(&parent), at);
            self.rows.summary.open.parents.push((decision.id, parent));
        }
        for cause in &decision.causes {
            self.push(Key::caused_by(cause), at);
        }
        if !decision.causes.is_empty() {
            let causes = (decision.id, decision.causes.clone());
            self.rows.summary.open.causes.push(causes);
        }
        for part in parts.iter().filter(|part| part.role.is_given() || part.role.is_put_out()) {
            if let Some(digest) = part.digest() {
                self.push(Key::part(digest), at);
            }
        }
        self.put_out(at, parts);
        self.subjects(at, parts, Key::subject);
        self.rows.summary.decisions += 1;
        self.lacking(parts);
    }

    /// A key for every content that is, or lies in, something that the decision put out.
    fn put_out(&mut self, at: u64, parts: &[Part]) {
        let put_out = parts.iter().filter(|part| part.role.is_put_out());
        let mut open: Vec<Digest> = put_out.filter_map(Part::digest).copied().collect();
        let mut seen: HashSet<Digest> = HashSet::new();
        while let Some(digest) = open.pop() {
            match self.objects.get(&digest) {
                _ if !seen.insert(digest) => {}
                Some(Object::Blob(_, plain)) => self.rows.keys.push((Key::put_out(plain), at)),
                Some(Object::Node(node)) => open.extend(node.references().map(|r| r.digest)),
                None => {}
            }
        }
    }

    fn subjects(&mut self, at: u64, parts: &[Part], key: fn(&[u8]) -> Key) {
        for part in parts.iter().filter(|part| part.role == Role::Subject) {
            if let Some(&Object::Blob(text, _)) = part.digest().and_then(|d| self.objects.get(d)) {
                self.push(key(text), at);
            }
        }
    }

    /// Counts the decision once for each reason for which something is lacking of what it was given.
    fn lacking(&mut self, parts: &[Part]) {
        let (mut absent, mut noted): (BTreeSet<Why>, BTreeSet<&str>) = Default::default();
        for part in parts.iter().filter(|part| part.role.is_given()) {
            match (&part.content, &part.note) {
                (Content::Absent(why), _) => drop(absent.insert(why.why)),
                (_, Some(note)) => drop(noted.insert(note.as_str())),
                _ => {}
            }
        }
        let Summary { absent: all_absent, noted: all_noted, .. } = &mut self.rows.summary;
        for why in absent {
            *all_absent.entry(why).or_default() += 1;
        }
        for note in noted {
            *all_noted.entry(note.to_owned()).or_default() += 1;
        }
    }
}
