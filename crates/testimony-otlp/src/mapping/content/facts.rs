//! What an outcome says: who acted, what, why, shown what. Of a score, also as the conventions write an evaluation.

use testimony_record::decision::Outcome;
use testimony_record::part::{Content, Part, Role};

use super::reader::{Omitted, Reader};
use super::{Attribute, Contents, messages_of};
use crate::mapping::names;
use crate::mapping::outcome::{FACTS, first, is_score};

pub(super) fn read(
    contents: &mut Contents,
    reader: &mut Reader<'_>,
    outcome: &Outcome,
    parts: &[Part],
) {
    for (role, name) in FACTS {
        contents.add(name, fact(reader, first(parts, role)));
    }
    if is_score(outcome) {
        score(contents, reader, parts);
    }
}

/// Text as it is; messages as the JSON that the conventions have for them.
fn fact(reader: &mut Reader<'_>, part: Option<&Part>) -> Attribute {
    let Some(part) = part else { return Ok(None) };
    let text = match &part.content {
        Content::Blob(digest) => reader.begin().payload(digest)?.text().ok_or(Omitted::NoText)?,
        Content::Node(_) => Reader::spelled(&messages_of(reader.begin(), part, "assistant")?)?,
        Content::Absent(_) => return Ok(None),
    };
    reader.keep_short(text).map(Some)
}

/// A score is a number or a word.
fn score(contents: &mut Contents, reader: &mut Reader<'_>, parts: &[Part]) {
    match fact(reader, first(parts, Role::Decision)) {
        Ok(Some(score)) => match score.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => {
                contents.attributes.number(names::EVALUATION_VALUE, number);
            }
            _ => contents.add(names::EVALUATION_LABEL, Ok(Some(score))),
        },
        unsaid => contents.add(names::EVALUATION_LABEL, unsaid),
    }
    let why = fact(reader, first(parts, Role::Rationale));
    contents.add(names::EVALUATION_EXPLANATION, why);
}

#[cfg(test)]
mod tests {
    use testimony_record::unsealed::{Event, UnsealedPart};

    use super::super::tests::{part, read_back, text};
    use super::*;
    use crate::mapping::{Conventions, MAX_CHUNK_BYTES, sample};

    fn of(kind: &str, parts: Vec<UnsealedPart>) -> Contents {
        let (decision, kind) = (sample::ID, kind.into());
        let outcome = Outcome { decision, kind, at_us: 1, parts: vec![], more: None };
        read_back(Event::Outcome(outcome), parts, Conventions::V1_41)
    }

    fn lines(contents: &Contents) -> Vec<String> {
        contents.attributes().map(|a| format!("{} = {:?}", a.key, a.value)).collect()
    }

    #[test]
    fn an_outcome_says_who_did_what_and_why_and_what_they_had_been_shown() {
        let parts = vec![
            text(Role::Actor, "m.weber"),
            text(Role::Decision, "approve"),
            text(Role::Rationale, "new payslip"),
            text(Role::Context, "the screen"),
        ];
        assert_eq!(
            lines(&of("overridden", parts)),
            [
                "testimony.outcome.by = String(Owned(\"m.weber\"))",
                "testimony.outcome.decision = String(Owned(\"approve\"))",
                "testimony.outcome.why = String(Owned(\"new payslip\"))",
                "testimony.outcome.shown = String(Owned(\"the screen\"))",
            ]
        );
    }

    #[test]
    fn a_score_is_a_number_or_a_word_and_never_a_number_that_is_none() {
        let scored = |score: &str| {
            let contents = of("scored", vec![text(Role::Decision, score)]);
            lines(&contents).pop().unwrap()
        };
        assert_eq!(scored(" 0.5"), "gen_ai.evaluation.score.value = F64(0.5)");
        let word = |word: &str| format!("gen_ai.evaluation.score.label = String(Owned({word:?}))");
        assert_eq!(scored("good"), word("good"));
        assert_eq!(scored("NaN"), word("NaN"));
        assert_eq!(scored("1e999"), word("1e999"));
    }

    #[test]
    fn a_score_says_why() {
        let contents = of("scored", vec![text(Role::Rationale, "three of five steps")]);
        assert_eq!(
            lines(&contents),
            [
                "testimony.outcome.why = String(Owned(\"three of five steps\"))",
                "gen_ai.evaluation.explanation = String(Owned(\"three of five steps\"))",
            ]
        );
    }

    #[test]
    fn what_is_longer_than_a_piece_of_an_entry_is_left_out_and_named() {
        let shown = |bytes| of("approved", vec![text(Role::Context, &"x".repeat(bytes))]);
        assert_eq!(shown(MAX_CHUNK_BYTES).omitted().count(), 0);
        let long = shown(MAX_CHUNK_BYTES + 1);
        assert_eq!(lines(&long), [] as [&str; 0]);
        assert_eq!(long.omitted().collect::<Vec<_>>(), [names::OUTCOME_SHOWN]);
    }

    #[test]
    fn bytes_that_are_no_text_are_left_out_and_named() {
        use testimony_record::media::MediaType;
        use testimony_record::unsealed::{UnsealedBlob, UnsealedContent};
        let blob = UnsealedBlob { media: MediaType::BYTES, bytes: vec![0xff].into() };
        let contents = of("approved", vec![part(Role::Context, None, UnsealedContent::Blob(blob))]);
        assert_eq!(contents.omitted().collect::<Vec<_>>(), [names::OUTCOME_SHOWN]);
    }
}
