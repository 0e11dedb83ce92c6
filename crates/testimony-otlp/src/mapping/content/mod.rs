//! What was asked and answered, as the `GenAI` conventions write it down, and what outcomes say. Only read where somebody asked for content to travel.
//!
//! Everything comes from the ledger's objects and is checked against its digest on the way. What cannot be given whole is
//! left out and named ([`names::CONTENT_OMITTED`]), never cut short.

mod constraints;
mod facts;
mod message;
mod parameters;
mod reader;
mod shapes;
mod shown;

use std::borrow::Cow;

use opentelemetry::{KeyValue, Value};
use testimony_ledger::read::objects::{NoObject, Objects};
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::part::{Content, Part, Role};

use self::message::{Message, OutputMessage, Payload};
use self::reader::{Omitted, Reader};
use super::list::List;
use super::{Conventions, names};

/// The most bytes of content on one span.
pub const MAX_CONTENT_BYTES: usize = 1 << 20;

/// The content of one decision or outcome, ready to be written on its span.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    attributes: List,
    omitted: Vec<(Cow<'static, str>, Omitted)>,
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
    /// Reads the content of a decision or an outcome; any other entry has none.
    #[must_use]
    pub fn read(objects: &dyn Objects, body: &Body, conventions: Conventions) -> Self {
        let mut contents = Self::default();
        let mut reader = Reader::new(objects, MAX_CONTENT_BYTES);
        match (body, objects.parts(body)) {
            (Body::Decision(decision), Ok(parts)) => {
                contents.decision(&mut reader, decision, &parts, conventions);
                parameters::read(&mut contents, &mut reader, &parts, conventions);
                constraints::read(&mut contents, &mut reader, decision, &parts);
                let found = verbatim(reader.begin(), &parts, Role::Context, "documents");
                shown::add(&mut contents, decision, found.ok().flatten().as_deref());
            }
            (Body::Decision(_), Err(error)) => {
                let omitted = Omitted::of(&error);
                contents.add(names::OUTPUT_MESSAGES, Err(omitted));
                contents.add(names::INPUT_MESSAGES, Err(omitted));
            }
            (Body::Outcome(outcome), Ok(parts)) => {
                facts::read(&mut contents, &mut reader, outcome, &parts);
            }
            _ => {}
        }
        contents
    }

    /// The answer goes first, because it is what the bound should spare.
    fn decision(
        &mut self,
        reader: &mut Reader<'_>,
        decision: &Decision,
        parts: &[Part],
        conventions: Conventions,
    ) {
        self.add(names::OUTPUT_MESSAGES, output(reader.begin(), decision, parts, conventions));
        let instructions = instructions(reader.begin(), parts, conventions);
        self.add(names::SYSTEM_INSTRUCTIONS, instructions);
        self.add(names::INPUT_MESSAGES, input(reader.begin(), parts));
        for (role, name, attribute) in VERBATIM {
            let said = verbatim(reader.begin(), parts, role, name);
            self.add(attribute, said.and_then(|said| shaped(attribute, said)));
        }
    }

    /// The attributes, as they stand on the span.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyValue> {
        self.attributes.as_slice().iter()
    }

    /// The text of an attribute, where it is here.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.attributes().find(|attribute| attribute.key.as_str() == name)?;
        match &found.value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The names of the attributes that should be there and are not.
    pub fn omitted(&self) -> impl Iterator<Item = &str> {
        self.omitted.iter().map(|(name, _)| &**name)
    }

    /// The names of those of them whose content has been erased from the ledger.
    pub fn erased(&self) -> impl Iterator<Item = &str> {
        let erased = self.omitted.iter().filter(|(_, why)| *why == Omitted::Erased);
        erased.map(|(name, _)| &**name)
    }

    /// Writes what is kept by `choose`, and names what of that is missing.
    pub(super) fn write(&self, list: &mut List, choose: impl Fn(&str) -> bool) {
        self.attributes().filter(|a| choose(a.key.as_str())).cloned().for_each(|a| list.push(a));
        list.texts(names::CONTENT_OMITTED, self.omitted().filter(|name| choose(name)));
        list.texts(names::CONTENT_ERASED, self.erased().filter(|name| choose(name)));
    }

    fn add(&mut self, name: impl Into<Cow<'static, str>>, text: Attribute) {
        match text {
            Ok(Some(text)) => self.attributes.text(name.into(), text),
            Ok(None) => {}
            Err(why) => self.omitted.push((name.into(), why)),
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
fn output(
    reader: &mut Reader<'_>,
    decision: &Decision,
    parts: &[Part],
    conventions: Conventions,
) -> Attribute {
    let mut messages = Vec::new();
    for part in of_role(parts, Role::Output) {
        messages.extend(messages_of(reader, part, "assistant")?);
    }
    if messages.is_empty() {
        messages.extend(decided(reader, parts)?);
    }
    let reasons = decision.response.as_ref().map_or(&[][..], |said| &said.finish_reasons);
    let asked = conventions == Conventions::V1_41;
    let finish = |at| asked.then(|| finish_reason(reasons, at, decision.status));
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

/// Version 1.41 wants a reason for every answer; where none is recorded, none is made up.
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
fn instructions(reader: &mut Reader<'_>, parts: &[Part], conventions: Conventions) -> Attribute {
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
    if conventions == Conventions::Latest && !list.iter().all(message::Part::instructs) {
        return Err(Omitted::Unfit);
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

fn shaped(attribute: &str, said: Option<String>) -> Attribute {
    match (attribute, said) {
        (names::TOOL_DEFINITIONS, Some(said)) => {
            shapes::tool_definitions(&said).map(Some).ok_or(Omitted::Unfit)
        }
        (names::RETRIEVAL_DOCUMENTS, Some(said)) if !shapes::are_documents(&said) => {
            Err(Omitted::Unfit)
        }
        (_, said) => Ok(said),
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
