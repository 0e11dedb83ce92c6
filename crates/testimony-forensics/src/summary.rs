//! A decision in one line: what a list shows, and what a link to it shows.

use serde::Serialize;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::part::{Content as Sealed, Part, Role};
use testimony_record::verify::Place;

use crate::casebook::Casebook;
use crate::content::{Content, sentence, unreadable};
use crate::excerpt;
use crate::index::Case;

/// A decision in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: Uuid,
    /// Where its entry stands.
    pub place: Place,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// How long it took, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_us: Option<u64>,
    /// How it ended.
    pub status: Status,
    /// The call site.
    pub site: String,
    /// The model that was asked for, or else the one that says it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it was about, each cut to a line.
    pub subjects: Vec<String>,
    /// What was decided, cut to a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<String>,
    /// What went wrong, cut to a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many of its constraints did not hold.
    pub violated: usize,
    /// How many later facts are known about it.
    pub outcomes: usize,
    /// Why its entry cannot be read again; what it decided is then not told here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Casebook {
    pub(crate) fn summary(&self, case: &Case) -> Summary {
        let model = case.models.iter().flatten().next().map(ToString::to_string);
        let mut summary = Summary {
            id: case.id,
            place: case.at.place,
            began_us: case.began_us,
            took_us: None,
            status: case.status,
            site: case.site.to_string(),
            model,
            subjects: case.subjects.iter().filter_map(|subject| self.line_of(subject)).collect(),
            decided: None,
            error: None,
            violated: case.violated,
            outcomes: self.index.outcomes(&case.id).len(),
            problem: None,
        };
        match self.reader.entry(&case.at).map(|reread| reread.entry.body) {
            Ok(Body::Decision(decision)) => self.summarise(&decision, &mut summary),
            Ok(_) => {}
            Err(error) => summary.problem = Some(sentence(&error)),
        }
        summary
    }

    fn summarise(&self, decision: &Decision, summary: &mut Summary) {
        summary.took_us = decision.took_us;
        summary.decided = self.excerpt(&decision.parts, Role::Decision);
        let message = self.excerpt(&decision.parts, Role::Error);
        let kind = decision.error.as_ref().map(ToString::to_string);
        let both: Vec<String> = kind.into_iter().chain(message).collect();
        summary.error = (!both.is_empty()).then(|| both.join(": "));
    }

    /// The first part of a role, on one line. Of a list of messages only the last one is read.
    pub(crate) fn excerpt(&self, parts: &[Part], role: Role) -> Option<String> {
        let part = parts.iter().find(|part| part.role == role)?;
        let Sealed::Node(digest) = &part.content else {
            return excerpt::content(&self.reader.content(&part.content));
        };
        let content = match self.reader.archive.list(digest) {
            Ok(list) => Content::Messages(self.reader.messages(list.last())),
            Err(error) => unreadable(&error),
        };
        excerpt::content(&content)
    }

    fn line_of(&self, blob: &Digest) -> Option<String> {
        excerpt::content(&self.reader.blob(blob))
    }
}
