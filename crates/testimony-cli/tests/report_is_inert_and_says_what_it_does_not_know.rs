//! `report`: a file that people without the ledger read. Whatever models and their users wrote stays text.

mod support;

use support::{Desk, desk};
use testimony_record::part::Role;

const FIRST: &str = "0198c1d2-5a71";
const SECOND: &str = "0198c1d2-5a72";

/// Markup of both languages, commands to a terminal, characters that turn text around or hide it.
const HOSTILE: &str = concat!(
    "<script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt; \"quoted\" </pre></figure>\n",
    "# heading [link](javascript:alert(3)) ![image](https://evil.example/x.png) `code` | cell | **bold**\n",
    "```\n````\n<!-- --> \u{1b}[2J\u{1b}]0;owned\u{7} \u{202e}txt.exe\u{2066} \u{200b}hidden\u{feff}\n",
);

fn written(desk: &Desk, args: &[&str], file: &str) -> String {
    let answer = desk.ask(&[&["report"], args, &["-o", file]].concat());
    assert_eq!(answer.code, 0, "{}", answer.seen());
    std::fs::read_to_string(desk.path().join(file)).unwrap()
}

/// Every place into which a ledger's words can come.
fn hostile() -> Desk {
    let decision = desk::decision(1)
        .with(|decision| {
            decision.site = HOSTILE.get(..120).unwrap().to_owned().into();
            decision.model = Some("<i>model</i>".into());
            decision.error = Some("<u>error</u>|".into());
        })
        .subject(HOSTILE)
        .text(Role::Prompt, "<b>name</b>", HOSTILE)
        .messages(Role::Context, &[("user", HOSTILE)])
        .rule("<s>rule</s>", false, HOSTILE)
        .text(Role::Decision, "", HOSTILE);
    let outcome = desk::outcome(1, "<em>over</em>").text(Role::Actor, "", HOSTILE);
    let other = desk::decision(2).text(Role::Prompt, "<b>name</b>", "else").text(
        Role::Decision,
        "",
        "else",
    );
    Desk::with(vec![decision.done(), other.done(), outcome.done()])
}

/// When a report was made, and of which directory.
fn steady() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"Made: .*", "Made: [time]");
    settings.add_filter(r"Ledger: .*", "Ledger: [path]");
    settings
}

fn is_calm(text: &str) {
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{200b}'..='\u{200f}').contains(&c);
    let acts = |c: char| {
        acts(c) || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    assert_eq!(text.chars().find(|&c| acts(c) || c == '\u{feff}'), None);
}

#[test]
fn in_html_hostile_content_is_text() {
    let page = written(&hostile(), &[FIRST, SECOND], "report.html");
    is_calm(&page);
    for tag in [
        "<script", "<img", "<i>", "<u>", "<b>", "<s>", "<em>", "<!--", "<a ", "href=", "src=\"",
        "<link",
    ] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_eq!(page.matches("<pre").count(), page.matches("</pre>").count());
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains(r"\u{202e}txt.exe"), "what hides is shown");
}

#[test]
fn in_markdown_hostile_content_is_text() {
    let text = written(&hostile(), &[FIRST, SECOND], "report.md");
    is_calm(&text);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
            None => {
                let raw = line.replace(r"\<", "").replace(r"\[", "").replace(r"\`", "");
                assert!(!raw.contains(['<', '[', '`']), "{line}");
            }
        }
    }
    assert_eq!(fence, None);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a whole report")]
fn a_report_says_what_happened_and_what_is_not_known() {
    let text = written(&Desk::with_a_loan(), &["--subject", "loan:1234"], "report.md");
    let _steady = steady().bind_to_scope();
    insta::assert_snapshot!(text, @r#"
    # Incident report: loan:1234

    **Integrity: intact. Nothing that was sealed has been found changed.**

    **Completeness: complete. Every stream was closed, and none records a loss.**

    - Made: [time]
    - Ledger: [path]
    - Decisions: 2 decisions

    ## What happened

    ### loan\_desk::score, 2026-03-01 12:00:01Z

    **Entry intact: its bytes have the hash they were sealed with.**

    - Decision: 0198c1d2-5a71-7000-8000-0123456789ab
    - Status: ok
    - Began: 2026-03-01 12:00:01.000Z
    - Took: 1.25 s
    - Model: gpt-4o
    - Entry: 1 of stream 019ca945-0a00-7707-8707-070707070707
    - Hash: ad6550c8884644ed633bcc6af5e14beb3cd43f851cc801d7f9b3cbbad4b1ea01
    - About: loan:1234

    Asked (declared, 45 bytes, 72308c33499c)

    ```text
    How likely is it that this loan is paid back?
    ```

    Given credit\_report (declared, 19 bytes, c901ac557002)

    ```text
    {"late_payments":3}
    ```

    Decided (declared, 4 bytes, 4059865e6f3e)

    ```text
    0.41
    ```

    - Led to: 0198c1d2-5a72-7000-8000-0123456789ab (loan\_desk::underwrite, ok)

    ### loan\_desk::underwrite, 2026-03-01 12:00:02Z

    **Entry intact: its bytes have the hash they were sealed with.**

    - Decision: 0198c1d2-5a72-7000-8000-0123456789ab
    - Status: ok
    - Began: 2026-03-01 12:00:02.000Z
    - Took: 1.25 s
    - Model: gpt-4o
    - Entry: 2 of stream 019ca945-0a00-7707-8707-070707070707
    - Hash: cb251d893371299f9d61f570f2aed8018081863c3dfd100aba75574393d6ac1f
    - About: loan:1234

    Asked (declared, 12 bytes, 7992e47f9c73)

    ```text
    May we lend?
    ```

    Given policy (declared, 21 bytes, 5d7789f48893)

    ```text
    Lend only above 0.60.
    ```

    Decided (declared, 7 bytes, 94eb8cc64aab)

    ```text
    refused
    ```

    Why (declared, 29 bytes, 32bb0fb530d1)

    ```text
    The score is below the floor.
    ```

    Rule score, VIOLATED (declared, 23 bytes, fcb5b90a1c27)

    ```text
    at least 0.60, was 0.41
    ```

    Rule amount, held (declared, 30 bytes, 4aa7b7564052)

    ```text
    at most 50000, asked for 20000
    ```

    Outcome: overridden, 2026-03-01 12:01:02.000Z (entry intact)

    By (declared, 9 bytes, f1e5e0a83a2e)

    ```text
    clerk:bea
    ```

    Instead (declared, 8 bytes, 8dc025c06867)

    ```text
    approved
    ```

    Because (declared, 13 bytes, 85d3134b0662)

    ```text
    New payslips.
    ```

    - Caused by: 0198c1d2-5a71-7000-8000-0123456789ab (loan\_desk::score, ok)
    - Inside it: 0198c1d2-5a73-7000-8000-0123456789ab (loan\_desk::letters::write, timed\_out)

    ## In order of time

    | When | What |  |
    | --- | --- | --- |
    | 2026-03-01 12:00:01.000Z | decision | 0198c1d2-5a71-7000-8000-0123456789ab loan\_desk::score (ok): 0.41 |
    | 2026-03-01 12:00:02.000Z | decision | 0198c1d2-5a72-7000-8000-0123456789ab loan\_desk::underwrite (ok): refused |
    | 2026-03-01 12:01:02.000Z | outcome | 0198c1d2-5a72-7000-8000-0123456789ab overridden by clerk:bea: approved |

    ## What it went on to influence

    ### Decision 0198c1d2-5a71-7000-8000-0123456789ab

    2 later decisions were fed by it, about loan:1234, letter:77.

    | Decision | Call site | Began | Fed by | Steps |
    | --- | --- | --- | --- | --- |
    | 0198c1d2-5a72-7000-8000-0123456789ab | loan\_desk::underwrite | 2026-03-01 12:00:02.000Z | 0198c1d2-5a71-7000-8000-0123456789ab | 1 |
    | 0198c1d2-5a73-7000-8000-0123456789ab | loan\_desk::letters::write | 2026-03-01 12:00:03.000Z | 0198c1d2-5a72-7000-8000-0123456789ab | 2 |

    Not followed:

    - 2 contents were put out and not followed: each is shorter than --min-bytes
    - other ledgers were not given: what went on elsewhere is not here

    ### Decision 0198c1d2-5a72-7000-8000-0123456789ab

    1 later decision was fed by it, about letter:77, loan:1234.

    | Decision | Call site | Began | Fed by | Steps |
    | --- | --- | --- | --- | --- |
    | 0198c1d2-5a73-7000-8000-0123456789ab | loan\_desk::letters::write | 2026-03-01 12:00:03.000Z | 0198c1d2-5a72-7000-8000-0123456789ab | 1 |

    Not followed:

    - 1 content was put out and not followed: it is shorter than --min-bytes
    - other ledgers were not given: what went on elsewhere is not here

    ## Integrity

    **Integrity: intact. Nothing that was sealed has been found changed.**

    **Completeness: complete. Every stream was closed, and none records a loss.**

    | Stream | Entries | Decisions | Head |
    | --- | --- | --- | --- |
    | 019ca945-0a00-7707-8707-070707070707 | 6 | 3 | 9ec86443c64472886a20ed96ac20fb41ec70040dfa234765ff8a127d532c7803 |

    ## Not established

    - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was written. No head that was given lies within it and no witness vouches for it, so whoever holds the files and the key could have rewritten all of it. Keep what \`testimony head --json\` prints where they cannot write, and give it with --head.
    - Whether the ledger once held further streams: a whole stream can be taken away without a trace in the others.
    - Whether what was recorded is true: that the application told the ledger everything and told it right, that calls it never saw did not happen, that the named model ran, and that a stated reason was the cause.
    "#);
}

#[test]
fn two_decisions_are_compared() {
    let text = written(&Desk::with_a_loan(), &[FIRST, SECOND], "report.md");
    assert!(text.contains("## What differed"), "{text}");
    assert!(text.contains(r"| site | loan\_desk::score | loan\_desk::underwrite |"), "{text}");
}

#[test]
fn a_broken_ledger_is_reported_as_broken() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    let answer = desk.ask(&["report", "--subject", "loan:1234", "-o", "report.md"]);
    assert_eq!(answer.code, 1);
    let text = std::fs::read_to_string(desk.path().join("report.md")).unwrap();
    for said in [
        "Integrity: BROKEN",
        "Entry ALTERED",
        "edited",
        "content\\_altered",
        "is not what was sealed",
        "The score is below the floor.",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_file_that_is_there_is_not_overwritten_and_others_are_refused() {
    let desk = Desk::with_a_loan();
    desk.file("report.md", "mine");
    let ask = |args: &[&str]| desk.ask(&[&["report"], args].concat());
    assert_eq!(ask(&[FIRST, "-o", "report.md"]).code, 2);
    assert_eq!(ask(&[FIRST, "-o", "report.pdf"]).code, 2);
    assert_eq!(ask(&["zzzz", "-o", "new.md"]).code, 2);
    assert_eq!(ask(&["-o", "new.md"]).code, 2, "nothing is meant");
    assert_eq!(std::fs::read_to_string(desk.path().join("report.md")).unwrap(), "mine");
    assert!(!desk.path().join("new.md").exists());
    assert_eq!(ask(&[FIRST, "-o", "report.md", "--force", "--json"]).json()["intact"], true);
}

#[test]
fn copies_without_a_ledger_are_no_matter_for_a_report() {
    let desk = Desk::with_a_loan();
    let asked =
        ["report", "--subject", "loan:1234", "-o", "incident.md", "--otlp-json", "spans.jsonl"];
    let refused = desk.ask(&asked).seen();
    assert!(refused.starts_with("exit 2") && refused.contains("--otlp-json"), "{refused}");
    assert!(!desk.path().join("incident.md").exists());
}
