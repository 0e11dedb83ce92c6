//! What an evidence file says, as a person or a program is told it. What was withheld is said to be.

use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::evidence::{Evidence, Object};
use testimony_record::label::Label;
use testimony_record::node::Message as SealedMessage;
use testimony_record::part::{Content as Sealed, Origin, Part as SealedPart, Role};

use crate::account::{Facts, Part, facts as facts_of};
use crate::content::{Content, Message, MessagePart, Messages, of_bytes};

/// What the entry says apart from its parts, where it is a decision.
#[must_use]
pub fn facts(evidence: &Evidence) -> Option<Facts> {
    match &evidence.entry().body {
        Body::Decision(decision) => Some(facts_of((**decision).clone())),
        _ => None,
    }
}

/// Its parts, with those contents that were disclosed.
#[must_use]
pub fn parts(evidence: &Evidence) -> Vec<Part> {
    let (parts, withheld) = evidence.parts();
    let told = parts.into_iter().map(|part| told(evidence, part));
    told.chain(withheld.map(further_parts)).collect()
}

fn told(evidence: &Evidence, part: &SealedPart) -> Part {
    let SealedPart { role, from, held, .. } = *part;
    let (name, note, digest) = (part.name.clone(), part.note.clone(), part.digest().copied());
    let content = match &part.content {
        Sealed::Blob(digest) => blob(evidence, digest),
        Sealed::Node(digest) => list(evidence, digest),
        Sealed::Absent(absent) => Content::Absent(absent.clone()),
    };
    Part { role, name, from, held, note, digest, content }
}

fn blob(evidence: &Evidence, digest: &Digest) -> Content {
    match evidence.object(digest) {
        Some(Object::Blob { media, bytes }) => of_bytes(media, bytes.clone()),
        Some(Object::Erased { bytes, .. }) => Content::Blank { bytes: *bytes },
        Some(Object::Node(_)) | None => Content::Withheld,
    }
}

fn list(evidence: &Evidence, digest: &Digest) -> Content {
    let Some(messages) = evidence.messages(digest) else { return Content::Withheld };
    let messages =
        messages.into_iter().map(|(digest, message)| self::message(evidence, digest, message));
    Content::Messages(Messages { continues: None, messages: messages.collect() })
}

fn message(evidence: &Evidence, digest: Digest, message: &SealedMessage) -> Message {
    let parts = message.parts.iter().map(|part| MessagePart {
        kind: part.kind.clone(),
        id: part.id.clone(),
        name: part.name.clone(),
        digest: part.blob,
        content: blob(evidence, &part.blob),
    });
    let (role, name, parts) = (Some(message.role.clone()), message.name.clone(), parts.collect());
    Message { digest, role, name, parts, problem: None }
}

/// In place of parts of which not even the number is known.
fn further_parts(digest: Digest) -> Part {
    let name = Some(Label::new("further parts"));
    let (role, from, content) = (Role::Context, Origin::Observed, Content::Withheld);
    Part { role, name, from, held: None, note: None, digest: Some(digest), content }
}
