//! `coverage`: for each call site, which part its decisions lack, and what would switch it on.

mod support;

use support::{Desk, desk};
use testimony_record::part::Role;

#[test]
fn each_site_has_its_bars_and_its_reasons() {
    insta::assert_snapshot!(Desk::with_a_loan().ask(&["coverage"]).seen(), @"
    exit 0
    loan_desk::letters::write  1 decision
      prompt      ....................    0.0 %   1 withheld
                                                  1 part not captured; see capture_content
      context     ....................    0.0 %   1 not mentioned
      decision    ....................    0.0 %   1 not mentioned
      rationale   ....................    0.0 %   1 not mentioned
      subject     ####################  100.0 %
      constraint  ....................    0.0 %   1 not mentioned
      config      ....................    0.0 %   1 not mentioned
      tokens      ....................    0.0 %   1 not mentioned
      trace       ....................    0.0 %   1 not mentioned

    loan_desk::score  1 decision
      prompt      ####################  100.0 %
      context     ####################  100.0 %
      decision    ####################  100.0 %
      rationale   ....................    0.0 %   1 not mentioned
      subject     ####################  100.0 %
      constraint  ....................    0.0 %   1 not mentioned
      config      ....................    0.0 %   1 not mentioned
      tokens      ....................    0.0 %   1 not mentioned
      trace       ....................    0.0 %   1 not mentioned

    loan_desk::underwrite  1 decision
      prompt      ####################  100.0 %
      context     ####################  100.0 %
      decision    ####################  100.0 %
      rationale   ####################  100.0 %
      subject     ####################  100.0 %
      constraint  ####################  100.0 %
      config      ....................    0.0 %   1 not mentioned
      tokens      ....................    0.0 %   1 not mentioned
      trace       ....................    0.0 %   1 not mentioned
    ");
}

#[test]
fn the_four_counts_make_up_all_decisions() {
    let partly =
        desk::decision(4).absent(Role::Context, "memory").text(Role::Context, "policy", "…");
    let mut events = desk::loan_1234();
    events.push(partly.done());
    let coverage = Desk::with(events).ask(&["coverage", "--json"]).json();
    for site in coverage["sites"].as_array().unwrap() {
        for aspect in site["aspects"].as_array().unwrap() {
            let counts = ["present", "partly", "withheld", "unmentioned"]
                .map(|key| aspect[key].as_u64().unwrap());
            assert_eq!(counts.iter().sum::<u64>(), site["decisions"].as_u64().unwrap(), "{aspect}");
        }
    }
    let context = &coverage["sites"][2]["aspects"][1];
    assert_eq!((&context["aspect"], &context["partly"]), (&"context".into(), &1.into()));
    assert_eq!(context["reasons"][0]["hint"], "capture_content");
}

#[test]
fn a_damaged_ledger_is_counted_as_far_as_it_goes_and_marked() {
    let desk = Desk::with_a_loan();
    desk.damage(|segment| {
        let at = segment.entry(2);
        segment.frames.remove(at);
    });
    let answer = desk.ask(&["coverage"]);
    assert!(!answer.text().contains("underwrite"));
    assert!(answer.text().contains("1 entry is missing or cannot be read, and not counted."));
    assert_eq!(desk.ask(&["coverage", "--json"]).json()["doubts"]["missing"], 1);
}

#[test]
fn an_empty_ledger_is_said_to_be_empty() {
    assert_eq!(Desk::with(vec![]).ask(&["coverage"]).text(), "The ledger holds no decisions.\n");
}
