//! Blast on random histories, against a second reckoning of it that is written another way: no lists, no index, no walk, but
//! sets, and rounds over all pairs of decisions until nothing changes.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use support::{Draft, carry_over, decision, write, write_another};
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Options, Origin};
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

/// Some are short, so that they connect nobody.
const TEXTS: [&str; 6] = [
    "yes",
    "ok then",
    "the first text of some length",
    "the second text of some length",
    "the third text of some length",
    "the fourth text of some length",
];
const MIN_BYTES: u64 = 16;

/// One decision of a history, in numbers.
#[derive(Debug, Clone)]
struct Made {
    stream: bool,
    began: u64,
    took: u64,
    given: BTreeSet<usize>,
    as_messages: bool,
    put_out: BTreeSet<usize>,
    parent: Option<usize>,
    causes: BTreeSet<usize>,
}

fn texts() -> impl Strategy<Value = BTreeSet<usize>> {
    proptest::collection::btree_set(0..TEXTS.len(), 0..3)
}

fn made() -> impl Strategy<Value = Made> {
    let when = (any::<bool>(), 0..8_u64, 0..4_u64);
    let links = (proptest::option::weighted(0.2, 0..10_usize), vec(0..10_usize, 0..2));
    (when, texts(), any::<bool>(), texts(), links).prop_map(
        |((stream, began, took), given, as_messages, put_out, (parent, causes))| {
            let causes = causes.into_iter().collect();
            Made { stream, began, took, given, as_messages, put_out, parent, causes }
        },
    )
}

fn id(n: usize) -> Uuid {
    Uuid::from_u128(0x0198_c1d2_5a70_7000_8000_0000_0000_0000 + n as u128)
}

fn unsealed(n: usize, made: &Made) -> Unsealed {
    let draft = decision(0).with(|decision| {
        decision.id = id(n);
        (decision.began_us, decision.took_us) = (made.began, Some(made.took));
        decision.parent = made.parent.map(id);
        decision.causes = made.causes.iter().copied().map(id).collect();
    });
    let draft = say(draft, Role::Context, made.as_messages, &made.given);
    say(draft, Role::Decision, made.as_messages, &made.put_out).done()
}

/// The same messages whether they are given or put out, so that they share more than their texts.
fn say(draft: Draft, role: Role, as_messages: bool, texts: &BTreeSet<usize>) -> Draft {
    let texts = texts.iter().map(|&text| TEXTS[text]);
    if as_messages {
        let messages: Vec<_> = texts.map(|text| ("assistant", text)).collect();
        return draft.messages(role, &messages);
    }
    texts.fold(draft, |draft, text| draft.text(role, "", text))
}

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

/// The first stream's salts are others than the second's, so equal texts have other digests there.
fn write_all(history: &[Made]) -> tempfile::TempDir {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let of = |stream: bool| {
        let numbered = history.iter().enumerate().filter(|(_, made)| made.stream == stream);
        numbered.map(|(n, made)| unsealed(n, made)).collect::<Vec<_>>()
    };
    write(one.path(), of(false));
    write_another(two.path(), of(true));
    carry_over(two.path(), one.path());
    one
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn both_find_the_same_decisions_at_the_same_depths(history in vec(made(), 1..10)) {
        let dir = write_all(&history);
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
