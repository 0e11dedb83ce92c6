//! What travels as messages, instructions, tool definitions and documents validates against the schemas of the `GenAI`
//! conventions: as a whole, and each part against the definition of its own type, because the generic one takes anything.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use testimony::ledger::{Archive, Ledger, Options};
use testimony::record::Uuid;
use testimony::{context, decides, decision, prompt};
use testimony_forensics::import::{Moment, OpenAiChat};
use testimony_otlp::mapping::{Contents, Conventions, names};
use testimony_tests::{recorded, root};

/// The schemas, by the attribute that each is for.
struct Schemas(BTreeMap<&'static str, Schema>);

struct Schema {
    whole: Validator,
    /// By what `type` says.
    parts: BTreeMap<String, Validator>,
}

const FILES: [(&str, &str); 5] = [
    (names::INPUT_MESSAGES, "gen-ai-input-messages.json"),
    (names::OUTPUT_MESSAGES, "gen-ai-output-messages.json"),
    (names::SYSTEM_INSTRUCTIONS, "gen-ai-system-instructions.json"),
    (names::TOOL_DEFINITIONS, "gen-ai-tool-definitions.json"),
    (names::RETRIEVAL_DOCUMENTS, "gen-ai-retrieval-documents.json"),
];

impl Schemas {
    /// `None`, with the reason printed, where the files are not at hand.
    fn read() -> Option<Self> {
        let directory = root().join("../shared/vectors/semconv");
        let schemas = FILES.map(|(attribute, file)| {
            let text = fs::read_to_string(directory.join(file)).ok()?;
            Some((attribute, Schema::new(&serde_json::from_str(&text).unwrap())))
        });
        let schemas = schemas.into_iter().collect::<Option<_>>().map(Self);
        if schemas.is_none() {
            println!("skipped: there are no schemas in {}", directory.display());
        }
        schemas
    }

    /// How many values of these contents a schema is for; all of them must validate.
    fn check(&self, contents: &Contents) -> usize {
        let checked = contents.attributes().filter_map(|attribute| {
            let schema = self.0.get(attribute.key.as_str())?;
            let value: Value = serde_json::from_str(&attribute.value.as_str()).unwrap();
            schema.check(&value).unwrap_or_else(|error| panic!("{}: {error}", attribute.key));
            Some(())
        });
        checked.count()
    }
}

impl Schema {
    fn new(schema: &Value) -> Self {
        let definitions = schema["$defs"].as_object().unwrap();
        let parts = definitions.iter().filter_map(|(name, definition)| {
            let kind = definition["properties"]["type"]["const"].as_str()?;
            let alone = json!({"$ref": format!("#/$defs/{name}"), "$defs": definitions});
            Some((kind.to_owned(), validator(&alone)))
        });
        Self { whole: validator(schema), parts: parts.collect() }
    }

    fn check(&self, list: &Value) -> Result<(), String> {
        self.whole.validate(list).map_err(|error| error.to_string())?;
        for item in list.as_array().unwrap() {
            let parts = item.get("parts").and_then(Value::as_array);
            for part in parts.unwrap_or(&vec![item.clone()]) {
                let known = part["type"].as_str().and_then(|kind| self.parts.get(kind));
                known
                    .map_or(Ok(()), |known| known.validate(part))
                    .map_err(|error| format!("{error} in {part}"))?;
            }
        }
        Ok(())
    }
}

/// One schema refers to the meta-schema of draft 7, which is at hand; nothing is fetched.
fn validator(schema: &Value) -> Validator {
    let registry = Registry::new()
        .add("http://json-schema.org/draft-07/schema#", referencing::meta::DRAFT7.as_ref())
        .unwrap()
        .prepare()
        .unwrap();
    let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
    options.with_registry(&registry).build(schema).unwrap()
}

/// Of every decision in these entries.
fn contents(archive: &Archive, bodies: &[testimony::record::entry::Body]) -> Vec<Contents> {
    bodies.iter().map(|body| Contents::read(archive, body, Conventions::V1_41)).collect()
}

#[decides(model = "m", operation = "chat")]
fn underwrite() -> &'static str {
    prompt!("Grant the loan?");
    context!("Nobody under age.");
    decision!("decline");
    "decline"
}

/// Every type of part, as the schema has it and as it does not, in the shapes that chat APIs and libraries write.
const MESSAGES: &str = r#"[
    {"role":"system","content":"Be fair."},
    {"role":"user","content":[{"type":"text","text":"Where is it?","cache_control":{"type":"ephemeral"}},
        {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},
    {"role":"assistant","content":null,"tool_calls":[
        {"id":"c1","type":"function","function":{"name":"find","arguments":"{\"order\":7}"}},
        {"id":"c2","type":"custom","custom":{"name":"grep","input":"x"}}]},
    {"role":"tool","tool_call_id":"c1","content":"gone"},
    {"role":"user","name":"ada","parts":[
        {"type":"text","content":"a"}, {"type":"text"}, {"type":"reasoning","content":"b"}, {"type":"reasoning","content":7},
        {"type":"tool_call","id":"c3","name":"find","arguments":{"order":9007199254740993}}, {"type":"tool_call"},
        {"type":"tool_call_response","id":"c3","response":{"state":"gone"}}, {"type":"tool_call_response"},
        {"type":"server_tool_call","name":"search","server_tool_call":{"type":"web"}},
        {"type":"server_tool_call_response","server_tool_call_response":{"type":"web"}},
        {"type":"blob","modality":"image","mime_type":"image/png","content":"aGk="}, {"type":"blob","content":"aGk="},
        {"type":"uri","modality":"image","uri":"https://example.com/a.png"}, {"type":"uri","uri":"u"},
        {"type":"file","modality":"document","file_id":"f1"}, {"type":"file","file_id":7},
        {"type":"of_our_own","anything":[1]}]}]"#;

const INSTRUCTIONS: &str =
    r#"[{"type":"text","content":"Be fair."},{"type":"text","text":"Be quick."},{"type":"uri"}]"#;

const TOOLS: &str =
    r#"[{"type":"function","function":{"name":"find","parameters":{"type":"object"}}}]"#;

fn heard_from_libraries() {
    tracing::info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.request.model = "m",
        gen_ai.input.messages = MESSAGES,
        gen_ai.output.messages = MESSAGES,
        gen_ai.system_instructions = INSTRUCTIONS,
        gen_ai.tool.definitions = TOOLS,
    );
    for documents in [r#"[{"id":"d1","score":0.5}]"#, r#"[{"id":"d1"}]"#, "a document"] {
        tracing::info_span!(
            "retrieval",
            gen_ai.operation.name = "retrieval",
            gen_ai.retrieval.query.text = "late payments",
            gen_ai.retrieval.documents = documents,
        );
    }
}

#[test]
fn what_is_declared_and_what_is_heard_validates() {
    let Some(schemas) = Schemas::read() else { return };
    let recorded = recorded(|| {
        assert_eq!(underwrite(), "decline");
        heard_from_libraries();
    });
    let contents = contents(&recorded.archive, &recorded.bodies);
    let checked: usize = contents.iter().map(|contents| schemas.check(contents)).sum();
    // Two of the declared decision, four of the chat, and the one list of documents that is one.
    assert_eq!(checked, 2 + 4 + 1);
    let omitted: Vec<_> = contents.iter().flat_map(Contents::omitted).collect();
    assert_eq!(omitted, [names::RETRIEVAL_DOCUMENTS; 2]);
}

#[test]
fn what_recorded_runs_say_validates() {
    let Some(schemas) = Schemas::read() else { return };
    let path = root().join("../shared/data/airline-runs.jsonl");
    let Ok(file) = File::open(&path) else {
        return println!("skipped: there is no {}", path.display());
    };
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let ledger = Ledger::open(&directory, Options::default()).unwrap();
    let mut id = 0;
    let mut moment = || {
        id += 1;
        Moment { id: Uuid::from_u128(id), now_us: 1_767_225_600_000_000 }
    };
    for run in OpenAiChat::new(BufReader::new(file)) {
        for submission in run.unwrap().submissions(&mut moment) {
            ledger.submit(submission).unwrap();
        }
    }
    ledger.close().unwrap();
    let (mut archive, mut bodies) = (Archive::open(&directory).unwrap(), Vec::new());
    archive.advance(&mut |stored| bodies.push(stored.entry.body)).unwrap();
    let contents = contents(&archive, &bodies);
    let checked: usize = contents.iter().map(|contents| schemas.check(contents)).sum();
    println!("{checked} lists of messages validate");
    assert!(checked > 2000, "{checked}");
}

#[test]
fn the_validator_refuses_what_is_damaged() {
    let Some(schemas) = Schemas::read() else { return };
    let message = |part: Value| json!([{"role": "user", "parts": [part]}]);
    let text = json!({"type": "text", "content": "a"});
    let input = &schemas.0[names::INPUT_MESSAGES];
    assert_eq!(input.check(&message(text.clone())), Ok(()));
    let mut without_role = message(text.clone());
    without_role[0].as_object_mut().unwrap().remove("role");
    assert!(input.check(&without_role).is_err());
    for damaged in [
        json!({"content": "a"}),
        json!({"type": "text"}),
        json!({"type": "tool_call", "arguments": {}}),
        json!({"type": "uri", "uri": "u"}),
    ] {
        assert!(input.check(&message(damaged.clone())).is_err(), "{damaged}");
    }
    let output = &schemas.0[names::OUTPUT_MESSAGES];
    assert!(output.check(&message(text)).is_err(), "an answer without a finish_reason");
    let tools = &schemas.0[names::TOOL_DEFINITIONS];
    assert!(tools.check(&json!([{"type": "function"}])).is_err());
    let bad = json!([{"type": "function", "name": "f", "parameters": {"type": 7}}]);
    assert!(tools.check(&bad).is_err(), "parameters that are no schema");
}
