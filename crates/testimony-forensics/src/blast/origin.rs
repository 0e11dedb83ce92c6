//! Where a blast begins: what somebody asks about, and the decisions that it reached first.

use std::collections::BTreeSet;

use serde::Serialize;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::digest::Digest;
use testimony_record::part::Role;

use super::flows::{Case, Held};
use super::graph::Graph;
use super::objects::Object;
use super::scan::Scan;
use crate::casebook::Casebook;
use crate::filter::lies_under;
use crate::lookup::NotFound;

/// What somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A content, by its bytes: under whatever digests and media types the ledger has it.
    Content(Vec<u8>),
    /// An object, by its digest: a content, and then also the same content under other digests; or a message or list.
    Digest(Digest),
    /// A decision, by its id or the beginning of it.
    Decision(String),
    /// A model, by the name under which it was asked for or says it answered; `gpt-4o@2024-08-06` means the version
    /// `gpt-4o-2024-08-06` and, where one is named so, `gpt-4o@2024-08-06`.
    Model(String),
    /// A configuration in force, by its digest.
    Config(Digest),
    /// What a model was asked, by its digest: a whole prompt, or a message or text in one.
    Prompt(Digest),
    /// A call site, or all below it: `loan_desk` has `loan_desk::underwrite`.
    Site(String),
}

/// Why a blast cannot be worked out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoBlast {
    /// No decision is meant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The ledger has nothing with this digest.
    #[error("nothing here has the digest {0}")]
    NoObject(Digest),
    /// No decision was made there or by it.
    #[error("no decision here has the {what} {asked:?}; {}", among(known))]
    Nobody {
        /// `model` or `site`.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// What there is.
        known: Vec<String>,
    },
    /// What was asked for has too little text to look for anything near it.
    #[error("only a text of at least 48 bytes has near matches")]
    NothingToCompare,
    /// The ledger cannot be read again.
    #[error(transparent)]
    Unreadable(#[from] CouldNotRead),
}

fn among(known: &[String]) -> String {
    let shown: Vec<String> = known.iter().take(8).map(|name| format!("{name:?}")).collect();
    let rest = if known.len() > shown.len() { ", …" } else { "" };
    format!(
        "there are {}{rest}",
        if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
    )
}

/// Why a decision is among those reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// Its prompt, context or configuration held it.
    Given,
    /// It is the decision asked about.
    Decision,
    /// The model made it.
    Model,
    /// It was made at the site.
    Site,
}

/// A decision that was reached first.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    pub(super) case: Case,
    pub(super) how: How,
    pub(super) held: Option<Held>,
}

impl Origin {
    /// The object that is asked about, where it is one that this ledger has.
    pub(super) fn object(&self, scan: &Scan) -> Result<Option<Object>, NoBlast> {
        match self {
            Self::Content(bytes) => Ok(scan.objects.with_content(bytes)),
            Self::Digest(digest) | Self::Config(digest) | Self::Prompt(digest) => {
                let object = scan.objects.with_digest(digest);
                object.map(Some).ok_or(NoBlast::NoObject(*digest))
            }
            Self::Decision(_) | Self::Model(_) | Self::Site(_) => Ok(None),
        }
    }

    /// The decisions that it reached first.
    pub(super) fn first(
        &self,
        casebook: &Casebook,
        object: Option<Object>,
        graph: &Graph<'_>,
    ) -> Result<Vec<First>, NoBlast> {
        let role = match self {
            Self::Content(_) | Self::Digest(_) => None,
            Self::Config(_) => Some(Role::Config),
            Self::Prompt(_) => Some(Role::Prompt),
            Self::Decision(asked) => return casebook.this_one(asked),
            Self::Model(asked) => return casebook.by_model(asked),
            Self::Site(asked) => return casebook.at_site(asked),
        };
        let given = object.map(|object| graph.given(object, role)).unwrap_or_default();
        Ok(given.into_iter().map(First::given).collect())
    }
}

impl First {
    pub(super) fn given(held: Held) -> Self {
        Self { case: held.case, how: How::Given, held: Some(held) }
    }
}

impl Casebook {
    fn this_one(&self, asked: &str) -> Result<Vec<First>, NoBlast> {
        let id = self.by_id(asked)?.id;
        let numbers = self.index.numbers(&id).iter();
        Ok(numbers.filter_map(|&number| first(number, How::Decision)).collect())
    }

    fn by_model(&self, asked: &str) -> Result<Vec<First>, NoBlast> {
        let spelt = [asked.to_owned(), asked.replacen('@', "-", 1)];
        let is = |model: &str| spelt.iter().any(|spelling| spelling == model);
        let cases = self.index.cases().iter().zip(0..);
        let made = cases.filter(|(case, _)| case.models.iter().flatten().any(|model| is(model)));
        let first = made.filter_map(|(_, number)| first(number, How::Model)).collect();
        some("model", asked, first, &self.models())
    }

    fn at_site(&self, asked: &str) -> Result<Vec<First>, NoBlast> {
        let cases = self.index.cases().iter().zip(0..);
        let there = cases.filter(|(case, _)| lies_under(&case.site, asked));
        let first = there.filter_map(|(_, number)| first(number, How::Site)).collect();
        some("site", asked, first, &self.sites())
    }
}

fn first(number: usize, how: How) -> Option<First> {
    Some(First { case: Case::try_from(number).ok()?, how, held: None })
}

fn some(
    what: &'static str,
    asked: &str,
    first: Vec<First>,
    known: &BTreeSet<&str>,
) -> Result<Vec<First>, NoBlast> {
    if first.is_empty() {
        let known = known.iter().map(|&name| name.to_owned()).collect();
        return Err(NoBlast::Nobody { what, asked: asked.to_owned(), known });
    }
    Ok(first)
}
