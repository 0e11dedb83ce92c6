//! The span of an outcome, a later fact about a decision, and of an intent, which goes before one.

use testimony_record::decision::{Intent, Outcome};
use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

use super::drawing::Drawing;
use super::names;
use super::place::Place;

/// What an outcome says, by the role of the part that says it.
pub(super) const FACTS: [(Role, &str); 4] = [
    (Role::Actor, names::OUTCOME_BY),
    (Role::Decision, names::OUTCOME_DECISION),
    (Role::Rationale, names::OUTCOME_WHY),
    (Role::Context, names::OUTCOME_SHOWN),
];

pub(super) fn draw(outcome: &Outcome, place: Place) -> Drawing {
    let name = format!("outcome {}", outcome.kind);
    let mut drawing = Drawing::moment(place, name, outcome.at_us);
    let list = &mut drawing.attributes;
    list.label(names::EVALUATION_NAME, score_name(outcome));
    list.text(names::SPAN_KIND, if is_score(outcome) { "EVALUATOR" } else { "CHAIN" });
    list.text(names::ID, outcome.decision.to_string());
    list.label(names::OUTCOME_KIND, Some(&outcome.kind));
    for (role, name) in FACTS {
        if let Some(digest) = first(&outcome.parts, role).and_then(Part::digest) {
            list.text(format!("{name}.digest"), digest.to_string());
        }
    }
    drawing
}

/// The part that says a fact. Further ones of its role stand in the entry alone.
pub(super) fn first(parts: &[Part], role: Role) -> Option<&Part> {
    parts.iter().find(|part| part.role == role)
}

/// Whether the outcome is what the conventions call an evaluation.
pub(super) fn is_score(outcome: &Outcome) -> bool {
    matches!(outcome.kind.as_str(), "scored" | "evaluated")
}

/// What was scored: what the score is called, or just that it is one.
fn score_name(outcome: &Outcome) -> Option<&Label> {
    let score = is_score(outcome).then(|| first(&outcome.parts, Role::Decision))?;
    Some(score.and_then(|part| part.name.as_ref()).unwrap_or(&outcome.kind))
}

/// It has no `gen_ai.*`: whoever counts calls by those must not count it beside its decision.
pub(super) fn draw_intent(intent: &Intent, place: Place) -> Drawing {
    let about = intent.model.as_ref().unwrap_or(&intent.site);
    let mut drawing = Drawing::moment(place, format!("intent {about}"), intent.began_us);
    let list = &mut drawing.attributes;
    list.text(names::SPAN_KIND, "CHAIN");
    list.text(names::ID, intent.id.to_string());
    list.label(names::SITE, Some(&intent.site));
    drawing
}
