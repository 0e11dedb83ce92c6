//! `Casebook::log`: which decisions, and in which order.

mod support;

use support::{NOON, decision, id, loan_1234, write};
use testimony_forensics::{Casebook, Filter};
use testimony_record::Uuid;
use testimony_record::decision::Status;
use testimony_record::part::Role;

const NONE: [Uuid; 0] = [];

fn ids(casebook: &Casebook, filter: &Filter) -> Vec<Uuid> {
    casebook.log(filter).map(|summary| summary.id).collect()
}

fn desk() -> (tempfile::TempDir, Casebook) {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("ledger"), loan_1234());
    let casebook = Casebook::open(dir.path().join("ledger")).unwrap();
    (dir, casebook)
}

#[test]
fn without_a_filter_everything_is_listed_in_the_order_of_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let events = [2, 3, 1].map(|n| decision(n).done()).to_vec();
    write(dir.path(), events);
    let casebook = Casebook::open(dir.path()).unwrap();
    assert_eq!(ids(&casebook, &Filter::default()), [1, 2, 3].map(id));
}

#[test]
fn each_filter_lets_through_what_it_names_and_nothing_else() {
    let (_dir, casebook) = desk();
    let all = Filter::default;
    let some = |text: &str| Some(text.to_owned());
    let listed = |filter: Filter| ids(&casebook, &filter);

    assert_eq!(listed(Filter { subject: some("loan:1234"), ..all() }), [1, 2].map(id));
    assert_eq!(listed(Filter { subject: some("loan:12"), ..all() }), NONE);
    assert_eq!(listed(Filter { site: some("loan_desk::letters"), ..all() }), [id(3)]);
    assert_eq!(listed(Filter { site: some("loan_desk::lett"), ..all() }), NONE);
    assert_eq!(listed(Filter { model: some("gpt-4o"), ..all() }), [1, 2].map(id));
    assert_eq!(listed(Filter { status: Some(Status::TimedOut), ..all() }), [id(3)]);
    assert_eq!(listed(Filter { since_us: Some(NOON + 2_000_000), ..all() }), [2, 3].map(id));
    assert_eq!(listed(Filter { until_us: Some(NOON + 2_000_000), ..all() }), [1, 2].map(id));
    assert_eq!(listed(Filter { since_us: Some(NOON + 3_000_001), ..all() }), NONE);
}

#[test]
fn the_text_search_reads_parts_messages_and_outcomes() {
    let (_dir, casebook) = desk();
    let containing = |text: &str| {
        ids(&casebook, &Filter { contains: Some(text.to_owned()), ..Filter::default() })
    };
    assert_eq!(containing("LATE_payments"), [id(1)]);
    assert_eq!(containing("payslips"), [id(2)]);
    assert_eq!(containing("no answer"), [id(3)]);
    assert_eq!(containing("nowhere"), NONE);
}

#[test]
fn the_text_search_reads_every_message_of_a_list_and_of_the_lists_it_rests_on() {
    let dir = tempfile::tempdir().unwrap();
    let said = [("system", "Be kind."), ("user", "My number is 555."), ("user", "Well?")];
    let calls = (1..=3_u8)
        .map(|n| decision(n).messages(Role::Prompt, said.get(..usize::from(n)).unwrap()).done());
    write(dir.path(), calls.collect());
    let casebook = Casebook::open(dir.path()).unwrap();
    let filter = |text: &str| Filter { contains: Some(text.to_owned()), ..Filter::default() };
    assert_eq!(ids(&casebook, &filter("be KIND")), [1, 2, 3].map(id));
    assert_eq!(ids(&casebook, &filter("555")), [2, 3].map(id));
}

#[test]
fn a_limit_keeps_the_newest_and_says_that_there_are_earlier_ones() {
    let (_dir, casebook) = desk();
    let two = casebook.log(&Filter { limit: Some(2), ..Filter::default() });
    assert!(two.has_earlier());
    assert_eq!(two.map(|summary| summary.id).collect::<Vec<_>>(), [2, 3].map(id));
    let three = casebook.log(&Filter { limit: Some(3), ..Filter::default() });
    assert!(!three.has_earlier());
}

#[test]
fn a_summary_says_what_was_decided_and_how_many_rules_were_broken() {
    let (_dir, casebook) = desk();
    let all: Vec<_> = casebook.log(&Filter::default()).collect();
    let [score, refusal, letter] = all.as_slice() else { panic!("three decisions") };
    assert_eq!(score.decided.as_deref(), Some("0.41"));
    assert_eq!((refusal.violated, refusal.outcomes), (1, 1));
    assert_eq!(refusal.subjects, ["loan:1234"]);
    assert_eq!(letter.error.as_deref(), Some("deadline: no answer within 30 s"));
    assert_eq!(letter.decided, None);
}

#[test]
fn subjects_and_rules_beyond_the_first_64_parts_count_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let mut crowded = decision(1);
    for n in 0..100 {
        crowded = crowded.subject(&format!("page:{n}")).rule("size", n != 99, "at most one page");
    }
    write(dir.path(), vec![crowded.done()]);
    let casebook = Casebook::open(dir.path()).unwrap();
    let filter = Filter { subject: Some("page:99".to_owned()), ..Filter::default() };
    let found: Vec<_> = casebook.log(&filter).collect();
    assert_eq!((found.len(), found[0].violated), (1, 1));
    assert_eq!(casebook.show(&id(1).to_string()).unwrap().parts.len(), 200);
}
