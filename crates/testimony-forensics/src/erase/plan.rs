//! What erasing would take: the contents that a decision or a subject stands for, without those that others need.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use testimony_ledger::Archive;
use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;

use super::reach::Reach;
use crate::casebook::Casebook;
use crate::content::{overwritten, sentence};
use crate::lookup::NotFound;
use crate::reader::At;

/// What somebody wants to have erased.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// These contents, whoever refers to them.
    Contents(&'a BTreeSet<Digest>),
    /// The contents of one decision, by its id or the beginning of it.
    Decision(&'a str),
    /// The contents of all decisions about a subject, and the subject itself.
    Subject(&'a str),
}

/// What erasing would take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The decisions concerned, in order of their ids; none where contents were named.
    pub decisions: Vec<Uuid>,
    /// What is to be erased.
    pub contents: Vec<Planned>,
    /// What stays, because other decisions refer to it as well.
    pub kept: Vec<Planned>,
    /// How many contents have been erased before.
    pub already: usize,
    /// What could not be read, as sentences. Contents behind it are not in the plan, or not known to be shared.
    pub problems: BTreeSet<String>,
}

/// A content in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Its digest.
    pub digest: Digest,
    /// What it is.
    pub media: String,
    /// How long it is.
    pub bytes: usize,
    /// How many decisions besides those concerned refer to it; not counted where contents were named.
    pub others: usize,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotPlanned {
    /// No decision or subject is meant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The ledger has no such content.
    #[error("no content here has the digest {0}")]
    NoContent(Digest),
    /// The digest is that of a list, a message or further parts: shape, and no content.
    #[error("{0} is a list or a message; what can be erased are the contents in it")]
    NotAContent(Digest),
    /// The ledger cannot be read again.
    #[error(transparent)]
    Unreadable(#[from] CouldNotRead),
}

impl Plan {
    /// The contents to erase: what [`testimony_ledger::Ledger::erase`] takes.
    #[must_use]
    pub fn digests(&self) -> BTreeSet<Digest> {
        self.contents.iter().map(|content| content.digest).collect()
    }

    /// How many bytes of content they are, each counted once.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.contents.iter().map(|content| content.bytes).sum()
    }
}

/// The decisions concerned, and the contents that go whoever refers to them.
#[derive(Default)]
struct Concerned {
    ids: BTreeSet<Uuid>,
    subject: BTreeSet<Digest>,
}

impl Casebook {
    /// Works out what erasing `target` would take. Contents to which other decisions refer are kept, unless `shared` says
    /// that they go as well. Costs one pass over the ledger, and changes nothing.
    ///
    /// Contents are found by the digests that the decisions concerned refer to, with their outcomes and intents. Equal
    /// content that others recorded has another digest, or is shared.
    ///
    /// # Errors
    /// When nothing here is meant, or the ledger cannot be read again.
    pub fn plan_erasure(&self, target: Target<'_>, shared: bool) -> Result<Plan, NotPlanned> {
        let concerned = match target {
            Target::Contents(digests) => return self.plan_contents(digests),
            Target::Decision(asked) => self.one_decision(asked)?,
            Target::Subject(subject) => self.all_about(subject)?,
        };
        let mut reach = Reach::new(&self.reader, None);
        let mut wanted = BTreeSet::new();
        for id in &concerned.ids {
            for at in self.entries_of(id) {
                match self.reader.entry(&at) {
                    Ok(reread) => wanted.extend(reach.of(&reread.entry.body)),
                    Err(error) => drop(reach.problems.insert(sentence(&error))),
                }
            }
        }
        let mut plan = Plan { problems: reach.problems, ..Plan::default() };
        let others = self.others(&wanted, &concerned.ids, &mut plan.problems)?;
        for digest in &wanted {
            let others = others.get(digest).map_or(0, HashSet::len);
            let keep = others > 0 && !shared && !concerned.subject.contains(digest);
            self.add(digest, others, keep, &mut plan);
        }
        plan.decisions = concerned.ids.into_iter().collect();
        Ok(plan)
    }

    fn plan_contents(&self, digests: &BTreeSet<Digest>) -> Result<Plan, NotPlanned> {
        let mut plan = Plan::default();
        for digest in digests {
            if let Err(NoObject::Missing(_)) = self.reader.archive.blob(digest) {
                return Err(NotPlanned::NoContent(*digest));
            }
            if self.reader.archive.node(digest).is_ok() {
                return Err(NotPlanned::NotAContent(*digest));
            }
            self.add(digest, 0, false, &mut plan);
        }
        Ok(plan)
    }

    fn one_decision(&self, asked: &str) -> Result<Concerned, NotFound> {
        // A call that was begun and never became a decision has an id as well.
        let whole = Uuid::try_parse(asked).ok().filter(|id| !self.intents.of(id).is_empty());
        let id = match whole {
            Some(id) => id,
            None => self.by_id(asked)?.id,
        };
        Ok(Concerned { ids: BTreeSet::from([id]), ..Concerned::default() })
    }

    fn all_about(&self, subject: &str) -> Result<Concerned, NotFound> {
        let of_intents = self.intents.subjects().filter(|digest| self.is_text(digest, subject));
        let digests: BTreeSet<Digest> =
            self.subjects_that_are(subject).into_iter().chain(of_intents.copied()).collect();
        if digests.is_empty() {
            let near = self.near(subject);
            return Err(NotFound::Subject { asked: subject.to_owned(), near, unsearched: 0 });
        }
        let decided = digests.iter().flat_map(|digest| self.index.about(digest));
        let decided = decided.filter_map(|&number| Some(self.index.case(number)?.id));
        let begun = digests.iter().flat_map(|digest| self.intents.about(digest)).copied();
        Ok(Concerned { ids: decided.chain(begun).collect(), subject: digests })
    }

    fn entries_of(&self, id: &Uuid) -> Vec<At> {
        let decisions = self.index.with_id(id).map(|case| case.at);
        let later = self.index.outcomes(id).iter().chain(self.intents.of(id)).copied();
        decisions.chain(later).collect()
    }

    /// For each of the contents, which other decisions refer to it.
    fn others(
        &self,
        wanted: &BTreeSet<Digest>,
        concerned: &BTreeSet<Uuid>,
        problems: &mut BTreeSet<String>,
    ) -> Result<HashMap<Digest, HashSet<Uuid>>, CouldNotRead> {
        let mut others: HashMap<Digest, HashSet<Uuid>> = HashMap::new();
        let mut reach = Reach::new(&self.reader, Some(wanted));
        Archive::open(self.reader.path())?.advance(&mut |stored| {
            let body = &stored.entry.body;
            let Some(owner) = owner(body).filter(|owner| !concerned.contains(owner)) else {
                return;
            };
            for digest in reach.of(body) {
                others.entry(digest).or_default().insert(owner);
            }
        })?;
        problems.append(&mut reach.problems);
        Ok(others)
    }

    fn add(&self, digest: &Digest, others: usize, keep: bool, plan: &mut Plan) {
        let (media, bytes) = match self.reader.archive.blob(digest) {
            Ok(blob) => (blob.media.to_string(), blob.bytes.len()),
            Err(NoObject::Erased(_)) if self.reader.erasures.of(digest).is_some() => {
                plan.already += 1;
                return;
            }
            Err(NoObject::Erased(_)) => {
                plan.problems.insert(overwritten(digest));
                return;
            }
            Err(error) => {
                plan.problems.insert(sentence(&error));
                // What was altered can be erased all the same; what is not there cannot.
                match error {
                    NoObject::Altered(_) => (String::new(), 0),
                    _ => return,
                }
            }
        };
        let planned = Planned { digest: *digest, media, bytes, others };
        if keep { plan.kept.push(planned) } else { plan.contents.push(planned) }
    }

    fn is_text(&self, digest: &Digest, text: &str) -> bool {
        self.reader.archive.blob(digest).is_ok_and(|blob| blob.bytes == text.as_bytes())
    }
}

/// The decision that an entry tells of.
fn owner(body: &Body) -> Option<Uuid> {
    match body {
        Body::Decision(decision) => Some(decision.id),
        Body::Intent(intent) => Some(intent.id),
        Body::Outcome(outcome) => Some(outcome.decision),
        _ => None,
    }
}
