//! Incident reports: the story of a set of decisions, what happened around them, what differed, whether the ledger is what was
//! sealed, and what none of this shows; as Markdown or as one HTML page that needs nothing else.
//!
//! A report is first put together as a [`Document`] of headings, tables and quotations, then written. What came from a ledger
//! is text to both writers, whatever it looks like.

mod chapters;
mod compose;
mod differences;
mod document;
mod html;
mod integrity;
mod markdown;
mod quotes;
mod reach;

use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::verify::{Progress, verify_with};
use testimony_record::Uuid;
use testimony_record::verify::{Report as Verification, Trust};

use crate::blast::{self, Blast, NoBlast, Origin};
use crate::casebook::Casebook;
use crate::diff::Diff;
use crate::lookup::NotFound;
use crate::story::Story;
use crate::timeline::{Scope, Timeline};

pub use document::{Block, Document, Tone};

/// How many decisions of a report are followed to what they went on to influence.
pub const MOST_FOLLOWED: usize = 8;

/// What a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Decisions, by their ids or the beginnings of them.
    pub ids: Vec<String>,
    /// Everything about this subject.
    pub subject: Option<String>,
    /// When the report is made, in microseconds since the Unix epoch.
    pub made_us: u64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotReported {
    /// What was asked for is not there.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The ledger cannot be read.
    #[error(transparent)]
    Read(#[from] CouldNotRead),
    /// What was asked for cannot be followed.
    #[error(transparent)]
    NotFollowed(#[from] NoBlast),
}

/// Everything that a report says.
#[derive(Debug, Clone)]
pub struct Incident {
    /// The ledger, as it was named.
    pub ledger: String,
    /// When the report was made, in microseconds since the Unix epoch.
    pub made_us: u64,
    /// What is known of what was asked for.
    pub stories: Vec<Story>,
    /// What happened in order.
    pub timeline: Timeline,
    /// What differed, where two decisions were asked for.
    pub diff: Option<Diff>,
    /// What each of the first decisions, at most [`MOST_FOLLOWED`], went on to influence.
    pub reach: Vec<Blast>,
    /// What the verification of the whole ledger found.
    pub verification: Verification,
}

impl Casebook {
    /// Puts together what is to be reported, and verifies the whole ledger against what the reader holds of it.
    ///
    /// ```no_run
    /// use testimony_forensics::{Casebook, report::Asked};
    /// use testimony_record::verify::Trust;
    ///
    /// let casebook = Casebook::open("testimony-ledger")?;
    /// let asked = Asked { subject: Some("loan:1234".to_owned()), ..Asked::default() };
    /// let incident = casebook.report(&asked, &Trust::default(), &mut |_| {})?;
    /// let page = incident.document().to_html();
    /// assert!(page.starts_with("<!DOCTYPE html>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When nothing that was asked for is there, or the ledger cannot be read. What is wrong with a ledger is in the report.
    pub fn report(
        &self,
        asked: &Asked,
        trust: &Trust,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Incident, NotReported> {
        let stories = self.stories(asked)?;
        let diff = match asked.ids.as_slice() {
            [left, right] => Some(self.diff(left, right)?),
            _ => None,
        };
        let reach = self.reach(&stories)?;
        Ok(Incident {
            ledger: self.reader.path().display().to_string(),
            made_us: asked.made_us,
            timeline: self.timeline_of(&Scope::default(), Some(concerned(&stories)))?,
            stories,
            diff,
            reach,
            verification: verify_with(self.reader.path(), trust, progress)?,
        })
    }

    /// Each costs a pass over the ledger.
    fn reach(&self, stories: &[Story]) -> Result<Vec<Blast>, NotReported> {
        let chapters = stories.iter().flat_map(|story| &story.chapters);
        let mut ids: Vec<String> = chapters.map(|chapter| chapter.id.to_string()).collect();
        ids.dedup();
        let followed = ids.into_iter().take(MOST_FOLLOWED).map(Origin::Decision);
        followed.map(|origin| Ok(self.blast(&origin, &blast::Options::default())?)).collect()
    }

    fn stories(&self, asked: &Asked) -> Result<Vec<Story>, NotFound> {
        let ids = asked
            .ids
            .iter()
            .map(|id| self.by_id(id).and_then(|case| Ok(self.story_of_decision(case)?)));
        let subject = asked.subject.iter().map(|subject| self.why(subject));
        ids.chain(subject).collect()
    }
}

fn concerned(stories: &[Story]) -> std::collections::HashSet<Uuid> {
    let decided = stories.iter().flat_map(|story| &story.chapters).map(|chapter| chapter.id);
    let begun = stories.iter().flat_map(|story| &story.begun).map(|begun| begun.id);
    decided.chain(begun).collect()
}
