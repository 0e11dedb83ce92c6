//! From the decisions that something reached to all that it can have reached through them, breadth first, in time order.

use std::collections::HashMap;

use super::flows::{Case, Flows};
use super::graph::{Edge, Graph};
use super::objects::Object;
use super::order::Span;

/// How a decision was reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    /// How many steps from the beginning.
    pub(super) depth: usize,
    pub(super) from: Case,
    pub(super) edge: Edge,
    pub(super) object: Option<Object>,
}

/// Where the walk stands.
struct Walk<'a> {
    graph: &'a Graph<'a>,
    /// The earliest moment at which each decision can have been reached: what reached a decision late cannot have flowed into
    /// what was done inside it before. A shorter way may be a later one, so a decision is walked from again when it turns
    /// out to have been reached earlier.
    since: HashMap<Case, u64>,
    reached: HashMap<Case, Reached>,
    /// Where the next level begins, and since when.
    next: HashMap<Case, u64>,
}

/// Every decision that was fed, directly or not, by those where the walk begins; without those themselves.
pub(super) fn walk(
    begin: impl IntoIterator<Item = Case>,
    graph: &Graph<'_>,
    flows: &Flows,
) -> HashMap<Case, Reached> {
    let begin = begin.into_iter().filter_map(|case| Some((case, flows.span(case)?.began)));
    let since: HashMap<Case, u64> = begin.collect();
    let next = since.clone();
    let mut walk = Walk { graph, since, reached: HashMap::new(), next };
    let mut depth = 0;
    while !walk.next.is_empty() {
        depth += 1;
        let mut level: Vec<(Case, u64)> = walk.next.drain().collect();
        // So that of several ways to a decision the same one is told each time.
        level.sort_unstable_by_key(|&(case, _)| (flows.span(case).map(Span::key), case));
        for (from, since) in level {
            walk.step(from, since, depth);
        }
    }
    walk.reached
}

impl Walk<'_> {
    fn step(&mut self, from: Case, since: u64, depth: usize) {
        for step in self.graph.steps(from, since) {
            let known = self.since.get(&step.to).copied();
            if known.is_none() {
                let (edge, object) = (step.edge, step.object);
                self.reached.insert(step.to, Reached { depth, from, edge, object });
            }
            if known.is_none_or(|known| step.since < known) {
                self.since.insert(step.to, step.since);
                self.next.insert(step.to, step.since);
            }
        }
    }
}
