//! What a library says of a call besides: parameters, and the names of tools, agents and conversations. Recorded as text.

use testimony_record::part::{Content, Part, Role};

use super::reader::{Omitted, Reader};
use super::{Attribute, Contents};
use crate::mapping::Conventions;
use crate::mapping::list::List;
use crate::mapping::names::{self, PARAMETERS, Parameter, Type};

pub(super) fn read(
    contents: &mut Contents,
    reader: &mut Reader<'_>,
    parts: &[Part],
    conventions: Conventions,
) {
    for parameter in PARAMETERS {
        let Some(kind) = parameter.under(conventions) else { continue };
        match text(reader, parts, parameter) {
            Ok(Some(text)) => put(&mut contents.attributes, parameter.name, kind, text),
            unsaid => contents.add(parameter.name, unsaid),
        }
    }
    if let Some(conversation) = contents.text(names::CONVERSATION).map(str::to_owned) {
        contents.add(names::SESSION, Ok(Some(conversation)));
    }
}

/// Of several values the last: a library that says something again means to correct it.
fn text(reader: &mut Reader<'_>, parts: &[Part], parameter: Parameter) -> Attribute {
    let named = |part: &&Part| {
        part.role == Role::Config
            && part.name.as_ref().is_some_and(|name| name.as_str() == parameter.name)
    };
    let Some(Content::Blob(digest)) = parts.iter().rfind(named).map(|part| &part.content) else {
        return Ok(None);
    };
    let text = reader.begin().payload(digest)?.text().ok_or(Omitted::NoText)?;
    reader.keep(text).map(Some)
}

/// A value that is not of its type is none: a backend would refuse it, or take the attribute for another type.
fn put(list: &mut List, name: &'static str, kind: Type, text: String) {
    match kind {
        Type::Text => list.text(name, text),
        Type::Texts => {
            let texts = serde_json::from_str(&text).unwrap_or_else(|_| vec![text]);
            list.texts(name, texts.iter().map(String::as_str));
        }
        Type::Integer => list.count(name, text.trim().parse().ok()),
        Type::Number => {
            if let Ok(number) = text.trim().parse() {
                list.number(name, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use testimony_record::decision::Decision;
    use testimony_record::unsealed::{Event, UnsealedBlob, UnsealedContent, UnsealedPart};

    use super::super::tests::{part, read_back};
    use super::*;
    use crate::mapping::{Mapper, sample};

    fn config(name: &str, text: &str) -> UnsealedPart {
        part(Role::Config, Some(name), UnsealedContent::Blob(UnsealedBlob::text(text)))
    }

    fn of(decision: Decision, parts: Vec<UnsealedPart>, conventions: Conventions) -> Contents {
        read_back(Event::Decision(Box::new(decision)), parts, conventions)
    }

    fn lines(parts: Vec<UnsealedPart>, conventions: Conventions) -> Vec<String> {
        let contents = of(sample::full(), parts, conventions);
        contents.attributes().map(|a| format!("{} = {:?}", a.key, a.value)).collect()
    }

    #[test]
    fn parameters_have_the_types_of_the_conventions() {
        let parts = vec![
            config("gen_ai.request.temperature", "0.2"),
            config("gen_ai.request.max_tokens", "400"),
            config("gen_ai.request.stop_sequences", r#"["END", "."]"#),
            config("gen_ai.request.top_k", "5"),
            config("gen_ai.request.stream", "true"),
            config("temperature", "0.9"),
        ];
        let common = [
            "gen_ai.request.max_tokens = I64(400)",
            "gen_ai.request.temperature = F64(0.2)",
            r#"gen_ai.request.stop_sequences = Array(String([Owned("END"), Owned(".")]))"#,
        ];
        let expected = |top_k| common.into_iter().chain([top_k]).collect::<Vec<_>>();
        assert_eq!(
            lines(parts.clone(), Conventions::V1_41),
            expected("gen_ai.request.top_k = F64(5.0)")
        );
        assert_eq!(lines(parts, Conventions::Latest), expected("gen_ai.request.top_k = I64(5)"));
    }

    #[test]
    fn what_is_not_of_its_type_is_no_value() {
        let parts = vec![
            config("gen_ai.request.temperature", "NaN"),
            config("gen_ai.request.top_p", "inf"),
            config("gen_ai.request.seed", "Some(7)"),
        ];
        assert_eq!(lines(parts, Conventions::V1_41), [] as [&str; 0]);
    }

    #[test]
    fn of_a_value_that_was_said_again_the_last_counts() {
        let parts = vec![config(names::TOOL_NAME, "find"), config(names::TOOL_NAME, "find_order")];
        assert_eq!(
            lines(parts, Conventions::V1_41),
            [r#"gen_ai.tool.name = String(Owned("find_order"))"#]
        );
    }

    #[test]
    fn a_conversation_is_a_session() {
        assert_eq!(
            lines(vec![config(names::CONVERSATION, "c-7")], Conventions::V1_41),
            [
                r#"gen_ai.conversation.id = String(Owned("c-7"))"#,
                r#"session.id = String(Owned("c-7"))"#
            ]
        );
    }

    #[test]
    fn a_span_is_named_after_the_tool_agent_source_or_workflow_where_content_travels() {
        let name = |operation: &'static str, attribute| {
            let decision = Decision { operation: Some(operation.into()), ..sample::full() };
            let contents = of(decision.clone(), vec![config(attribute, "x")], Conventions::V1_41);
            let sealed = sample::sealed(decision);
            let with = Mapper::default().span(&sealed, Some(&contents)).name;
            (with.into_owned(), Mapper::default().span(&sealed, None).name.into_owned())
        };
        for (operation, attribute) in [
            ("execute_tool", names::TOOL_NAME),
            ("invoke_agent", names::AGENT_NAME),
            ("create_agent", names::AGENT_NAME),
            ("plan", names::AGENT_NAME),
            ("retrieval", names::DATA_SOURCE),
            ("invoke_workflow", names::WORKFLOW_NAME),
        ] {
            assert_eq!(name(operation, attribute), (format!("{operation} x"), operation.into()));
        }
        let chat = "chat gpt-4o".to_owned();
        assert_eq!(name("chat", names::AGENT_NAME), (chat.clone(), chat));
    }
}
