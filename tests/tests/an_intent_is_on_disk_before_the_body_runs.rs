//! `#[decides(intent)]` puts a call on record before it is made; with `durable` there is no call without it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

use testimony::ledger::storage::{Double, Fault};
use testimony::ledger::{Archive, verify};
use testimony::record::Uuid;
use testimony::record::decision::{Decision, Intent, Status};
use testimony::record::entry::Body;
use testimony::record::part::{Content, Role};
use testimony::{Durability, NotKept, Testimony, current, decides, decision, prompt};
use testimony_tests::{busy, recorded};
use tracing_subscriber::prelude::*;

fn bodies(directory: &Path) -> Vec<Body> {
    let mut bodies = Vec::new();
    let mut archive = Archive::open(directory).unwrap();
    archive.advance(&mut |stored| bodies.push(stored.entry.body)).unwrap();
    bodies
}

fn intents(bodies: &[Body]) -> impl Iterator<Item = &Intent> {
    bodies.iter().filter_map(|body| match body {
        Body::Intent(intent) => Some(intent),
        _ => None,
    })
}

fn decisions(bodies: &[Body]) -> impl Iterator<Item = &Decision> {
    bodies.iter().filter_map(|body| match body {
        Body::Decision(decision) => Some(decision.as_ref()),
        _ => None,
    })
}

fn heard<R>(testimony: &Testimony, run: impl FnOnce() -> R) -> R {
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, run)
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// What the body finds on disk: the intents, and how many decisions.
fn found(directory: &Path) -> (Vec<Uuid>, usize) {
    let bodies = bodies(directory);
    (intents(&bodies).map(|intent| intent.id).collect(), decisions(&bodies).count())
}

type Found = Result<(Option<Uuid>, Vec<Uuid>, usize), NotKept>;

#[decides(durable, intent, subject = "loan:1", model = "m", provider = "p", operation = "chat")]
fn looks(directory: &Path) -> Found {
    prompt!("not known before");
    let (intents, decisions) = found(directory);
    Ok((current().map(|decision| decision.id()), intents, decisions))
}

#[decides(durable, intent, subject = "loan:1", model = "m", provider = "p", operation = "chat")]
async fn looks_async(directory: &Path) -> Found {
    prompt!("not known before");
    let (intents, decisions) = found(directory);
    Ok((current().map(|decision| decision.id()), intents, decisions))
}

#[test]
fn the_body_finds_it_there_and_the_decision_carries_its_id() {
    for way in [looks, |directory: &Path| block_on(looks_async(directory))] {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("ledger");
        let testimony = Testimony::open(&directory).unwrap();
        let (id, intents, count) = heard(&testimony, || way(&directory)).unwrap();
        assert_eq!((intents, count), (vec![id.unwrap()], 0));
        let bodies = bodies(&directory);
        let decision = decisions(&bodies).next().expect("durable once the function has returned");
        assert_eq!(Some(decision.id), id);
    }
}

#[decides(
    intent,
    subject = "loan:1",
    subject = "branch:2",
    model = "m",
    provider = "p",
    operation = "chat"
)]
fn announced() {
    prompt!("not known before");
    decision!("approve");
}

#[test]
fn it_says_what_is_known_by_then_in_the_same_digests_and_nobody_has_to_wait_for_it() {
    let told = recorded(announced);
    let intent = intents(&told.bodies).next().expect("an intent");
    let decision = decisions(&told.bodies).next().expect("a decision");
    assert_eq!((intent.id, &intent.site), (decision.id, &decision.site));
    assert_eq!((&intent.model, &intent.provider), (&decision.model, &decision.provider));
    assert_eq!((&intent.operation, intent.began_us), (&decision.operation, decision.began_us));
    assert_eq!(intent.model.as_ref().unwrap().as_str(), "m");
    let roles: Vec<_> = intent.parts.iter().map(|part| part.role).collect();
    assert_eq!(roles, [Role::Subject, Role::Subject]);
    assert_eq!(intent.parts, decision.parts[..2]);
    let text = |content: &Content| match content {
        Content::Blob(digest) => told.archive.blob(digest).unwrap().bytes,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(&intent.parts[1].content), "branch:2");
    let place = |kind: fn(&Body) -> bool| told.bodies.iter().position(kind);
    let first = place(|body| matches!(body, Body::Intent(_)));
    assert!(first < place(|body| matches!(body, Body::Decision(_))), "in this order");
}

#[test]
fn one_that_cannot_be_kept_keeps_the_body_from_running() {
    static RAN: AtomicU32 = AtomicU32::new(0);
    #[decides(durable, intent, subject = "loan:1")]
    fn plain() -> Result<(), NotKept> {
        RAN.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
    #[decides(durable, intent, subject = "loan:1")]
    async fn awaited() -> Result<(), NotKept> {
        RAN.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
    for way in [plain, || block_on(awaited())] {
        let disk = Double::new();
        let builder = Testimony::builder().directory("/ledger").durability(Durability::Os);
        let testimony = builder.open_on(Arc::new(disk.clone())).unwrap();
        heard(&testimony, way).unwrap();
        // The next steps are the append and the sync of the next intent.
        disk.fail_at(disk.steps() + 1, Fault::Fails);
        assert!(matches!(heard(&testimony, way), Err(NotKept::Poisoned(_))));
    }
    assert_eq!(RAN.load(Ordering::Relaxed), 2, "once each, while the disk was well");
}

#[test]
fn one_whose_call_never_came_back_stays_and_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    for how in ["decides", "recorder"] {
        let status = Command::new(env!("CARGO_BIN_EXE_die_in_the_call"))
            .args([directory.as_os_str(), how.as_ref()])
            .status();
        assert!(!status.unwrap().success());
    }
    // Whoever comes next takes the stream up, and finds nothing amiss.
    Testimony::open(&directory).unwrap().close().unwrap();
    let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
    assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
    let bodies = bodies(&directory);
    let decided: Vec<_> = decisions(&bodies).map(|decision| decision.id).collect();
    let orphans = intents(&bodies).filter(|intent| !decided.contains(&intent.id));
    let sites: Vec<_> = orphans.map(|intent| intent.site.as_str()).collect();
    assert_eq!(sites, ["die_in_the_call::call", "by_hand"]);
}

#[test]
fn a_future_that_is_dropped_while_it_waits_for_its_intent_leaves_a_cancelled_decision() {
    #[decides(durable, intent)]
    async fn waits() -> Result<(), NotKept> {
        unreachable!("the intent is not kept yet")
    }
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    let let_go = busy(&testimony);
    heard(&testimony, || {
        let mut future = Box::pin(waits());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    });
    let_go.send(()).unwrap();
    testimony.close().unwrap();
    let bodies = bodies(&directory);
    let intent = intents(&bodies).next().expect("an intent");
    let decision = decisions(&bodies).last().expect("a decision");
    assert_eq!((decision.id, decision.status), (intent.id, Status::Cancelled));
}
