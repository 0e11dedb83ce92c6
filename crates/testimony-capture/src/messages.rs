//! Chat messages as JSON, taken apart into roles, tool calls and contents: the `OpenAI` chat shape and the
//! `OpenTelemetry` `GenAI` message schema. What a message says beyond those shapes is kept as further parts, never dropped.
//!
//! Text that cannot be a Rust string (a lone surrogate escape) makes these functions answer `None`; the caller then
//! keeps the JSON as it stands.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use testimony_record::label::Label;
use testimony_record::unsealed::{UnsealedBlob, UnsealedMessage, UnsealedMessagePart};

/// A JSON array of messages; `None` unless it is a non-empty array of objects that each have a role.
#[must_use]
pub fn list(json: &str) -> Option<Vec<UnsealedMessage>> {
    let messages: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    if messages.is_empty() {
        return None;
    }
    messages.into_iter().map(|message| self::message(message.get())).collect()
}

/// One message; `None` unless it is a JSON object that has a role.
///
/// ```
/// let message = testimony_capture::messages::message(r#"{"role":"user","content":"May I?"}"#).unwrap();
/// assert_eq!(message.role.as_str(), "user");
/// assert_eq!(&message.parts[0].blob.bytes[..], b"May I?");
/// ```
#[must_use]
pub fn message(json: &str) -> Option<UnsealedMessage> {
    let members: Members<'_> = serde_json::from_str(json).ok()?;
    let role = members.text("role")?;
    let name = members.text("name").map(Label::new);
    let response_to = members.text("tool_call_id");
    let mut parts = Vec::new();
    for (key, value) in &members.0 {
        match key.as_ref() {
            "role" | "tool_call_id" => {}
            "name" if name.is_some() => {}
            "content" => content(value, response_to.as_deref(), &mut parts)?,
            "tool_calls" => each(value, &mut parts, |call| Some(tool_call(call)))?,
            "parts" => each(value, &mut parts, schema_part)?,
            other => parts.push(part(other, None, None, json_blob(value))),
        }
    }
    Some(UnsealedMessage { role: Label::new(role), name, parts })
}

/// A JSON object with a `messages` array, as chat APIs take it: the messages, and the rest of the object as JSON.
#[must_use]
pub fn request(json: &str) -> Option<(Vec<UnsealedMessage>, String)> {
    let members: Members<'_> = serde_json::from_str(json).ok()?;
    let messages = list(members.get("messages")?.get())?;
    let rest = members.0.iter().filter(|(key, _)| key != "messages");
    let rest: Vec<String> = rest
        .map(|(key, value)| format!("{}:{}", serde_json::Value::from(key.as_ref()), value))
        .collect();
    Some((messages, format!("{{{}}}", rest.join(","))))
}

fn content(
    value: &RawValue,
    response_to: Option<&str>,
    parts: &mut Vec<UnsealedMessagePart>,
) -> Option<()> {
    match value.get().as_bytes().first() {
        Some(b'n') => Some(()),
        Some(b'[') => each(value, parts, schema_part),
        Some(b'"') => {
            let text = UnsealedBlob::text(string(value)?);
            let id = response_to.map(|id| Label::new(id.to_owned()));
            parts.push(part(
                if id.is_some() { "tool_call_response" } else { "text" },
                id,
                None,
                text,
            ));
            Some(())
        }
        _ => {
            parts.push(part("content", None, None, json_blob(value)));
            Some(())
        }
    }
}

fn each(
    array: &RawValue,
    parts: &mut Vec<UnsealedMessagePart>,
    read: fn(&RawValue) -> Option<UnsealedMessagePart>,
) -> Option<()> {
    if array.get() == "null" {
        return Some(());
    }
    let items: Vec<&RawValue> = serde_json::from_str(array.get()).ok()?;
    for item in items {
        parts.push(read(item)?);
    }
    Some(())
}

/// `{"id", "type": "function", "function": {"name", "arguments"}}`; anything else is kept as it stands.
fn tool_call(value: &RawValue) -> UnsealedMessagePart {
    plain_tool_call(value).unwrap_or_else(|| part("tool_call", None, None, json_blob(value)))
}

fn plain_tool_call(value: &RawValue) -> Option<UnsealedMessagePart> {
    let call: Members<'_> = serde_json::from_str(value.get()).ok()?;
    let function: Members<'_> = serde_json::from_str(call.get("function")?.get()).ok()?;
    let known = call.only(&["id", "type", "function"]) && function.only(&["name", "arguments"]);
    if !known || call.text("type").is_some_and(|kind| kind != "function") {
        return None;
    }
    let arguments = UnsealedBlob::json(Bytes::from(string(function.get("arguments")?)?));
    Some(part(
        "tool_call",
        call.text("id").map(Label::new),
        Some(Label::new(function.text("name")?)),
        arguments,
    ))
}

/// A part of the `GenAI` schema, or of an `OpenAI` content array.
fn schema_part(value: &RawValue) -> Option<UnsealedMessagePart> {
    let members: Members<'_> = serde_json::from_str(value.get()).ok()?;
    let kind = members.text("type")?;
    let whole = part(&kind, None, None, json_blob(value));
    Some(plain_schema_part(&kind, &members).unwrap_or(whole))
}

fn plain_schema_part(kind: &str, members: &Members<'_>) -> Option<UnsealedMessagePart> {
    let (key, allowed): (_, &[&str]) = match kind {
        "text" if members.get("text").is_some() => ("text", &["type", "text"]),
        "text" | "reasoning" => ("content", &["type", "content"]),
        "tool_call" => ("arguments", &["type", "id", "name", "arguments"]),
        "tool_call_response" => ("response", &["type", "id", "response"]),
        _ => return None,
    };
    let value = members.get(key).filter(|_| members.only(allowed))?;
    let blob = if kind == "tool_call" { json_blob(value) } else { text_or_json(value)? };
    Some(part(kind, members.text("id").map(Label::new), members.text("name").map(Label::new), blob))
}

fn text_or_json(value: &RawValue) -> Option<UnsealedBlob> {
    if value.get().starts_with('"') {
        string(value).map(UnsealedBlob::text)
    } else {
        Some(json_blob(value))
    }
}

fn json_blob(value: &RawValue) -> UnsealedBlob {
    UnsealedBlob::json(Bytes::copy_from_slice(value.get().as_bytes()))
}

fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn part(
    kind: &str,
    id: Option<Label>,
    name: Option<Label>,
    blob: UnsealedBlob,
) -> UnsealedMessagePart {
    UnsealedMessagePart { kind: Label::new(kind.to_owned()), id, name, blob }
}

/// The members of an object, in order, their values untouched.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Members<'_> {
    fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    fn text(&self, key: &str) -> Option<String> {
        string(self.get(key)?)
    }

    fn only(&self, keys: &[&str]) -> bool {
        self.0.iter().all(|(key, _)| keys.contains(&key.as_ref()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            members.push((Cow::Owned(key), value));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Vec<String> {
        let message = message(json).unwrap();
        let part = |part: &UnsealedMessagePart| {
            let label =
                |label: &Option<Label>| label.as_ref().map_or("-".to_owned(), ToString::to_string);
            let text = String::from_utf8_lossy(&part.blob.bytes);
            format!(
                "{} {} {} {} {text}",
                part.kind,
                label(&part.id),
                label(&part.name),
                part.blob.media
            )
        };
        message.parts.iter().map(part).collect()
    }

    #[test]
    fn a_tool_call_keeps_its_arguments_as_they_were_written() {
        let json = r#"{"role":"assistant","content":null,"tool_calls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1.0}"}}]}"#;
        assert_eq!(told(json), [r#"tool_call c1 f application/json {"a": 1.0}"#]);
    }

    #[test]
    fn a_tools_answer_names_the_call_it_answers() {
        let json = r#"{"role":"tool","tool_call_id":"c1","name":"f","content":"42"}"#;
        assert_eq!(told(json), ["tool_call_response c1 - text/plain 42"]);
    }

    #[test]
    fn parts_of_the_genai_schema_and_of_openai_arrays_are_understood() {
        let json = r#"{"role":"user","parts":[{"type":"text","content":"a"},{"type":"reasoning","content":"b"},
            {"type":"uri","uri":"u"}]}"#;
        let uri = r#"uri - - application/json {"type":"uri","uri":"u"}"#;
        assert_eq!(told(json), ["text - - text/plain a", "reasoning - - text/plain b", uri]);
        assert_eq!(
            told(r#"{"role":"user","content":[{"type":"text","text":"a"}]}"#),
            ["text - - text/plain a"]
        );
    }

    #[test]
    fn what_has_no_place_in_the_shape_is_kept_beside_it() {
        let json = r#"{"role":"assistant","content":"a","refusal":"no","finish_reason":"stop"}"#;
        let kept = [
            r#"refusal - - application/json "no""#,
            r#"finish_reason - - application/json "stop""#,
        ];
        assert_eq!(told(json), [["text - - text/plain a"].as_slice(), &kept].concat());
    }

    #[test]
    fn a_lone_surrogate_or_another_shape_is_not_taken_apart() {
        assert!(message(r#"{"role":"user","content":"\ud800"}"#).is_none());
        assert!(
            list("[]").is_none() && list("{}").is_none() && list(r#"[{"content":"a"}]"#).is_none()
        );
    }

    #[test]
    fn a_request_is_its_messages_and_the_rest() {
        let json = r#"{"model":"m","messages":[{"role":"user","content":"a"}],"temperature":0.50}"#;
        let (messages, rest) = request(json).unwrap();
        assert_eq!((messages.len(), rest.as_str()), (1, r#"{"model":"m","temperature":0.50}"#));
    }
}
