//! What is counted and kept of one source, each within its bound.

use crate::difference::{Difference, How};
use crate::report::{Cut, Finding, SourceReport};

const MOST_ADDED: usize = 32;
const MOST_CUTS: usize = 64;
/// Sentences of one kind.
const MOST_WORDS: usize = 100;

pub(super) struct Tally {
    pub(super) report: SourceReport,
    /// How many findings are kept.
    keep: usize,
}

impl Tally {
    pub(super) fn new(report: SourceReport, keep: usize) -> Self {
        Self { report, keep }
    }

    pub(super) fn unreadable(&mut self, what: Vec<String>) {
        self.report.unreadable_in_all += what.len() as u64;
        let room = MOST_WORDS.saturating_sub(self.report.unreadable.len());
        self.report.unreadable.extend(what.into_iter().take(room));
    }

    pub(super) fn content(&mut self, erased: bool) {
        if erased {
            self.report.content_erased += 1;
        } else {
            self.report.content_same += 1;
        }
    }

    /// Whether it is the first time that a head is contradicted in these words.
    pub(super) fn contradicts(&mut self, why: &str) -> bool {
        let known = &mut self.report.contradicting;
        let new = !known.iter().any(|known| known == why);
        if new && known.len() < MOST_WORDS {
            known.push(why.to_owned());
        }
        new
    }

    pub(super) fn cut(&mut self, differences: &[Difference]) {
        for one in differences {
            let How::Truncated { bytes, .. } = one.how else { continue };
            let cuts = &mut self.report.cuts;
            let known = cuts.iter_mut().find(|cut| cut.attribute == one.what && cut.bytes == bytes);
            if let Some(cut) = known {
                cut.copies += 1;
            } else if cuts.len() < MOST_CUTS {
                cuts.push(Cut { attribute: one.what.clone(), bytes, copies: 1 });
            }
        }
    }

    pub(super) fn added(&mut self, names: Vec<String>) {
        for name in names {
            let added = &mut self.report.added_on_the_way;
            if added.len() < MOST_ADDED && !added.contains(&name) {
                added.push(name);
            }
        }
    }

    pub(super) fn find(&mut self, finding: Finding) {
        self.report.differing += 1;
        if self.report.findings.len() < self.keep {
            self.report.findings.push(finding);
        }
    }

    /// No difference, and kept apart, so that many of them do not crowd out one.
    pub(super) fn truncated(&mut self, finding: Finding) {
        if self.report.truncated.len() < self.keep {
            self.report.truncated.push(finding);
        }
    }
}
