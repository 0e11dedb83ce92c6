//! `log`: a table for people, lines of JSON for programs.

mod support;

use support::{Answer, Desk, desk};

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.code, 0, "{}", answer.error());
    let lines = answer.text().lines().map(|line| serde_json::from_str(line).unwrap());
    lines.map(|line: serde_json::Value| line["id"].as_str().unwrap()[..13].to_owned()).collect()
}

fn short(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|n| format!("0198c1d2-5a7{n}")).collect()
}

#[test]
fn a_person_gets_a_table() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask_wide(&["log"]).seen(), @"
    exit 0
    TIME                  ID             STATUS     SITE                       MODEL        SUBJECT    DECISION
    2026-03-01 12:00:01Z  0198c1d2-5a71  ok         loan_desk::score           gpt-4o       loan:1234  0.41
    2026-03-01 12:00:02Z  0198c1d2-5a72  ok         loan_desk::underwrite      gpt-4o       loan:1234  [1 rule violated] refused
    2026-03-01 12:00:03Z  0198c1d2-5a73  timed_out  loan_desk::letters::write  gpt-4o-mini  letter:77  deadline: no answer within 30 s
    ");
}

#[test]
fn on_a_narrow_terminal_the_decision_stands_below() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["log"]).seen(), @"
    exit 0
    TIME                  ID             STATUS     SITE                       MODEL        SUBJECT    DECISION
    2026-03-01 12:00:01Z  0198c1d2-5a71  ok         loan_desk::score           gpt-4o       loan:1234
        0.41
    2026-03-01 12:00:02Z  0198c1d2-5a72  ok         loan_desk::underwrite      gpt-4o       loan:1234
        [1 rule violated] refused
    2026-03-01 12:00:03Z  0198c1d2-5a73  timed_out  loan_desk::letters::write  gpt-4o-mini  letter:77
        deadline: no answer within 30 s
    ");
}

#[test]
fn a_program_gets_a_line_of_json_for_each_decision() {
    let desk = Desk::with_a_loan();
    let answer = desk.ask(&["log", "--json"]);
    assert_eq!(ids(&answer), short(&[1, 2, 3]));
    let second: serde_json::Value =
        serde_json::from_str(answer.text().lines().nth(1).unwrap()).unwrap();
    assert_eq!((&second["decided"], &second["violated"]), (&"refused".into(), &1.into()));
}

#[test]
fn filters_narrow_the_list() {
    let desk = Desk::with_a_loan();
    let listed = |args: &[&str]| ids(&desk.ask(&[&["log", "--json"], args].concat()));
    assert_eq!(listed(&["--subject", "loan:1234"]), short(&[1, 2]));
    assert_eq!(listed(&["--site", "loan_desk::letters"]), short(&[3]));
    assert_eq!(listed(&["--model", "gpt-4o-mini"]), short(&[3]));
    assert_eq!(listed(&["--status", "timed_out"]), short(&[3]));
    assert_eq!(listed(&["--contains", "PAYSLIPS"]), short(&[2]));
    assert_eq!(listed(&["--since", "2026-03-01T12:00:02Z"]), short(&[2, 3]));
    assert_eq!(listed(&["--until", "2026-03-01 12:00:02"]), short(&[1, 2]));
    assert_eq!(listed(&["--since", "2026-03-01", "--until", "2026-03-01"]), short(&[1, 2, 3]));
    assert_eq!(listed(&["--since", "2026-03-02"]), short(&[]));
    assert_eq!(listed(&["--limit", "1"]), short(&[3]));
}

#[test]
fn a_person_who_did_not_ask_for_more_gets_fifty_and_is_told_so() {
    let many = (0..60).map(|n| desk::decision(1).subject(&format!("loan:{n}")).done());
    let desk = Desk::with(many.collect());
    let first = "… earlier decisions match as well; --limit 0 lists all of them";
    let usual = desk.ask(&["log"]);
    assert_eq!(usual.text().lines().next(), Some(first));
    assert_eq!(usual.text().lines().filter(|line| line.contains("loan:")).count(), 50);
    let all = desk.ask(&["log", "--limit", "0"]);
    assert_eq!(all.text().lines().filter(|line| line.contains("loan:")).count(), 60);
    assert_eq!(ids(&desk.ask(&["log", "--json"])).len(), 60);
}

#[test]
fn where_nothing_matches_it_is_said_what_there_is() {
    let desk = Desk::with_a_loan();
    let args = ["log", "--subject", "loan:1243", "--site", "desk", "--model", "gpt-5"];
    insta::assert_snapshot!(desk.ask(&args).seen(), @"
    exit 0
    None of the 3 decisions in this ledger matches.
    Similar subjects: loan:1234
    Sites:            loan_desk::letters::write, loan_desk::score, loan_desk::underwrite
    Models:           gpt-4o, gpt-4o-mini
    ");
}

#[test]
fn a_search_that_could_not_read_everything_says_so_and_fails() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    let answer = desk.ask(&["log", "--json", "--contains", "above"]);
    assert_eq!((answer.code, answer.text()), (2, ""));
    assert!(answer.error().starts_with("error: 1 content cannot be read"), "{}", answer.error());
}
