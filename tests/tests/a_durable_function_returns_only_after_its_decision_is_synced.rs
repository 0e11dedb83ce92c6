//! `#[decides(durable)]` fails closed: a value is handed out only once its decision is durable, and an error in its place
//! where it cannot be.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use testimony::ledger::storage::{Double, Fault};
use testimony::record::decision::Status;
use testimony::record::entry::Body;
use testimony::{Durability, NotKept, Testimony, decides, decision};
use testimony_tests::{busy, recorded};
use tracing_subscriber::prelude::*;

#[derive(Debug, PartialEq, thiserror::Error)]
enum Failed {
    #[error("the application is invalid")]
    Invalid,
    #[error(transparent)]
    NotKept(#[from] NotKept),
}

#[decides(durable, subject = loan)]
fn decide(loan: u32) -> Result<u32, Failed> {
    decision!("approve");
    assert_ne!(loan, 666, "the model is possessed");
    if loan == 0 { Err(Failed::Invalid) } else { Ok(loan) }
}

#[decides(durable, subject = loan)]
async fn decide_async(loan: u32) -> Result<u32, Failed> {
    decision!("approve");
    if loan == 0 { Err(Failed::Invalid) } else { Ok(loan) }
}

/// A recorder that never syncs of its own accord, on a disk that counts and fails.
fn on_double() -> (Double, Testimony) {
    let disk = Double::new();
    let builder = Testimony::builder().directory("/ledger").durability(Durability::Os);
    let testimony = builder.open_on(Arc::new(disk.clone())).unwrap();
    (disk, testimony)
}

fn heard<R>(testimony: &Testimony, run: impl FnOnce() -> R) -> R {
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, run)
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

type Way = fn(u32) -> Result<u32, Failed>;
const BOTH_WAYS: [Way; 2] = [decide, |loan| block_on(decide_async(loan))];

#[test]
fn it_returns_its_value_after_one_append_and_one_sync_even_where_nothing_else_is_synced() {
    for way in BOTH_WAYS {
        let (disk, testimony) = on_double();
        let before = disk.steps();
        assert_eq!(heard(&testimony, || way(7)), Ok(7));
        assert_eq!(disk.steps() - before, 2);
    }
}

#[test]
fn a_sync_that_fails_withholds_the_value_and_an_error_of_the_bodys_own() {
    for way in BOTH_WAYS {
        for loan in [7, 0] {
            let (disk, testimony) = on_double();
            disk.fail_at(disk.steps() + 1, Fault::Fails);
            let result = heard(&testimony, || way(loan));
            assert!(matches!(result, Err(Failed::NotKept(NotKept::Poisoned(_)))), "{result:?}");
            assert!(testimony.health().poisoned);
            let again = heard(&testimony, || way(loan));
            assert_eq!(again, result, "poisoned for good");
        }
    }
}

#[test]
fn an_error_of_the_bodys_own_is_returned_once_it_is_on_record() {
    for way in BOTH_WAYS {
        let told = recorded(|| assert_eq!(way(0), Err(Failed::Invalid)));
        let errors = told.bodies.iter().filter(
            |body| matches!(body, Body::Decision(decision) if decision.status == Status::Error),
        );
        assert_eq!(errors.count(), 1);
    }
}

#[test]
fn a_closed_ledger_is_an_error_too() {
    for way in BOTH_WAYS {
        let (_, testimony) = on_double();
        let layer = testimony.layer();
        testimony.close().unwrap();
        let subscriber = tracing_subscriber::registry().with(layer);
        let result = tracing::subscriber::with_default(subscriber, || way(7));
        assert_eq!(result, Err(Failed::NotKept(NotKept::Closed)));
    }
}

#[test]
fn where_nobody_listens_the_body_does_not_run() {
    static RAN: AtomicBool = AtomicBool::new(false);
    #[decides(durable)]
    fn plain() -> Result<(), NotKept> {
        RAN.store(true, Ordering::Relaxed);
        Ok(())
    }
    #[decides(durable, intent)]
    async fn awaited() -> Result<(), NotKept> {
        RAN.store(true, Ordering::Relaxed);
        Ok(())
    }
    assert_eq!(
        (plain(), block_on(awaited())),
        (Err(NotKept::NoRecorder), Err(NotKept::NoRecorder))
    );
    let (_, testimony) = on_double();
    let nothing = tracing_subscriber::filter::LevelFilter::OFF;
    let filtered = tracing_subscriber::registry().with(testimony.layer().with_filter(nothing));
    let results = tracing::subscriber::with_default(filtered, || (plain(), block_on(awaited())));
    assert_eq!(results, (Err(NotKept::NoRecorder), Err(NotKept::NoRecorder)));
    assert!(!RAN.load(Ordering::Relaxed));
}

#[test]
fn a_panic_unwinds_and_is_recorded() {
    let told = recorded(|| {
        let panic = std::panic::catch_unwind(|| decide(666)).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("the model is possessed"));
    });
    let panicked = told.bodies.iter().filter(
        |body| matches!(body, Body::Decision(decision) if decision.status == Status::Panicked),
    );
    assert_eq!(panicked.count(), 1);
}

#[test]
fn a_future_that_is_dropped_is_recorded_as_cancelled_while_its_body_runs() {
    #[decides(durable)]
    async fn never() -> Result<(), NotKept> {
        std::future::pending().await
    }
    let told = recorded(|| {
        let mut future = Box::pin(never());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    });
    let cancelled = told.bodies.iter().filter(
        |body| matches!(body, Body::Decision(decision) if decision.status == Status::Cancelled),
    );
    assert_eq!(cancelled.count(), 1);
}

#[test]
fn the_future_is_not_ready_before_the_recorder_has_answered() {
    let (_, testimony) = on_double();
    let let_go = busy(&testimony);
    heard(&testimony, || {
        let mut future = pin!(decide_async(7));
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(future.as_mut().poll(&mut context), Poll::Pending);
        assert_eq!(future.as_mut().poll(&mut context), Poll::Pending);
        let_go.send(()).unwrap();
        assert_eq!(block_on(future), Ok(7));
    });
}

#[test]
fn many_callers_that_wait_at_the_same_time_share_one_sync() {
    const CALLERS: u32 = 64;
    let (disk, testimony) = on_double();
    let before = disk.steps();
    let let_go = busy(&testimony);
    heard(&testimony, || {
        let mut futures: Vec<_> = (1..=CALLERS).map(|loan| Box::pin(decide_async(loan))).collect();
        let mut context = Context::from_waker(Waker::noop());
        assert!(futures.iter_mut().all(|future| future.as_mut().poll(&mut context).is_pending()));
        let_go.send(()).unwrap();
        let sum: u32 = futures.into_iter().map(|future| block_on(future).unwrap()).sum();
        assert_eq!(sum, CALLERS * (CALLERS + 1) / 2);
    });
    assert_eq!(disk.steps() - before, 3, "an append for the one before; an append and a sync");
}

#[test]
fn callers_on_many_threads_are_all_kept() {
    let (disk, testimony) = on_double();
    let before = disk.steps();
    let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(testimony.layer()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(async {
        use tracing::instrument::WithSubscriber as _;
        let spawn = |loan| tokio::spawn(decide_async(loan).with_subscriber(dispatch.clone()));
        let tasks: Vec<_> = (1..=200).map(spawn).collect();
        for (task, loan) in tasks.into_iter().zip(1..) {
            assert_eq!(task.await.unwrap(), Ok(loan));
        }
    });
    let steps = disk.steps() - before;
    assert!(steps <= 400, "never more than an append and a sync each: {steps}");
    println!("200 callers took {steps} steps");
    assert_eq!(testimony.health().recorded, 200);
}
