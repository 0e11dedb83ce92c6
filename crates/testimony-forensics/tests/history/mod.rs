//! Random histories of decisions that hand texts on to each other.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

use crate::support::{Draft, carry_over, decision, write_in_segments};

/// Some are short, so that they connect nobody.
pub(crate) const TEXTS: [&str; 6] = [
    "yes",
    "ok then",
    "the first text of some length",
    "the second text of some length",
    "the third text of some length",
    "the fourth text of some length",
];
pub(crate) const MIN_BYTES: u64 = 16;

/// One decision of a history, in numbers.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) stream: bool,
    pub(crate) began: u64,
    pub(crate) took: u64,
    pub(crate) given: BTreeSet<usize>,
    pub(crate) as_messages: bool,
    pub(crate) put_out: BTreeSet<usize>,
    pub(crate) parent: Option<usize>,
    pub(crate) causes: BTreeSet<usize>,
}

fn texts() -> impl Strategy<Value = BTreeSet<usize>> {
    proptest::collection::btree_set(0..TEXTS.len(), 0..3)
}

pub(crate) fn made() -> impl Strategy<Value = Made> {
    let when = (any::<bool>(), 0..8_u64, 0..4_u64);
    let links = (proptest::option::weighted(0.2, 0..10_usize), vec(0..10_usize, 0..2));
    (when, texts(), any::<bool>(), texts(), links).prop_map(
        |((stream, began, took), given, as_messages, put_out, (parent, causes))| {
            let causes = causes.into_iter().collect();
            Made { stream, began, took, given, as_messages, put_out, parent, causes }
        },
    )
}

pub(crate) fn id(n: usize) -> Uuid {
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

/// A ledger of two streams. The first stream's salts are others than the second's, so equal texts have other digests there.
pub(crate) fn write_all(history: &[Made], segment_bytes: u64) -> tempfile::TempDir {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let of = |stream: bool| {
        let numbered = history.iter().enumerate().filter(|(_, made)| made.stream == stream);
        numbered.map(|(n, made)| unsealed(n, made)).collect::<Vec<_>>()
    };
    write_in_segments(one.path(), of(false), false, segment_bytes);
    write_in_segments(two.path(), of(true), true, segment_bytes);
    carry_over(two.path(), one.path());
    one
}
