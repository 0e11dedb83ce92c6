//! What an endpoint refuses for good is set aside on record: one line of JSON for each, beside the cursor that passed it.

use serde::{Deserialize, Serialize};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// Entries that were not delivered, and that the export has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Their stream.
    pub stream: Uuid,
    /// Which entries.
    #[serde(flatten)]
    pub which: Which,
    /// When that was, in microseconds since the Unix epoch.
    pub when_us: u64,
    /// What the endpoint said.
    pub why: String,
}

/// Which entries were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Which {
    /// This one.
    Entry {
        /// Its number.
        seq: u64,
        /// Its hash.
        hash: Digest,
        /// The id of the decision that it is, or is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
    },
    /// Some of these: an endpoint that accepts a request in part says how many spans it dropped, and not which.
    SomeOf {
        /// The number of the first entry of the request.
        first: u64,
        /// The number of the last one.
        last: u64,
        /// How many of them were dropped.
        count: u64,
    },
}

impl SetAside {
    pub(crate) fn encode(&self) -> Vec<u8> {
        // A struct of numbers and strings has no value that JSON could refuse.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// Reads the lines of a file. A line that is none, such as one that a crash cut short, is passed over.
    pub(crate) fn decode_all(bytes: &[u8]) -> Vec<Self> {
        let lines = bytes.split(|&byte| byte == b'\n');
        lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(which: Which) -> SetAside {
        SetAside { stream: Uuid::from_u128(7), which, when_us: 5, why: "400 \"no\"\n".to_owned() }
    }

    #[test]
    fn lines_are_read_back_and_a_line_that_was_cut_short_costs_no_other() {
        let entry = Which::Entry { seq: 9, hash: Digest::plain(b"entry"), id: None };
        let all = [
            aside(entry.clone()),
            aside(Which::SomeOf { first: 1, last: 9, count: 2 }),
            aside(Which::Entry { seq: 10, hash: Digest::plain(b"e"), id: Some(Uuid::nil()) }),
        ];
        let whole: Vec<u8> = all.iter().flat_map(SetAside::encode).collect();
        assert_eq!(SetAside::decode_all(&whole), all);
        assert_eq!(SetAside::decode_all(&whole[..whole.len() - 9]), all[..2]);
        let torn = [b"{\"stream\":\"\n".as_slice(), &aside(entry.clone()).encode()].concat();
        assert_eq!(SetAside::decode_all(&torn), [aside(entry)]);
    }
}
