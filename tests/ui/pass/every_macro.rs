//! All forms of the macros, in all positions; no value is moved, and nothing is evaluated without a recorder.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use serde::Serialize;
use testimony::record::Uuid;
use testimony::{constraint, context, decides, decision, outcome, prompt, rationale};

#[derive(Serialize)]
struct Report {
    score: u32,
    text: String,
}

#[decides(subject = report.score, subject = report.text,)]
fn statements(report: Report) -> Result<Report, std::num::ParseIntError> {
    prompt!("a literal");
    prompt!(report.text);
    prompt!(system = report.text, user = *report.text, type = &report,);
    context!(report);
    context!(report = report, r#match = report.score + 1,);
    decision!(report.score);
    decision!(report, confidence = 0.9, alternatives = vec!["refuse"],);
    rationale!(format!("{} is enough", report.score));
    rationale!(model = report.text, policy = "B7");
    constraint!("only held", held = report.score > 1);
    constraint!("all", limit = 1, observed = report.score, held = true, unit = "points",);
    constraint!("fallible", observed = report.text.parse::<u32>()?, held = true);
    outcome!(Uuid::nil(), "executed");
    let kind = String::from("overridden");
    outcome!(Uuid::nil(), &kind, by = "clerk", decision = report, why = kind, shown = report.text,);
    Ok(report)
}

#[decides]
fn expressions(choice: Option<&str>) {
    let () = prompt!(choice);
    let record = |text: &str| context!(text);
    record("a");
    match choice {
        Some(text) => decision!(text),
        None => rationale!("nothing to choose from"),
    }
    if choice.is_some() {
        constraint!("in a branch", held = true)
    } else {
        outcome!(Uuid::nil(), "in a branch")
    }
}

#[decides]
async fn awaited() -> Result<(), String> {
    prompt!(number().await?);
    constraint!("awaited", observed = number().await?, held = number().await? == 1);
    Ok(())
}

async fn number() -> Result<u8, String> {
    Ok(1)
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    let report = statements(Report { score: 2, text: "not a number".into() });
    assert_eq!(report.unwrap().score, 2);
    expressions(Some("a"));
    support::run(assert_send(awaited())).unwrap();
    prompt!(evaluated());
}

fn evaluated() -> u8 {
    panic!("evaluated although nothing records")
}
