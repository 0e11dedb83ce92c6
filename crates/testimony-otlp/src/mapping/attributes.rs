//! The attributes of a decision's span. Strings, integers and arrays of strings only: other types do not survive every backend.

use opentelemetry::{Array, KeyValue, StringValue, Value};
use testimony_record::decision::{Decision, Response, Usage};
use testimony_record::label::Label;

use super::{Contents, Sealed, VERSION, chunks, error_type, names};

pub(super) fn all(
    sealed: &Sealed,
    decision: &Decision,
    content: Option<&Contents>,
) -> Vec<KeyValue> {
    let mut list = List(Vec::with_capacity(32));
    list.call(decision);
    list.response(decision.response.as_ref().unwrap_or(&Response::default()));
    list.usage(decision.usage.unwrap_or_default());
    list.text(names::SPAN_KIND, open_inference_kind(decision));
    list.record(sealed, decision);
    list.entry(sealed);
    if let Some(content) = content {
        list.content(content);
    }
    list.0
}

/// `OpenInference`'s word for what the span is, which Phoenix cannot work out for every operation itself.
fn open_inference_kind(decision: &Decision) -> &'static str {
    match decision.operation.as_ref().map(Label::as_str) {
        Some("chat" | "text_completion" | "generate_content") => "LLM",
        Some("embeddings") => "EMBEDDING",
        Some("retrieval") => "RETRIEVER",
        Some("execute_tool") => "TOOL",
        Some("invoke_agent" | "create_agent") => "AGENT",
        None if decision.model.is_some() => "LLM",
        _ => "CHAIN",
    }
}

struct List(Vec<KeyValue>);

impl List {
    fn call(&mut self, decision: &Decision) {
        self.label(names::OPERATION, decision.operation.as_ref());
        self.label(names::PROVIDER, decision.provider.as_ref());
        self.label(names::REQUEST_MODEL, decision.model.as_ref());
        if let Some(error) = error_type(decision) {
            self.text(names::ERROR_TYPE, error);
        }
    }

    fn response(&mut self, response: &Response) {
        self.label(names::RESPONSE_ID, response.id.as_ref());
        self.label(names::RESPONSE_MODEL, response.model.as_ref());
        self.texts(names::FINISH_REASONS, response.finish_reasons.iter().map(Label::as_str));
    }

    fn usage(&mut self, usage: Usage) {
        self.count(names::INPUT_TOKENS, usage.input);
        self.count(names::OUTPUT_TOKENS, usage.output);
        self.count(names::CACHE_READ_TOKENS, usage.cache_read);
        self.count(names::CACHE_CREATION_TOKENS, usage.cache_creation);
        self.count(names::REASONING_TOKENS, usage.reasoning);
    }

    fn record(&mut self, sealed: &Sealed, decision: &Decision) {
        self.text(names::MAPPING, VERSION);
        self.text(names::ID, decision.id.to_string());
        self.text(names::STREAM, sealed.entry.stream.to_string());
        self.text(names::SEQ, sealed.entry.seq.to_string());
        self.text(names::HASH, sealed.hash.to_string());
        self.text(names::PREV, sealed.entry.prev.to_string());
        self.label(names::SITE, Some(&decision.site));
        self.text(names::STATUS, decision.status.as_str());
    }

    fn entry(&mut self, sealed: &Sealed) {
        // An entry that was read is canonical JSON, and so UTF-8.
        let text = str::from_utf8(&sealed.bytes).unwrap_or_default();
        let mut count = 0;
        for chunk in chunks(text) {
            self.text(format!("{}{count}", names::ENTRY_PREFIX), chunk.to_owned());
            count += 1;
        }
        self.count(names::ENTRY_CHUNKS, Some(count));
    }

    fn content(&mut self, content: &Contents) {
        for (name, json) in content.attributes() {
            self.text(name, json.to_owned());
        }
        self.texts(names::CONTENT_OMITTED, content.omitted());
    }

    fn label(&mut self, name: &'static str, label: Option<&Label>) {
        if let Some(label) = label {
            self.text(name, label.as_str().to_owned());
        }
    }

    fn text(&mut self, name: impl Into<opentelemetry::Key>, text: impl Into<StringValue>) {
        self.0.push(KeyValue::new(name, text.into()));
    }

    /// An empty list counts as no value.
    fn texts<'a>(&mut self, name: &'static str, texts: impl Iterator<Item = &'a str>) {
        let texts: Vec<StringValue> = texts.map(|text| text.to_owned().into()).collect();
        if !texts.is_empty() {
            self.0.push(KeyValue::new(name, Value::Array(Array::String(texts))));
        }
    }

    fn count(&mut self, name: &'static str, count: Option<u64>) {
        // Integers of an entry end at 2^53.
        if let Some(count) = count.and_then(|count| i64::try_from(count).ok()) {
            self.0.push(KeyValue::new(name, count));
        }
    }
}
