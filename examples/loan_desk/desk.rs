//! The desk itself: what a service does around a model call. The lines with `!` are all that the recorder asks of it.

use serde::{Deserialize, Serialize};
use testimony::record::Uuid;
use testimony::{constraint, context, current, decides, decision, prompt, rationale};

use crate::chat::{self, Answer, Message, Model};

const POLICY: &str = include_str!("policy.md");

/// The most that may be lent for each unit of yearly income.
const LOAN_TO_INCOME: f64 = 4.5;

/// An application, as the applicant's file has it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) loan: u32,
    pub(crate) amount: u32,
    pub(crate) income: u32,
    pub(crate) statement: String,
}

/// What the desk did.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) id: Uuid,
    pub(crate) verdict: String,
    pub(crate) escalated: bool,
}

/// Why the desk could not decide.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecided {
    #[error(transparent)]
    Model(#[from] chat::Failure),
    #[error("the model refused: {0}")]
    Refused(String),
}

/// Asks the model about one application, and holds its answer against the written limits.
#[decides(subject = format!("loan:{}", application.loan), operation = "chat", provider = "openai", model = model.name())]
pub(crate) async fn underwrite(
    model: &Model,
    application: &Application,
) -> Result<Decided, Undecided> {
    context!(application = application);
    let messages = [Message::system(POLICY), Message::user(&chat::question(application))];
    prompt!(messages);

    let answer = model.ask(&messages).await?;
    let Answer { verdict, reason } = match answer.read() {
        Ok(answer) => answer,
        Err(refusal) => {
            current().inspect(|decision| decision.status(testimony::Status::Refused));
            return Err(Undecided::Refused(refusal));
        }
    };
    decision!(verdict);
    rationale!(reason);

    let ratio = f64::from(application.amount) / f64::from(application.income.max(1));
    let held = verdict != "approve" || ratio <= LOAN_TO_INCOME;
    constraint!("loan_to_income", limit = LOAN_TO_INCOME, observed = ratio, held = held);
    let verdict = if held { verdict } else { "escalated to a person".to_owned() };
    let id = current().map_or(Uuid::nil(), |decision| decision.id());
    Ok(Decided { id, verdict, escalated: !held })
}
