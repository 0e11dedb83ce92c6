//! A plan to erase a decision or a subject: everything that they refer to goes, but for what others need.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use support::{Draft, decision, id, loan_1234, outcome};
use testimony_forensics::erase::{NotPlanned, Plan, Target};
use testimony_forensics::{Casebook, Content, NotFound};
use testimony_ledger::erase::{Warrant, erase};
use testimony_ledger::{Archive, Options};
use testimony_record::decision::Intent;
use testimony_record::digest::Digest;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

fn ledger(events: Vec<Unsealed>) -> (tempfile::TempDir, std::path::PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("ledger");
    support::write(&path, events);
    (scratch, path)
}

fn plan(path: &Path, target: Target<'_>, shared: bool) -> Plan {
    let plan = Casebook::open(path).unwrap().plan_erasure(target, shared).unwrap();
    assert!(plan.problems.is_empty(), "{:?}", plan.problems);
    plan
}

/// What the contents of a plan say.
fn texts(path: &Path, digests: &BTreeSet<Digest>) -> BTreeSet<String> {
    let mut archive = Archive::open(path).unwrap();
    archive.advance(&mut |_| ()).unwrap();
    let text = |digest| String::from_utf8(archive.blob(digest).unwrap().bytes.to_vec()).unwrap();
    digests.iter().map(text).collect()
}

fn kept(plan: &Plan) -> BTreeSet<Digest> {
    plan.kept.iter().map(|content| content.digest).collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn erase_plan(path: &Path, plan: &Plan) {
    let warrant = Warrant::new("asked for", "privacy").unwrap();
    erase(path, &Options::default(), &plan.digests(), &warrant, &mut |_| ()).unwrap();
}

fn intent(n: u8, parts: &[(Role, &str)]) -> Unsealed {
    let intent = Intent {
        id: id(n),
        site: "loan_desk::underwrite".into(),
        operation: None,
        provider: None,
        model: None,
        began_us: support::NOON,
        parts: vec![],
        more: None,
    };
    let part = |&(role, text): &(Role, &str)| {
        let content = UnsealedContent::Blob(UnsealedBlob::text(text.to_owned()));
        UnsealedPart::new(role, Origin::Declared, content)
    };
    Unsealed { event: Event::Intent(intent), parts: parts.iter().map(part).collect() }
}

#[test]
fn a_decision_stands_for_its_parts_messages_and_outcomes_but_not_for_its_subject() {
    let talk = |n| {
        decision(n).subject("loan:1234").messages(
            Role::Prompt,
            &[("system", "You are a clerk."), ("user", "May I have a loan?")],
        )
    };
    let first = talk(1).text(Role::Decision, "", "Of how much?");
    let second = talk(2).text(Role::Decision, "", "No.").text(Role::Rationale, "", "Too much.");
    let later = outcome(2, "overridden").text(Role::Actor, "", "clerk:bea");
    let (_scratch, path) = ledger(vec![first.done(), second.done(), later.done()]);
    let plan = plan(&path, Target::Decision("0198c1d2-5a72"), false);
    assert_eq!(plan.decisions, [id(2)]);
    assert_eq!(texts(&path, &plan.digests()), set(&["No.", "Too much.", "clerk:bea"]));
    let shared = set(&["loan:1234", "You are a clerk.", "May I have a loan?"]);
    assert_eq!(texts(&path, &kept(&plan)), shared);
    assert!(plan.kept.iter().all(|content| content.others == 1));
    assert_eq!(plan.bytes(), "No.Too much.clerk:bea".len());
}

#[test]
fn a_subject_stands_for_all_decisions_about_it_and_for_itself_in_every_session_and_stream() {
    let scratch = tempfile::tempdir().unwrap();
    let (path, other) = (scratch.path().join("l"), scratch.path().join("o"));
    let about = |n: u8, text: &str| decision(n).subject("loan:1234").text(Role::Prompt, "", text);
    support::write(&path, vec![about(1, "first").done()]);
    support::write(&path, vec![about(2, "second").done(), decision(5).subject("loan:9").done()]);
    support::write_another(&other, vec![about(3, "third").done()]);
    support::carry_over(&other, &path);
    let plan = plan(&path, Target::Subject("loan:1234"), false);
    assert_eq!(plan.decisions, [id(1), id(2), id(3)]);
    assert_eq!(texts(&path, &plan.digests()), set(&["loan:1234", "first", "second", "third"]));
    erase_plan(&path, &plan);
    let casebook = Casebook::open(&path).unwrap();
    let gone = casebook.plan_erasure(Target::Subject("loan:1234"), false);
    assert!(matches!(gone, Err(NotPlanned::NotFound(NotFound::Subject { .. }))), "{gone:?}");
    assert!(casebook.why("loan:9").is_ok());
}

#[test]
fn what_other_decisions_refer_to_stays_unless_it_is_asked_for_as_well() {
    let policy = "Lend only above 0.60.";
    let with = |n, subject| decision(n).subject(subject).text(Role::Context, "policy", policy);
    let (_scratch, path) = ledger(vec![
        with(1, "loan:1").text(Role::Prompt, "", "one").done(),
        with(2, "loan:2").done(),
        with(3, "loan:3").done(),
        outcome(3, "scored").text(Role::Rationale, "", policy).done(),
    ]);
    let careful = plan(&path, Target::Subject("loan:1"), false);
    assert_eq!(texts(&path, &careful.digests()), set(&["loan:1", "one"]));
    assert_eq!(texts(&path, &kept(&careful)), set(&[policy]));
    assert_eq!(careful.kept[0].others, 2, "a decision and its outcome count once");
    let all = plan(&path, Target::Subject("loan:1"), true);
    assert_eq!(texts(&path, &all.digests()), set(&["loan:1", "one", policy]));
    assert_eq!(all.kept, []);
    let other = all.contents.iter().find(|content| content.others == 2).unwrap();
    assert_eq!((other.bytes, other.media.as_str()), (policy.len(), "text/plain"));
}

#[test]
fn a_subject_goes_even_where_others_say_the_same_words() {
    let (_scratch, path) = ledger(vec![
        decision(1).subject("Jane Roe").done(),
        decision(2).subject("loan:2").text(Role::Context, "", "Jane Roe").done(),
    ]);
    let plan = plan(&path, Target::Subject("Jane Roe"), false);
    assert_eq!(texts(&path, &plan.digests()), set(&["Jane Roe"]));
}

#[test]
fn a_call_that_was_begun_and_never_answered_is_found_by_subject_and_by_id() {
    let begun = intent(4, &[(Role::Subject, "loan:1234"), (Role::Prompt, "May we lend?")]);
    let other = decision(5).subject("loan:5").done();
    let (_scratch, path) = ledger(vec![begun, other]);
    let by_subject = plan(&path, Target::Subject("loan:1234"), false);
    assert_eq!(by_subject.decisions, [id(4)]);
    assert_eq!(texts(&path, &by_subject.digests()), set(&["loan:1234", "May we lend?"]));
    let by_id = plan(&path, Target::Decision(&id(4).to_string()), false);
    assert_eq!(by_id.digests(), by_subject.digests());
}

#[test]
fn parts_that_stand_in_a_node_are_found_too() {
    let texts_of = |n: u8| (0..100).map(move |part| format!("part {part} of {n}"));
    let draft = |n| {
        texts_of(n).fold(decision(n), |draft: Draft, text| draft.text(Role::Context, "", &text))
    };
    let (_scratch, path) = ledger(vec![draft(1).done(), draft(2).done()]);
    let plan = plan(&path, Target::Decision(&id(1).to_string()), false);
    assert_eq!(texts(&path, &plan.digests()), texts_of(1).collect());
}

#[test]
fn what_was_erased_before_is_counted_and_told_with_the_entry_that_says_so() {
    let (_scratch, path) = ledger(loan_1234());
    let asked = || Target::Decision("0198c1d2-5a72");
    let first = plan(&path, asked(), false);
    erase_plan(&path, &first);
    let again = plan(&path, asked(), false);
    assert_eq!((again.contents.len(), again.already), (0, first.contents.len()));
    let account = Casebook::open(&path).unwrap().show("0198c1d2-5a72").unwrap();
    let told = |role| &account.parts.iter().find(|part| part.role == role).unwrap().content;
    let Content::Erased(erased) = told(Role::Rationale) else { panic!("{account:?}") };
    assert_eq!((erased.reason.as_str(), erased.by.as_str()), ("asked for", "privacy"));
    assert!(erased.seq > 0 && erased.stream == account.place.stream);
    assert!(matches!(told(Role::Subject), Content::Text { .. }), "kept, as others are about it");
}

#[test]
fn what_was_overwritten_without_an_entry_is_told_so() {
    use testimony_record::frame::Erasable;
    let (_scratch, path) = ledger(vec![decision(1).text(Role::Prompt, "", "May we lend?").done()]);
    let segment = support::segment(&path);
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes.windows(5).position(|window| window == b"blob ").unwrap();
    Erasable::find(&bytes[at..]).unwrap().overwrite(&mut bytes[at..]);
    std::fs::write(&segment, bytes).unwrap();
    let account = Casebook::open(&path).unwrap().show(&id(1).to_string()).unwrap();
    let Content::Unreadable { problem } = &account.parts[0].content else { panic!("{account:?}") };
    assert!(problem.ends_with("was overwritten, and no entry says so; run `verify`"), "{problem}");
    let casebook = Casebook::open(&path).unwrap();
    let plan = casebook.plan_erasure(Target::Decision(&id(1).to_string()), false).unwrap();
    assert_eq!((plan.contents.len(), plan.already), (0, 0));
    assert_eq!(plan.problems, BTreeSet::from([problem.clone()]), "it is not called erased");
}

#[test]
fn contents_named_by_their_digests_are_taken_as_they_are() {
    let (_scratch, path) = ledger(vec![
        decision(1).messages(Role::Prompt, &[("user", "May I have a loan?")]).done(),
        decision(2).messages(Role::Prompt, &[("user", "May I have a loan?")]).done(),
    ]);
    let casebook = Casebook::open(&path).unwrap();
    let account = casebook.show(&id(1).to_string()).unwrap();
    let Content::Messages(messages) = &account.parts[0].content else { panic!("{account:?}") };
    let (list, text) = (account.parts[0].digest.unwrap(), messages.messages[0].parts[0].digest);
    let named = BTreeSet::from([text]);
    let plan = plan(&path, Target::Contents(&named), false);
    assert_eq!((plan.digests(), plan.decisions), (named, vec![]));
    for (digest, expected) in [(list, "list"), (messages.messages[0].digest, "message")] {
        let refused = casebook.plan_erasure(Target::Contents(&BTreeSet::from([digest])), false);
        assert!(matches!(refused, Err(NotPlanned::NotAContent(_))), "{expected}: {refused:?}");
    }
    let unknown = BTreeSet::from([Digest::ZERO]);
    let refused = casebook.plan_erasure(Target::Contents(&unknown), false);
    assert!(matches!(refused, Err(NotPlanned::NoContent(_))), "{refused:?}");
}

#[test]
fn where_a_list_cannot_be_read_the_plan_says_so() {
    let (_scratch, path) =
        ledger(vec![decision(1).messages(Role::Prompt, &[("user", "May I have a loan?")]).done()]);
    support::replace(&path, r#"{"list":"#, r#"{"lost":"#);
    let casebook = Casebook::open(&path).unwrap();
    let id = id(1).to_string();
    let plan = casebook.plan_erasure(Target::Decision(&id), false).unwrap();
    assert_eq!((plan.contents.len(), plan.problems.len()), (0, 1), "{plan:?}");
}
