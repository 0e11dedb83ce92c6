//! What models and their users wrote is printed so that it cannot act: no control character, nothing that turns text
//! around or hides it, whatever the command and wherever in a decision it stands.

mod support;

use support::{Answer, Desk, desk};
use testimony_record::part::Role;
use testimony_record::unsealed::Unsealed;

/// Clears the screen, renames the window, turns text around, ends strings, hides.
const HOSTILE: &str = "a\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{0}\u{7f}\r\u{8}\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{feff}\u{e0041}\u{2028}z";

/// Hostile wherever text can be.
fn poisoned() -> Vec<Unsealed> {
    let decision = desk::decision(1)
        .with(|decision| {
            decision.site = HOSTILE.into();
            decision.model = Some(HOSTILE.into());
            decision.provider = Some(HOSTILE.into());
            decision.error = Some(HOSTILE.into());
        })
        .subject(HOSTILE)
        .text(Role::Prompt, HOSTILE, HOSTILE)
        .messages(Role::Context, &[("user", HOSTILE)])
        .bytes(Role::Context, "bytes", b"\xff\x1b[2J\x00\xc2\x9b\xe2\x80\xae")
        .rule(HOSTILE, false, HOSTILE)
        .text(Role::Decision, "", HOSTILE)
        .text(Role::Rationale, "", HOSTILE)
        .text(Role::Error, "", HOSTILE);
    let outcome = desk::outcome(1, HOSTILE).text(Role::Actor, HOSTILE, HOSTILE);
    vec![decision.done(), outcome.done()]
}

fn is_inert(c: char) -> bool {
    let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{61c}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    c == '\n' || !(c.is_control() || hides)
}

fn assert_inert(answer: &Answer) {
    for (name, text) in [("stdout", answer.text()), ("stderr", answer.error())] {
        let acts: Vec<char> = text.chars().filter(|&c| !is_inert(c)).collect();
        assert!(acts.is_empty(), "{name} has {acts:?}:\n{text:?}");
    }
}

#[test]
fn every_command_prints_hostile_content_inert() {
    let desk = Desk::with(poisoned());
    let id = desk::id(1).to_string();
    let questions: [&[&str]; 8] = [
        &["log"],
        &["log", "--site", "none"],
        &["log", "--model", "none"],
        &["show", &id],
        &["why", &id],
        &["verify"],
        &["head"],
        &["show", "0198"],
    ];
    for question in questions {
        let answer = desk.ask(question);
        assert_inert(&answer);
        let json = desk.ask(&[question, &["--json"]].concat());
        assert_inert(&json);
        assert_eq!(answer.code, 0, "{question:?}: {}", answer.error());
    }
    let shown = desk.ask_wide(&["show", &id]);
    assert!(
        shown.text().contains(r"a\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{0}\u{7f}\r\u{8}\u{202e}")
    );
    assert!(shown.text().contains("not UTF-8"));
}

#[test]
fn json_still_has_the_text_itself() {
    let desk = Desk::with(poisoned());
    let json = desk.ask(&["show", &desk::id(1).to_string(), "--json"]).json();
    assert_eq!(json["parts"][0]["content"]["text"]["text"], HOSTILE);
    let subject: serde_json::Value =
        serde_json::from_str(desk.ask(&["log", "--json"]).text()).unwrap();
    assert_eq!(subject["site"], HOSTILE);
}

#[test]
fn errors_repeat_what_was_asked_and_what_is_near_inert() {
    let desk = Desk::with(poisoned());
    for question in [["why", "a\u{1b}[2Jz"], ["show", "\u{202e}"], ["log", "--subject=\u{1b}[2J"]] {
        assert_inert(&desk.ask(&question));
    }
    for question in [["log", "--status=\u{1b}[2J"], ["log", "--since=\u{202e}"], ["\u{1b}[2J", ""]]
    {
        let refused = desk.ask(&question);
        assert_eq!(refused.code, 2);
        assert_inert(&refused);
    }
    let twins = [1, 2].map(|n| desk::decision(n).with(|d| d.site = HOSTILE.into()).done());
    let ambiguous = Desk::with(twins.to_vec()).ask(&["show", "0198"]);
    assert_eq!(ambiguous.code, 2);
    assert_inert(&ambiguous);
}

#[test]
fn colours_add_nothing_but_colours() {
    let desk = Desk::with(poisoned());
    for args in [["log", "--limit", "0"], ["why", "0198c1d2", ""], ["show", "0198c1d2", ""]] {
        let mut question: Vec<&str> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
        question.extend(["--color", "always"]);
        let answer = desk.ask(&question);
        let mut rest = answer.text();
        while let Some((_, after)) = rest.split_once('\u{1b}') {
            let (code, after) = after.split_once('m').unwrap();
            assert!(code.starts_with('['), "{code:?}");
            assert!(code[1..].bytes().all(|b| b.is_ascii_digit()), "{code:?}");
            rest = after;
        }
    }
}

#[test]
fn a_subject_of_a_megabyte_fills_no_screen() {
    let huge = "loan ".repeat(200_000);
    let desk =
        Desk::with(vec![desk::decision(1).subject(&huge).text(Role::Decision, "", "no").done()]);
    for question in
        [vec!["log"], vec!["why", "0198c1d2"], vec!["log", "--json"], vec!["why", "loan"]]
    {
        let answer = desk.ask(&question);
        assert!(answer.out.len() + answer.err.len() < 10_000, "{question:?}");
    }
    assert!(desk.ask(&["show", "0198c1d2"]).out.len() > 1_000_000, "`show` has all");
}

#[test]
fn names_of_files_are_printed_inert() {
    let desk = Desk::with_a_loan();
    std::fs::write(desk.ledger().join("\u{1b}[2J\u{202e}.txt"), "").unwrap();
    let answer = desk.ask(&["verify"]);
    assert_inert(&answer);
    assert!(answer.text().contains(r"\u{1b}[2J\u{202e}.txt"));
    assert_inert(&desk.ask(&["verify", "--json"]));
}
