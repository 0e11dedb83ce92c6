//! Finding what a person means: an id, the beginning of one, or a subject.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::ops::RangeInclusive;

use serde::Serialize;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::part::Role;

use crate::begun::Begun;
use crate::casebook::Casebook;
use crate::index::Case;
use crate::reader::Unreadable;
use crate::search::Search;

/// The shortest beginning of an id that is taken for one, in hexadecimal digits.
const FEWEST_DIGITS: usize = 4;

/// A shorter text occurs everywhere and means nothing.
const FEWEST_LETTERS: usize = 3;

/// How many candidates or similar subjects an error names.
const MOST_NAMED: usize = 5;

/// A longer subject is not compared for similarity: nobody types one.
const LONGEST_SUBJECT: usize = 256;

/// Below this, two subjects have nothing to do with each other.
const LEAST_SIMILARITY: f64 = 0.6;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotFound {
    /// No decision has such an id.
    #[error("no decision here has an id that is or begins with {asked:?}")]
    Id {
        /// What was asked for.
        asked: String,
        /// Whether it is a subject, so that `why` would know it.
        is_subject: bool,
    },
    /// It is neither a subject, nor a trace, nor the beginning of an id, and no outcome or decision says it.
    #[error(
        "{asked:?} is no subject here, no trace, nor the beginning of a decision's id, and no outcome or decision says it{}{}",
        may_say_it(*unsearched),
        did_you_mean(near)
    )]
    Subject {
        /// What was asked for.
        asked: String,
        /// Subjects that are similar, the most similar first.
        near: Vec<String>,
        /// How many contents could not be read and may say it as well.
        unsearched: usize,
    },
    /// Several ids begin so.
    #[error("{count} ids begin with {asked:?}; give more of it: {}", listed(candidates, *count))]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// How many.
        count: usize,
        /// The first of them.
        candidates: Vec<Candidate>,
    },
    /// The decision was found, and its entry cannot be read again.
    #[error("the decision's entry cannot be read")]
    Unreadable(#[from] Unreadable),
}

/// A decision that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: Uuid,
    /// Its call site.
    pub site: String,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id, self.site)
    }
}

fn of_begun(begun: &Begun) -> Candidate {
    Candidate { id: begun.id, site: begun.site.to_string() }
}

fn may_say_it(unsearched: usize) -> String {
    match unsearched {
        0 => String::new(),
        1 => "; 1 content cannot be read and may say it".to_owned(),
        many => format!("; {many} contents cannot be read and may say it"),
    }
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = near.iter().map(|subject| format!("{subject:?}")).collect();
    format!("; similar subjects: {}", quoted.join(", "))
}

fn listed(candidates: &[Candidate], count: usize) -> String {
    let names: Vec<String> = candidates.iter().map(ToString::to_string).collect();
    let rest = if count > names.len() { ", …" } else { "" };
    format!("{}{rest}", names.join(", "))
}

/// What a person meant.
pub(crate) enum Meant<'a> {
    Decision(&'a Case),
    /// The numbers of the decisions about it, in order, and the ids of calls that were begun about it and nothing more.
    Subject(Vec<usize>, Vec<Uuid>),
    /// The numbers of the decisions of a distributed trace, in order.
    Trace(Vec<usize>),
    /// A call that was begun, and of which nothing more is known.
    Begun(Uuid),
    /// Decisions of which an outcome, or a decided value, says what was asked for, and how many contents could not be read
    /// and may say it as well.
    Says(Vec<usize>, Where, usize),
}

/// Where a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// In something that was recorded about the decision later.
    Outcome,
    /// In what was decided; no outcome says it.
    Decision,
}

impl Casebook {
    /// A whole id stands for its decision; then come subjects, then traces and beginnings of ids, then what outcomes and
    /// decisions say. So nobody can hide a decision behind a subject that is spelt like its id.
    pub(crate) fn meant(&self, asked: &str) -> Result<Meant<'_>, NotFound> {
        if let Some(named) = self.named(asked)? {
            return Ok(named);
        }
        self.said_by(asked).map_err(|unsearched| {
            let near = self.near(asked);
            NotFound::Subject { asked: asked.to_owned(), near, unsearched }
        })
    }

    /// What an id, a subject, a trace or the beginning of an id names.
    pub(crate) fn named(&self, asked: &str) -> Result<Option<Meant<'_>>, NotFound> {
        let whole = Uuid::try_parse(asked).ok().and_then(|id| self.index.with_id(&id).next());
        if let Some(case) = whole {
            return Ok(Some(Meant::Decision(case)));
        }
        let (about, begun) = (self.about(asked), self.begun_about(asked));
        if !about.is_empty() || !begun.is_empty() {
            return Ok(Some(Meant::Subject(about, begun)));
        }
        if let Some(numbers) = self.of_trace(asked) {
            return Ok(Some(Meant::Trace(numbers)));
        }
        if let Some(case) = self.begins_with(asked)? {
            return Ok(Some(Meant::Decision(case)));
        }
        Ok(self.begun_beginning(asked)?.map(Meant::Begun))
    }

    /// The decisions of a trace, by its id of 32 hexadecimal digits.
    fn of_trace(&self, asked: &str) -> Option<Vec<usize>> {
        let trace: [u8; 16] = hex::decode(asked).ok()?.try_into().ok()?;
        let mut numbers = self.index.in_trace(&trace).to_vec();
        self.index.sort(&mut numbers);
        (!numbers.is_empty()).then_some(numbers)
    }

    /// The call that was begun under such an id and never became a decision.
    fn begun_beginning(&self, asked: &str) -> Result<Option<Uuid>, NotFound> {
        let Some(range) = ids_beginning(asked) else { return Ok(None) };
        let ids = self.intents.ids().filter(|id| range.contains(*id) && self.is_undecided(id));
        let mut ids: Vec<Uuid> = ids.copied().collect();
        ids.sort_unstable();
        match ids.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => Err(NotFound::Ambiguous {
                asked: asked.to_owned(),
                count: ids.len(),
                candidates: self
                    .begun(ids.get(..MOST_NAMED).unwrap_or(&ids))
                    .iter()
                    .map(of_begun)
                    .collect(),
            }),
        }
    }

    /// The decisions whose outcomes contain a text; where none does, those whose decided values do; where none of those does,
    /// how many contents could not be read.
    fn said_by(&self, text: &str) -> Result<Meant<'_>, usize> {
        if text.trim().chars().count() < FEWEST_LETTERS {
            return Err(0);
        }
        let mut search = Search::new(&self.reader, text);
        for place in [Where::Outcome, Where::Decision] {
            let mut numbers: Vec<usize> = (0..self.len())
                .filter(|&number| self.says_in(number, place, &mut search))
                .collect();
            self.index.sort(&mut numbers);
            if !numbers.is_empty() {
                return Ok(Meant::Says(numbers, place, search.unread()));
            }
        }
        Err(search.unread())
    }

    fn says_in(&self, number: usize, place: Where, search: &mut Search<'_>) -> bool {
        let Some(case) = self.index.case(number) else { return false };
        match place {
            Where::Outcome => self.index.outcomes(&case.id).iter().any(|at| search.entry(at)),
            Where::Decision => search.entry_in(&case.at, Role::Decision),
        }
    }

    pub(crate) fn by_id(&self, asked: &str) -> Result<&Case, NotFound> {
        self.begins_with(asked)?.ok_or_else(|| NotFound::Id {
            asked: asked.to_owned(),
            is_subject: !self.about(asked).is_empty(),
        })
    }

    fn begins_with(&self, asked: &str) -> Result<Option<&Case>, NotFound> {
        let Some(range) = ids_beginning(asked) else { return Ok(None) };
        let count = self.index.ids_in(range.clone()).count();
        let mut cases = self.index.ids_in(range).filter_map(|id| self.index.with_id(id).next());
        if count < 2 {
            return Ok(cases.next());
        }
        let candidate = |case: &Case| Candidate { id: case.id, site: case.site.to_string() };
        let candidates = cases.take(MOST_NAMED).map(candidate).collect();
        Err(NotFound::Ambiguous { asked: asked.to_owned(), count, candidates })
    }

    /// The decisions about a subject, in the order in which they began.
    pub(crate) fn about(&self, subject: &str) -> Vec<usize> {
        let digests = self.subjects_that_are(subject);
        let mut numbers: Vec<usize> =
            digests.iter().flat_map(|digest| self.index.about(digest)).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.index.sort(&mut numbers);
        numbers
    }

    /// Salted as they are, equal subjects can have several digests, so each subject is read and compared.
    pub(crate) fn subjects_that_are(&self, text: &str) -> HashSet<Digest> {
        let is = |digest: &&Digest| {
            self.reader.archive.blob(digest).is_ok_and(|blob| blob.bytes == text.as_bytes())
        };
        self.index.subjects().filter(is).copied().collect()
    }

    /// Subjects that contain `text` or are spelt like it, the most similar first.
    #[must_use]
    pub fn near(&self, text: &str) -> Vec<String> {
        let subjects: BTreeSet<String> =
            self.index.subjects().filter_map(|digest| self.short_subject(digest)).collect();
        let mut near: Vec<(f64, String)> = subjects
            .into_iter()
            .map(|subject| (similarity(&subject, text), subject))
            .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
            .collect();
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        near.into_iter().map(|(_, subject)| subject).take(MOST_NAMED).collect()
    }

    fn short_subject(&self, digest: &Digest) -> Option<String> {
        let blob = self.reader.archive.blob(digest).ok()?;
        let text = str::from_utf8(&blob.bytes).ok()?;
        (text.len() <= LONGEST_SUBJECT).then(|| text.to_owned())
    }

    /// How many characters of an id are enough to tell it from every other one here; at least 8, at most 36.
    #[must_use]
    pub fn id_length(&self) -> usize {
        let ids = self.index.ids();
        let shared = ids.clone().zip(ids.skip(1)).map(|(a, b)| shared_digits(a, b));
        characters(shared.max().map_or(0, |shared| shared + 1))
    }
}

/// With how many equal hexadecimal digits two ids begin.
fn shared_digits(a: &Uuid, b: &Uuid) -> usize {
    (a.as_u128() ^ b.as_u128()).leading_zeros() as usize / 4
}

/// How many characters of an id hold its first digits, of which at least 8 are told.
pub(crate) fn characters(digits: usize) -> usize {
    let digits = digits.clamp(8, 32);
    // Hyphens stand after these numbers of digits.
    digits + [8, 12, 16, 20].iter().filter(|&&before| digits > before).count()
}

/// Containing counts for more than being spelt alike: who types `4-1` means `run:airline-4-1`.
fn similarity(subject: &str, text: &str) -> f64 {
    let (subject, text) = (subject.to_ascii_lowercase(), text.to_ascii_lowercase());
    let contains = text.len() > 1 && subject.contains(&text);
    strsim::normalized_damerau_levenshtein(&subject, &text) + if contains { 1.0 } else { 0.0 }
}

/// The ids that begin with some hexadecimal digits, hyphens aside.
pub(crate) fn ids_beginning(asked: &str) -> Option<RangeInclusive<Uuid>> {
    let digits: String = asked.chars().filter(|&c| c != '-').collect();
    let plausible = (FEWEST_DIGITS..=32).contains(&digits.len());
    if !plausible || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let first = Uuid::try_parse(&format!("{digits:0<32}")).ok()?;
    let last = Uuid::try_parse(&format!("{digits:f<32}")).ok()?;
    Some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_id_is_digits_with_or_without_hyphens() {
        let plain = ids_beginning("0198c1d25a7e").unwrap();
        assert_eq!(ids_beginning("0198C1D2-5A7E-"), Some(plain.clone()));
        let id = |text: &str| text.parse::<Uuid>().unwrap();
        assert!(plain.contains(&id("0198c1d2-5a7e-7000-8000-0123456789ab")));
        assert!(!plain.contains(&id("0198c1d2-5a7f-7000-8000-0123456789ab")));
        for not_one in ["", "019", "loan:1234", "0198c1d2-5a7e-7000-8000-0123456789ab0"] {
            assert_eq!(ids_beginning(not_one), None, "{not_one}");
        }
    }

    #[test]
    fn a_subject_that_contains_what_was_typed_is_nearer_than_one_that_is_spelt_alike() {
        assert!(similarity("run:airline-4-1", "4-1") > similarity("4-2", "4-1"));
        assert!(similarity("loan:1234", "loan:1243") > LEAST_SIMILARITY);
        assert!(similarity("loan:1234", "") < LEAST_SIMILARITY);
    }
}
