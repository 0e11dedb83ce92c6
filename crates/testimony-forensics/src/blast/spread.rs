//! Where a content went: who put it out, who was given it, and whether that says anything. "ok" went everywhere and says
//! nothing; a letter that one decision wrote and another was given says a good deal.

use super::flows::{Case, Flows, Held, Way};
use super::objects::{Object, Objects};
use super::order::Span;
use super::unspecific::Unspecific;

/// One content among the decisions.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// Who was given it, each once, in the order in which they ended.
    pub(super) given: Vec<Held>,
    /// Who put it out.
    pub(super) put_out: Vec<Case>,
}

impl Spread {
    /// Follows an object into everything that holds it; of what was given, only the parts that are wanted count.
    pub(super) fn of(
        object: Object,
        objects: &Objects,
        flows: &Flows,
        wanted: &dyn Fn(&Held) -> bool,
    ) -> Self {
        let mut spread = Self::default();
        for holder in objects.holding(object) {
            let given = flows.of(Way::In, holder).iter();
            spread.given.extend(given.filter(|held| wanted(held)));
            spread.put_out.extend(flows.of(Way::Out, holder).iter().map(|held| held.case));
        }
        let key = |case: Case| flows.span(case).map(Span::key);
        // Where a decision has it twice, the prompt goes before the context.
        spread.given.sort_unstable_by_key(|held| (key(held.case), held.case, held.role));
        spread.given.dedup_by_key(|held| held.case);
        spread.put_out.sort_unstable_by_key(|&case| (key(case), case));
        spread.put_out.dedup();
        spread
    }

    /// Why it says nothing about who fed whom; `None` where it does.
    pub(super) fn unspecific(&self, flows: &Flows) -> Option<Unspecific> {
        let mut given: Vec<Case> = self.given.iter().map(|held| held.case).collect();
        given.sort_unstable();
        let sources = self.put_out.iter().filter(|case| given.binary_search(case).is_err());
        let mut sources = sources.filter_map(|&case| flows.span(case));
        let Some(source) = sources.next() else { return Some(Unspecific::FromElsewhere) };
        if sources.next().is_some() {
            return Some(Unspecific::SeveralSources);
        }
        let after = |held: &Held| flows.span(held.case).is_some_and(|span| source.before(span));
        (!self.given.iter().all(after)).then_some(Unspecific::FromElsewhere)
    }
}
