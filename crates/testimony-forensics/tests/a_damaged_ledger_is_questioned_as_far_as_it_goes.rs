//! Damage: answers say what they could not read, and never fail or panic because of it.

mod support;

use std::path::Path;

use support::{decision, id, loan_1234, replace, segment, write};
use testimony_forensics::{Casebook, Content, Filter, NotFound};
use testimony_record::part::Role;

#[test]
fn an_altered_content_is_told_as_unreadable_and_the_rest_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    replace(dir.path(), "Lend only above 0.60.", "Lend only above 0.10.");
    let casebook = Casebook::open(dir.path()).unwrap();
    let account = casebook.show(&id(2).to_string()).unwrap();
    let content = |role| &account.parts.iter().find(|part| part.role == role).unwrap().content;
    assert!(matches!(content(Role::Context), Content::Unreadable { problem }
        if problem.ends_with("is not what was sealed; run `verify`")));
    assert!(matches!(content(Role::Rationale), Content::Text { .. }));

    let log = casebook.log(&Filter { contains: Some("above".to_owned()), ..Filter::default() });
    assert_eq!((log.len(), log.unsearched()), (0, 1), "what it says is unknown, and said to be");
}

#[test]
fn an_altered_entry_is_said_not_to_have_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    replace(dir.path(), r#""status":"timed_out""#, r#""status":"panicked" "#);
    assert_eq!(Casebook::open(dir.path()).unwrap().len(), 2, "not the canonical spelling");
    replace(dir.path(), r#""status":"panicked" "#, r#""status":"timed_out""#);
    replace(dir.path(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let casebook = Casebook::open(dir.path()).unwrap();
    assert!(!casebook.show(&id(1).to_string()).unwrap().sealed);
    assert!(casebook.show(&id(2).to_string()).unwrap().sealed);
}

#[test]
fn a_missing_list_costs_the_list_and_not_the_account() {
    let dir = tempfile::tempdir().unwrap();
    let talk = [("system", "Be kind."), ("user", "Well?")];
    write(dir.path(), vec![decision(1).subject("talk").messages(Role::Prompt, &talk).done()]);
    replace(dir.path(), r#"{"list":{"items":["#, r#"{"list":{"Items":["#);
    let casebook = Casebook::open(dir.path()).unwrap();
    let account = casebook.show(&id(1).to_string()).unwrap();
    assert!(matches!(account.parts[1].content, Content::Unreadable { .. }));
    assert_eq!(casebook.why("talk").unwrap().chapters.len(), 1);
}

#[test]
fn a_missing_message_is_named_among_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let talk = [("system", "Be kind."), ("user", "Well?")];
    write(dir.path(), vec![decision(1).messages(Role::Prompt, &talk).done()]);
    replace(dir.path(), r#"{"message":{"role":"user""#, r#"{"message":{"role":"USER""#);
    let account = Casebook::open(dir.path()).unwrap().show(&id(1).to_string()).unwrap();
    let Content::Messages(messages) = &account.parts[0].content else { panic!("no messages") };
    let readable: Vec<bool> = messages.messages.iter().map(|m| m.problem.is_none()).collect();
    assert_eq!(readable, [true, false]);
}

#[test]
fn a_ledger_that_shrinks_under_an_open_casebook_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let casebook = Casebook::open(dir.path()).unwrap();
    std::fs::write(segment(dir.path()), "").unwrap();
    let error = casebook.show(&id(1).to_string()).unwrap_err();
    assert_eq!(error.to_string(), "the decision's entry cannot be read");
    let all: Vec<_> = casebook.log(&Filter::default()).collect();
    assert!(all.len() == 3 && all.iter().all(|summary| summary.problem.is_some()));
}

#[test]
fn every_cut_of_the_file_can_be_questioned() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let path = segment(dir.path());
    let whole = std::fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(&path, &whole[..length]).unwrap();
        question(dir.path());
    }
}

#[test]
fn every_changed_byte_can_be_questioned() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let path = segment(dir.path());
    let whole = std::fs::read(&path).unwrap();
    for (at, flip) in (0..whole.len()).step_by(11).zip([0x01, 0x20, 0x80, 0xff].into_iter().cycle())
    {
        let mut changed = whole.clone();
        changed[at] ^= flip;
        std::fs::write(&path, changed).unwrap();
        question(dir.path());
    }
}

/// Asks everything; answers may be errors, but they are answers.
fn question(ledger: &Path) {
    let casebook = Casebook::open(ledger).unwrap();
    let all = Filter { contains: Some("e".to_owned()), ..Filter::default() };
    for summary in casebook.log(&all) {
        let answer = casebook.show(&summary.id.to_string());
        assert!(matches!(answer, Ok(_) | Err(NotFound::Unreadable(_))), "{answer:?}");
    }
    let _ = casebook.why("loan:1234");
    let _ = casebook.why("loan");
}

#[test]
fn a_text_that_nobody_says_may_be_what_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let asked = || Casebook::open(dir.path()).unwrap().why("zebra").unwrap_err().to_string();
    assert!(!asked().contains("cannot be read"), "{}", asked());
    replace(dir.path(), "New payslips.", "Old payslips.");
    assert!(asked().contains("1 content cannot be read and may say it"), "{}", asked());
}
