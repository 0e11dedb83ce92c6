//! `Casebook::show`: an id or the beginning of one, and all that is known.

mod support;

use support::{carry_over, decision, id, loan_1234, write, write_another};
use testimony_forensics::{Account, Casebook, Content, NotFound};
use testimony_record::part::Role;

fn desk() -> (tempfile::TempDir, Casebook) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    let casebook = Casebook::open(dir.path()).unwrap();
    (dir, casebook)
}

fn told(account: &Account, role: Role) -> Vec<String> {
    let parts = account.parts.iter().filter(|part| part.role == role);
    let texts = parts.map(|part| match &part.content {
        Content::Text { text, .. } => text.clone(),
        other => format!("{other:?}"),
    });
    texts.collect()
}

#[test]
fn an_account_holds_the_facts_the_parts_the_outcomes_and_the_links() {
    let (_dir, casebook) = desk();
    let refusal = casebook.show(&id(2).to_string()).unwrap();
    assert!(refusal.sealed && refusal.also_at.is_empty());
    assert_eq!((refusal.place.seq, refusal.place.segment), (2, 0));
    assert_eq!(refusal.facts.took_us, Some(1_250_000));
    assert_eq!(told(&refusal, Role::Context), ["Lend only above 0.60."]);
    assert_eq!(told(&refusal, Role::Rationale), ["The score is below the floor."]);
    let [overridden] = refusal.outcomes.as_slice() else { panic!("one outcome") };
    assert_eq!(overridden.kind.as_ref().unwrap().as_str(), "overridden");
    assert_eq!(overridden.parts.len(), 3);

    let cause = &refusal.bearings.causes[0];
    assert_eq!(cause.decision.as_ref().unwrap().decided.as_deref(), Some("0.41"));
    assert_eq!(refusal.bearings.children[0].id, id(3));
    let letter = casebook.show(&id(3).to_string()).unwrap();
    assert_eq!(letter.bearings.parent.unwrap().id, id(2));
    let score = casebook.show(&id(1).to_string()).unwrap();
    assert_eq!(score.bearings.led_to[0].id, id(2));
}

#[test]
fn the_beginning_of_an_id_is_enough_where_only_one_begins_so() {
    let (_dir, casebook) = desk();
    assert_eq!(casebook.id_length(), 13);
    for (n, asked) in [(1, "0198c1d2-5a71"), (2, "0198c1d25a72"), (3, "0198C1D2-5A73-7000")] {
        assert_eq!(casebook.show(asked).unwrap().id, id(n));
    }
}

#[test]
fn an_ambiguous_beginning_names_the_candidates() {
    let (_dir, casebook) = desk();
    let error = casebook.show("0198").unwrap_err();
    assert!(matches!(&error, NotFound::Ambiguous { count: 3, .. }));
    let expected = format!(
        "3 ids begin with \"0198\"; give more of it: {} (loan_desk::score), {} (loan_desk::underwrite), {} \
         (loan_desk::letters::write)",
        id(1),
        id(2),
        id(3)
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_no_id_is_refused_and_a_subject_is_recognised() {
    let (_dir, casebook) = desk();
    for asked in ["", "0198", "ffff", "loan:9", "é", "\u{1b}[2J"] {
        assert!(casebook.show(asked).is_err(), "{asked:?}");
    }
    let error = casebook.show("loan:1234").unwrap_err();
    assert!(matches!(error, NotFound::Id { is_subject: true, .. }), "{error:?}");
}

#[test]
fn an_id_that_was_used_twice_is_said_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let twice = [decision(1).subject("one").done(), decision(1).subject("two").done()];
    write(dir.path(), twice.to_vec());
    let casebook = Casebook::open(dir.path()).unwrap();
    let account = casebook.show(&id(1).to_string()).unwrap();
    assert_eq!((account.place.seq, account.also_at[0].seq), (1, 2));
    assert_eq!(casebook.len(), 2);
}

#[test]
fn links_and_outcomes_reach_from_one_stream_to_another() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut events = loan_1234();
    let outcome = events.pop().unwrap();
    write(dir.path(), events);
    write_another(other.path(), vec![outcome]);
    carry_over(other.path(), dir.path());

    let casebook = Casebook::open(dir.path()).unwrap();
    let refusal = casebook.show(&id(2).to_string()).unwrap();
    assert_ne!(refusal.outcomes[0].place.stream, refusal.place.stream);
}

#[test]
fn bytes_that_are_no_text_are_told_as_bytes_and_written_as_hex() {
    let dir = tempfile::tempdir().unwrap();
    let image = decision(1).bytes(Role::Context, "photo", &[0xff, 0xd8, 0x00]);
    write(dir.path(), vec![image.done()]);
    let account = Casebook::open(dir.path()).unwrap().show(&id(1).to_string()).unwrap();
    assert!(matches!(&account.parts[0].content, Content::Binary { bytes, .. } if bytes.len() == 3));
    let json = serde_json::to_value(&account.parts[0].content).unwrap();
    assert_eq!(json["binary"]["hex"], "ffd800");
}

#[test]
fn a_casebook_takes_in_what_is_written_after_it_was_opened() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), vec![decision(1).done()]);
    let mut casebook = Casebook::open(dir.path()).unwrap();
    write(dir.path(), vec![decision(2).with(|decision| decision.causes = vec![id(1)]).done()]);
    casebook.refresh().unwrap();
    assert_eq!(casebook.len(), 2);
    assert_eq!(casebook.show(&id(1).to_string()).unwrap().bearings.led_to.len(), 1);
}
