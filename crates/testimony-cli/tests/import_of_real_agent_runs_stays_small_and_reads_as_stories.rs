//! 100 recorded runs of a customer-service agent, where that file is at hand.

mod support;

use support::{Desk, runs};

/// What is new in the runs, and what each decision may cost beside it.
const UNIQUE_BYTES: u64 = 930_000;
const CALLS: u64 = 1_163;

#[test]
fn a_hundred_runs_are_imported_verified_and_told() {
    let Some(file) = runs::file() else { return };
    let desk = Desk::empty();
    let answer = desk.ask(&["import", "--json", "--openai-chat", file.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.error());
    let figures = answer.json();
    assert_eq!((&figures["runs"], &figures["calls"]), (&100.into(), &CALLS.into()));

    let bytes = figures["ledger_bytes"].as_u64().unwrap();
    let most = UNIQUE_BYTES * 14 / 10 + 1_500 * CALLS;
    eprintln!("{bytes} bytes of ledger for {CALLS} decisions; at most {most}");
    assert!(bytes <= most);

    let verified = desk.ask(&["verify", "--json"]);
    assert_eq!((verified.code, &verified.json()["streams"][0]["decisions"]), (0, &CALLS.into()));
    assert_eq!(verified.json()["completeness"], "complete");

    let story = desk.ask(&["why", "run:airline-4-1"]);
    assert_eq!(story.code, 0);
    assert!(story.text().starts_with("run:airline-4-1  7 decisions, "), "{}", story.text());
    let policy = story.text().matches("# Airline Agent Policy").count();
    assert_eq!(policy, 1, "the policy is told once, not in each of the seven calls");
    assert!(story.text().contains("(the 12 messages of decision 6 and its answer, then)"));
    assert_eq!(desk.ask(&["log", "--json"]).text().lines().count() as u64, CALLS);
}
