//! What is measured of a decision. Small, so that it can wait beside the decision's span until that is delivered.

use opentelemetry::KeyValue;
use testimony_record::decision::{Decision, Usage};
use testimony_record::label::Label;

use crate::mapping::decision::error_type;
use crate::mapping::names;

/// One call: a decision that names an operation or a model. A bare call site is no `GenAI` operation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(super) operation: Option<String>,
    /// What tells series apart, but for the error and the kind of tokens.
    pub(super) attributes: Vec<KeyValue>,
    pub(super) error: Option<String>,
    /// How long it took, in seconds.
    pub(super) seconds: Option<f64>,
    pub(super) usage: Usage,
}

impl Call {
    pub(crate) fn of(decision: &Decision) -> Option<Self> {
        decision.operation.as_ref().or(decision.model.as_ref())?;
        let answered_by = decision.response.as_ref().and_then(|response| response.model.as_ref());
        let attributes = [
            (names::OPERATION, decision.operation.as_ref()),
            (names::PROVIDER, decision.provider.as_ref()),
            (names::REQUEST_MODEL, decision.model.as_ref()),
            (names::RESPONSE_MODEL, answered_by),
        ];
        let said = |(name, label): (&'static str, Option<&Label>)| {
            label.map(|label| KeyValue::new(name, label.as_str().to_owned()))
        };
        Some(Self {
            operation: decision.operation.as_ref().map(ToString::to_string),
            attributes: attributes.into_iter().filter_map(said).collect(),
            error: error_type(decision),
            seconds: decision.took_us.map(|us| std::time::Duration::from_micros(us).as_secs_f64()),
            usage: decision.usage.unwrap_or_default(),
        })
    }

    /// The attributes, and one more.
    pub(super) fn and(
        &self,
        name: &'static str,
        value: impl Into<opentelemetry::Value>,
    ) -> Vec<KeyValue> {
        let more = KeyValue::new(name, value);
        self.attributes.iter().cloned().chain([more]).collect()
    }

    /// Whether a model was asked for an answer, so that its tokens are nobody else's too: an agent's are those of its calls.
    pub(super) fn is_inference(&self) -> bool {
        matches!(
            self.operation.as_deref(),
            None | Some("chat" | "text_completion" | "generate_content" | "embeddings")
        )
    }
}
