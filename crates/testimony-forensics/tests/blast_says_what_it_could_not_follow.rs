//! Blast: what is absent, erased, altered or elsewhere is in the answer, and costs nothing else of it.

mod support;

use std::path::Path;

use support::{decision, id, replace, write};
use testimony_forensics::Casebook;
use testimony_forensics::blast::{Blast, Options, Origin, Reason, What};
use testimony_ledger::erase::Warrant;
use testimony_ledger::{Ledger, Options as LedgerOptions};
use testimony_record::Uuid;
use testimony_record::decision::Intent;
use testimony_record::part::{Absent, Role, Why};
use testimony_record::unsealed::{Event, Unsealed, UnsealedContent};

const POLICY: &str = "Lend to anybody who asks politely.";
const LETTER: &str = "Dear customer, we are pleased to lend you the sum.";

fn chain() -> Vec<Unsealed> {
    vec![
        decision(1).text(Role::Context, "", POLICY).text(Role::Decision, "", LETTER).done(),
        decision(2).text(Role::Context, "", LETTER).done(),
    ]
}

fn blast(dir: &Path) -> Blast {
    let origin = Origin::Content(POLICY.into());
    Casebook::open(dir).unwrap().blast(&origin, &Options::default()).unwrap()
}

type Told = (What, Reason, Option<Uuid>, Option<String>, Option<u64>);

/// All but that other ledgers were not given, which always stands there.
fn told(blast: &Blast) -> Vec<Told> {
    let (last, others) = blast.unfollowed.split_last().unwrap();
    assert_eq!((last.what, &last.why), (What::OtherLedgers, &Reason::NotGiven));
    others.iter().map(|o| (o.what, o.why.clone(), o.id, o.part.clone(), o.count)).collect()
}

fn of(events: Vec<Unsealed>) -> (Vec<Uuid>, Vec<Told>) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), events);
    let found = blast(dir.path());
    (reached(&found), told(&found))
}

fn reached(blast: &Blast) -> Vec<Uuid> {
    let direct = blast.direct.iter().map(|direct| direct.id);
    direct.chain(blast.downstream.iter().map(|fed| fed.id)).collect()
}

fn put_out(id: Uuid, part: &str, why: Reason) -> Told {
    (What::PutOut, why, Some(id), Some(part.to_owned()), None)
}

fn given(why: Reason, count: u64) -> Told {
    (What::Given, why, None, None, Some(count))
}

#[test]
fn a_sound_ledger_leaves_nothing_open_but_other_ledgers() {
    assert_eq!(of(chain()), (vec![id(1), id(2)], vec![]));
}

#[test]
fn an_output_that_was_not_kept_is_named_with_its_decision() {
    let kept = |why| {
        let absent = UnsealedContent::Absent(Absent { why, size: None, hint: None });
        decision(1).text(Role::Context, "", POLICY).part(Role::Decision, "answer", absent).done()
    };
    let whys = [
        (Why::NotCaptured, Reason::NotCaptured),
        (Why::TooLarge, Reason::TooLarge),
        (Why::TooMany, Reason::TooMany),
        (Why::Unreadable, Reason::Unreadable),
    ];
    for (why, reason) in whys {
        assert_eq!(of(vec![kept(why)]).1, [put_out(id(1), "decision:answer", reason)]);
    }
}

#[test]
fn an_output_that_was_masked_is_named_and_one_of_which_nothing_is_wrong_is_not() {
    let mut masked =
        decision(1).text(Role::Context, "", POLICY).text(Role::Output, "", LETTER).done();
    masked.parts[1].note = Some("masked: iban".into());
    let (reached, told) = of(vec![masked]);
    assert_eq!(reached, [id(1)]);
    assert_eq!(told, [put_out(id(1), "output", Reason::Noted("masked: iban".to_owned()))]);
}

#[test]
fn decisions_whose_prompt_was_not_kept_may_have_been_given_it() {
    let mut events = chain();
    events.push(decision(3).absent(Role::Prompt, "").done());
    events.push(decision(4).absent(Role::Context, "hits").absent(Role::Rationale, "").done());
    let mut cut = decision(5).text(Role::Prompt, "", "Lend to any").done();
    cut.parts[0].note = Some("truncated by the library".into());
    events.push(cut);
    let (reached, told) = of(events);
    assert_eq!(reached, [id(1), id(2)]);
    let truncated = Reason::Noted("truncated by the library".to_owned());
    assert_eq!(told, [given(Reason::NotCaptured, 2), given(truncated, 1)]);
}

#[test]
fn an_erased_content_is_still_followed_by_its_digest_and_said_to_be_erased() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), chain());
    let casebook = Casebook::open(dir.path()).unwrap();
    let parts = casebook.show(&id(1).to_string()).unwrap().parts;
    let (policy, letter) = (parts[0].digest.unwrap(), parts[1].digest.unwrap());
    let ledger = Ledger::open(dir.path(), LedgerOptions::default()).unwrap();
    let warrant = Warrant::new("request 17", "privacy@bank.example").unwrap();
    ledger.erase(&[policy, letter].into(), &warrant).unwrap();
    support::close(&ledger);

    assert!(blast(dir.path()).direct.is_empty(), "nobody can tell what the bytes were");
    let casebook = Casebook::open(dir.path()).unwrap();
    let found = casebook.blast(&Origin::Digest(policy), &Options::default()).unwrap();
    assert_eq!(reached(&found), [id(1), id(2)]);
    assert_eq!(told(&found), [put_out(id(1), "decision", Reason::Erased)]);
}

#[test]
fn an_altered_output_is_followed_by_its_digest_and_said_to_be_altered() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), chain());
    replace(dir.path(), "we are pleased", "we are annoyed");
    let found = blast(dir.path());
    assert_eq!(reached(&found), [id(1), id(2)]);
    assert_eq!(told(&found), [put_out(id(1), "decision", Reason::Altered)]);
}

#[test]
fn a_document_altered_in_the_ledger_is_not_taken_for_the_one_that_was_given() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), chain());
    replace(dir.path(), "asks politely.", "asks urgently.");
    let found = blast(dir.path());
    assert!(found.direct.is_empty());
    assert_eq!(told(&found), [given(Reason::Altered, 1)]);
}

#[test]
fn an_altered_list_hides_the_calls_that_rest_on_it_and_says_how_many() {
    let dir = tempfile::tempdir().unwrap();
    let talk = [("system", POLICY), ("user", "Well?"), ("assistant", "No.")];
    write(
        dir.path(),
        vec![
            decision(1).messages(Role::Prompt, &talk[..1]).done(),
            decision(2).messages(Role::Prompt, &talk[..2]).done(),
            decision(3).messages(Role::Prompt, &talk).done(),
        ],
    );
    assert_eq!(reached(&blast(dir.path())), [id(1), id(2), id(3)]);
    replace(dir.path(), r#"{"list":{"base":"#, r#"{"list":{"Base":"#);
    let found = blast(dir.path());
    assert_eq!(reached(&found), [id(1)]);
    assert_eq!(told(&found), [given(Reason::Altered, 2)]);
}

#[test]
fn an_altered_entry_in_the_answer_is_named_and_elsewhere_counted() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), chain());
    replace(dir.path(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let found = blast(dir.path());
    assert_eq!((found.checked.sealed, found.checked.not_sealed.clone()), (1, vec![id(1)]));
    assert_eq!(told(&found), [(What::Entry, Reason::Altered, Some(id(1)), None, None)]);

    let casebook = Casebook::open(dir.path()).unwrap();
    let found = casebook.blast(&Origin::Decision(id(2).to_string()), &Options::default()).unwrap();
    assert_eq!(found.checked.sealed, 1);
    assert_eq!(told(&found), [(What::Entry, Reason::Altered, None, None, Some(1))]);
}

#[test]
fn a_cause_that_this_ledger_does_not_hold_is_named_in_the_answer_and_counted_elsewhere() {
    let mut events = chain();
    events.push(decision(3).with(|d| d.causes = vec![id(9)]).done());
    events.push(decision(4).with(|d| d.parent = Some(id(9))).done());
    events.push(decision(5).with(|d| d.causes = vec![id(1), id(9)]).done());
    let (reached, told) = of(events);
    assert_eq!(reached, [id(1), id(2), id(5)]);
    let stranger = Some(id(9).to_string());
    assert_eq!(
        told,
        [
            (What::Cause, Reason::NotHeld, Some(id(5)), stranger, None),
            (What::Cause, Reason::NotHeld, None, None, Some(1)),
            (What::Parent, Reason::NotHeld, None, None, Some(1)),
        ]
    );
}

#[test]
fn a_call_that_was_begun_and_never_decided_is_counted() {
    let intent = Intent {
        id: id(7),
        site: "loan_desk::underwrite".into(),
        operation: None,
        provider: None,
        model: None,
        began_us: support::NOON,
        parts: vec![],
        more: None,
    };
    let mut events = chain();
    events.push(Unsealed { event: Event::Intent(intent), parts: vec![] });
    assert_eq!(of(events).1, [(What::Begun, Reason::NeverDecided, None, None, Some(1))]);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), chain());
    let path = support::segment(dir.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"blob and then the power failed");
    std::fs::write(&path, bytes).unwrap();
    let found = blast(dir.path());
    assert_eq!(reached(&found), [id(1), id(2)]);
    assert_eq!(told(&found), [(What::Segment, Reason::Unreadable, None, None, Some(1))]);
}
