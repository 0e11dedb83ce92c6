//! What the application states of a decision piece by piece: parts, and constraints with their fields.

use testimony_record::part::Role;

use crate::current::Current;
use crate::draft::About;
use crate::value::Recordable;

impl Current {
    /// Adds a part that the application states.
    pub fn part<T: Recordable + ?Sized>(&self, role: Role, name: Option<&'static str>, value: &T) {
        self.0.with(|draft| draft.add(About::declared(role, name), value));
    }

    /// Adds a constraint: a JSON object of its rule, whether it held, and what else is stated.
    pub fn constraint(&self, name: &'static str, held: bool, fill: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(serde_json::Map::new());
        fields.add("rule", name);
        fill(&mut fields);
        fields.add("held", &held);
        let about = About { held: Some(held), ..About::declared(Role::Constraint, Some(name)) };
        self.0.with(|draft| draft.add(about, &fields.0));
    }
}

/// The fields of a constraint.
#[derive(Debug)]
pub struct Fields(serde_json::Map<String, serde_json::Value>);

impl Fields {
    /// Adds one; a value that cannot be serialised is named as such.
    pub fn add<T: Recordable + ?Sized>(&mut self, key: &'static str, value: &T) {
        let value = serde_json::to_value(value).unwrap_or_else(|_| "(not serialisable)".into());
        self.0.insert(key.to_owned(), value);
    }
}
