//! A span's attributes in the making. Strings, integers, finite doubles and arrays of strings: other types do not survive
//! every backend.

use opentelemetry::{Array, Key, KeyValue, StringValue, Value};
use testimony_record::label::Label;

/// Attributes; whoever adds one makes sure that its name is new.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct List(Vec<KeyValue>);

impl List {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    pub(super) fn into_vec(self) -> Vec<KeyValue> {
        self.0
    }

    pub(super) fn as_slice(&self) -> &[KeyValue] {
        &self.0
    }

    pub(super) fn push(&mut self, attribute: KeyValue) {
        self.0.push(attribute);
    }

    pub(super) fn text(&mut self, name: impl Into<Key>, text: impl Into<StringValue>) {
        self.push(KeyValue::new(name, text.into()));
    }

    pub(super) fn label(&mut self, name: impl Into<Key>, label: Option<&Label>) {
        if let Some(label) = label {
            self.text(name, label.as_str().to_owned());
        }
    }

    /// An empty list counts as no value.
    pub(super) fn texts<'a>(&mut self, name: &'static str, texts: impl Iterator<Item = &'a str>) {
        let texts: Vec<StringValue> = texts.map(|text| text.to_owned().into()).collect();
        if !texts.is_empty() {
            self.push(KeyValue::new(name, Value::Array(Array::String(texts))));
        }
    }

    pub(super) fn count(&mut self, name: &'static str, count: Option<u64>) {
        // Integers of an entry end at 2^53.
        if let Some(count) = count.and_then(|count| i64::try_from(count).ok()) {
            self.push(KeyValue::new(name, count));
        }
    }

    /// What is not finite is no number that a backend keeps; the entry's content still has it.
    pub(super) fn number(&mut self, name: &'static str, number: f64) {
        if number.is_finite() {
            self.push(KeyValue::new(name, number));
        }
    }
}
