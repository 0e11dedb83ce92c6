//! Stories: decisions in order, each with what was asked, given and decided, why, and what came of it. A chapter tells
//! only what no earlier chapter has told.

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::part::Role;
use testimony_record::verify::Place;

use crate::account::{Account, Bearings, Facts, Outcome, Part};
use crate::casebook::Casebook;
use crate::index::Case;
use crate::reader::Unreadable;
use crate::telling::Telling;

/// Why something came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// What it is about.
    pub about: About,
    /// One for each decision, in the order in which they began.
    pub chapters: Vec<Chapter>,
}

/// What a story is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Every decision about a subject.
    Subject(String),
    /// One decision.
    Decision(Uuid),
}

/// One decision of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Its id.
    pub id: Uuid,
    /// Where its entry stands.
    pub place: Place,
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
}

impl Casebook {
    pub(crate) fn story_of_subject(
        &self,
        subject: &str,
        numbers: &[usize],
    ) -> Result<Story, Unreadable> {
        let mut telling = Telling::default();
        let cases = numbers.iter().filter_map(|&number| self.index.case(number));
        let chapters = cases.map(|case| self.chapter(case, &mut telling));
        let chapters = chapters.collect::<Result<_, _>>()?;
        Ok(Story { about: About::Subject(subject.to_owned()), chapters })
    }

    pub(crate) fn story_of_decision(&self, case: &Case) -> Result<Story, Unreadable> {
        let chapters = vec![self.chapter(case, &mut Telling::default())?];
        Ok(Story { about: About::Decision(case.id), chapters })
    }

    fn chapter(&self, case: &Case, telling: &mut Telling) -> Result<Chapter, Unreadable> {
        let account = self.account(case, telling)?;
        telling.end_chapter(&account);
        Ok(chapter(account))
    }
}

fn chapter(account: Account) -> Chapter {
    let Account { id, place, facts, parts, outcomes, bearings, .. } = account;
    let mut chapter = Chapter {
        id,
        place,
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
