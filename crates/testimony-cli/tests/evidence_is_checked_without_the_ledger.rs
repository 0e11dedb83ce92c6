//! `prove` and `check`: a decision handed to someone who has a key and no ledger.

mod support;

use support::{Answer, Desk, answer, command, desk};

const REFUSAL: &str = "0198c1d2-5a72";

fn signed() -> Desk {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), desk::loan_1234());
    desk.file("key", format!("{}\n", desk::key().verifier_key()));
    desk
}

fn proven(disclose: &[&str]) -> Desk {
    let desk = signed();
    let made = desk.ask(&[&["prove", REFUSAL, "-o", "refusal.tlog-proof"], disclose].concat());
    assert_eq!(made.code, 0, "{}", made.error());
    desk
}

/// In a directory where no ledger is.
fn check(desk: &Desk, args: &[&str]) -> Answer {
    let args = [&["check", "refusal.tlog-proof"], args].concat();
    std::fs::rename(desk.ledger(), desk.path().join("gone")).unwrap();
    let answer = answer(command(desk.path(), &args).env("COLUMNS", "100"));
    std::fs::rename(desk.path().join("gone"), desk.ledger()).unwrap();
    answer
}

#[test]
fn prove_says_what_it_wrote_and_whom_to_tell_what() {
    let desk = signed();
    let made = desk.ask(&[
        "prove",
        REFUSAL,
        "-o",
        "refusal.tlog-proof",
        "--disclose",
        "rationale,constraint:score",
    ]);
    insta::assert_snapshot!(made.seen(), @"
    exit 0
    refusal.tlog-proof (2,783 bytes)
      entry       2 of stream 019ca945-0a00-7707-8707-070707070707
      checkpoint  desk.example/loans/019ca945-0a00-7707-8707-070707070707, the first 6 entries
      disclosed   constraint:score, rationale
      withheld    subject, prompt, context:policy, constraint:amount, decision

    Whoever gets it checks it with `testimony check FILE --key KEY`, where KEY is the verifier key of
    desk.example/loans, which they must have from you by another way than this file.
    ");
    let json = desk
        .ask(&["prove", "0198c1d2-5a73", "-o", "b.tlog-proof", "--disclose", "all", "--json"])
        .json();
    assert_eq!(json["disclosed"], serde_json::json!(["subject", "error"]));
    assert_eq!(json["nothing_there"], serde_json::json!(["prompt"]));
}

#[test]
fn check_tells_what_was_disclosed_and_what_stays_open() {
    let desk = proven(&["--disclose", "rationale", "--disclose", "constraint:score"]);
    insta::assert_snapshot!(check(&desk, &["--key", "key"]).seen(), @"
    exit 0
    Evidence:  good - this was in the log when the checkpoint was signed

      log         desk.example/loans/019ca945-0a00-7707-8707-070707070707
      checkpoint  the first 6 entries
      signed by   desk.example/loans+cc375d24+AW56HN0psLeP0Tr0xVmP7/TvKpcWbjym8uT7/M2AUFvx, which was
                  given

    decision 0198c1d2-5a72-7000-8000-0123456789ab
      status      ok
      site        loan_desk::underwrite
      began       2026-03-01 12:00:02.000Z, took 1.25 s
      operation   chat
      provider    openai
      model       gpt-4o
      sealed      2026-03-01 12:00:00.000Z
      entry       2 of stream 019ca945-0a00-7707-8707-070707070707
      hash        142e1350924937dee757d01c640ffd9df67a9cd9beb4c50d107e9923cbeb1f92

      subject  (declared, 80d872a21394)
        (withheld)

      prompt  (declared, 7992e47f9c73)
        (withheld)

      context policy  (declared, 5d7789f48893)
        (withheld)

      constraint amount held  (declared, 4aa7b7564052)
        (withheld)

      constraint score violated  (declared, fcb5b90a1c27)
        at least 0.60, was 0.41

      decision  (declared, 94eb8cc64aab)
        (withheld)

      rationale  (declared, 32bb0fb530d1)
        The score is below the floor.

    Not established by this:
      - Whether the log's owner shows everybody the same log: no quorum of witnesses of a policy has
        cosigned this checkpoint.
      - When it happened: the times are the writer's own.
      - What 5 of its 7 parts say: they are withheld. Their commitments are part of the entry, so they
        cannot be replaced when they are disclosed later.
      - Whether anything was said about it later: outcomes, corrections and erasures are entries of
        their own, which this file does not hold.
      - Where content is said to be erased, by whom and why: that is on record in the ledger.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that the named model ran, and that a stated reason was the cause.
    ");
}

#[test]
fn without_a_key_nothing_is_settled() {
    let desk = proven(&[]);
    let answer = check(&desk, &[]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.text().split("\n\n").next().unwrap(), @"Evidence:  unsettled - it holds in itself; who vouches for it is open without --key");
    assert!(answer.text().contains("Whose log it is"), "{}", answer.text());
    let json = check(&desk, &["--json"]).json();
    assert_eq!(
        (&json["evidence"], &json["signed_by"]),
        (&"unsettled".into(), &serde_json::Value::Null)
    );
}

#[test]
fn json_has_the_whole_answer() {
    let desk = proven(&["--disclose", "prompt"]);
    let answer = check(&desk, &["--key", "key", "--json"]);
    let json = answer.json();
    assert_eq!((answer.code, &json["evidence"], &json["seq"]), (0, &"good".into(), &2.into()));
    assert_eq!(json["parts"][1]["content"]["text"]["text"], "May we lend?");
    assert_eq!(json["parts"][2]["content"], "withheld");
    assert_eq!(json["faults"], serde_json::json!([]));
}

#[test]
fn evidence_under_another_key_is_wrong_and_tells_nothing() {
    let desk = proven(&["--disclose", "all"]);
    let other = testimony_record::tlog::SigningKey::from_seed("desk.example/loans", [6; 32]);
    let answer = check(&desk, &["--key", &other.unwrap().verifier_key().to_string()]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(answer.text().split("Not established").next().unwrap(), @"
    Evidence:  wrong - it does not prove what it says
      - no key that was given has signed the checkpoint

      log         desk.example/loans/019ca945-0a00-7707-8707-070707070707
      checkpoint  the first 6 entries

    What it says is not shown; --json has it.
    ");
    assert!(!answer.text().contains("May we lend?"));
}

#[test]
fn changed_evidence_is_wrong_and_something_else_is_none() {
    use testimony_record::tlog::TlogProof;
    let desk = proven(&["--disclose", "all"]);
    let path = desk.path().join("refusal.tlog-proof");
    let file = std::fs::read_to_string(&path).unwrap();
    let mut proof = TlogProof::parse(&file).unwrap();
    let extra = String::from_utf8(proof.extra.take().unwrap()).unwrap();
    proof.extra = Some(extra.replace("refused", "granted").into_bytes());
    let foreign = TlogProof { extra: None, ..proof.clone() };
    let mut answers = Vec::new();
    for text in [proof.to_string(), foreign.to_string(), "{}".to_owned(), "\u{feff}".to_owned()] {
        desk.file("refusal.tlog-proof", text);
        let answer = check(&desk, &["--key", "key"]);
        assert_eq!(answer.text(), "");
        answers.push(answer.seen());
    }
    insta::assert_snapshot!(answers.concat(), @"
    exit 1
    error: refusal.tlog-proof, the bytes under 94eb8cc64aabdaa56f1daa3daea3fcbd08cd29e9e9cad3efb379b7a562df6fcb are not those that were sealed under it
    It has been changed since it was made. Nothing that it says is shown.
    exit 2
    error: refusal.tlog-proof, a proof that carries no entry of a testimony ledger
    Evidence is what `testimony prove` writes, unchanged.
    exit 2
    error: refusal.tlog-proof, not evidence: not a tlog-proof: no checkpoint
    Evidence is what `testimony prove` writes, unchanged.
    exit 2
    error: refusal.tlog-proof, not evidence: not a tlog-proof: no checkpoint
    Evidence is what `testimony prove` writes, unchanged.
    ");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let desk = proven(&[]);
    let again = ["prove", REFUSAL, "-o", "refusal.tlog-proof"];
    let refused = desk.ask(&again);
    assert_eq!(refused.code, 2);
    assert!(refused.error().contains("--force"), "{}", refused.error());
    assert_eq!(desk.ask(&[again.as_slice(), &["--force"]].concat()).code, 0);
}

#[test]
fn a_proof_goes_through_a_pipe() {
    use std::io::Write as _;
    use std::process::Stdio;
    let desk = signed();
    let made = desk.ask(&["prove", REFUSAL, "-o", "-"]);
    assert!(made.text().starts_with("c2sp.org/tlog-proof@v1\nextra "), "{}", made.text());
    let mut check = command(desk.path(), &["check", "-", "--key", "key"]);
    let mut child = desk::start(check.stdin(Stdio::piped()).stdout(Stdio::piped()));
    child.stdin.take().unwrap().write_all(&made.out).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn what_cannot_be_proven_is_said_with_what_to_do() {
    let unsigned = Desk::with_a_loan();
    let desk = signed();
    let answers = [
        unsigned.ask(&["prove", REFUSAL, "-o", "x"]),
        desk.ask(&["prove", REFUSAL, "-o", "x", "--disclose", "prompt,context:polcy"]),
        desk.ask(&["prove", REFUSAL, "-o", "x", "--disclose", "promt"]),
        desk.ask(&["prove", "ffff", "-o", "x"]),
        desk.ask(&["check", "x", "--key", "key"]),
    ];
    let seen: Vec<String> = answers.iter().map(Answer::seen).collect();
    insta::assert_snapshot!(seen.concat(), @r#"
    exit 2
    error: no checkpoint covers entry 2 of stream 019ca945-0a00-7707-8707-070707070707 yet
    Checkpoints are signed every minute and at close where the service has a key; the next one will cover it.
    exit 2
    error: the decision has no part context:polcy; it has constraint:amount, constraint:score, context:policy, decision, prompt, rationale, subject
    exit 2
    error: "promt" is no part: give all, or a role such as prompt, or role:name such as context:policy
    exit 2
    error: no decision here has an id that is or begins with "ffff"
    `testimony log` lists the decisions with their ids.
    exit 2
    error: cannot read x: No such file or directory (os error 2)
    Evidence is what `testimony prove` writes, unchanged.
    "#);
    assert!(!desk.path().join("x").exists());
}

#[test]
fn erased_content_is_told_as_erased() {
    let desk = signed();
    desk::blank(&desk.ledger(), "Lend only above 0.60.");
    let made = desk.ask(&["prove", REFUSAL, "-o", "refusal.tlog-proof", "--disclose", "context"]);
    assert!(made.text().contains("not there"), "{}", made.text());
    let told = check(&desk, &["--key", "key"]);
    assert_eq!(told.code, 0);
    assert!(told.text().contains("(21 bytes, since erased)"), "{}", told.text());
}

#[test]
fn nothing_hostile_in_evidence_reaches_a_terminal() {
    let desk = Desk::empty();
    let hostile = "\u{1b}[2J\u{202e}boo";
    let decision = desk::decision(2).with(|decision| decision.site = hostile.into());
    let decision = decision.text(testimony_record::part::Role::Prompt, hostile, hostile).done();
    desk::write_signed(&desk.ledger(), vec![decision]);
    desk.file("key", desk::key().verifier_key().to_string());
    let made = desk.ask(&["prove", REFUSAL, "-o", "refusal.tlog-proof", "--disclose", "all"]);
    let told = check(&desk, &["--key", "key"]);
    for answer in [made, told] {
        assert_eq!(answer.code, 0);
        assert!(!answer.text().contains(['\u{1b}', '\u{202e}']), "{}", answer.text());
    }
}
