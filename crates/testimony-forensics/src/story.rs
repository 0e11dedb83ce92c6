//! Stories: decisions in order, each with what was asked, given and decided, why, and what came of it. A chapter tells
//! only what no earlier chapter has told.

use std::collections::HashSet;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::part::Role;
use testimony_record::verify::Place;

use crate::account::{Account, Bearings, Facts, Outcome, Part};
use crate::ascent::Ascent;
use crate::begun::Begun;
use crate::casebook::Casebook;
use crate::index::Case;
use crate::lookup::Where;
use crate::reader::Unreadable;
use crate::summary::Summary;
use crate::telling::Telling;

/// Why something came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// What it is about.
    pub about: About,
    /// One for each decision, in the order in which they began.
    pub chapters: Vec<Chapter>,
    /// Calls that were begun, and of which nothing more is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub begun: Vec<Begun>,
    /// Decisions that may have been meant, where several say the text; there are then no chapters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Summary>,
    /// How many contents the search for a text could not read: what they say is unknown.
    #[serde(skip_serializing_if = "is_zero")]
    pub unsearched: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What a story is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Every decision about a subject.
    Subject(String),
    /// One decision.
    Decision(Uuid),
    /// Every decision of a distributed trace, by its id of 32 hexadecimal digits.
    Trace(String),
    /// The decision that says a text.
    Text {
        /// The text.
        text: String,
        /// Where it was found.
        place: Where,
    },
}

/// One decision of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Its id.
    pub id: Uuid,
    /// Where its entry stands.
    pub place: Place,
    /// The hash that stands beside the entry.
    pub hash: Digest,
    /// Whether the entry's bytes have that hash. Whether the chain holds is for verification to say.
    pub sealed: bool,
    /// What the entry itself says: when, where in the code, which model, how it ended.
    pub facts: Facts,
    /// What it was about.
    pub subjects: Vec<Part>,
    /// What the model was asked.
    pub asked: Vec<Part>,
    /// What the model was given, and the configuration in force.
    pub given: Vec<Part>,
    /// What was decided, and the raw output where it differs.
    pub decided: Vec<Part>,
    /// Why, as stated.
    pub why: Vec<Part>,
    /// Rules: those that did not hold first.
    pub constraints: Vec<Part>,
    /// Messages of errors.
    pub errors: Vec<Part>,
    /// What was recorded about it later.
    pub outcomes: Vec<Outcome>,
    /// What stands around it.
    pub bearings: Bearings,
    /// What its parent and causes came from, and so on upwards: those that no chapter tells of.
    #[serde(skip_serializing_if = "Ascent::is_empty")]
    pub ascent: Ascent,
}

impl Casebook {
    pub(crate) fn story(
        &self,
        about: About,
        numbers: &[usize],
        begun: Vec<Begun>,
    ) -> Result<Story, Unreadable> {
        let mut telling = Telling::default();
        let cases: Vec<&Case> =
            numbers.iter().filter_map(|&number| self.index.case(number)).collect();
        let told: HashSet<Uuid> = cases.iter().map(|case| case.id).collect();
        let chapters = cases.iter().map(|case| self.chapter(case, &told, &mut telling));
        let chapters = chapters.collect::<Result<_, _>>()?;
        Ok(Story { about, chapters, begun, candidates: vec![], unsearched: 0 })
    }

    pub(crate) fn story_of_decision(&self, case: &Case) -> Result<Story, Unreadable> {
        let told = HashSet::from([case.id]);
        let chapters = vec![self.chapter(case, &told, &mut Telling::default())?];
        Ok(Story {
            about: About::Decision(case.id),
            chapters,
            begun: vec![],
            candidates: vec![],
            unsearched: 0,
        })
    }

    /// The story where one decision says it; else those that do, to choose from.
    pub(crate) fn story_of_text(
        &self,
        about: About,
        numbers: &[usize],
    ) -> Result<Story, Unreadable> {
        if numbers.len() == 1 {
            return self.story(about, numbers, vec![]);
        }
        let cases = numbers.iter().filter_map(|&number| self.index.case(number));
        let candidates = cases.map(|case| self.summary(case)).collect();
        Ok(Story { about, chapters: vec![], begun: vec![], candidates, unsearched: 0 })
    }

    fn chapter(
        &self,
        case: &Case,
        told: &HashSet<Uuid>,
        telling: &mut Telling,
    ) -> Result<Chapter, Unreadable> {
        let account = self.account(case, telling)?;
        telling.end_chapter(&account);
        Ok(chapter(account, self.ascent(case, told)))
    }
}

fn chapter(account: Account, ascent: Ascent) -> Chapter {
    let Account { id, place, hash, sealed, facts, parts, outcomes, bearings, .. } = account;
    let mut chapter = Chapter {
        id,
        place,
        hash,
        sealed,
        facts,
        subjects: vec![],
        asked: vec![],
        given: vec![],
        decided: vec![],
        why: vec![],
        constraints: vec![],
        errors: vec![],
        outcomes,
        bearings,
        ascent,
    };
    for part in parts {
        chapter.section(part.role).push(part);
    }
    // Stable, so that the rules otherwise keep the order of the record.
    chapter.constraints.sort_by_key(|part| part.held != Some(false));
    chapter
}

impl Chapter {
    fn section(&mut self, role: Role) -> &mut Vec<Part> {
        match role {
            Role::Subject => &mut self.subjects,
            Role::Prompt => &mut self.asked,
            Role::Context | Role::Config | Role::Actor => &mut self.given,
            Role::Decision | Role::Output => &mut self.decided,
            Role::Rationale => &mut self.why,
            Role::Constraint => &mut self.constraints,
            Role::Error => &mut self.errors,
        }
    }
}
