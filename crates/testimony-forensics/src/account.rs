//! Everything that a ledger holds of one decision.

use serde::Serialize;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Response, Status, TraceContext, Usage};
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::label::Label;
use testimony_record::part::{Origin, Part as SealedPart, Role};
use testimony_record::verify::Place;

use crate::casebook::Casebook;
use crate::content::{Content, sentence};
use crate::index::Case;
use crate::reader::{At, Reread, Unreadable};
use crate::summary::Summary;
use crate::telling::Telling;

/// All of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// Where its entry stands.
    pub place: Place,
    /// The hash that stands beside the entry.
    pub hash: Digest,
    /// Whether the entry's bytes have that hash. Whether the chain holds is for verification to say.
    pub sealed: bool,
    /// When the entry was sealed, in microseconds since the Unix epoch, by the writer's clock.
    pub sealed_us: u64,
    /// Other places at which an entry claims the same id. There should be none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_at: Vec<Place>,
    /// What the entry itself says.
    pub facts: Facts,
    /// Its parts with their contents, in the order of the record.
    pub parts: Vec<Part>,
    /// What was recorded about it later.
    pub outcomes: Vec<Outcome>,
    /// What stands around it.
    pub bearings: Bearings,
}

/// What an entry says of a decision, apart from its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The call site.
    pub site: Label,
    /// `gen_ai.operation.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Label>,
    /// `gen_ai.provider.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Label>,
    /// `gen_ai.request.model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Label>,
    /// What the answer says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// How it ended.
    pub status: Status,
    /// `error.type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Label>,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// How long it took, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_us: Option<u64>,
    /// Tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Where it stands in the application's distributed trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
}

/// A part with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is to the decision.
    pub role: Role,
    /// What the code calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// How it is known.
    pub from: Origin,
    /// For a constraint: whether it held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// What is known to be wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Label>,
    /// The digest of its blob or node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What it says.
    pub content: Content,
}

/// A later fact about a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Where its entry stands.
    pub place: Place,
    /// The hash that stands beside the entry.
    pub hash: Digest,
    /// Whether the entry's bytes have that hash; not where it cannot be read again.
    pub sealed: bool,
    /// `executed`, `approved`, `overridden`, `scored`, or the application's own word; absent where the entry cannot be
    /// read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Label>,
    /// When it happened, in microseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_us: Option<u64>,
    /// By whom, what, why.
    pub parts: Vec<Part>,
    /// Why the entry, or a part of it, cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The decisions around one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bearings {
    /// The decision inside which it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Link>,
    /// Decisions that were made inside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Link>,
    /// Earlier decisions that the application names as its causes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Link>,
    /// Later decisions that name it as a cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub led_to: Vec<Link>,
}

/// A decision that another one names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// The decision in short; absent where this ledger does not hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Summary>,
}

impl Casebook {
    /// Reads a decision. What `telling` knows to have been told is left out; a new one leaves out nothing.
    pub(crate) fn account(
        &self,
        case: &Case,
        telling: &mut Telling,
    ) -> Result<Account, Unreadable> {
        let reread = self.reader.entry(&case.at)?;
        let Entry { time_us, body, .. } = reread.entry;
        let Place { stream, seq, .. } = case.at.place;
        let parts = self.parts(&body, Some(telling));
        let Body::Decision(decision) = body else { return Err(Unreadable::Moved { stream, seq }) };
        let others = self.index.with_id(&case.id).map(|other| other.at.place);
        Ok(Account {
            id: case.id,
            place: case.at.place,
            hash: case.at.hash,
            sealed: reread.sealed,
            sealed_us: time_us,
            also_at: others.filter(|place| *place != case.at.place).collect(),
            facts: facts(*decision),
            parts,
            outcomes: self.index.outcomes(&case.id).iter().map(|at| self.outcome(at)).collect(),
            bearings: self.bearings(case),
        })
    }

    /// Every part; where the node with the further ones cannot be read, one part says so.
    pub(crate) fn parts(&self, body: &Body, mut telling: Option<&mut Telling>) -> Vec<Part> {
        let parts = self.reader.archive.parts(body);
        let (readable, problem) = match &parts {
            Ok(parts) => (parts.as_slice(), None),
            Err(error) => (body.parts().0, Some(unreadable_rest(sentence(error)))),
        };
        let told = readable.iter().map(|part| self.part(part, telling.as_deref_mut()));
        told.chain(problem).collect()
    }

    fn part(&self, part: &SealedPart, telling: Option<&mut Telling>) -> Part {
        let SealedPart { role, from, held, .. } = *part;
        let (name, note) = (part.name.clone(), part.note.clone());
        let content = match telling {
            Some(telling) => telling.content(&self.reader, part),
            None => self.reader.content(&part.content),
        };
        Part { role, name, from, held, note, digest: part.digest().copied(), content }
    }

    fn outcome(&self, at: &At) -> Outcome {
        let mut told = Outcome {
            place: at.place,
            hash: at.hash,
            sealed: false,
            kind: None,
            at_us: None,
            parts: vec![],
            problem: None,
        };
        match self.reader.entry(at) {
            Ok(Reread { entry, sealed }) => {
                (told.parts, told.sealed) = (self.parts(&entry.body, None), sealed);
                if let Body::Outcome(outcome) = entry.body {
                    (told.kind, told.at_us) = (Some(outcome.kind), Some(outcome.at_us));
                }
            }
            Err(error) => told.problem = Some(sentence(&error)),
        }
        told
    }

    fn bearings(&self, case: &Case) -> Bearings {
        let links = |ids: &[Uuid]| ids.iter().map(|id| self.link(id)).collect();
        Bearings {
            parent: case.parent.map(|parent| self.link(&parent)),
            children: links(self.index.children(&case.id)),
            causes: links(&case.causes),
            led_to: links(self.index.effects(&case.id)),
        }
    }

    pub(crate) fn link(&self, id: &Uuid) -> Link {
        let decision = self.index.with_id(id).next().map(|case| self.summary(case));
        Link { id: *id, decision }
    }
}

pub(crate) fn facts(decision: Decision) -> Facts {
    let Decision { site, operation, provider, model, response, .. } = decision;
    let Decision { status, error, began_us, took_us, usage, trace, .. } = decision;
    Facts {
        site,
        operation,
        provider,
        model,
        response,
        status,
        error,
        began_us,
        took_us,
        usage,
        trace,
    }
}

fn unreadable_rest(problem: String) -> Part {
    Part {
        role: Role::Context,
        name: Some(Label::new("further parts")),
        from: Origin::Observed,
        held: None,
        note: None,
        digest: None,
        content: Content::Unreadable { problem },
    }
}
