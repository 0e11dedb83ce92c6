//! Coverage: which call sites leave which part empty, who withheld it, and what would make it present. What the record says
//! to be absent is told apart from what it does not mention.

use std::collections::BTreeMap;

use serde::Serialize;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::decision::Decision;
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::part::{Content, Part, Role, Why};

use crate::casebook::Casebook;
use crate::pass::Doubts;

/// What a decision can have or lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aspect {
    /// What the model was asked.
    Prompt,
    /// What the model was given.
    Context,
    /// What was decided; the raw output counts, where that is all there is.
    Decision,
    /// Why, as stated.
    Rationale,
    /// What it was about.
    Subject,
    /// At least one rule.
    Constraint,
    /// The configuration in force.
    Config,
    /// Input or output tokens.
    Tokens,
    /// The application's distributed trace.
    Trace,
}

impl Aspect {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Prompt,
        Self::Context,
        Self::Decision,
        Self::Rationale,
        Self::Subject,
        Self::Constraint,
        Self::Config,
        Self::Tokens,
        Self::Trace,
    ];

    /// The word that stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Context => "context",
            Self::Decision => "decision",
            Self::Rationale => "rationale",
            Self::Subject => "subject",
            Self::Constraint => "constraint",
            Self::Config => "config",
            Self::Tokens => "tokens",
            Self::Trace => "trace",
        }
    }

    fn is_about(self, role: Role) -> bool {
        match self {
            Self::Prompt => role == Role::Prompt,
            Self::Context => role == Role::Context,
            Self::Decision => matches!(role, Role::Decision | Role::Output),
            Self::Rationale => role == Role::Rationale,
            Self::Subject => role == Role::Subject,
            Self::Constraint => role == Role::Constraint,
            Self::Config => role == Role::Config,
            Self::Tokens | Self::Trace => false,
        }
    }
}

/// How complete the decisions of a ledger are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// One for each call site, in order of their names.
    pub sites: Vec<SiteCoverage>,
    /// What could not be taken at its word, or not read.
    pub doubts: Doubts,
}

/// How complete the decisions of a call site are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteCoverage {
    /// The call site.
    pub site: String,
    /// How many decisions it has.
    pub decisions: u64,
    /// One for each [`Aspect`], in order.
    pub aspects: Vec<AspectCoverage>,
}

/// How many decisions of a site have something. The four counts make up all decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AspectCoverage {
    /// What.
    pub aspect: Aspect,
    /// Decisions that have it.
    pub present: u64,
    /// Decisions that have some of it, and say that more is absent.
    pub partly: u64,
    /// Decisions that say that it is absent.
    pub withheld: u64,
    /// Decisions that do not mention it.
    pub unmentioned: u64,
    /// Why it is absent where the record says so, the most frequent reason first.
    pub reasons: Vec<Reason>,
}

/// Why something is absent, and what would make it present.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// How many parts say so.
    pub parts: u64,
    /// The reason on record.
    pub why: String,
    /// The switch that the record names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Default)]
struct Site {
    decisions: u64,
    aspects: [Tally; Aspect::ALL.len()],
}

#[derive(Default)]
struct Tally {
    present: u64,
    partly: u64,
    withheld: u64,
    reasons: BTreeMap<(&'static str, Option<Label>), u64>,
}

impl Casebook {
    /// For each call site, how many decisions have or lack what, and why. Costs one pass over the ledger.
    ///
    /// ```no_run
    /// for site in testimony_forensics::Casebook::open("testimony-ledger")?.coverage()?.sites {
    ///     for gap in site.aspects.iter().filter(|aspect| aspect.withheld > 0) {
    ///         println!("{} keeps its {} to itself: {:?}", site.site, gap.aspect.as_str(), gap.reasons);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a file cannot be read. What is damaged is passed over and counted.
    pub fn coverage(&self) -> Result<Coverage, CouldNotRead> {
        let mut sites: BTreeMap<String, Site> = BTreeMap::new();
        let mut unread = 0;
        let doubts = self.pass(&mut |seen| {
            let Body::Decision(decision) = &seen.stored.entry.body else { return };
            let parts = self.reader.archive.parts(&seen.stored.entry.body);
            unread += u64::from(parts.is_err());
            let parts = parts.unwrap_or_else(|_| decision.parts.clone());
            sites.entry(decision.site.to_string()).or_default().add(decision, &parts);
        })?;
        let sites = sites.into_iter().map(|(name, site)| site.finish(name)).collect();
        Ok(Coverage { sites, doubts: Doubts { unread, ..doubts } })
    }
}

impl Site {
    fn add(&mut self, decision: &Decision, parts: &[Part]) {
        self.decisions += 1;
        for (aspect, tally) in Aspect::ALL.into_iter().zip(&mut self.aspects) {
            let tokens = decision.usage.is_some_and(|usage| usage.input.or(usage.output).is_some());
            match aspect {
                Aspect::Tokens => tally.present += u64::from(tokens),
                Aspect::Trace => tally.present += u64::from(decision.trace.is_some()),
                _ => tally.add(parts.iter().filter(|part| aspect.is_about(part.role))),
            }
        }
    }

    fn finish(self, site: String) -> SiteCoverage {
        let aspects = Aspect::ALL.into_iter().zip(self.aspects);
        let aspects = aspects.map(|(aspect, tally)| tally.finish(aspect, self.decisions)).collect();
        SiteCoverage { site, decisions: self.decisions, aspects }
    }
}

impl Tally {
    fn add<'a>(&mut self, parts: impl Iterator<Item = &'a Part>) {
        let (mut kept, mut absent) = (false, false);
        for part in parts {
            match &part.content {
                Content::Absent(said) => {
                    absent = true;
                    *self.reasons.entry((word(said.why), said.hint.clone())).or_default() += 1;
                }
                _ => kept = true,
            }
        }
        self.present += u64::from(kept && !absent);
        self.partly += u64::from(kept && absent);
        self.withheld += u64::from(!kept && absent);
    }

    fn finish(self, aspect: Aspect, decisions: u64) -> AspectCoverage {
        let Self { present, partly, withheld, reasons } = self;
        let reason = |((why, hint), parts): ((&str, Option<Label>), u64)| Reason {
            parts,
            why: why.to_owned(),
            hint: hint.map(|hint| hint.to_string()),
        };
        let mut reasons: Vec<Reason> = reasons.into_iter().map(reason).collect();
        reasons.sort_by(|a, b| b.parts.cmp(&a.parts).then_with(|| a.cmp(b)));
        let unmentioned = decisions - present - partly - withheld;
        AspectCoverage { aspect, present, partly, withheld, unmentioned, reasons }
    }
}

/// As the record spells it.
fn word(why: Why) -> &'static str {
    match why {
        Why::NotCaptured => "not_captured",
        Why::TooLarge => "too_large",
        Why::TooMany => "too_many",
        Why::Unreadable => "unreadable",
    }
}
