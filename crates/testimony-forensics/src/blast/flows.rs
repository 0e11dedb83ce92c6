//! What each decision was given and put out, as the entries say: some 30 bytes for each part that is kept.

use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

use super::objects::Object;
use super::order::Span;
use super::reason::Reason;

/// A decision, by its number in the index.
pub(super) type Case = u32;

/// One part: whose it is, and what it is to its decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) object: Object,
    pub(super) case: Case,
    pub(super) role: Role,
    /// Where its name stands among the names.
    name: Option<u16>,
}

/// Which way a part goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To the model: prompt, context, and configuration in force.
    In,
    /// From it: decision, raw output, and rationale.
    Out,
}

impl Way {
    pub(super) fn of(role: Role) -> Option<Self> {
        match role {
            _ if role.is_given() => Some(Self::In),
            _ if role.is_put_out() => Some(Self::Out),
            _ => None,
        }
    }
}

/// The parts of all decisions, and when each decision was made.
#[derive(Debug, Default)]
pub(super) struct Flows {
    /// In order of the objects.
    given: Vec<Held>,
    /// In order of the objects.
    put_out: Vec<Held>,
    /// The same in order of the decisions.
    put_out_by: Vec<(Case, Object)>,
    /// What each decision was asked, in order of the decisions.
    asked: Vec<(Case, Object)>,
    /// What the record says is not, or not wholly, kept of what a decision was given.
    pub(super) withheld: Vec<(Case, Reason)>,
    /// Decisions whose further parts cannot be read.
    pub(super) split: Vec<Case>,
    names: Vec<Label>,
    spans: Vec<Span>,
}

impl Flows {
    pub(super) fn new(spans: Vec<Span>) -> Self {
        Self { spans, ..Self::default() }
    }

    pub(super) fn ended(&mut self, case: Case, took_us: Option<u64>) {
        if let Some(span) = self.spans.get_mut(case as usize) {
            span.ended = span.began.saturating_add(took_us.unwrap_or(0));
        }
    }

    /// Takes in a part, and the object that it consists of.
    pub(super) fn add(&mut self, case: Case, part: &Part, object: Option<Object>) {
        let Some(way) = Way::of(part.role) else { return };
        if let (Way::In, Some(why)) = (way, Reason::of_part(part)) {
            self.withheld.push((case, why));
        }
        let Some(object) = object else { return };
        let name = part.name.as_ref().and_then(|name| self.name(name));
        let held = Held { object, case, role: part.role, name };
        match way {
            Way::In => self.given.push(held),
            Way::Out => self.put_out.push(held),
        }
    }

    /// Names come from the code, so they are few; beyond the first 65,535 a part is told without its name.
    fn name(&mut self, name: &Label) -> Option<u16> {
        let known = self.names.iter().position(|known| known == name);
        let at = u16::try_from(known.unwrap_or(self.names.len())).ok()?;
        if known.is_none() {
            self.names.push(name.clone());
        }
        Some(at)
    }

    /// Ends the pass. `content` says which object stands for one.
    pub(super) fn settle(&mut self, content: impl Fn(Object) -> Object) {
        for held in self.given.iter_mut().chain(&mut self.put_out) {
            held.object = content(held.object);
        }
        self.given.sort_unstable();
        self.put_out.sort_unstable();
        let asked = self.given.iter().filter(|held| held.role == Role::Prompt);
        self.asked = asked.map(|held| (held.case, held.object)).collect();
        self.asked.sort_unstable();
        self.put_out_by = self.put_out.iter().map(|held| (held.case, held.object)).collect();
        self.put_out_by.sort_unstable();
    }

    /// The parts that are exactly this object.
    pub(super) fn of(&self, way: Way, object: Object) -> &[Held] {
        let parts = match way {
            Way::In => &self.given,
            Way::Out => &self.put_out,
        };
        let first = parts.partition_point(|held| held.object < object);
        let after = parts.partition_point(|held| held.object <= object);
        parts.get(first..after).unwrap_or_default()
    }

    pub(super) fn put_out_by(&self, case: Case) -> impl Iterator<Item = Object> + '_ {
        of_case(&self.put_out_by, case)
    }

    pub(super) fn asked(&self, case: Case) -> impl Iterator<Item = Object> + '_ {
        of_case(&self.asked, case)
    }

    pub(super) fn span(&self, case: Case) -> Option<&Span> {
        self.spans.get(case as usize)
    }

    pub(super) fn name_of(&self, held: &Held) -> Option<&Label> {
        self.names.get(usize::from(held.name?))
    }
}

fn of_case(pairs: &[(Case, Object)], case: Case) -> impl Iterator<Item = Object> + '_ {
    let first = pairs.partition_point(|&(of, _)| of < case);
    let rest = pairs.iter().skip(first);
    rest.take_while(move |&&(of, _)| of == case).map(|&(_, object)| object)
}
