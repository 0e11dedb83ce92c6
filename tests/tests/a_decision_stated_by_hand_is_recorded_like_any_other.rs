//! The recorder without macros: what is stated by hand goes the same way, and its receipt says when it is durable.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testimony::ledger::storage::{Double, Fault};
use testimony::ledger::{Archive, verify};
use testimony::record::decision::{Decision, Status, Usage};
use testimony::record::entry::Body;
use testimony::record::part::{Content, Role};
use testimony::{Durability, NotKept, Recorder, Testimony, current, decides};
use testimony_tests::{Recorded, recorded};
use tracing_subscriber::prelude::*;

/// Runs some code with a recorder and no subscriber, and reads what it left.
fn by_hand(run: impl FnOnce(&Recorder)) -> Recorded {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    run(&testimony.recorder());
    testimony.close().unwrap();
    let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
    assert!(report.intact() && report.complete(), "{report:?}");
    let (mut archive, mut bodies) = (Archive::open(&directory).unwrap(), Vec::new());
    archive.advance(&mut |stored| bodies.push(stored.entry.body)).unwrap();
    Recorded { archive, bodies, scratch }
}

fn decisions(told: &Recorded) -> Vec<&Decision> {
    let decisions = told.bodies.iter().filter_map(|body| match body {
        Body::Decision(decision) => Some(decision.as_ref()),
        _ => None,
    });
    decisions.collect()
}

/// Each part as `role[/name]=text`.
fn said(told: &Recorded, body: &Body) -> Vec<String> {
    let parts = told.archive.parts(body).unwrap();
    let text = |content: &Content| match content {
        Content::Blob(digest) => {
            String::from_utf8_lossy(&told.archive.blob(digest).unwrap().bytes).into_owned()
        }
        Content::Node(digest) => format!("{} messages", told.archive.list(digest).unwrap().len()),
        Content::Absent(absent) => format!("absent: {:?}", absent.why),
    };
    let name = |name: &Option<_>| name.as_ref().map_or(String::new(), |name| format!("/{name}"));
    let one = |part: &testimony::record::part::Part| {
        format!("{:?}{}={}", part.role, name(&part.name), text(&part.content)).to_lowercase()
    };
    parts.iter().map(one).collect()
}

#[test]
fn everything_that_can_be_said_of_it_is_in_the_entry() {
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let told = by_hand(|recorder| {
        let first = recorder.begin("first");
        let (cause, usage) = (first.id(), Usage { input: Some(12), ..Usage::default() });
        first.submit();
        let decision = recorder.begin("loan_desk::underwrite").subject("loan:1").model("m");
        let decision = decision.provider("p").operation("chat").cause(cause).usage(usage);
        let decision = decision
            .prompt(r#"[{"role":"user","content":"may it be granted?"}]"#)
            .context("policy", "be careful")
            .config("temperature", &0.5)
            .output("I would say: approve")
            .response("r-1", "m-2026")
            .finish_reason("stop")
            .decided("approve")
            .confidence(&0.9)
            .alternatives(&["decline"])
            .rationale("income is stable")
            .constraint("loan_to_income", &4.5, &3.9, true);
        let kept = decision.timed(began, Duration::from_millis(3)).record().wait().unwrap();
        assert!(kept.durable);
    });
    let [first, decision] = decisions(&told)[..] else { panic!("two decisions") };
    assert_eq!((decision.site.as_str(), decision.status), ("loan_desk::underwrite", Status::Ok));
    assert_eq!(decision.causes, [first.id]);
    assert_eq!((decision.began_us, decision.took_us), (1_700_000_000_000_000, Some(3_000)));
    assert_eq!(decision.usage.unwrap().input, Some(12));
    assert_eq!(decision.response.as_ref().unwrap().finish_reasons[0].as_str(), "stop");
    let said = said(&told, &Body::Decision(Box::new(decision.clone())));
    let expected = [
        "subject=loan:1",
        "prompt=1 messages",
        "context/policy=be careful",
        "config/temperature=0.5",
        "output=i would say: approve",
        "decision=approve",
        "decision/confidence=0.9",
        "decision/alternatives=[\"decline\"]",
        "rationale=income is stable",
        r#"constraint/loan_to_income={"held":true,"limit":4.5,"observed":3.9,"rule":"loan_to_income"}"#,
    ];
    assert_eq!(said, expected);
}

#[test]
fn one_that_is_dropped_on_the_way_is_not_silent() {
    let told = by_hand(|recorder| {
        let gives_up = || -> Option<()> {
            let _decision = recorder.begin("gives_up");
            None
        };
        gives_up();
        let panics = std::panic::AssertUnwindSafe(|| {
            let _decision = recorder.begin("panics");
            panic!("the model is possessed")
        });
        std::panic::catch_unwind(panics).unwrap_err();
        recorder.begin("fails").failed("no answer").submit();
        recorder.begin("refuses").status(Status::Refused).submit();
    });
    let ends: Vec<_> = decisions(&told).iter().map(|decision| decision.status).collect();
    assert_eq!(ends, [Status::Cancelled, Status::Panicked, Status::Error, Status::Refused]);
    let fails = decisions(&told)[2].clone();
    assert_eq!(said(&told, &Body::Decision(Box::new(fails))), ["error=no answer"]);
}

#[test]
fn an_outcome_says_who_what_why_and_shown_what() {
    let told = by_hand(|recorder| {
        let decision = recorder.begin("site");
        let id = decision.id();
        decision.record().wait().unwrap();
        let outcome = recorder.outcome(id, "overridden").by("officer:7").decided("decline");
        assert!(outcome.why("new facts").shown("the file").record().wait().unwrap().durable);
        recorder.outcome(id, "executed").submit();
    });
    let outcomes: Vec<_> =
        told.bodies.iter().filter(|body| matches!(body, Body::Outcome(_))).collect();
    assert_eq!(outcomes.len(), 2);
    assert_eq!(
        said(&told, outcomes[0]),
        ["actor=officer:7", "decision=decline", "rationale=new facts", "context=the file"]
    );
}

#[test]
fn inside_another_decision_it_is_a_child_unless_it_says_otherwise() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    let recorder = testimony.recorder();
    #[decides]
    fn outer(recorder: &Recorder) -> Option<testimony::Uuid> {
        let elsewhere = testimony::Uuid::from_u128(7);
        recorder.begin("child").submit();
        recorder.begin("adopted").parent(elsewhere).submit();
        current().map(|decision| decision.id())
    }
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    let outer = tracing::subscriber::with_default(subscriber, || outer(&recorder));
    testimony.close().unwrap();
    let mut parents = Vec::new();
    let mut archive = Archive::open(&directory).unwrap();
    let mut visit = |stored: testimony::ledger::read::archive::Stored| {
        if let Body::Decision(decision) = stored.entry.body {
            parents.push(decision.parent);
        }
    };
    archive.advance(&mut visit).unwrap();
    assert_eq!(parents, [outer, Some(testimony::Uuid::from_u128(7)), None]);
}

#[tokio::test]
async fn its_receipt_can_be_awaited_and_says_why_where_it_was_not_kept() {
    let disk = Double::new();
    let builder = Testimony::builder().directory("/ledger").durability(Durability::Os);
    let testimony = builder.open_on(Arc::new(disk.clone())).unwrap();
    let recorder = testimony.recorder();
    let decision = recorder.begin("site").subject("loan:1");
    assert!(decision.intend().await.unwrap().durable);
    assert!(decision.record().await.unwrap().durable);
    disk.fail_at(disk.steps() + 1, Fault::Fails);
    let poisoned = recorder.begin("site").record().await;
    assert!(matches!(poisoned, Err(NotKept::Poisoned(_))), "{poisoned:?}");
    let poisoned = recorder.begin("site").intend().await;
    assert!(matches!(poisoned, Err(NotKept::Poisoned(_))), "{poisoned:?}");
    drop(testimony);
    assert_eq!(recorder.begin("site").record().await, Err(NotKept::Closed));
}

#[test]
fn what_a_macro_would_have_said_of_it_is_the_same() {
    let stated = by_hand(|recorder| {
        let decision = recorder.begin("site").subject("loan:1").model("m").prompt("may it?");
        decision.decided("approve").rationale("why not").submit();
    });
    #[decides(subject = "loan:1", model = "m")]
    fn site() {
        testimony::prompt!("may it?");
        testimony::decision!("approve");
        testimony::rationale!("why not");
    }
    let said_of = |told: &Recorded| {
        let decision = decisions(told)[0].clone();
        let roles: Vec<Role> = decision.parts.iter().map(|part| part.role).collect();
        (roles, said(told, &Body::Decision(Box::new(decision))))
    };
    assert_eq!(said_of(&stated), said_of(&recorded(site)));
}
