//! One pass over the segment files, for one question: which objects there are, what refers to what, and what each decision
//! was given and put out. Every digest and hash is checked on the way.

use std::collections::HashMap;
use std::fs;

use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::Frame;
use testimony_record::node::Node;
use testimony_record::part::Part;
use testimony_record::verify::Walk;

use super::flows::{Case, Flows};
use super::near::{Nearness, Needle};
use super::objects::{Object, Objects, State};
use super::order::Span;
use crate::casebook::Casebook;

/// What the pass leaves.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(super) objects: Objects,
    pub(super) flows: Flows,
    /// Contents that are near to what is looked for.
    pub(super) near: HashMap<Object, Nearness>,
    /// Decisions whose entries do not have their hashes.
    pub(super) altered: Vec<Case>,
    /// How many entries are not even entries any more.
    pub(super) broken: u64,
    /// How many segment files could not be read to their ends. What a crash left there counts as well.
    pub(super) cut_short: u64,
    /// How many decisions the ledger says were lost.
    pub(super) lost: u64,
}

/// Where the entries of the index lie, in order of the places.
struct Places(Vec<((Uuid, u64, u64), Case)>);

impl Places {
    fn case(&self, stream: Uuid, segment: u64, offset: u64) -> Option<Case> {
        let place = (stream, segment, offset);
        let at = self.0.binary_search_by_key(&place, |&(place, _)| place).ok()?;
        self.0.get(at).map(|&(_, case)| case)
    }
}

impl Casebook {
    /// Reads every file once. What was appended since the casebook was refreshed is passed over.
    pub(super) fn scan(&self, needle: Option<&Needle<'_>>) -> Result<Scan, CouldNotRead> {
        let mut pass = self.begin_scan(needle);
        for directory in self.reader.directories() {
            for &stream in &directory.streams {
                for segment in directory.segments(stream)? {
                    let path = directory.segment_path(stream, segment);
                    let bytes = fs::read(&path);
                    let bytes = bytes.map_err(|source| CouldNotRead::Io { path, source })?;
                    pass.segment(stream, segment, &bytes);
                }
            }
        }
        Ok(pass.end())
    }

    fn begin_scan<'a>(&self, needle: Option<&'a Needle<'a>>) -> Pass<'a> {
        let cases = self.index.cases();
        let spans = cases.iter().map(|case| {
            let (began, place) = (case.began_us, case.at.place);
            Span { began, ended: began, stream: place.stream, seq: place.seq }
        });
        let flows = Flows::new(spans.collect());
        let (objects, near) = (Objects::default(), HashMap::new());
        let scan = Scan { objects, flows, near, altered: vec![], broken: 0, cut_short: 0, lost: 0 };
        let (places, further) = (self.places(), HashMap::new());
        Pass { places, needle, scan, further, vouched: false }
    }

    /// Takes in chosen frames alone, in the order of their places. `cut_short` says how many of their segments could not be read
    /// to their ends.
    pub(crate) fn scan_chosen<'a>(
        &self,
        chosen: impl Iterator<Item = Chosen<'a>>,
        cut_short: u64,
    ) -> Scan {
        let mut pass = self.begin_scan(None);
        pass.scan.cut_short = cut_short;
        let mut before = None;
        for Chosen { stream, segment, offset, frame, vouched } in chosen {
            if before.replace((stream, segment)) != Some((stream, segment)) {
                pass.further.clear();
            }
            pass.vouched = vouched;
            pass.frame((stream, segment, offset), &frame);
        }
        pass.end()
    }

    fn places(&self) -> Places {
        let places = self.index.cases().iter().zip(0..).map(|(case, number)| {
            let place = case.at.place;
            ((place.stream, place.segment, place.offset), number)
        });
        let mut places: Vec<_> = places.collect();
        places.sort_unstable();
        Places(places)
    }
}

/// A frame of those that somebody chose.
pub(crate) struct Chosen<'a> {
    pub(crate) stream: Uuid,
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) frame: Frame<'a>,
    /// Whether something else has seen that all that its segment refers to is there and as it was sealed.
    pub(crate) vouched: bool,
}

struct Pass<'a> {
    places: Places,
    needle: Option<&'a Needle<'a>>,
    scan: Scan,
    /// The nodes with further parts of this segment: each stands in the segment of the entry that names it.
    further: HashMap<Digest, Vec<Part>>,
    /// Whether what the next frames refer to is there, though it may never be shown.
    vouched: bool,
}

impl Pass<'_> {
    fn segment(&mut self, stream: Uuid, segment: u64, bytes: &[u8]) {
        self.further.clear();
        let mut walk = Walk::new(bytes).1;
        for (at, frame) in walk.by_ref() {
            self.frame((stream, segment, at as u64), &frame);
        }
        self.scan.cut_short += u64::from(walk.ending().why.is_some());
    }

    fn frame(&mut self, (stream, segment, at): (Uuid, u64, u64), frame: &Frame<'_>) {
        let sealed = frame.is_sealed();
        match frame {
            Frame::Blob { digest, content, .. } => {
                let state = match (sealed, frame.is_blank()) {
                    (true, _) => State::Sealed,
                    (_, true) => State::Blank,
                    _ => State::Altered,
                };
                self.blob(digest, state, content);
            }
            Frame::Node { digest, bytes } => self.node(digest, sealed, bytes),
            Frame::Entry { bytes, .. } => {
                let case = self.places.case(stream, segment, at);
                self.entry(case, sealed, bytes);
            }
        }
    }

    fn blob(&mut self, digest: &Digest, state: State, content: &[u8]) {
        let object = self.scan.objects.blob(digest, state, content);
        let new = state == State::Sealed && !self.scan.near.contains_key(&object);
        if let Some(needle) = self.needle.filter(|_| new)
            && let Some(nearness) = needle.find_in(content)
        {
            self.scan.near.insert(object, nearness);
        }
    }

    fn node(&mut self, digest: &Digest, sealed: bool, bytes: &[u8]) {
        let objects = &mut self.scan.objects;
        match canonical::decode::<Node>(bytes) {
            Ok(Node::Parts(parts)) if sealed => {
                objects.node(digest, std::iter::empty());
                self.further.insert(*digest, parts);
            }
            Ok(node) if sealed => {
                if let Node::List(list) = &node {
                    objects.list(digest, list);
                }
                objects.node(digest, node.references().map(|reference| reference.digest));
                if self.vouched {
                    node.references().for_each(|reference| objects.vouch(&reference.digest));
                }
            }
            _ => objects.altered_node(digest),
        }
    }

    fn entry(&mut self, case: Option<Case>, sealed: bool, bytes: &[u8]) {
        let Ok(entry) = Entry::decode(bytes) else {
            self.scan.broken += 1;
            return;
        };
        if let Body::Gap(gap) = &entry.body {
            self.scan.lost = self.scan.lost.saturating_add(gap.lost);
        }
        let (Some(case), Body::Decision(decision)) = (case, &entry.body) else { return };
        self.scan.flows.ended(case, decision.took_us);
        self.parts(case, &decision.parts);
        if let Some(more) = decision.more {
            match self.further.get(&more).cloned() {
                Some(parts) => self.parts(case, &parts),
                None => self.scan.flows.split.push(case),
            }
        }
        if !sealed {
            self.scan.altered.push(case);
        }
    }

    fn parts(&mut self, case: Case, parts: &[Part]) {
        let Scan { objects, flows, .. } = &mut self.scan;
        for part in parts {
            let object = part.digest().map(|digest| objects.number(digest));
            if let Some(digest) = part.digest().filter(|_| self.vouched) {
                objects.vouch(digest);
            }
            flows.add(case, part, object);
        }
    }

    fn end(self) -> Scan {
        let mut scan = self.scan;
        scan.objects.settle();
        scan.flows.settle(|object| scan.objects.content(object));
        scan
    }
}
