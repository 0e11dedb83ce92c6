//! The shapes that the schemas of version 1.41.1 ask for, of what applications and libraries write down in their own way. What
//! cannot be brought into its shape is not passed off as such: Phoenix drops a whole list for one item that does not fit.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

/// The members of a JSON object, their values untouched.
pub(super) type Members = BTreeMap<String, Box<RawValue>>;

/// What the schema wants of each type of part that it knows: the members, and whether each is a string.
const PARTS: [(&str, &[(&str, bool)]); 9] = [
    ("text", &[("content", true)]),
    ("reasoning", &[("content", true)]),
    ("tool_call", &[("name", true)]),
    ("tool_call_response", &[("response", false)]),
    ("server_tool_call", &[("name", true), ("server_tool_call", false)]),
    ("server_tool_call_response", &[("server_tool_call_response", false)]),
    ("blob", &[("modality", true), ("content", true)]),
    ("uri", &[("modality", true), ("uri", true)]),
    ("file", &[("modality", true), ("file_id", true)]),
];

/// Members that may be left out or null, and are strings else.
const OPTIONAL: [&str; 2] = ["id", "mime_type"];

/// Whether the schema knows the type of a part, and so asks something of it.
pub(super) fn is_known(kind: &str) -> bool {
    PARTS.iter().any(|(known, _)| *known == kind)
}

/// Whether an object is a part of this type. One of a type that the schema does not know may be anything.
pub(super) fn is_part(kind: &str, members: &Members) -> bool {
    let Some((_, wanted)) = PARTS.iter().find(|(known, _)| *known == kind) else { return true };
    let has = |(name, is_text): &(&str, bool)| {
        members.get(*name).is_some_and(|value| !is_text || is_string(value))
    };
    let fits = |name: &str| {
        members.get(name).is_none_or(|value| is_string(value) || value.get() == "null")
    };
    wanted.iter().all(has) && OPTIONAL.iter().all(|name| fits(name))
}

/// A text part whose text stands in `text`, as several APIs have it, with everything else that it says.
pub(super) fn text_part(mut members: Members) -> Option<Box<RawValue>> {
    let text = members.remove("text").filter(|text| is_string(text))?;
    members.insert("content".to_owned(), text);
    to_raw_value(&members).ok()
}

/// A list of tool definitions, whichever API it was written for. `None` where an item has no name, or it is no list.
pub(super) fn tool_definitions(json: &str) -> Option<String> {
    let tools: Vec<Members> = serde_json::from_str(json).ok()?;
    if tools.iter().all(|tool| has_text(tool, "type") && has_text(tool, "name")) {
        return Some(json.to_owned());
    }
    let tools = tools.into_iter().map(tool_definition).collect::<Option<Vec<_>>>()?;
    serde_json::to_string(&tools).ok()
}

/// `{"type", "function": {…}}` as chat APIs take it, or `{"name", "input_schema"}`.
fn tool_definition(mut tool: Members) -> Option<Members> {
    if let Some(function) = tool.remove("function") {
        let function: Members = serde_json::from_str(function.get()).ok()?;
        tool.extend(function);
    }
    if let Some(schema) = tool.remove("input_schema") {
        tool.entry("parameters".to_owned()).or_insert(schema);
    }
    if !tool.contains_key("type") {
        tool.insert("type".to_owned(), to_raw_value("function").ok()?);
    }
    (has_text(&tool, "type") && has_text(&tool, "name")).then_some(tool)
}

/// Whether it is a list of documents, each with an id and a score.
pub(super) fn are_documents(json: &str) -> bool {
    let is_number = |value: &RawValue| serde_json::from_str::<f64>(value.get()).is_ok();
    let documents = serde_json::from_str::<Vec<Members>>(json);
    documents.is_ok_and(|documents| {
        documents.iter().all(|document| {
            has_text(document, "id") && document.get("score").is_some_and(|score| is_number(score))
        })
    })
}

fn has_text(members: &Members, name: &str) -> bool {
    members.get(name).is_some_and(|value| is_string(value))
}

fn is_string(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn definitions(tools: &Value) -> Option<Value> {
        let text = tool_definitions(&tools.to_string())?;
        Some(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn tool_definitions_of_other_apis_are_brought_into_the_shape_of_the_schema() {
        let schema = json!({"type": "object", "properties": {"order": {"type": "integer"}}});
        let expected = json!([{"type": "function", "name": "find", "parameters": schema}]);
        let chat =
            json!([{"type": "function", "function": {"name": "find", "parameters": schema}}]);
        let messages = json!([{"name": "find", "input_schema": schema}]);
        assert_eq!(definitions(&expected), Some(expected.clone()));
        assert_eq!(definitions(&chat), Some(expected.clone()));
        assert_eq!(definitions(&messages), Some(expected));
    }

    #[test]
    fn what_has_no_name_is_no_tool() {
        assert_eq!(definitions(&json!([{"type": "function"}])), None);
        assert_eq!(definitions(&json!([{"type": "function", "function": "find"}])), None);
        assert_eq!(definitions(&json!({"name": "find"})), None);
        assert_eq!(tool_definitions("find, lose"), None);
    }

    #[test]
    fn documents_have_an_id_and_a_score() {
        assert!(are_documents(r#"[{"id":"d1","score":0.5,"content":"x"}]"#));
        assert!(!are_documents(r#"[{"id":"d1"}]"#));
        assert!(!are_documents(r#"[{"id":1,"score":0.5}]"#));
        assert!(!are_documents("a document"));
    }
}
