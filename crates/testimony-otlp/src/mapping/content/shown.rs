//! What went in and what came out, once more, for viewers that show that alone: Phoenix in its lists, and of a tool, an
//! agent or a chain in its details. What a viewer makes of `gen_ai.*` itself must not get worse by it: `MLflow` prefers
//! these two, and shows a model call as a chat only if they are the conventions' messages.

use serde::Deserialize;
use serde_json::Value;
use testimony_record::decision::Decision;

use super::Contents;
use crate::mapping::decision::open_inference_kind;
use crate::mapping::list::List;
use crate::mapping::names;

/// The longest text that is repeated, in bytes.
const MAX_BYTES: usize = 16 << 10;

const INPUTS: [&str; 3] = [names::TOOL_ARGUMENTS, names::RETRIEVAL_QUERY, names::INPUT_MESSAGES];
const OUTPUTS: [&str; 2] = [names::TOOL_RESULT, names::OUTPUT_MESSAGES];

/// What was found is shown whatever its shape.
pub(super) fn add(contents: &mut Contents, decision: &Decision, found: Option<&str>) {
    let chat = open_inference_kind(decision) == "LLM";
    let first = |sources: &[&str]| sources.iter().find_map(|source| contents.text(source));
    let (input, output) = (first(&INPUTS), found.or_else(|| first(&OUTPUTS)));
    let mut list = List::default();
    for (said, value, kind) in [
        (input, names::INPUT_VALUE, names::INPUT_TYPE),
        (output, names::OUTPUT_VALUE, names::OUTPUT_TYPE),
    ] {
        let Some(said) = said.filter(|said| said.len() <= MAX_BYTES) else { continue };
        let single = if chat { None } else { single_text(said) };
        let shown = single.unwrap_or_else(|| said.to_owned());
        let mime = mime_type(&shown);
        list.text(value, shown);
        list.text(kind, mime);
    }
    list.into_vec().into_iter().for_each(|attribute| contents.attributes.push(attribute));
}

/// The text of messages that are a single one with a single text.
fn single_text(messages: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Message {
        parts: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        #[serde(rename = "type")]
        kind: String,
        content: Option<Value>,
    }
    let [message]: [Message; 1] = serde_json::from_str(messages).ok()?;
    let [part] = <[Part; 1]>::try_from(message.parts).ok()?;
    match part.content {
        Some(Value::String(text)) if part.kind == "text" => Some(text),
        _ => None,
    }
}

fn mime_type(text: &str) -> &'static str {
    let structured = text.starts_with(['{', '[']);
    let json = structured && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if json { "application/json" } else { "text/plain" }
}

#[cfg(test)]
mod tests {
    use testimony_record::part::Role;
    use testimony_record::unsealed::{Event, UnsealedPart};

    use super::super::tests::{json_part, read_back, text};
    use super::*;
    use crate::mapping::{Conventions, sample};

    fn of(operation: Option<&'static str>, parts: Vec<UnsealedPart>) -> Vec<Option<String>> {
        let decision = Decision { operation: operation.map(Into::into), ..sample::bare() };
        let contents = read_back(Event::Decision(Box::new(decision)), parts, Conventions::V1_41);
        let names =
            [names::INPUT_VALUE, names::INPUT_TYPE, names::OUTPUT_VALUE, names::OUTPUT_TYPE];
        names.map(|name| contents.text(name).map(str::to_owned)).to_vec()
    }

    fn shown(texts: [&str; 4]) -> Vec<Option<String>> {
        texts.map(|text| Some(text.to_owned())).to_vec()
    }

    #[test]
    fn a_step_shows_its_prompt_and_its_answer_as_text() {
        let parts = || vec![text(Role::Prompt, "Grant it?"), text(Role::Decision, "approve")];
        for operation in [None, Some("invoke_agent"), Some("plan")] {
            let expected = shown(["Grant it?", "text/plain", "approve", "text/plain"]);
            assert_eq!(of(operation, parts()), expected);
        }
    }

    #[test]
    fn a_model_call_shows_messages_as_messages() {
        let parts = vec![text(Role::Prompt, "Grant it?"), text(Role::Output, "approve")];
        let input = r#"[{"role":"user","parts":[{"type":"text","content":"Grant it?"}]}]"#;
        let output = r#"[{"role":"assistant","parts":[{"type":"text","content":"approve"}],"finish_reason":"unknown"}]"#;
        let json = "application/json";
        assert_eq!(of(Some("chat"), parts), shown([input, json, output, json]));
    }

    #[test]
    fn a_tool_shows_its_arguments_and_its_result() {
        let parts = vec![
            json_part(Role::Prompt, Some("arguments"), r#"{"order":7}"#),
            json_part(Role::Output, Some("result"), "gone"),
        ];
        let expected = shown([r#"{"order":7}"#, "application/json", "gone", "text/plain"]);
        assert_eq!(of(Some("execute_tool"), parts), expected);
    }

    #[test]
    fn a_retriever_shows_its_query_and_its_documents() {
        let documents = r#"[{"id":"d1","score":0.5}]"#;
        let parts = vec![
            json_part(Role::Prompt, Some("query"), "late payments"),
            json_part(Role::Context, Some("documents"), documents),
        ];
        let expected = shown(["late payments", "text/plain", documents, "application/json"]);
        assert_eq!(of(Some("retrieval"), parts), expected);
    }

    #[test]
    fn what_is_long_is_not_repeated() {
        let parts = vec![text(Role::Prompt, &"x".repeat(MAX_BYTES)), text(Role::Decision, "no")];
        let shown = of(None, parts);
        assert_eq!((shown[0].as_deref(), shown[2].as_deref()), (None, Some("no")));
    }
}
