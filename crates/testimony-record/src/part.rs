//! The parts of a decision: what stands in the entry for each piece of content, which itself lives beside the chain.

use serde::{Deserialize, Serialize};

use crate::canonical::optional_integer;
use crate::digest::Digest;
use crate::label::Label;

/// What a part is to its decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What it was about: `loan:1234`.
    Subject,
    /// What the model was asked.
    Prompt,
    /// What the model was given: instructions, documents, tool definitions, memory.
    Context,
    /// The configuration in force: model parameters, template and its version, policy revision.
    Config,
    /// What was decided.
    Decision,
    /// Why, as stated.
    Rationale,
    /// A rule, its limit, what was observed, and whether it held.
    Constraint,
    /// The raw model output, where it differs from the decision.
    Output,
    /// The message of an error.
    Error,
    /// Who acted, in an outcome.
    Actor,
}

impl Role {
    /// Its name, as the record spells it: `constraint`, `decision`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Prompt => "prompt",
            Self::Context => "context",
            Self::Config => "config",
            Self::Decision => "decision",
            Self::Rationale => "rationale",
            Self::Constraint => "constraint",
            Self::Output => "output",
            Self::Error => "error",
            Self::Actor => "actor",
        }
    }

    /// Whether it goes to the model: prompt, context, and configuration in force.
    #[must_use]
    pub const fn is_given(self) -> bool {
        matches!(self, Self::Prompt | Self::Context | Self::Config)
    }

    /// Whether it comes from the model: decision, raw output, and rationale.
    #[must_use]
    pub const fn is_put_out(self) -> bool {
        matches!(self, Self::Decision | Self::Output | Self::Rationale)
    }
}

/// How the recorder came to know a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Seen on the wire or in a library's span.
    Observed,
    /// Stated by the application.
    Declared,
    /// Worked out from other parts.
    Inferred,
}

/// Why there is no content where one would look for it. Silence never means "nothing was there".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The library or the application kept it to itself.
    NotCaptured,
    /// Larger than the configured limit.
    TooLarge,
    /// More parts than one decision may have.
    TooMany,
    /// It could not be turned into bytes: the application's own serializer failed.
    Unreadable,
}

/// The statement that content is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// The reason.
    pub why: Why,
    /// The size of what is absent, in bytes, or the number of parts for [`Why::TooMany`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub size: Option<u64>,
    /// What would make it present: the name of a switch, for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Label>,
}

/// Where a part's content is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// In a blob.
    Blob(Digest),
    /// In a node: a list of messages.
    Node(Digest),
    /// Nowhere, for a stated reason.
    Absent(Absent),
}

/// One part, as it stands in an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is to the decision.
    pub role: Role,
    /// What the code calls it: `credit_report`, `confidence`, the name of a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// How it is known.
    pub from: Origin,
    /// For a constraint: whether it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// What is known to be wrong with it: `truncated by the library`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Label>,
    /// Where its content is.
    pub content: Content,
}

impl Part {
    /// The digest of the part's blob or node, where there is one.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        match &self.content {
            Content::Blob(digest) | Content::Node(digest) => Some(digest),
            Content::Absent(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_the_name_under_which_it_is_sealed_and_goes_one_way_at_most() {
        let all = [
            Role::Subject,
            Role::Prompt,
            Role::Context,
            Role::Config,
            Role::Decision,
            Role::Rationale,
            Role::Constraint,
            Role::Output,
            Role::Error,
            Role::Actor,
        ];
        for role in all {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert!(!(role.is_given() && role.is_put_out()), "{role:?}");
        }
        assert_eq!(all.iter().filter(|role| role.is_given()).count(), 3);
        assert_eq!(all.iter().filter(|role| role.is_put_out()).count(), 3);
    }
}
