//! `stats`: counts, rates, durations, tokens and outcomes, by what is asked for.

mod support;

use support::{Desk, desk};
use testimony_record::decision::{Status, Usage};
use testimony_record::unsealed::Unsealed;

/// A hundred decisions that took 1 to 100 ms; every tenth failed, every twentieth was overridden.
fn hundred() -> Vec<Unsealed> {
    let mut events = desk::loan_1234();
    for n in 1..=100_u64 {
        let id = format!("0198c1d3-{n:04x}-7000-8000-0123456789ab").parse().unwrap();
        let decision = desk::decision(5).with(|decision| {
            decision.id = id;
            decision.site = "loan_desk::triage".into();
            decision.took_us = Some(n * 1_000);
            decision.status = if n % 10 == 0 { Status::Error } else { Status::Ok };
            decision.usage = Some(Usage { input: Some(10), output: Some(n), ..Usage::default() });
        });
        events.push(decision.done());
        if n % 20 == 0 {
            let mut outcome = desk::outcome(5, "overridden").done();
            if let testimony_record::unsealed::Event::Outcome(outcome) = &mut outcome.event {
                outcome.decision = id;
            }
            events.push(outcome);
        }
    }
    events
}

#[test]
fn sites_are_told_in_a_table_with_bars() {
    insta::assert_snapshot!(Desk::with(hundred()).ask(&["stats"]).seen(), @"
    exit 0
    SITE                       DECISIONS                             FAILED  REFUSED  CANCELLED  RULES BROKEN
    loan_desk::letters::write          1  #...................  1 (100.0 %)        0          0             0
    loan_desk::score                   1  #...................            0        0          0             0
    loan_desk::triage                100  ####################  10 (10.0 %)        0          0             0
    loan_desk::underwrite              1  #...................            0        0          0   1 (100.0 %)
    all                              103                        11 (10.7 %)        0          0     1 (1.0 %)

    SITE                           P50      P95     MAX  TOKENS IN  TOKENS OUT
    loan_desk::letters::write   1.25 s   1.25 s  1.25 s          0           0
    loan_desk::score            1.25 s   1.25 s  1.25 s          0           0
    loan_desk::triage          50.0 ms  95.0 ms  100 ms      1,000       5,050
    loan_desk::underwrite       1.25 s   1.25 s  1.25 s          0           0
    all                        52.0 ms  98.0 ms  1.25 s      1,000       5,050

    OUTCOMES
    loan_desk::triage                 overridden 5 (5.0 %)
    loan_desk::underwrite             overridden 1 (100.0 %)
    all                               overridden 6 (5.8 %)
    ");
}

#[test]
fn a_program_gets_exact_figures() {
    let stats = Desk::with(hundred()).ask(&["stats", "--json"]).json();
    let triage = &stats["groups"][3];
    assert_eq!(triage["name"], "loan_desk::underwrite");
    let triage = &stats["groups"][2];
    assert_eq!(triage["name"], "loan_desk::triage");
    assert_eq!((&triage["decisions"], &triage["failed"]), (&100.into(), &10.into()));
    assert_eq!(triage["latency"]["p50_us"], 50_000);
    assert_eq!(triage["latency"]["p95_us"], 95_000);
    assert_eq!(triage["latency"]["max_us"], 100_000);
    assert_eq!((&triage["input_tokens"], &triage["output_tokens"]), (&1000.into(), &5050.into()));
    assert_eq!(triage["outcomes"]["overridden"], 5);
    assert_eq!(
        (&stats["total"]["decisions"], &stats["total"]["violated"]),
        (&103.into(), &1.into())
    );
    assert_eq!(stats["total"]["outcomes"]["overridden"], 6);
}

#[test]
fn figures_can_be_split_by_other_things() {
    let desk = Desk::with(hundred());
    let names = |by: &str| -> Vec<String> {
        let stats = desk.ask(&["stats", "--by", by, "--json"]).json();
        let groups = stats["groups"].as_array().unwrap().iter();
        groups.map(|group| group["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("model"), ["gpt-4o", "gpt-4o-mini"]);
    assert_eq!(names("day"), ["2026-03-01"]);
    assert_eq!(names("operation"), ["chat"]);
    assert_eq!(names("status"), ["error", "ok", "timed_out"]);
}

#[test]
fn a_damaged_ledger_is_counted_as_far_as_it_goes_and_marked() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    desk.damage(|segment| {
        let at = segment.entry(2);
        segment.frames.remove(at);
    });
    let stats = desk.ask(&["stats", "--json"]).json();
    assert_eq!((&stats["total"]["decisions"], &stats["strays"]), (&2.into(), &1.into()));
    assert_eq!((&stats["doubts"]["altered"], &stats["doubts"]["missing"]), (&1.into(), &1.into()));
    let text = desk.ask(&["stats"]).seen();
    assert!(text.contains("1 entry is not what was sealed, and counted as found."), "{text}");
    assert!(
        text.contains("1 outcome is about a decision that this ledger does not hold."),
        "{text}"
    );
}
