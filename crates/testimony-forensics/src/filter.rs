//! Which decisions a list shows. Everything but the text search is answered from the index.

use std::collections::HashSet;
use std::vec;

use testimony_record::decision::Status;
use testimony_record::digest::Digest;

use crate::casebook::Casebook;
use crate::index::Case;
use crate::search::Search;
use crate::summary::Summary;

/// What must be true of a decision for it to be listed. The default lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of its subjects is this.
    pub subject: Option<String>,
    /// Its call site is this, or lies under it: `loan_desk` has `loan_desk::underwrite`.
    pub site: Option<String>,
    /// The model that was asked for, or the one that says it answered, is this.
    pub model: Option<String>,
    /// It ended so.
    pub status: Option<Status>,
    /// It began at or after this moment, in microseconds since the Unix epoch.
    pub since_us: Option<u64>,
    /// It began at or before this moment.
    pub until_us: Option<u64>,
    /// One of its contents, or of its outcomes' contents, contains this text. ASCII letters match in either case.
    pub contains: Option<String>,
    /// At most so many: the newest.
    pub limit: Option<usize>,
}

/// The decisions that a filter lets through, oldest first. Each is read when it is asked for.
#[derive(Debug)]
pub struct Log<'a> {
    casebook: &'a Casebook,
    cases: vec::IntoIter<usize>,
    has_earlier: bool,
    unsearched: usize,
}

impl Log<'_> {
    /// Whether the limit kept earlier decisions out.
    #[must_use]
    pub fn has_earlier(&self) -> bool {
        self.has_earlier
    }

    /// How many contents the text search could not read; what they say is unknown.
    #[must_use]
    pub fn unsearched(&self) -> usize {
        self.unsearched
    }
}

impl Iterator for Log<'_> {
    type Item = Summary;

    fn next(&mut self) -> Option<Summary> {
        let case = self.casebook.index.case(self.cases.next()?)?;
        Some(self.casebook.summary(case))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.cases.size_hint()
    }
}

impl ExactSizeIterator for Log<'_> {}

impl Casebook {
    /// The decisions that a filter lets through, in the order in which they began: the newest last.
    #[must_use]
    pub fn log(&self, filter: &Filter) -> Log<'_> {
        let subjects = filter.subject.as_deref().map(|subject| self.subjects_that_are(subject));
        let mut cases: Vec<usize> = (0..self.len())
            .filter(|&number| {
                let case = self.index.case(number);
                case.is_some_and(|case| filter.lets_through(case, subjects.as_ref()))
            })
            .collect();
        self.index.sort(&mut cases);
        let (cases, has_earlier, unsearched) = self.newest(cases, filter);
        Log { casebook: self, cases: cases.into_iter(), has_earlier, unsearched }
    }

    /// Cuts to the limit, searching from the newest backwards and no further than needed.
    fn newest(&self, cases: Vec<usize>, filter: &Filter) -> (Vec<usize>, bool, usize) {
        let limit = filter.limit.unwrap_or(usize::MAX);
        let mut search = filter.contains.as_deref().map(|text| Search::new(&self.reader, text));
        let mut found = cases.into_iter().rev().filter(|&number| match &mut search {
            Some(search) => self.index.case(number).is_some_and(|case| self.says(case, search)),
            None => true,
        });
        let mut newest: Vec<usize> = found.by_ref().take(limit).collect();
        let has_earlier = found.next().is_some();
        newest.reverse();
        (newest, has_earlier, search.map_or(0, |search| search.unread()))
    }

    fn says(&self, case: &Case, search: &mut Search<'_>) -> bool {
        let outcomes = self.index.outcomes(&case.id);
        std::iter::once(&case.at).chain(outcomes).any(|at| search.entry(at))
    }
}

impl Filter {
    fn lets_through(&self, case: &Case, subjects: Option<&HashSet<Digest>>) -> bool {
        let model = |wanted: &String| case.models.iter().flatten().any(|model| **model == **wanted);
        subjects.is_none_or(|wanted| case.subjects.iter().any(|subject| wanted.contains(subject)))
            && self.site.as_deref().is_none_or(|wanted| lies_under(&case.site, wanted))
            && self.model.as_ref().is_none_or(model)
            && self.status.is_none_or(|wanted| case.status == wanted)
            && self.since_us.is_none_or(|since| case.began_us >= since)
            && self.until_us.is_none_or(|until| case.began_us <= until)
    }
}

pub(crate) fn lies_under(site: &str, wanted: &str) -> bool {
    site.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_lies_under_its_own_path_and_under_no_mere_beginning() {
        assert!(lies_under("loan_desk::underwrite", "loan_desk"));
        assert!(lies_under("loan_desk", "loan_desk"));
        assert!(!lies_under("loan_desk_two", "loan_desk"));
    }
}
