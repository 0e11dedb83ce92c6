//! The attributes of a span, each taken once: what no rule has taken is known to be left.

use std::collections::BTreeMap;

use serde_json::Value;

/// Attributes by name. Of one that comes twice, the first counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes(BTreeMap<String, Value>);

impl FromIterator<(String, Value)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(attributes: I) -> Self {
        let mut all = BTreeMap::new();
        for (name, value) in attributes {
            all.entry(name).or_insert(value);
        }
        Self(all)
    }
}

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn any_begins_with(&self, beginning: &str) -> bool {
        self.0
            .range(beginning.to_owned()..)
            .next()
            .is_some_and(|(name, _)| name.starts_with(beginning))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// The first of several names that is there; the others stay.
    pub(super) fn take_first(&mut self, names: &[&str]) -> Option<Value> {
        names.iter().find_map(|name| self.take(name))
    }

    pub(super) fn take_text(&mut self, names: &[&str]) -> Option<String> {
        self.take_first(names).map(text)
    }

    pub(super) fn take_count(&mut self, names: &[&str]) -> Option<u64> {
        let value = self.take_first(names)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    /// All attributes whose names begin so, by the rest of their names.
    pub(super) fn take_below(&mut self, beginning: &str) -> Vec<(String, Value)> {
        let names: Vec<String> = self
            .0
            .range(beginning.to_owned()..)
            .map(|(name, _)| name)
            .take_while(|name| name.starts_with(beginning))
            .cloned()
            .collect();
        let taken = names.into_iter().filter_map(|name| self.0.remove_entry(&name));
        taken
            .map(|(name, value)| {
                (name.get(beginning.len()..).unwrap_or_default().to_owned(), value)
            })
            .collect()
    }

    /// What is left.
    pub(super) fn into_rest(self) -> BTreeMap<String, Value> {
        self.0
    }
}

/// A value as a person would write it: text as it is, anything else as JSON.
pub(super) fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        value => value.to_string(),
    }
}
