//! The index: what one pass over a ledger leaves in memory. Ids, places, links, numbers and digests; never content.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use testimony_ledger::read::archive::Stored;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

use crate::reader::At;

/// One decision, as far as it can be found and filtered without reading it again.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: Uuid,
    pub(crate) at: At,
    pub(crate) began_us: u64,
    pub(crate) status: Status,
    pub(crate) site: Arc<str>,
    /// The model that was asked for, and the one that says it answered.
    pub(crate) models: [Option<Arc<str>>; 2],
    pub(crate) subjects: Vec<Digest>,
    pub(crate) parent: Option<Uuid>,
    pub(crate) causes: Vec<Uuid>,
    /// How many of its constraints did not hold.
    pub(crate) violated: usize,
}

/// Every decision of a ledger, in the order in which they were read: stream by stream.
#[derive(Debug, Default)]
pub(crate) struct Index {
    cases: Vec<Case>,
    by_id: BTreeMap<Uuid, Vec<usize>>,
    by_subject: HashMap<Digest, Vec<usize>>,
    children: HashMap<Uuid, Vec<Uuid>>,
    effects: HashMap<Uuid, Vec<Uuid>>,
    outcomes: HashMap<Uuid, Vec<At>>,
    by_trace: HashMap<[u8; 16], Vec<usize>>,
    /// Sites and model names, each kept once however many decisions share it.
    names: HashSet<Arc<str>>,
    /// Cases with further parts in a node, which the pass over the entries does not read.
    split: Vec<(usize, Digest)>,
}

impl Index {
    pub(crate) fn add(&mut self, stored: &Stored) {
        match &stored.entry.body {
            Body::Decision(decision) => self.add_decision(decision, At::of(stored)),
            Body::Outcome(outcome) => {
                self.outcomes.entry(outcome.decision).or_default().push(At::of(stored));
            }
            _ => {}
        }
    }

    fn add_decision(&mut self, decision: &Decision, at: At) {
        let number = self.cases.len();
        let answered = decision.response.as_ref().and_then(|response| response.model.as_ref());
        let models = [decision.model.as_ref(), answered].map(|name| name.map(|n| self.name(n)));
        let case = Case {
            id: decision.id,
            at,
            began_us: decision.began_us,
            status: decision.status,
            site: self.name(&decision.site),
            models,
            subjects: Vec::new(),
            parent: decision.parent,
            causes: decision.causes.clone(),
            violated: 0,
        };
        self.link(&case, number);
        self.cases.push(case);
        if let Some(trace) = &decision.trace {
            self.by_trace.entry(trace.trace_id).or_default().push(number);
        }
        self.add_parts(number, &decision.parts);
        self.split.extend(decision.more.map(|more| (number, more)));
    }

    fn link(&mut self, case: &Case, number: usize) {
        self.by_id.entry(case.id).or_default().push(number);
        if let Some(parent) = case.parent {
            self.children.entry(parent).or_default().push(case.id);
        }
        for &cause in &case.causes {
            self.effects.entry(cause).or_default().push(case.id);
        }
    }

    /// Notes the subjects and broken rules among a decision's parts.
    pub(crate) fn add_parts(&mut self, number: usize, parts: &[Part]) {
        let Some(case) = self.cases.get_mut(number) else { return };
        case.violated += parts.iter().filter(|part| part.held == Some(false)).count();
        for part in parts.iter().filter(|part| part.role == Role::Subject) {
            let Some(&digest) = part.digest() else { continue };
            case.subjects.push(digest);
            self.by_subject.entry(digest).or_default().push(number);
        }
    }

    /// Cases whose further parts are still to be read and handed to [`Index::add_parts`].
    pub(crate) fn take_split(&mut self) -> Vec<(usize, Digest)> {
        std::mem::take(&mut self.split)
    }

    fn name(&mut self, label: &Label) -> Arc<str> {
        if let Some(name) = self.names.get(label.as_str()) {
            return Arc::clone(name);
        }
        let name: Arc<str> = Arc::from(label.as_str());
        self.names.insert(Arc::clone(&name));
        name
    }

    pub(crate) fn cases(&self) -> &[Case] {
        &self.cases
    }

    pub(crate) fn case(&self, number: usize) -> Option<&Case> {
        self.cases.get(number)
    }

    /// The cases with one id: one, unless somebody used an id twice.
    pub(crate) fn with_id(&self, id: &Uuid) -> impl Iterator<Item = &Case> {
        self.numbers(id).iter().filter_map(|&number| self.case(number))
    }

    /// The numbers of the cases with one id.
    pub(crate) fn numbers(&self, id: &Uuid) -> &[usize] {
        self.by_id.get(id).map_or(&[], Vec::as_slice)
    }

    /// The number of the case with this id whose entry has this hash.
    pub(crate) fn number_at(&self, id: &Uuid, hash: &Digest) -> Option<usize> {
        let numbers = self.by_id.get(id)?;
        let is = |&number: &usize| self.case(number).is_some_and(|case| case.at.hash == *hash);
        numbers.iter().copied().find(is)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &Uuid> + Clone {
        self.by_id.keys()
    }

    pub(crate) fn ids_in(&self, range: RangeInclusive<Uuid>) -> impl Iterator<Item = &Uuid> {
        self.by_id.range(range).map(|(id, _)| id)
    }

    /// The digest of every subject. The same text can have several.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &Digest> {
        self.by_subject.keys()
    }

    pub(crate) fn about(&self, subject: &Digest) -> &[usize] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn in_trace(&self, trace: &[u8; 16]) -> &[usize] {
        self.by_trace.get(trace).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn children(&self, id: &Uuid) -> &[Uuid] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn effects(&self, id: &Uuid) -> &[Uuid] {
        self.effects.get(id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn outcomes(&self, id: &Uuid) -> &[At] {
        self.outcomes.get(id).map_or(&[], Vec::as_slice)
    }

    /// Puts case numbers into the order in which the decisions began; the ledger's own order where that is equal.
    pub(crate) fn sort(&self, numbers: &mut [usize]) {
        numbers.sort_by_cached_key(|&number| {
            self.case(number).map(|case| (case.began_us, case.at.place.stream, case.at.place.seq))
        });
    }
}
