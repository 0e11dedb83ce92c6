//! Look-ups without SQL: everything that is on record is found, and confirmed by the ledger.

use testimony_record::Uuid;
use testimony_record::decision::TraceContext;
use testimony_record::digest::Digest;
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;
use testimony_twins::{Asked, Object, Twins};

use crate::support::{Desk, ask, desk};

const NONE: [u64; 0] = [];

/// The numbers of the decisions that are found, each confirmed.
fn found(twins: &Twins, asked: &Asked) -> Vec<u64> {
    let confirmed = |found: &_| twins.confirm(asked, found).unwrap().seq;
    twins.find(asked).unwrap().iter().map(confirmed).collect()
}

fn digest(twins: &Twins, role: &str, condition: &str) -> Digest {
    let sql = format!("SELECT DISTINCT digest FROM parts WHERE role = '{role}' AND {condition}");
    let rows = ask(twins, &sql);
    assert_eq!(rows.len(), 1);
    rows[0][0].parse().unwrap()
}

/// A score that two later decisions are given, once as it is and once inside a conversation.
fn handed_on() -> Vec<Unsealed> {
    let answer = "a score of 0.41, from five factors";
    let trace = TraceContext { trace_id: [0xab; 16], span_id: [1; 8], own: false };
    let score = desk::decision(5)
        .subject(&"a long subject ".repeat(40))
        .with(|decision| decision.trace = Some(trace))
        .text(Role::Decision, "", answer);
    let refusal = desk::decision(6).text(Role::Context, "score", answer);
    let letter = desk::decision(7)
        .with(|decision| decision.trace = Some(trace))
        .messages(Role::Prompt, &[("system", "Be kind."), ("user", answer)]);
    vec![score.done(), refusal.done(), letter.done()]
}

fn story() -> Desk {
    Desk::with([desk::loan_1234(), handed_on()].concat())
}

#[test]
fn by_subject_id_and_trace() {
    let desk = story();
    let twins = desk.twins();
    let subject = |text: &str| found(&twins, &Asked::Subject(text.to_owned()));
    assert_eq!(subject("loan:1234"), [1, 2]);
    assert_eq!(subject("letter:77"), [3]);
    assert_eq!(subject("loan:123"), NONE);
    assert_eq!(subject(&"a long subject ".repeat(40)), [5]);
    assert_eq!(found(&twins, &Asked::Id(desk::id(2))), [2]);
    assert_eq!(found(&twins, &Asked::Id(Uuid::nil())), NONE);
    assert_eq!(found(&twins, &Asked::Trace([0xab; 16])), [5, 7]);
    assert_eq!(found(&twins, &Asked::Trace([0xac; 16])), NONE);
    let places = twins.by_trace([0xab; 16]).unwrap();
    assert_eq!(places, twins.find(&Asked::Trace([0xab; 16])).unwrap());
}

#[test]
fn a_long_subject_is_found_by_its_beginning_and_confirmed_as_a_whole() {
    let desk = story();
    let twins = desk.twins();
    let other = format!("{}another end", "a long subject ".repeat(30));
    let asked = Asked::Subject(other);
    let likely = twins.find(&asked).unwrap();
    assert_eq!(likely.len(), 1);
    assert!(twins.confirm(&asked, &likely[0]).is_err());
}

#[test]
fn by_links() {
    let desk = story();
    let twins = desk.twins();
    assert_eq!(found(&twins, &Asked::Inside(desk::id(2))), [3]);
    assert_eq!(found(&twins, &Asked::CausedBy(desk::id(1))), [2]);
    assert_eq!(found(&twins, &Asked::OutcomesOf(desk::id(2))), [4]);
    assert_eq!(found(&twins, &Asked::OutcomesOf(desk::id(1))), NONE);
}

#[test]
fn by_content_given_and_given_out() {
    let desk = story();
    let twins = desk.twins();
    let score = digest(&twins, "decision", "text LIKE 'a score%'");
    assert_eq!(found(&twins, &Asked::Output(score)), [5]);
    assert_eq!(found(&twins, &Asked::Given(score)), [6, 7]);
    assert_eq!(twins.decisions_given(score).unwrap().len(), 2);
    assert_eq!(twins.decisions_that_output(score).unwrap().len(), 1);
    let message = digest(&twins, "prompt", "path = '1'");
    assert_eq!(found(&twins, &Asked::Given(message)), [7]);
    let list = digest(&twins, "prompt", "path IS NULL AND media IS NULL AND absent IS NULL");
    assert_eq!(found(&twins, &Asked::Given(list)), [7]);
    let subject = digest(&twins, "subject", "text = 'loan:1234'");
    assert_eq!(found(&twins, &Asked::Given(subject)), NONE, "it is what they were about");
}

#[test]
fn a_content_is_read_again_by_its_digest() {
    let desk = story();
    let twins = desk.twins();
    let entry = &twins.by_id(desk::id(6)).unwrap()[0];
    let score = digest(&twins, "decision", "text LIKE 'a score%'");
    match twins.object(entry, &score).unwrap() {
        Object::Blob { media, bytes } => {
            assert_eq!(
                (media.as_str(), bytes.as_slice()),
                ("text/plain", &b"a score of 0.41, from five factors"[..])
            );
        }
        Object::Node(node) => panic!("{node:?}"),
    }
    assert!(twins.object(entry, &Digest::ZERO).is_err());
}

#[test]
fn several_ledgers_are_one_to_a_question() {
    let (one, other) = (story(), Desk::empty());
    desk::write_another(&other.ledger(), desk::loan_1234());
    let ledgers = [one.ledger(), other.ledger()];
    let twins = Twins::open(&ledgers, &testimony_twins::Options::default(), &mut |_| ()).unwrap();
    let asked = Asked::Subject("loan:1234".to_owned());
    assert_eq!(found(&twins, &asked).len(), 4);
    let sql = "SELECT ledger, count(*) FROM decisions GROUP BY ledger ORDER BY 2";
    let names = ledgers.map(|ledger| ledger.display().to_string());
    assert_eq!(ask(&twins, sql), [[names[1].as_str(), "3"], [&names[0], "6"]]);
}
