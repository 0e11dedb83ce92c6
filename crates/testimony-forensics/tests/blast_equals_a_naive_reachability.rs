//! Blast on random histories, against a second reckoning of it that is written another way: no lists, no index, no walk, but
//! sets, and rounds over all pairs of decisions until nothing changes.

mod history;
mod support;

use std::collections::BTreeMap;

use history::{MIN_BYTES, Made, TEXTS, id, made, write_all};
use proptest::collection::vec;
use proptest::prelude::*;
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Options, Origin};
use testimony_record::Uuid;

struct Naive<'a>(&'a [Made]);

impl Naive<'_> {
    fn end(&self, n: usize) -> u64 {
        self.0[n].began + self.0[n].took
    }

    fn ended_before(&self, a: usize, b: usize) -> bool {
        match self.end(a).cmp(&self.end(b)) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => self.0[a].stream == self.0[b].stream && a < b,
            std::cmp::Ordering::Greater => false,
        }
    }

    fn says_something(&self, text: usize) -> bool {
        let all = || 0..self.0.len();
        let has_it_first = |a: usize| {
            self.0[a].put_out.contains(&text)
                && all()
                    .filter(|&b| self.0[b].given.contains(&text))
                    .all(|b| self.ended_before(a, b))
        };
        let sources = all()
            .filter(|&a| self.0[a].put_out.contains(&text) && !self.0[a].given.contains(&text));
        TEXTS[text].len() as u64 >= MIN_BYTES && all().any(has_it_first) && sources.count() == 1
    }

    /// When what reaches `a` at `since` reaches `b`, if it does so in one step.
    fn arrives(&self, a: usize, since: u64, b: usize) -> Option<u64> {
        let shared = self.0[a].put_out.intersection(&self.0[b].given);
        let content =
            self.ended_before(a, b) && shared.copied().any(|text| self.says_something(text));
        let linked = self.0[b].parent == Some(a) || self.0[b].causes.contains(&a);
        let by_content = content.then(|| self.end(a).max(self.0[b].began));
        let by_link = (linked && since <= self.end(b)).then(|| since.max(self.0[b].began));
        by_content.into_iter().chain(by_link).min()
    }

    /// In how few steps each decision is reached from those that were given the text.
    fn reach(&self, text: usize) -> BTreeMap<usize, usize> {
        let mut since: Vec<Option<u64>> =
            self.0.iter().map(|made| made.given.contains(&text).then_some(made.began)).collect();
        let mut steps: BTreeMap<usize, usize> =
            (0..self.0.len()).filter(|&n| since[n].is_some()).map(|n| (n, 0)).collect();
        for round in 1.. {
            let before = since.clone();
            for (a, b) in (0..self.0.len()).flat_map(|a| (0..self.0.len()).map(move |b| (a, b))) {
                let Some(arrival) = before[a].and_then(|at| self.arrives(a, at, b)) else {
                    continue;
                };
                if since[b].is_none_or(|known| arrival < known) {
                    since[b] = Some(arrival);
                    steps.entry(b).or_insert(round);
                }
            }
            if before == since {
                break;
            }
        }
        steps
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn both_find_the_same_decisions_at_the_same_depths(history in vec(made(), 1..10)) {
        let dir = write_all(&history, u64::MAX);
        let casebook = Casebook::open(dir.path()).unwrap();
        let options = Options { min_bytes: MIN_BYTES, ..Options::default() };
        for (text, content) in TEXTS.iter().enumerate() {
            let found = casebook.blast(&Origin::Content(content.as_bytes().to_vec()), &options).unwrap();
            let direct = found.direct.iter().map(|direct| (direct.id, 0));
            let fed = found.downstream.iter().map(|fed| (fed.id, fed.depth));
            let found: BTreeMap<Uuid, usize> = direct.chain(fed).collect();
            let expected = Naive(&history).reach(text);
            let expected: BTreeMap<Uuid, usize> =
                expected.into_iter().map(|(n, steps)| (id(n), steps)).collect();
            prop_assert_eq!(found, expected, "from {:?}", content);
        }
    }
}
