//! Lists that are spread over attributes, as `OpenInference` writes them: `llm.input_messages.0.message.role`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use testimony_capture::messages;
use testimony_record::unsealed::UnsealedMessage;

use super::attributes::text;

/// The items of a list in their order, each as an object.
pub(super) fn items(attributes: Vec<(String, Value)>) -> Vec<Value> {
    let mut items: BTreeMap<u64, Value> = BTreeMap::new();
    for (path, value) in attributes {
        let (number, rest) = path.split_once('.').unwrap_or((&path, ""));
        if let Ok(number) = number.parse() {
            let item = items.entry(number).or_insert_with(|| Value::Object(Map::new()));
            put(item, rest, value);
        }
    }
    items.into_values().map(listed).collect()
}

fn put(into: &mut Value, path: &str, value: Value) {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Value::Object(object) = into else { return };
    let place = object.entry(key).or_insert(Value::Null);
    match rest {
        Some(rest) => put(place, rest, value),
        None => *place = value,
    }
}

/// Objects whose keys are all numbers are lists.
fn listed(value: Value) -> Value {
    let Value::Object(object) = value else { return value };
    let numbers: Option<Vec<u64>> = object.keys().map(|key| key.parse().ok()).collect();
    let inner = object.into_iter().map(|(key, value)| (key, listed(value)));
    match numbers.filter(|numbers| !numbers.is_empty()) {
        Some(numbers) => {
            let mut items: Vec<(u64, Value)> =
                numbers.into_iter().zip(inner.map(|(_, value)| value)).collect();
            items.sort_by_key(|(number, _)| *number);
            Value::Array(items.into_iter().map(|(_, value)| value).collect())
        }
        None => Value::Object(inner.collect()),
    }
}

/// A message, in whichever of the spellings; `None` where it has no role.
pub(super) fn message(item: Value) -> Option<UnsealedMessage> {
    let mut message = match item {
        Value::Object(mut item) => match item.remove("message") {
            Some(Value::Object(message)) => message,
            _ => item,
        },
        _ => return None,
    };
    if let Some(Value::Array(contents)) = message.remove("contents") {
        message.insert("content".into(), contents.into_iter().map(content).collect());
    }
    if let Some(Value::Array(calls)) = message.remove("tool_calls") {
        message.insert("tool_calls".into(), calls.into_iter().map(tool_call).collect());
    }
    messages::message(&Value::Object(message).to_string())
}

fn content(mut content: Value) -> Value {
    let Some(Value::Object(inner)) = content.get_mut("message_content").map(Value::take) else {
        return content;
    };
    Value::Object(inner)
}

fn tool_call(mut call: Value) -> Value {
    let inner = call.get_mut("tool_call").map(Value::take);
    let call = inner.unwrap_or(call);
    let function = call.get("function").cloned().unwrap_or_else(|| call.clone());
    let get = |from: &Value, key: &str| from.get(key).cloned().unwrap_or(Value::Null);
    let arguments = text(get(&function, "arguments"));
    let function = json!({"name": get(&function, "name"), "arguments": arguments});
    match call.get("id") {
        Some(id) => json!({"id": id, "type": "function", "function": function}),
        None => json!({"type": "function", "function": function}),
    }
}

/// A document: its id, and what it says.
pub(super) fn document(item: &Value) -> (Option<String>, Option<String>) {
    let document = item.get("document").unwrap_or(item);
    let field = |key: &str| document.get(key).cloned().map(text);
    (field("id"), field("content"))
}

/// What a document says beyond that: its score, its metadata.
pub(super) fn beside(item: &Value) -> Option<String> {
    let mut rest = item.get("document").unwrap_or(item).as_object()?.clone();
    rest.remove("content");
    rest.remove("id");
    (!rest.is_empty()).then(|| Value::Object(rest).to_string())
}
