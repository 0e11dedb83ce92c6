//! Blast: what is near to a document is found on request, and never mixed with what is equal to it.

mod support;

use support::{decision, id, write};
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Blast, Likeness, NoBlast, Options, Origin};
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

const POLICY: &str = "Refunds above 500 euros need a second signature. Refunds below that are paid at once, without any \
    question asked of the customer or of the desk.";
const LETTER: &str = "Dear customer, we are pleased to pay you the sum.";
const NOTE: &str = "The customer was told that the sum will be paid.";

fn events() -> Vec<Unsealed> {
    let wrapped = POLICY.replace(". ", ".\n\n");
    let (_, second) = POLICY.split_once(". ").unwrap();
    vec![
        decision(1).text(Role::Context, "policy", POLICY).text(Role::Decision, "", LETTER).done(),
        decision(2).text(Role::Context, "", &wrapped).text(Role::Decision, "", NOTE).done(),
        decision(3)
            .messages(Role::Prompt, &[("user", &format!("Our rules: {POLICY} Well?"))])
            .done(),
        decision(4).text(Role::Context, "", second).done(),
        decision(5).text(Role::Context, "", &format!("We say: {second} And more.")).done(),
        decision(6)
            .text(Role::Context, "", "Refunds are for the desk to pay, or not to pay.")
            .done(),
        decision(7).text(Role::Context, "", LETTER).done(),
        decision(8).text(Role::Context, "", NOTE).done(),
        decision(9).text(Role::Context, "", LETTER).text(Role::Context, "", &wrapped).done(),
    ]
}

fn ask(near: bool) -> Blast {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events());
    let options = Options { near, ..Options::default() };
    Casebook::open(dir.path()).unwrap().blast(&Origin::Content(POLICY.into()), &options).unwrap()
}

#[test]
fn near_matches_are_found_only_on_request() {
    let found = ask(false);
    assert_eq!(found.direct.iter().map(|direct| direct.id).collect::<Vec<_>>(), [id(1)]);
    assert_eq!(found.downstream.iter().map(|fed| fed.id).collect::<Vec<_>>(), [id(7), id(9)]);
    assert_eq!(found.inferred, None);
}

#[test]
fn each_says_how_near_it_is_and_what_is_exact_stays_exact() {
    let found = ask(true);
    let direct: Vec<(Uuid, Option<Likeness>)> = found
        .direct
        .iter()
        .map(|direct| {
            (direct.id, direct.inferred.as_ref().map(|inferred| inferred.nearness.likeness))
        })
        .collect();
    assert_eq!(
        direct,
        [
            (id(1), None),
            (id(2), Some(Likeness::Rewrapped)),
            (id(3), Some(Likeness::Embedded)),
            (id(4), Some(Likeness::Trimmed)),
            (id(5), Some(Likeness::Overlapping)),
        ]
    );
    let fed: Vec<_> = found.downstream.iter().map(|fed| (fed.id, fed.inferred)).collect();
    assert_eq!(fed, [(id(7), false), (id(8), true), (id(9), false)]);
    let counts = &found.counts;
    assert_eq!((counts.direct, counts.downstream), (1, 2));
    assert_eq!(counts.by_site["loan_desk::underwrite"], 3);
    let inferred = found.inferred.as_ref().unwrap();
    assert_eq!((inferred.direct, inferred.downstream), (4, 1));
}

#[test]
fn what_is_too_short_or_no_text_has_no_near_matches() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events());
    let casebook = Casebook::open(dir.path()).unwrap();
    let options = Options { near: true, ..Options::default() };
    for origin in [
        Origin::Content("Refunds are paid.".into()),
        Origin::Content([0xff; 100].to_vec()),
        Origin::Site("loan_desk".into()),
    ] {
        assert!(matches!(casebook.blast(&origin, &options), Err(NoBlast::NothingToCompare)));
    }
}
