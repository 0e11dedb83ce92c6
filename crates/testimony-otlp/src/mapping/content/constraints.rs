//! What the blob of a constraint says beyond the entry: its limit, and what was observed.

use serde::Deserialize;
use serde_json::value::RawValue;
use testimony_record::decision::Decision;
use testimony_record::part::{Content, Part};

use super::message::Payload;
use super::reader::{Omitted, Reader};
use super::{Attribute, Contents};
use crate::mapping::constraints::{name, numbered, state};

/// A constraint as its macro records it. Further members stay in the ledger.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    limit: Option<Box<RawValue>>,
    #[serde(default)]
    observed: Option<Box<RawValue>>,
}

pub(super) fn read(
    contents: &mut Contents,
    reader: &mut Reader<'_>,
    decision: &Decision,
    parts: &[Part],
) {
    // Those that did not fit the entry are known only now.
    let in_entry = numbered(&decision.parts).count();
    for (number, part) in numbered(parts) {
        if number >= in_entry {
            state(&mut contents.attributes, number, part);
        }
        let (limit, observed) = match said(reader, part) {
            Ok(said) => (keep(reader, said.limit), keep(reader, said.observed)),
            Err(why) => (Err(why), Err(why)),
        };
        contents.add(name(number, "limit"), limit);
        contents.add(name(number, "observed"), observed);
    }
}

/// What is no constraint of ours says nothing of a limit.
fn said(reader: &mut Reader<'_>, part: &Part) -> Result<Said, Omitted> {
    let Content::Blob(digest) = &part.content else { return Ok(Said::default()) };
    match reader.begin().payload(digest)? {
        Payload::Json(json) if json.get().starts_with('{') => {
            Ok(serde_json::from_str(json.get()).unwrap_or_default())
        }
        _ => Ok(Said::default()),
    }
}

fn keep(reader: &mut Reader<'_>, value: Option<Box<RawValue>>) -> Attribute {
    let text = value.and_then(|json| Payload::Json(json).text());
    text.map(|text| reader.keep_short(text)).transpose()
}

#[cfg(test)]
mod tests {
    use testimony_record::part::Role;
    use testimony_record::unsealed::UnsealedPart;

    use super::super::tests::{json_part, of};
    use super::*;

    fn rule(name: &str, json: &str) -> UnsealedPart {
        UnsealedPart { held: Some(true), ..json_part(Role::Constraint, Some(name), json) }
    }

    fn lines(contents: &Contents) -> Vec<String> {
        contents.attributes().map(|a| format!("{} = {}", a.key, a.value)).collect()
    }

    #[test]
    fn a_constraint_says_its_limit_and_what_was_observed() {
        let contents = of(vec![
            rule("ratio", r#"{"rule":"ratio","limit":0.40,"observed":"low","held":true}"#),
            rule("age", r#"{"rule":"age","observed":{"years":17},"held":true,"unit":"years"}"#),
        ]);
        assert_eq!(
            lines(&contents),
            [
                "testimony.constraint.0.limit = 0.40",
                "testimony.constraint.0.observed = low",
                r#"testimony.constraint.1.observed = {"years":17}"#,
            ]
        );
    }

    #[test]
    fn what_is_no_constraint_of_ours_says_nothing_of_a_limit() {
        let contents = of(vec![rule("a", "[1]"), rule("b", "7"), rule("c", r#"{"limit":"#)]);
        assert_eq!(contents, Contents::default());
    }

    #[test]
    fn constraints_that_did_not_fit_the_entry_are_named_with_their_contents() {
        let filler =
            |n: usize| json_part(Role::Context, Some(&format!("{n}{}", "x".repeat(200))), "1");
        let mut parts: Vec<_> = (0..300).map(filler).collect();
        parts.push(rule("age", r#"{"rule":"age","limit":18,"held":true}"#));
        assert_eq!(
            lines(&of(parts)),
            [
                "testimony.constraint.0.rule = age",
                "testimony.constraint.0.held = true",
                "testimony.constraint.0.limit = 18",
            ]
        );
    }
}
