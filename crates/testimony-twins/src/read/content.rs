//! What tables tell of a content itself: short texts, and the numbers of a rule.

use serde_json::{Map, Value};
use testimony_record::part::{Content, Part, Role};

use super::objects::Objects;
use super::words::cut;

/// A rule with more content than this is not looked into.
const LONGEST_RULE: usize = 64 << 10;

/// Whether a role's content is told in the tables.
pub(super) const fn is_told(role: Role) -> bool {
    matches!(
        role,
        Role::Subject | Role::Constraint | Role::Decision | Role::Rationale | Role::Actor
    )
}

/// The text of bytes, cut to what a table holds; `None` where they are no text.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let chunk = bytes.utf8_chunks().next()?;
    let whole = chunk.valid().len() == bytes.len();
    // Behind the part that a table holds there may be anything.
    (whole || chunk.valid().len() > 256).then(|| cut(chunk.valid()))
}

/// The text of the first part of a role.
pub(super) fn first(objects: &Objects<'_>, parts: &[Part], role: Role) -> Option<String> {
    parts.iter().find(|part| part.role == role).and_then(|part| of_part(objects, part))
}

/// The text of a part whose content is a blob.
pub(super) fn of_part(objects: &Objects<'_>, part: &Part) -> Option<String> {
    match &part.content {
        Content::Blob(digest) => text(objects.blob(digest).ok()?.1),
        _ => None,
    }
}

/// What a rule states under two names, as text: strings as they are, anything else as JSON.
pub(super) fn rule(bytes: &[u8]) -> [Option<String>; 2] {
    if bytes.len() > LONGEST_RULE {
        return [None, None];
    }
    let stated: Map<String, Value> = serde_json::from_slice(bytes).unwrap_or_default();
    ["limit", "observed"].map(|name| {
        stated.get(name).map(|value| match value {
            Value::String(text) => cut(text),
            other => cut(&other.to_string()),
        })
    })
}
