//! The steps from one decision to those that it fed. This is the seam for whatever answers faster: the walk asks for nothing
//! else.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::part::Role;

use super::flows::{Case, Flows, Held, Way};
use super::objects::{Object, Objects};
use super::options::Options;
use super::order::Span;
use super::spread::Spread;
use super::unspecific::Unspecific;
use crate::index::Index;

/// By what one decision fed another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// It put out a content that the other was given.
    Content,
    /// The other names it as a cause.
    Cause,
    /// The other was made inside it.
    Parent,
}

/// One decision fed by another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) to: Case,
    pub(super) edge: Edge,
    pub(super) object: Option<Object>,
    /// When what flows can have reached it first, in microseconds since the Unix epoch.
    pub(super) since: u64,
}

/// A content that a decision on the way put out, and what became of it.
#[derive(Debug)]
pub(super) struct Traced {
    pub(super) spread: Spread,
    pub(super) unspecific: Option<Unspecific>,
}

/// A ledger's decisions, and what went from one to another.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    index: &'a Index,
    objects: &'a Objects,
    flows: &'a Flows,
    options: &'a Options,
    /// Contents that will be asked for again: those that several decisions put out, and those that are not followed.
    traced: RefCell<HashMap<Object, Rc<Traced>>>,
    backwards: RefCell<Vec<(Case, Case)>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(
        index: &'a Index,
        objects: &'a Objects,
        flows: &'a Flows,
        options: &'a Options,
    ) -> Self {
        let (traced, backwards) = (RefCell::default(), RefCell::default());
        Self { index, objects, flows, options, traced, backwards }
    }

    /// Whom a decision fed with what reached it at `since`.
    pub(super) fn steps(&self, from: Case, since: u64) -> Vec<Step> {
        let mut steps = self.by_content(from);
        let Some(case) = self.index.case(from as usize) else { return steps };
        self.by_link(from, since, Edge::Cause, self.index.effects(&case.id), &mut steps);
        self.by_link(from, since, Edge::Parent, self.index.children(&case.id), &mut steps);
        steps
    }

    fn by_content(&self, from: Case) -> Vec<Step> {
        let Some(source) = self.flows.span(from) else { return vec![] };
        let mut steps = Vec::new();
        for object in self.put_out(from) {
            let traced = self.trace(object);
            if traced.unspecific.is_some() && !self.options.unspecific {
                continue;
            }
            self.to_later(source, object, &traced.spread.given, &mut steps);
        }
        for (list, answer) in self.going_on(from) {
            self.to_later(source, answer, &self.given(list, None), &mut steps);
        }
        steps
    }

    fn to_later(&self, source: &Span, object: Object, given: &[Held], steps: &mut Vec<Step>) {
        for held in given {
            let fed = self.flows.span(held.case).filter(|span| source.before(span));
            steps.extend(fed.map(|span| Step {
                to: held.case,
                edge: Edge::Content,
                object: Some(object),
                since: span.began.max(source.ended),
            }));
        }
    }

    /// The lists that are all that a decision was asked, then a message that it answered, each with that message. Where no
    /// other decision was asked the same, that is this very conversation going on, however little the answer says.
    fn going_on(&self, from: Case) -> Vec<(Object, Object)> {
        let mut lists = Vec::new();
        let asked = self.flows.asked(from);
        for asked in asked.filter(|&asked| self.flows.of(Way::In, asked).len() == 1) {
            let answers = self.flows.put_out_by(from).flat_map(|part| self.objects.held_by(part));
            for answer in answers {
                let on = self.objects.going_on(asked, answer);
                lists.extend(on.map(|list| (list, answer)));
            }
        }
        lists
    }

    fn by_link(&self, from: Case, since: u64, edge: Edge, to: &[Uuid], steps: &mut Vec<Step>) {
        for &to in to.iter().flat_map(|id| self.index.numbers(id)) {
            let Ok(to) = Case::try_from(to) else { continue };
            let Some(span) = self.flows.span(to) else { continue };
            if span.ended < since {
                self.backwards.borrow_mut().push((from, to));
                continue;
            }
            steps.push(Step { to, edge, object: None, since: span.began.max(since) });
        }
    }

    /// The contents that a decision put out, each once.
    pub(super) fn put_out(&self, case: Case) -> Vec<Object> {
        let objects = self.flows.put_out_by(case).flat_map(|part| self.objects.contents(part));
        let mut objects: Vec<Object> = objects.collect();
        objects.sort_unstable();
        objects.dedup();
        objects
    }

    fn trace(&self, object: Object) -> Rc<Traced> {
        if let Some(traced) = self.traced.borrow().get(&object) {
            return Rc::clone(traced);
        }
        let bytes = self.objects.bytes(object);
        let is_short = bytes.is_some_and(|bytes| bytes < self.options.min_bytes);
        let (spread, unspecific) = if is_short && !self.options.unspecific {
            (Spread::default(), Some(Unspecific::Short))
        } else {
            let spread = Spread::of(object, self.objects, self.flows, &|_| true);
            let unspecific = spread.unspecific(self.flows);
            (spread, unspecific)
        };
        let traced = Rc::new(Traced { spread, unspecific });
        if traced.unspecific.is_some() || traced.spread.put_out.len() > 1 {
            self.traced.borrow_mut().insert(object, Rc::clone(&traced));
        }
        traced
    }

    /// Who was given an object, whoever it came from; only in one role, where one is asked for.
    pub(super) fn given(&self, object: Object, role: Option<Role>) -> Vec<Held> {
        let wanted = |held: &Held| role.is_none_or(|role| held.role == role);
        Spread::of(object, self.objects, self.flows, &wanted).given
    }

    /// Who put an object out, in the order in which they ended.
    pub(super) fn put_out_by(&self, object: Object) -> Vec<Case> {
        Spread::of(object, self.objects, self.flows, &|_| true).put_out
    }

    /// For each reason how many contents were not followed that decisions on the way put out.
    pub(super) fn left_out(&self) -> BTreeMap<Unspecific, u64> {
        let mut left_out = BTreeMap::new();
        let all = self.traced.borrow();
        let not_followed = all.values().filter_map(|traced| traced.unspecific);
        for why in not_followed.filter(|_| !self.options.unspecific) {
            *left_out.entry(why).or_default() += 1;
        }
        left_out
    }

    /// Links that say that a decision was fed by one that came after it.
    pub(super) fn backwards(&self) -> Vec<(Case, Case)> {
        let mut backwards = self.backwards.borrow().clone();
        backwards.sort_unstable();
        backwards.dedup();
        backwards
    }
}
