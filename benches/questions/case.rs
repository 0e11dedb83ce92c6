//! One decision: what the ledger is handed, and what a line is made of.

use testimony_ledger::Submission;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status, TraceContext, Usage};
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedPart,
};

use crate::conversation::{Message, Turn};
use crate::numbers::{Begun, mixed};

const MODELS: [&str; 3] = ["gpt-4o", "gpt-4o-mini", "gpt-4.1"];

/// A decision, not yet sealed.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: Uuid,
    pub(crate) began_us: u64,
    pub(crate) took_us: u64,
    pub(crate) site: &'static str,
    pub(crate) model: &'static str,
    pub(crate) status: Status,
    pub(crate) trace_id: u128,
    pub(crate) parent: Option<Uuid>,
    pub(crate) cause: Option<Uuid>,
    pub(crate) subject: String,
    /// Documents, with what the code calls them.
    pub(crate) context: Vec<(&'static str, String)>,
    pub(crate) turn: Turn,
    /// What is known to be wrong with the answer.
    pub(crate) note: Option<&'static str>,
}

impl Case {
    /// A decision that ends well. All of a run ask one model, in one trace.
    pub(crate) fn new(begun: Begun, run: u64, subject: &str, turn: Turn) -> Self {
        Self {
            id: begun.id,
            began_us: begun.at_us,
            took_us: begun.takes_us,
            site: "",
            model: model(run),
            status: Status::Ok,
            trace_id: trace(run),
            parent: None,
            cause: None,
            subject: subject.to_owned(),
            context: Vec::new(),
            turn,
            note: None,
        }
    }

    /// Four bytes to a token, as a rule of thumb has it.
    pub(crate) fn usage(&self) -> Usage {
        let tokens = |bytes: usize| Some(bytes as u64 / 4);
        let asked: usize = self.turn.asked().iter().map(Message::bytes).sum();
        let given: usize = self.context.iter().map(|(_, text)| text.len()).sum();
        let answered = self.turn.answered().map_or(0, Message::bytes);
        Usage { input: tokens(asked + given), output: tokens(answered), ..Usage::default() }
    }

    fn decision(&self) -> Decision {
        Decision {
            id: self.id,
            parent: self.parent,
            causes: self.cause.into_iter().collect(),
            site: self.site.into(),
            operation: Some("chat".into()),
            provider: Some("openai".into()),
            model: Some(self.model.into()),
            response: None,
            status: self.status,
            error: None,
            began_us: self.began_us,
            took_us: Some(self.took_us),
            usage: Some(self.usage()),
            trace: Some(TraceContext::inside(Uuid::from_u128(self.trace_id).into_bytes(), self.id)),
            parts: Vec::new(),
            more: None,
        }
    }
}

/// By share: seven of ten ask the first.
fn model(number: u64) -> &'static str {
    let [most, some, few] = MODELS;
    match mixed(number) % 10 {
        0..7 => most,
        7..9 => some,
        _ => few,
    }
}

fn trace(number: u64) -> u128 {
    u128::from(mixed(number)) << 64 | u128::from(mixed(!number))
}

fn part(role: Role, content: UnsealedContent) -> UnsealedPart {
    UnsealedPart::new(role, Origin::Declared, content)
}

fn text(text: &str) -> UnsealedContent {
    UnsealedContent::Blob(UnsealedBlob::text(text))
}

fn messages(messages: &[Message]) -> UnsealedContent {
    let unsealed = messages.iter().map(|message| message.unsealed.clone());
    UnsealedContent::Messages(unsealed.collect::<Vec<UnsealedMessage>>())
}

impl Submission for Case {
    /// The calls of a run share its messages, so each counts for what is new in it.
    fn size(&self) -> usize {
        let context: usize = self.context.iter().map(|(_, text)| text.len()).sum();
        let news: usize = self.turn.news().iter().map(Message::bytes).sum();
        1024 + self.subject.len() + context + news
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        let mut parts = vec![part(Role::Subject, text(&self.subject))];
        parts.push(part(Role::Prompt, messages(self.turn.asked())));
        for (name, document) in &self.context {
            let mut part = part(Role::Context, text(document));
            part.name = Some((*name).into());
            parts.push(part);
        }
        if let Some(answered) = self.turn.answered() {
            let mut part = part(Role::Decision, messages(std::slice::from_ref(answered)));
            part.note = self.note.map(Into::into);
            parts.push(part);
        }
        Unsealed { event: Event::Decision(Box::new(self.decision())), parts }
    }
}
