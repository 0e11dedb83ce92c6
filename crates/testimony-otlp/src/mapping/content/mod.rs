//! What was asked and answered, as the `GenAI` conventions write it down. Only read where somebody asked for content to travel.
//!
//! Everything comes from the ledger's objects and is checked against its digest on the way. What cannot be given whole is
//! left out and named ([`names::CONTENT_OMITTED`]), never cut short.

mod message;
mod reader;

use testimony_ledger::read::objects::{NoObject, Objects};
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::part::{Content, Part, Role};

use self::message::{Message, OutputMessage, Payload};
use self::reader::{Omitted, Reader};
use super::names;

/// The most bytes of content on one span.
pub const MAX_CONTENT_BYTES: usize = 1 << 20;

/// The content of one decision, ready to be written on its span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    attributes: Vec<(&'static str, String)>,
    omitted: Vec<(&'static str, Omitted)>,
}

/// Parts that travel as they were recorded, in an attribute of their own.
const VERBATIM: [(Role, &str, &str); 5] = [
    (Role::Context, "tool_definitions", names::TOOL_DEFINITIONS),
    (Role::Prompt, "query", names::RETRIEVAL_QUERY),
    (Role::Context, "documents", names::RETRIEVAL_DOCUMENTS),
    (Role::Prompt, "arguments", names::TOOL_ARGUMENTS),
    (Role::Output, "result", names::TOOL_RESULT),
];

impl Contents {
    /// Reads the content of a decision. The answer goes first, because it is what the bound should spare.
    #[must_use]
    pub fn read(objects: &dyn Objects, body: &Body) -> Self {
        let Body::Decision(decision) = body else { return Self::default() };
        let mut contents = Self::default();
        let parts = match objects.parts(body) {
            Ok(parts) => parts,
            Err(error) => {
                let omitted = Omitted::of(&error);
                contents.omitted.push((names::OUTPUT_MESSAGES, omitted));
                contents.omitted.push((names::INPUT_MESSAGES, omitted));
                return contents;
            }
        };
        let mut reader = Reader::new(objects, MAX_CONTENT_BYTES);
        contents.add(names::OUTPUT_MESSAGES, output(reader.begin(), decision, &parts));
        contents.add(names::SYSTEM_INSTRUCTIONS, instructions(reader.begin(), &parts));
        contents.add(names::INPUT_MESSAGES, input(reader.begin(), &parts));
        for (role, name, attribute) in VERBATIM {
            contents.add(attribute, verbatim(reader.begin(), &parts, role, name));
        }
        contents
    }

    /// The attributes: name and text.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.attributes.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// The attributes that should be there and are not.
    pub fn omitted(&self) -> impl Iterator<Item = &'static str> {
        self.omitted.iter().map(|(name, _)| *name)
    }

    /// Those of them that are left out because what they would say has been erased from the ledger.
    pub fn erased(&self) -> impl Iterator<Item = &'static str> {
        let erased = self.omitted.iter().filter(|(_, why)| *why == Omitted::Erased);
        erased.map(|(name, _)| *name)
    }

    fn add(&mut self, name: &'static str, text: Attribute) {
        match text {
            Ok(Some(text)) => self.attributes.push((name, text)),
            Ok(None) => {}
            Err(why) => self.omitted.push((name, why)),
        }
    }
}

type Attribute = Result<Option<String>, Omitted>;

/// Parts of a role that hold content and do not travel verbatim.
fn of_role(parts: &[Part], role: Role) -> impl Iterator<Item = &Part> {
    let named = |part: &Part, name: &str| part.name.as_ref().is_some_and(|n| n.as_str() == name);
    let verbatim = move |part: &Part| {
        VERBATIM.iter().any(|(role, name, _)| part.role == *role && named(part, name))
    };
    let present = |part: &&Part| part.digest().is_some();
    parts.iter().filter(move |part| part.role == role && !verbatim(part)).filter(present)
}

fn input(reader: &mut Reader<'_>, parts: &[Part]) -> Attribute {
    let mut messages = Vec::new();
    for part in of_role(parts, Role::Prompt) {
        messages.extend(messages_of(reader, part, "user")?);
    }
    reader.json(&messages)
}

/// The model's own output; where it is the decision and nothing else, the decision.
fn output(reader: &mut Reader<'_>, decision: &Decision, parts: &[Part]) -> Attribute {
    let mut messages = Vec::new();
    for part in of_role(parts, Role::Output) {
        messages.extend(messages_of(reader, part, "assistant")?);
    }
    if messages.is_empty() {
        messages.extend(decided(reader, parts)?);
    }
    let reasons = decision.response.as_ref().map_or(&[][..], |said| &said.finish_reasons);
    let finish = |at| finish_reason(reasons, at, decision.status);
    let messages = messages.into_iter().enumerate();
    let messages: Vec<_> = messages
        .map(|(at, message)| OutputMessage { message, finish_reason: finish(at) })
        .collect();
    reader.json(&messages)
}

/// One message with the value that was decided; its confidence and alternatives are named parts, and are no text of it.
fn decided(reader: &mut Reader<'_>, parts: &[Part]) -> Result<Option<Message>, Omitted> {
    let mut texts = Vec::new();
    for part in of_role(parts, Role::Decision).filter(|part| part.name.is_none()) {
        let messages = messages_of(reader, part, "assistant")?;
        texts.extend(messages.into_iter().flat_map(|message| message.parts));
    }
    Ok((!texts.is_empty()).then(|| Message::new("assistant", texts)))
}

/// The schema wants a reason for every answer; where none is recorded, none is made up.
fn finish_reason(reasons: &[Label], at: usize, status: Status) -> String {
    let reason = reasons.get(at).or(reasons.last()).map(Label::as_str);
    let otherwise = if status == Status::Error { "error" } else { "unknown" };
    reason.unwrap_or(otherwise).to_owned()
}

fn messages_of(reader: &mut Reader<'_>, part: &Part, role: &str) -> Result<Vec<Message>, Omitted> {
    match &part.content {
        Content::Node(digest) => reader.messages(digest),
        Content::Blob(digest) => Ok(vec![Message::new(role, vec![reader.text_part(digest)?])]),
        Content::Absent(_) => Ok(Vec::new()),
    }
}

/// Instructions are recorded as the conventions' own list of parts, or as text.
fn instructions(reader: &mut Reader<'_>, parts: &[Part]) -> Attribute {
    let named =
        |part: &&Part| part.name.as_ref().is_some_and(|n| n.as_str() == "system_instructions");
    let mut list = Vec::new();
    for part in of_role(parts, Role::Context).filter(named) {
        if let Content::Blob(digest) = &part.content {
            list.extend(reader.instructions(digest)?);
        } else {
            let messages = messages_of(reader, part, "system")?;
            list.extend(messages.into_iter().flat_map(|message| message.parts));
        }
    }
    reader.json(&list)
}

fn verbatim(reader: &mut Reader<'_>, parts: &[Part], role: Role, name: &str) -> Attribute {
    let named = |part: &&Part| part.name.as_ref().is_some_and(|n| n.as_str() == name);
    let part = parts.iter().filter(|part| part.role == role).find(named);
    let Some(Content::Blob(digest)) = part.map(|part| &part.content) else { return Ok(None) };
    match reader.payload(digest)? {
        Payload::Text(text) => reader.keep(text).map(Some),
        Payload::Json(json) => reader.keep(json.get().to_owned()).map(Some),
        Payload::Bytes { .. } => Err(Omitted::NoText),
    }
}

impl Omitted {
    fn of(error: &NoObject) -> Self {
        match error {
            NoObject::Erased(_) => Self::Erased,
            _ => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests;
