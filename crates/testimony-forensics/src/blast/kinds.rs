//! Which kinds of decisions an answer holds, and what they were about. What is inferred is counted by itself.

use std::collections::{BTreeMap, HashMap};

use testimony_record::digest::Digest;
use testimony_record::entry::Body;

use super::answer::{Counts, Subject};
use super::flows::Case;
use super::tell::Telling;
use crate::excerpt;
use crate::index;

/// The counts so far.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) counts: Counts,
    pub(super) inferred: Option<Counts>,
    /// The texts of the subjects, each read once.
    texts: HashMap<Digest, String>,
    /// For each subject the decisions that are exact, and those that are inferred.
    about: BTreeMap<String, [usize; 2]>,
}

impl Kinds {
    /// Counts a decision of the answer; a direct one has depth 0.
    pub(super) fn add(
        &mut self,
        telling: &Telling<'_>,
        number: Case,
        depth: usize,
        inferred: bool,
    ) {
        let Some(case) = telling.case(number) else { return };
        let counts =
            if inferred { self.inferred.get_or_insert_default() } else { &mut self.counts };
        if depth == 0 {
            counts.direct += 1;
        } else {
            counts.downstream += 1;
        }
        *counts.by_depth.entry(depth).or_default() += 1;
        counts.add(telling, case);
        self.add_subjects(telling, case, inferred);
    }

    fn add_subjects(&mut self, telling: &Telling<'_>, case: &index::Case, inferred: bool) {
        let texts = case.subjects.iter().map(|digest| {
            let reader = &telling.casebook.reader;
            let read = || excerpt::content(&reader.blob(digest)).unwrap_or_default();
            self.texts.entry(*digest).or_insert_with(read).clone()
        });
        let mut texts: Vec<String> = texts.collect();
        texts.sort_unstable();
        texts.dedup();
        for text in texts {
            let [exact, guessed] = self.about.entry(text).or_default();
            *if inferred { guessed } else { exact } += 1;
        }
    }

    /// The subjects, those with most decisions first, equal ones by name.
    pub(super) fn subjects(self) -> Vec<Subject> {
        let about = self.about.into_iter();
        let mut subjects: Vec<Subject> = about
            .map(|(subject, [decisions, inferred])| Subject { subject, decisions, inferred })
            .collect();
        subjects.sort_by_key(|subject| std::cmp::Reverse((subject.decisions, subject.inferred)));
        subjects
    }
}

impl Counts {
    fn add(&mut self, telling: &Telling<'_>, case: &index::Case) {
        *self.by_site.entry(case.site.to_string()).or_default() += 1;
        if let Some(model) = case.models.iter().flatten().next() {
            *self.by_model.entry(model.to_string()).or_default() += 1;
        }
        *self.by_status.entry(case.status.as_str()).or_default() += 1;
        let outcomes = telling.casebook.index.outcomes(&case.id);
        self.without_outcome += usize::from(outcomes.is_empty());
        for at in outcomes {
            let body = telling.casebook.reader.entry(at).map(|reread| reread.entry.body);
            let Ok(Body::Outcome(outcome)) = body else { continue };
            *self.by_outcome.entry(outcome.kind.to_string()).or_default() += 1;
        }
    }
}
