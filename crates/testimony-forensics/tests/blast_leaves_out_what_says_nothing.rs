//! Blast: contents that connect nobody, because they are short, came from elsewhere, or have several sources.

mod support;

use support::{decision, id, write};
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Blast, Options, Origin, Reason, Unspecific, What};
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

const LETTER: &str = "Dear customer, we are pleased to lend you the sum.";

fn with(events: Vec<Unsealed>, options: &Options) -> Blast {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events);
    let origin = Origin::Decision(id(1).to_string());
    Casebook::open(dir.path()).unwrap().blast(&origin, options).unwrap()
}

fn reached(blast: &Blast) -> Vec<Uuid> {
    blast.downstream.iter().map(|fed| fed.id).collect()
}

/// Why contents were not followed, and how many.
fn left_out(blast: &Blast) -> Vec<(Unspecific, u64)> {
    let edges = blast.unfollowed.iter().filter(|one| one.what == What::ContentEdge);
    let why = edges.map(|one| match (&one.why, one.count) {
        (Reason::Unspecific(why), Some(count)) => (*why, count),
        other => panic!("{other:?}"),
    });
    why.collect()
}

fn put_out(n: u8, text: &str) -> support::Draft {
    decision(n).text(Role::Decision, "", text)
}

fn given(n: u8, text: &str) -> support::Draft {
    decision(n).text(Role::Context, "", text)
}

/// Not followed by default, for one reason; followed where everything is.
fn is_left_out(events: impl Fn() -> Vec<Unsealed>, why: Unspecific, all: &[Uuid]) {
    let found = with(events(), &Options::default());
    assert_eq!((reached(&found), left_out(&found)), (vec![], vec![(why, 1)]));
    let found = with(events(), &Options { unspecific: true, ..Options::default() });
    assert_eq!((reached(&found), left_out(&found)), (all.to_vec(), vec![]));
}

#[test]
fn a_short_content_connects_nobody_and_is_counted() {
    for trivial in ["", "ok", "approve", "{}", r#"{"ok":true}"#] {
        let events =
            || vec![put_out(1, trivial).done(), given(2, trivial).done(), given(3, trivial).done()];
        is_left_out(events, Unspecific::Short, &[id(2), id(3)]);
    }
}

#[test]
fn how_short_is_for_the_asker_to_say() {
    let events = || vec![put_out(1, "0.41").done(), given(2, "0.41").done()];
    let found = |min_bytes| reached(&with(events(), &Options { min_bytes, ..Options::default() }));
    assert_eq!((found(4), found(5)), (vec![id(2)], vec![]));
}

#[test]
fn what_came_from_elsewhere_and_is_repeated_connects_nobody() {
    let events = || {
        vec![
            decision(1).text(Role::Prompt, "", LETTER).text(Role::Decision, "", LETTER).done(),
            given(2, LETTER).done(),
        ]
    };
    is_left_out(events, Unspecific::FromElsewhere, &[id(2)]);
    let events = || {
        vec![
            given(2, LETTER).with(|decision| decision.began_us = 0).done(),
            put_out(1, LETTER).done(),
            given(3, LETTER).done(),
        ]
    };
    is_left_out(events, Unspecific::FromElsewhere, &[id(3)]);
}

#[test]
fn what_two_decisions_put_out_by_themselves_connects_neither() {
    let events =
        || vec![put_out(1, LETTER).done(), put_out(2, LETTER).done(), given(3, LETTER).done()];
    is_left_out(events, Unspecific::SeveralSources, &[id(3)]);
}

#[test]
fn who_repeats_what_it_was_given_is_no_second_source() {
    let found = with(
        vec![
            put_out(1, LETTER).done(),
            given(2, LETTER).text(Role::Decision, "", LETTER).done(),
            given(3, LETTER).done(),
        ],
        &Options::default(),
    );
    assert_eq!((reached(&found), left_out(&found)), (vec![id(2), id(3)], vec![]));
}

#[test]
fn what_is_not_followed_is_counted_though_it_led_only_to_what_was_reached_otherwise() {
    let found = with(
        vec![put_out(1, "ok").done(), given(2, "ok").with(|d| d.causes = vec![id(1)]).done()],
        &Options::default(),
    );
    assert_eq!((reached(&found), left_out(&found)), (vec![id(2)], vec![(Unspecific::Short, 1)]));
}

const TALK: [(&str, &str); 5] = [
    ("system", "Be kind."),
    ("user", "May I?"),
    ("assistant", "Sure."),
    ("user", "And my brother?"),
    ("assistant", "He as well."),
];

fn call(n: u8, asked: &[(&'static str, &str)], answer: &[(&'static str, &str)]) -> Unsealed {
    decision(n).messages(Role::Prompt, asked).messages(Role::Decision, answer).done()
}

#[test]
fn a_conversation_that_goes_on_from_a_call_is_followed_however_short_its_answer() {
    let other = [TALK[0], ("user", "May she?"), TALK[2], TALK[3]];
    let found = with(
        vec![
            call(1, &TALK[..2], &TALK[2..3]),
            call(2, &other[..2], &other[2..3]),
            call(3, &other, &[("assistant", "No.")]),
            call(4, &TALK[..4], &TALK[4..]),
            call(5, &TALK, &[("assistant", "Yes?")]),
        ],
        &Options::default(),
    );
    assert_eq!(reached(&found), [id(4), id(5)]);
    assert_eq!(
        left_out(&found),
        [(Unspecific::Short, 3)],
        "an answer for each call, which others could have been given as well"
    );
}

#[test]
fn of_two_calls_that_were_asked_the_same_neither_is_known_to_go_on() {
    let found = with(
        vec![
            call(1, &TALK[..2], &TALK[2..3]),
            call(2, &TALK[..2], &TALK[2..3]),
            call(3, &TALK[..4], &TALK[4..]),
        ],
        &Options::default(),
    );
    assert_eq!((reached(&found), left_out(&found)), (vec![], vec![(Unspecific::Short, 1)]));
}

#[test]
fn an_answer_that_was_not_the_calls_own_is_no_going_on_of_it() {
    let found = with(
        vec![call(1, &TALK[..2], &[("assistant", "No.")]), call(2, &TALK[..4], &TALK[4..])],
        &Options::default(),
    );
    assert_eq!((reached(&found), left_out(&found)), (vec![], vec![(Unspecific::Short, 1)]));
}
