//! The blast radius: from a document, a decision, a model, a configuration or a call site to the decisions that it reached, to
//! those that were fed by them, and to what could not be followed.
//!
//! **Direct** are the decisions whose prompt, context or configuration held the content (or the decisions of the model, at the
//! site). **Downstream** are those that were fed by them, to any depth, by three kinds of edges:
//!
//! - *content*: one decision put it out (as its decision, raw output or rationale, also inside a message, also the arguments
//!   of a tool call) and a later one was given it. Contents are equal where their bytes are, whatever digests and media types
//!   they have.
//! - *cause*: the later one names the earlier as its cause.
//! - *parent*: it was made inside it.
//!
//! **Nothing flows backwards.** What a decision puts out exists when it ends, and a decision takes in until it ends; so a content
//! edge leads only to a decision that ended later, by the writers' clocks; at equal times the order of the entries in a stream
//! decides, and across streams neither feeds the other. A link that somebody stated is followed unless the linked decision had
//! ended before anything could have reached it; what is left out for that is in the answer.
//!
//! **A content must be specific** to connect two decisions, or "ok" would connect all. It is where it is not shorter than
//! [`Options::min_bytes`], where one decision put it out without having been given it (if none did, it came from elsewhere; if
//! several did, any of them may be the source), and where no decision had been given it before that one put it out (else it is a
//! template or a document). Whatever it is, it connects a call to those whose prompt is all of that call's own prompt, then its answer, and more:
//! there the conversation goes on, and the ledger shows it where the later prompt rests on the earlier one, as a writer stores
//! it within a segment. The answer says how many contents were not followed for each of these; [`Options::unspecific`] follows them all.
//!
//! From a [`Casebook`] it costs one more pass over the ledger's files, and memory while it runs: about 150 bytes for each object, 16 for each reference
//! and 30 for each part, so that a conversation of any length adds to each of its calls what is new in it. On real agent runs
//! (1,163 calls, imported 20 times) that was 1.2 KiB for each call. [`Indexed`](crate::Indexed) answers the same from the frames that
//! an index leads to, as far as those are not a large part of the ledger.

mod answer;
mod elsewhere;
mod flows;
mod graph;
mod kinds;
mod near;
mod objects;
mod options;
mod order;
mod origin;
mod reason;
mod scan;
mod spread;
mod tell;
mod unfollowed;
mod unspecific;
mod walk;

use std::collections::{HashMap, HashSet};

use testimony_ledger::read::objects::Objects as _;
use testimony_record::digest::Digest;
use testimony_record::verify::Place;

pub use answer::{Asked, Blast, Checked, Counts, Direct, Downstream, Inferred, Subject};
pub use graph::Edge;
pub use near::{Likeness, Nearness};
pub use options::Options;
pub use origin::{How, NoBlast, Origin};
pub use reason::Reason;
pub use unfollowed::{Unfollowed, What};
pub use unspecific::Unspecific;

pub(crate) use elsewhere::Elsewhere;
pub(crate) use scan::{Chosen, Scan};

use crate::casebook::Casebook;
use elsewhere::Answered;
use flows::Case;
use graph::Graph;
use kinds::Kinds;
use near::{Needle, normal};
use objects::Object;
use origin::First;
use tell::{Reading, Telling};
use walk::{Reached, walk};

/// What the walks found.
struct Found {
    first: Vec<First>,
    /// Of those that are not given it exactly: what they were given instead.
    near: Vec<(First, Object)>,
    reached: HashMap<Case, Reached>,
    /// What was reached from the exact ones alone.
    exactly: HashSet<Case>,
}

impl Casebook {
    /// Works out what something went on to reach. See the [module](self) for what is followed.
    ///
    /// ```no_run
    /// use testimony_forensics::Casebook;
    /// use testimony_forensics::blast::{Options, Origin};
    ///
    /// let casebook = Casebook::open("testimony-ledger")?;
    /// let policy = std::fs::read("policy.md")?;
    /// let blast = casebook.blast(&Origin::Content(policy), &Options::default())?;
    /// println!("{} were given it, which fed {}", blast.counts.direct, blast.counts.downstream);
    /// println!("{} things could not be followed", blast.unfollowed.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When nothing here is meant, or the ledger cannot be read again. A damaged ledger is followed as far as it can be read,
    /// and the answer says where it could not.
    pub fn blast(&self, origin: &Origin, options: &Options) -> Result<Blast, NoBlast> {
        let text = options.near.then(|| self.text_of(origin)).transpose()?;
        let needle = text.as_deref().map(|text| Needle::new(text).ok_or(NoBlast::NothingToCompare));
        let scan = self.scan(needle.transpose()?.as_ref())?;
        self.blast_over(&scan, origin, options, &Elsewhere::default())
    }

    /// The answer from what a scan has seen. Of what it has not seen `elsewhere` says what is lacking there.
    pub(crate) fn blast_over(
        &self,
        scan: &Scan,
        origin: &Origin,
        options: &Options,
        elsewhere: &Elsewhere,
    ) -> Result<Blast, NoBlast> {
        let graph = Graph::new(&self.index, &scan.objects, &scan.flows, options);
        let object = origin.object(scan)?;
        let first = origin.first(self, object, &graph)?;
        let near = near_ones(scan, &graph, object, &first);
        let found = follow(first, near, &graph, scan);
        let asked = self.asked(origin, object, scan, &graph);
        let telling = Telling { casebook: self, scan };
        Ok(answer(asked, &found, &graph, &telling, elsewhere))
    }

    /// The decisions from which the answer is walked, as far as a scan has seen: the places of their entries.
    pub(crate) fn blast_reaches(
        &self,
        scan: &Scan,
        origin: &Origin,
        options: &Options,
    ) -> Result<Vec<Place>, NoBlast> {
        let graph = Graph::new(&self.index, &scan.objects, &scan.flows, options);
        let first = origin.first(self, origin.object(scan)?, &graph)?;
        let Found { first, reached, .. } = follow(first, vec![], &graph, scan);
        let cases = first.iter().map(|first| first.case).chain(reached.into_keys());
        let cases = cases.filter_map(|case| self.index.case(case as usize));
        Ok(cases.map(|case| case.at.place).collect())
    }

    /// The text that near matches are compared with.
    fn text_of(&self, origin: &Origin) -> Result<String, NoBlast> {
        let bytes = match origin {
            Origin::Content(bytes) => Some(bytes.clone()),
            Origin::Digest(digest) | Origin::Config(digest) | Origin::Prompt(digest) => {
                self.reader.archive.blob(digest).ok().map(|blob| blob.bytes.to_vec())
            }
            Origin::Decision(_) | Origin::Model(_) | Origin::Site(_) => None,
        };
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(|text| normal(&text)).ok_or(NoBlast::NothingToCompare)
    }

    fn asked(
        &self,
        origin: &Origin,
        object: Option<Object>,
        scan: &Scan,
        graph: &Graph<'_>,
    ) -> Asked {
        let (what, asked) = match origin {
            Origin::Content(bytes) => ("content", Digest::plain(bytes).to_string()),
            Origin::Digest(digest) => ("digest", digest.to_string()),
            Origin::Config(digest) => ("config", digest.to_string()),
            Origin::Prompt(digest) => ("prompt", digest.to_string()),
            Origin::Decision(id) => ("decision", id.clone()),
            Origin::Model(name) => ("model", name.clone()),
            Origin::Site(name) => ("site", name.clone()),
        };
        let digests = object.map(|object| scan.objects.digests(object)).unwrap_or_default();
        let bytes = object.and_then(|object| scan.objects.bytes(object));
        let put_out_by = object.map(|object| graph.put_out_by(object)).unwrap_or_default();
        let ids = put_out_by.into_iter().filter_map(|case| self.index.case(case as usize));
        Asked { what, asked, digests, bytes, put_out_by: ids.map(|case| case.id).collect() }
    }
}

/// Decisions that were given something near to it and not it, each with the nearest.
fn near_ones(
    scan: &Scan,
    graph: &Graph<'_>,
    object: Option<Object>,
    first: &[First],
) -> Vec<(First, Object)> {
    let mut contents: Vec<_> =
        scan.near.iter().filter(|(near, _)| Some(**near) != object).collect();
    contents.sort_unstable_by_key(|&(&near, nearness)| {
        (std::cmp::Reverse((nearness.bytes, nearness.likeness)), near)
    });
    let mut known: HashSet<Case> = first.iter().map(|first| first.case).collect();
    let mut found = Vec::new();
    for (&near, _) in contents {
        let new = graph.given(near, None).into_iter().filter(|held| known.insert(held.case));
        found.extend(new.map(|held| (First::given(held), near)));
    }
    found
}

/// Walks from the exact ones, and where there are near ones also from all: what only the second walk reaches is inferred.
fn follow(first: Vec<First>, near: Vec<(First, Object)>, graph: &Graph<'_>, scan: &Scan) -> Found {
    let exact = || first.iter().map(|first| first.case);
    let mut reached = walk(exact(), graph, &scan.flows);
    let exactly = reached.keys().copied().collect();
    if !near.is_empty() {
        let all = exact().chain(near.iter().map(|(first, _)| first.case));
        for (case, way) in walk(all, graph, &scan.flows) {
            reached.entry(case).or_insert(way);
        }
    }
    // What an exact one fed is no guess, whatever else it was given.
    let near = near.into_iter().filter(|(first, _)| !reached.contains_key(&first.case)).collect();
    Found { first, near, reached, exactly }
}

fn answer(
    asked: Asked,
    found: &Found,
    graph: &Graph<'_>,
    telling: &Telling<'_>,
    elsewhere: &Elsewhere,
) -> Blast {
    let firsts = found.firsts(telling);
    let reached = found.reached(telling);
    let cases = firsts.iter().map(|(first, _)| first.case).chain(reached.iter().map(|&(c, _)| c));
    let cases: Vec<Case> = cases.collect();
    let Reading { checked, mut unfollowed } = telling.read(&cases);
    let answered: HashSet<Case> = cases.iter().copied().collect();
    let answered = Answered { cases: &answered, elsewhere };
    unfollowed.extend(left_out(graph, telling, &answered));

    let mut kinds = Kinds::default();
    let direct = firsts.iter().filter_map(|&(first, near)| {
        kinds.add(telling, first.case, 0, near.is_some());
        telling.direct(first, near)
    });
    let direct = direct.collect();
    let downstream = reached.iter().filter_map(|&(case, reached)| {
        let inferred = !found.exactly.contains(&case);
        kinds.add(telling, case, reached.depth, inferred);
        telling.downstream(case, reached, inferred)
    });
    let downstream = downstream.collect();
    let (counts, inferred) = (std::mem::take(&mut kinds.counts), kinds.inferred.take());
    let subjects = kinds.subjects();
    Blast { origin: asked, direct, downstream, unfollowed, counts, inferred, subjects, checked }
}

impl Found {
    /// The direct ones in order, the inferred ones with what is near.
    fn firsts(&self, telling: &Telling<'_>) -> Vec<(&First, Option<(Object, Nearness)>)> {
        let near = self.near.iter().filter_map(|(first, object)| {
            let nearness = telling.scan.near.get(object)?;
            Some((first, Some((*object, *nearness))))
        });
        let mut firsts: Vec<_> = self.first.iter().map(|f| (f, None)).chain(near).collect();
        firsts.sort_unstable_by_key(|(first, _)| (telling.key(first.case), first.case));
        firsts
    }

    /// The downstream ones in order.
    fn reached(&self, telling: &Telling<'_>) -> Vec<(Case, &Reached)> {
        let mut reached: Vec<_> = self.reached.iter().map(|(&case, way)| (case, way)).collect();
        reached.sort_unstable_by_key(|&(case, way)| (way.depth, telling.key(case), case));
        reached
    }
}

/// What else might have been reached, as far as that is known.
fn left_out(graph: &Graph<'_>, telling: &Telling<'_>, answered: &Answered<'_>) -> Vec<Unfollowed> {
    let contents = graph.left_out().into_iter().map(|(why, contents)| {
        Unfollowed::many(What::ContentEdge, Reason::Unspecific(why), contents)
    });
    let backwards = graph.backwards().into_iter().filter(|(_, to)| !answered.cases.contains(to));
    let backwards = backwards.filter_map(|(from, to)| {
        let (from, to) = (telling.case(from)?.id, telling.case(to)?);
        let what = if to.parent == Some(from) { What::Parent } else { What::Cause };
        Some(Unfollowed::of(to.id, what, Some(from.to_string()), Reason::Backwards))
    });
    let mut all: Vec<Unfollowed> = backwards.chain(contents).collect();
    all.extend(telling.casebook.unknown(telling.scan, answered));
    all.push(Unfollowed::other_ledgers());
    all
}
