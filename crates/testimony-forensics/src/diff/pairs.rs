//! Which part of one decision answers to which of the other. What says the same is a pair wherever it stands; of the rest,
//! those of one role and name are, in their order. Documents without a name are a set: they came or went.

use testimony_record::part::Role;

use super::{Compared, How, conversation, words};
use crate::account::Part;
use crate::content::Content;

const ROLES: [Role; 10] = [
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

pub(super) fn compare(left: &[Part], right: &[Part]) -> Vec<Compared> {
    let of = |parts: &[Part], role| {
        parts.iter().filter(|part| part.role == role).cloned().collect::<Vec<_>>()
    };
    ROLES.iter().flat_map(|&role| pairs(of(left, role), of(right, role))).collect()
}

fn pairs(left: Vec<Part>, mut right: Vec<Part>) -> Vec<Compared> {
    let mut compared = Vec::new();
    let mut rest = Vec::new();
    for part in left {
        match right.iter().position(|other| part.name == other.name && alike(&part, other)) {
            Some(at) => compared.push(same(&part, &right.remove(at))),
            None => rest.push(part),
        }
    }
    for part in rest {
        match right.iter().position(|other| answers(&part, other)) {
            Some(at) => compared.push(differing(part, right.remove(at))),
            None => compared.push(alone(part, How::OnlyLeft)),
        }
    }
    compared.extend(right.into_iter().map(|part| alone(part, How::OnlyRight)));
    compared
}

fn answers(left: &Part, right: &Part) -> bool {
    left.name == right.name && (left.name.is_some() || left.role != Role::Context)
}

fn alike(left: &Part, right: &Part) -> bool {
    let same_digest = left.digest.is_some() && left.digest == right.digest;
    same_digest || (readable(&left.content) && left.content == right.content)
}

/// What cannot be read may say anything.
fn readable(content: &Content) -> bool {
    matches!(
        content,
        Content::Text { .. } | Content::Binary { .. } | Content::Messages(_) | Content::Absent(_)
    )
}

fn same(left: &Part, right: &Part) -> Compared {
    let how = How::Same { digest: left.digest };
    Compared { role: left.role, name: left.name.clone(), held: held(left, right), how }
}

fn differing(left: Part, right: Part) -> Compared {
    let (role, name, held) = (left.role, left.name.clone(), held(&left, &right));
    let how = match (left.content, right.content) {
        (Content::Text { text: left, .. }, Content::Text { text: right, .. }) => {
            How::Text(words::compare(&left, &right))
        }
        (Content::Messages(left), Content::Messages(right)) => {
            let conversation = conversation::compare(&left.messages, &right.messages);
            match conversation.turns.as_slice() {
                [] => How::Same { digest: None },
                _ => How::Messages(conversation),
            }
        }
        (left, right) => How::Other { left, right },
    };
    Compared { role, name, held, how }
}

fn alone(part: Part, side: fn(Box<Part>) -> How) -> Compared {
    let (role, name) = (part.role, part.name.clone());
    Compared { role, name, held: None, how: side(Box::new(part)) }
}

fn held(left: &Part, right: &Part) -> Option<[Option<bool>; 2]> {
    (left.role == Role::Constraint).then_some([left.held, right.held])
}
