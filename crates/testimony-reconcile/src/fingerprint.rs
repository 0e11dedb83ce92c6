//! A short name for all that is compared of a span, so that two copies can be told apart without keeping either.

use std::collections::BTreeMap;

use crate::span::{Span, Value};

/// The first 16 bytes of a BLAKE3 hash over everything but the order of attributes and the trace, which can depend on what
/// was exported before.
pub(crate) fn fingerprint(span: &Span) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(&span.span_id);
    part(&span.parent_span_id);
    part(&span.name);
    part(&span.kind.to_le_bytes());
    part(&span.status.to_le_bytes());
    part(&span.message);
    part(&span.start_ns.to_le_bytes());
    part(&span.end_ns.to_le_bytes());
    let sorted: BTreeMap<&str, &Value> =
        span.attributes.iter().map(|(name, value)| (name.as_str(), value)).collect();
    part(&(span.attributes.len() as u64).to_le_bytes());
    for (name, value) in sorted {
        part(name.as_bytes());
        write(value, &mut part);
    }
    let mut short = [0; 16];
    hasher.finalize_xof().fill(&mut short);
    short
}

fn write(value: &Value, part: &mut impl FnMut(&[u8])) {
    match value {
        Value::Nothing => part(b"nothing"),
        Value::Text(text) => {
            part(b"text");
            part(text);
        }
        Value::Integer(number) => {
            part(b"integer");
            part(&number.to_le_bytes());
        }
        Value::Truth(truth) => part(if *truth { b"true" } else { b"false" }),
        Value::Double(number) => {
            part(b"double");
            part(&number.to_bits().to_le_bytes());
        }
        Value::Bytes(bytes) => {
            part(b"bytes");
            part(bytes);
        }
        Value::List(list) => {
            part(b"list");
            part(&(list.len() as u64).to_le_bytes());
            for item in list {
                write(item, &mut *part);
            }
        }
        Value::Map(map) => {
            part(b"map");
            part(&(map.len() as u64).to_le_bytes());
            for (name, value) in map {
                part(name.as_bytes());
                write(value, &mut *part);
            }
        }
    }
}

/// The first 16 bytes of a BLAKE3 hash.
pub(crate) fn short(bytes: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    blake3::Hasher::new().update(bytes).finalize_xof().fill(&mut short);
    short
}
