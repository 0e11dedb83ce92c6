//! What ends up in the ledger for each way in which a decision can be said, heard and ended.

use testimony::InCurrentDecision as _;
use testimony::record::decision::{Decision, Status};
use testimony::record::entry::Body;
use testimony::record::part::{Content, Role};
use testimony::{constraint, context, current, decides, decision, outcome, prompt, rationale};
use testimony_tests::Recorded;
use tracing_subscriber::prelude::*;

/// What a recorder left, with eyes for decisions.
struct Told(Recorded);

fn recorded(run: impl FnOnce()) -> Told {
    Told(testimony_tests::recorded(run))
}

impl Told {
    fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.0.bodies.iter().filter_map(|body| match body {
            Body::Decision(decision) => Some(decision.as_ref()),
            _ => None,
        })
    }

    fn only(&self) -> &Decision {
        let mut decisions = self.decisions();
        let decision = decisions.next().expect("a decision");
        assert!(decisions.next().is_none(), "one decision only");
        decision
    }

    /// Each part as `role[/name]=text`.
    fn said(&self, decision: &Decision) -> Vec<String> {
        let parts = self.0.archive.parts(&Body::Decision(Box::new(decision.clone()))).unwrap();
        parts
            .iter()
            .map(|part| {
                let name = part.name.as_ref().map_or(String::new(), |name| format!("/{name}"));
                let text = match &part.content {
                    Content::Blob(digest) => {
                        self.0.archive.blob(digest).map_or("?".to_owned(), |blob| {
                            String::from_utf8_lossy(&blob.bytes).into_owned()
                        })
                    }
                    Content::Node(digest) => format!(
                        "{} messages",
                        self.0.archive.list(digest).map_or(0, |list| list.len())
                    ),
                    Content::Absent(absent) => format!("absent: {:?}", absent.why),
                };
                format!("{:?}{name}={text}", part.role).to_lowercase()
            })
            .collect()
    }
}

#[decides(subject = format!("loan:{loan}"), model = "m", provider = "p", operation = "chat")]
fn underwrite(loan: u32) -> Result<&'static str, String> {
    prompt!("may it be granted?");
    context!(policy = "be careful", limits = [1, 2]);
    if loan == 0 {
        return Err("no such loan".to_owned());
    }
    let checked: Result<u32, std::num::ParseIntError> =
        if loan == 13 { "x".parse() } else { Ok(loan) };
    checked.map_err(|error| error.to_string())?;
    assert_ne!(loan, 666, "the model is possessed");
    decision!("approve", confidence = 0.5, alternatives = ["decline"]);
    rationale!("it is small");
    constraint!("limit", limit = 10, observed = loan, held = loan <= 10);
    Ok("approve")
}

#[test]
fn a_decision_that_returns_says_what_was_asked_given_decided_and_why() {
    let told = recorded(|| assert_eq!(underwrite(7).unwrap(), "approve"));
    let decision = told.only();
    assert_eq!((decision.status, decision.site.as_str()), (Status::Ok, "capture::underwrite"));
    assert_eq!(decision.model.as_ref().unwrap().as_str(), "m");
    let said = [
        "subject=loan:7",
        "prompt=may it be granted?",
        "context/policy=be careful",
        "context/limits=[1,2]",
        "decision=approve",
        "decision/confidence=0.5",
        "decision/alternatives=[\"decline\"]",
        "rationale=it is small",
        r#"constraint/limit={"held":true,"limit":10,"observed":7,"rule":"limit"}"#,
    ];
    assert_eq!(told.said(decision), said);
}

#[test]
fn an_early_return_and_a_question_mark_end_in_an_error_with_its_message() {
    for (loan, message) in [(0, "no such loan"), (13, "invalid digit found in string")] {
        let told = recorded(|| assert!(underwrite(loan).is_err()));
        assert_eq!(told.only().status, Status::Error);
        assert_eq!(told.said(told.only()).last().unwrap(), &format!("error={message}"));
    }
}

#[test]
fn a_panic_reaches_the_host_unchanged_and_the_record_says_so() {
    let told = recorded(|| {
        let panic = std::panic::catch_unwind(|| underwrite(666)).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("the model is possessed"));
    });
    assert_eq!(told.only().status, Status::Panicked);
}

#[test]
fn a_broken_constraint_is_marked_in_the_entry_itself() {
    let told = recorded(|| drop(underwrite(11)));
    let constraint = told.only().parts.iter().find(|part| part.role == Role::Constraint).unwrap();
    assert_eq!(constraint.held, Some(false));
}

#[decides(subject = "slow")]
async fn never_ready() {
    prompt!("are you there?");
    std::future::pending::<()>().await;
}

#[test]
fn a_dropped_future_is_recorded_as_cancelled() {
    let told = recorded(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut future = Box::pin(never_ready());
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(future.as_mut().poll(context).is_pending())
            });
            assert!(polled.await);
        });
    });
    assert_eq!(told.only().status, Status::Cancelled);
    assert_eq!(told.said(told.only()), ["subject=slow", "prompt=are you there?"]);
}

#[decides]
async fn outer() -> u32 {
    let first = inner("a").await;
    let second = tokio::spawn(async { inner("b").await }.in_current_decision()).await.unwrap();
    first + second
}

#[decides(subject = name)]
async fn inner(name: &str) -> u32 {
    tokio::task::yield_now().await;
    decision!(name);
    1
}

#[test]
fn a_decision_inside_a_decision_is_its_child_also_in_a_spawned_task() {
    let told = recorded(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(outer()), 2);
    });
    let decisions: Vec<_> = told.decisions().collect();
    let parent =
        decisions.iter().find(|decision| decision.site.as_str() == "capture::outer").unwrap();
    let children = decisions.iter().filter(|decision| decision.parent == Some(parent.id)).count();
    assert_eq!((decisions.len(), children), (3, 2));
}

#[decides(subject = "s")]
fn refuses() -> Option<()> {
    let decision = current()?;
    decision.status(Status::Refused);
    decision.tokens(12, 3);
    decision.response("r-1", "m-2026");
    None
}

#[test]
fn the_current_decision_takes_numbers_and_a_status_of_the_applications_own() {
    let told = recorded(|| assert!(refuses().is_none()));
    let decision = told.only();
    assert_eq!(decision.status, Status::Refused);
    assert_eq!(
        (decision.usage.unwrap().input, decision.usage.unwrap().output),
        (Some(12), Some(3))
    );
    assert_eq!(decision.response.as_ref().unwrap().id.as_ref().unwrap().as_str(), "r-1");
}

#[test]
fn without_a_layer_no_argument_is_evaluated_and_the_function_just_runs() {
    #[decides(subject = unreachable_subject())]
    fn plain() -> u32 {
        prompt!(unreachable_subject());
        outcome!(unreachable_id(), "executed");
        7
    }
    fn unreachable_subject() -> &'static str {
        unreachable!("evaluated without a layer")
    }
    fn unreachable_id() -> testimony::record::Uuid {
        testimony::record::Uuid::nil()
    }
    assert_eq!(plain(), 7);
    assert!(current().is_none());
}

#[test]
fn an_outcome_is_an_entry_of_its_own_about_a_decision() {
    let id = std::cell::Cell::new(None);
    let told = recorded(|| {
        #[decides]
        fn decide() -> Option<testimony::record::Uuid> {
            current().map(|decision| decision.id())
        }
        id.set(decide());
        outcome!(
            id.get().unwrap(),
            "overridden",
            by = "officer:1",
            decision = "decline",
            why = "new facts"
        );
    });
    let outcome = told.0.bodies.iter().find_map(|body| match body {
        Body::Outcome(outcome) => Some(outcome),
        _ => None,
    });
    let outcome = outcome.unwrap();
    assert_eq!((Some(outcome.decision), outcome.kind.as_str()), (id.get(), "overridden"));
    let roles: Vec<_> = outcome.parts.iter().map(|part| part.role).collect();
    assert_eq!(roles, [Role::Actor, Role::Decision, Role::Rationale]);
}

#[test]
fn a_span_of_the_genai_conventions_is_a_decision_without_any_macro() {
    let told = recorded(|| {
        let span = tracing::info_span!(
            "chat",
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = "openai",
            gen_ai.request.model = "gpt-4o",
            gen_ai.request.temperature = 0.25,
            gen_ai.usage.input_tokens = tracing::field::Empty,
            gen_ai.input.messages = r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
            gen_ai.output.messages = tracing::field::Empty,
            gen_ai.response.finish_reasons = tracing::field::Empty,
        );
        span.record("gen_ai.usage.input_tokens", 5_u64);
        span.record(
            "gen_ai.output.messages",
            r#"[{"role":"assistant","parts":[{"type":"text","content":"yes"}]}]"#,
        );
        span.record("gen_ai.response.finish_reasons", r#"["stop"]"#);
    });
    let decision = told.only();
    assert_eq!((decision.status, decision.usage.unwrap().input), (Status::Ok, Some(5)));
    assert_eq!(decision.response.as_ref().unwrap().finish_reasons[0].as_str(), "stop");
    let said = ["config/gen_ai.request.temperature=0.25", "prompt=1 messages", "output=1 messages"];
    assert_eq!(told.said(decision), said);
}

#[test]
fn a_library_that_keeps_content_to_itself_is_said_to_and_an_unanswered_call_is_cancelled() {
    let told = recorded(|| {
        drop(tracing::info_span!(
            target: "rig::completions",
            "chat",
            gen_ai.operation.name = "chat",
            gen_ai.response.id = tracing::field::Empty,
        ));
    });
    let decision = told.only();
    assert_eq!(decision.status, Status::Cancelled);
    assert_eq!(told.said(decision), ["prompt=absent: notcaptured", "output=absent: notcaptured"]);
    let Content::Absent(absent) = &decision.parts[0].content else { panic!("absent") };
    assert!(absent.hint.as_ref().unwrap().as_str().contains("record_content_telemetry"));
}

#[test]
fn the_hundredth_call_of_a_conversation_adds_one_message_and_not_a_hundred() {
    #[derive(serde::Serialize)]
    struct Message<'a> {
        role: &'a str,
        content: String,
    }
    #[decides]
    fn call(messages: &[Message<'_>]) {
        prompt!(messages);
    }
    let grown = |calls: usize| {
        recorded(|| {
            let mut messages = Vec::new();
            for n in 0..calls {
                messages
                    .push(Message { role: "user", content: format!("{n} {}", "x".repeat(1000)) });
                call(&messages);
            }
        })
    };
    let bytes = |told: &Told| {
        let streams = std::fs::read_dir(told.0.scratch.path().join("ledger")).unwrap();
        let files = streams.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        let files = files.flat_map(|stream| std::fs::read_dir(stream).unwrap());
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let (ten, hundred) = (bytes(&grown(10)), bytes(&grown(100)));
    assert!(hundred < 11 * ten, "100 calls took {hundred} bytes, 10 took {ten}");
}

#[test]
fn an_error_that_can_neither_be_displayed_nor_debugged_is_an_error_all_the_same() {
    struct Silent;
    #[decides]
    fn fails<E>(error: E) -> Result<(), E> {
        Err(error)
    }
    let told = recorded(|| assert!(fails(Silent).is_err()));
    assert_eq!(told.only().status, Status::Error);
}

#[test]
fn a_filter_that_silences_ordinary_spans_does_not_silence_a_decision() {
    let scratch = tempfile::tempdir().unwrap();
    let testimony = testimony::Testimony::open(scratch.path().join("ledger")).unwrap();
    let errors_only = tracing_subscriber::filter::LevelFilter::ERROR;
    let subscriber = tracing_subscriber::registry().with(errors_only).with(testimony.layer());
    tracing::subscriber::with_default(subscriber, || underwrite(1).unwrap());
    testimony.flush().unwrap();
    assert_eq!(testimony.health().recorded, 1);
}

#[test]
fn what_is_stated_after_a_decision_has_ended_is_counted() {
    #[decides]
    fn lends() -> Option<testimony::Current> {
        current()
    }
    let scratch = tempfile::tempdir().unwrap();
    let testimony = testimony::Testimony::open(scratch.path().join("ledger")).unwrap();
    let layer = testimony.layer();
    let subscriber = tracing_subscriber::registry().with(layer.clone());
    let late = tracing::subscriber::with_default(subscriber, lends).unwrap();
    assert_eq!(layer.blindness().late_parts, 0);
    late.model("too late");
    assert_eq!(layer.blindness().late_parts, 1);
}
