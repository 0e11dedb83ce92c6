//! How a run ended: its score, and now and then a clerk who decided otherwise.

use testimony_ledger::Submission;
use testimony_record::Uuid;
use testimony_record::decision::Outcome;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

/// A later fact about a decision.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) decision: Uuid,
    pub(crate) at_us: u64,
    pub(crate) kind: &'static str,
    pub(crate) by: Option<String>,
    pub(crate) what: String,
    pub(crate) why: Option<String>,
}

impl Fact {
    pub(crate) fn scored(decision: Uuid, at_us: u64, reward: &str) -> Self {
        let what = reward.to_owned();
        Self { decision, at_us, kind: "scored", by: None, what, why: None }
    }

    pub(crate) fn overridden(decision: Uuid, at_us: u64, round: u64) -> Self {
        Self {
            decision,
            at_us,
            kind: "overridden",
            by: Some(format!("clerk:{}", round % 40)),
            what: "handed to a person".to_owned(),
            why: Some(format!("Customer {round} asked for one.")),
        }
    }
}

impl Submission for Fact {
    fn size(&self) -> usize {
        1024 + self.what.len()
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        let texts = [
            (Role::Actor, self.by),
            (Role::Decision, Some(self.what)),
            (Role::Rationale, self.why),
        ];
        let parts = texts.into_iter().filter_map(|(role, text)| {
            let content = UnsealedContent::Blob(UnsealedBlob::text(text?));
            Some(UnsealedPart::new(role, Origin::Declared, content))
        });
        let outcome = Outcome {
            decision: self.decision,
            kind: self.kind.into(),
            at_us: self.at_us,
            parts: Vec::new(),
            more: None,
        };
        Unsealed { event: Event::Outcome(outcome), parts: parts.collect() }
    }
}
