//! The decisions and outcomes of a run, as a ledger takes them. The messages of a run are shared by all its calls, and a
//! call's own list is made on the recorder's thread, so that a long run costs its length, not the square of it.

use std::sync::Arc;

use testimony_ledger::Submission;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Outcome, Status};
use testimony_record::label::Label;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedPart,
};

use super::run::Run;

/// When a decision is imported, and the id it gets: its own are not on record.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// A `UUIDv7`.
    pub id: Uuid,
    /// Microseconds since the Unix epoch.
    pub now_us: u64,
}

/// Something of a run that a ledger can take.
#[derive(Debug)]
pub struct Imported(What);

#[derive(Debug)]
enum What {
    Call {
        call: Box<Decision>,
        run: String,
        messages: Arc<[UnsealedMessage]>,
        answer: usize,
        share: usize,
    },
    Reward(Unsealed),
}

impl Run {
    /// Its calls in order, each naming the one before it as its cause, then its reward as an outcome of the last.
    pub fn submissions(&self, moment: &mut dyn FnMut() -> Moment) -> Vec<Imported> {
        let mut before = None;
        let mut submissions = Vec::with_capacity(self.calls() + 1);
        for &answer in &self.answers {
            let moment = moment();
            submissions.push(self.call(answer, moment, before.replace(moment.id)));
        }
        if let (Some(reward), Some(last)) = (&self.reward, before) {
            submissions.push(Imported(What::Reward(scored(last, moment().now_us, reward))));
        }
        submissions
    }

    fn call(&self, answer: usize, moment: Moment, before: Option<Uuid>) -> Imported {
        let decision = Decision {
            id: moment.id,
            parent: None,
            causes: before.into_iter().collect(),
            site: "import::openai-chat".into(),
            operation: Some("chat".into()),
            provider: Some("openai".into()),
            model: self.model.clone(),
            response: None,
            status: Status::Ok,
            error: None,
            began_us: moment.now_us,
            took_us: None,
            usage: None,
            trace: None,
            parts: Vec::new(),
            more: None,
        };
        let (run, messages) = (format!("run:{}", self.name), Arc::clone(&self.messages));
        let share = self.bytes / self.calls().max(1);
        Imported(What::Call { call: Box::new(decision), run, messages, answer, share })
    }
}

fn scored(decision: Uuid, at_us: u64, reward: &str) -> Unsealed {
    let outcome = Outcome { decision, kind: "scored".into(), at_us, parts: Vec::new(), more: None };
    let mut part = observed(Role::Decision, text(reward.to_owned()));
    part.name = Some(Label::new("reward"));
    Unsealed { event: Event::Outcome(outcome), parts: vec![part] }
}

fn observed(role: Role, content: UnsealedContent) -> UnsealedPart {
    UnsealedPart::new(role, Origin::Observed, content)
}

fn text(text: String) -> UnsealedContent {
    UnsealedContent::Blob(UnsealedBlob::text(text))
}

impl Submission for Imported {
    /// The calls of a run share its messages, so each counts for its share of them.
    fn size(&self) -> usize {
        match &self.0 {
            What::Call { run, share, .. } => 1024 + run.len() + share,
            What::Reward(reward) => reward.size(),
        }
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        let (call, run, messages, answer) = match self.0 {
            What::Call { call, run, messages, answer, .. } => (call, run, messages, answer),
            What::Reward(reward) => return reward,
        };
        let mut parts = vec![observed(Role::Subject, text(run))];
        let (before, after) = messages.split_at(answer.min(messages.len()));
        // An assistant that speaks first was asked nothing.
        if !before.is_empty() {
            parts.push(observed(Role::Prompt, UnsealedContent::Messages(before.to_vec())));
        }
        let answer = after.iter().take(1).cloned().collect();
        parts.push(observed(Role::Decision, UnsealedContent::Messages(answer)));
        Unsealed { event: Event::Decision(call), parts }
    }
}
