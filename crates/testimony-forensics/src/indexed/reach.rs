//! What a blast is worked out from: what is asked about and all that hold it, and around each decision that is reached what it
//! put out, who else did, and who was given it. The walk itself is the casebook's; it is walked again until it reaches nothing
//! new.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use testimony_index::{At, Index, Key, Segment};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::node::Node;
use testimony_record::part::{Part, Role};
use testimony_record::verify::Place;

use super::chosen::{Chosen, Stop};
use super::elsewhere::elsewhere;
use super::story::take_beginning;
use crate::blast::{Blast, NoBlast, Options, Origin};

/// Of a content that more decisions put out, so many are looked at; two that were not given it are enough to say that nobody
/// knows who its source is.
const MOST_SOURCES: usize = 32;

/// The answer; an error where nothing here is meant is for a pass over everything to tell.
pub(super) fn answer(
    index: &Arc<Index>,
    origin: &Origin,
    options: &Options,
) -> Result<Result<Blast, NoBlast>, Stop> {
    if options.near {
        return Err(Stop);
    }
    let mut reach = Reach::new(index, options)?;
    reach.origin(origin)?;
    loop {
        let casebook = reach.chosen.casebook();
        let scan = reach.chosen.scan(&casebook);
        let reached = casebook.blast_reaches(&scan, origin, options).map_err(|_| Stop)?;
        let new = reach.not_expanded(&reached);
        if reached.is_empty() {
            // That nobody had it is said only by who has read everything.
            return Err(Stop);
        }
        if new.is_empty() {
            let elsewhere = elsewhere(&reach.chosen)?;
            return Ok(casebook.blast_over(&scan, origin, options, &elsewhere));
        }
        reach.expand(&new)?;
    }
}

struct Reach<'a> {
    chosen: Chosen,
    options: &'a Options,
    /// Decisions around which everything has been read.
    expanded: HashSet<At>,
    /// Contents of which it is known, or will be when the walk comes by, where they went.
    traced: HashSet<Digest>,
    climbed: HashSet<Digest>,
    ledgers: HashMap<Uuid, usize>,
}

/// A content that a decision put out.
struct PutOut {
    plain: Digest,
    by: Vec<At>,
}

impl<'a> Reach<'a> {
    fn new(index: &Arc<Index>, options: &'a Options) -> Result<Self, Stop> {
        let chosen = Chosen::new(index)?;
        let directories = index.directories().iter().enumerate();
        let streams =
            directories.flat_map(|(ledger, of)| of.streams.iter().map(move |&s| (s, ledger)));
        Ok(Self {
            chosen,
            options,
            expanded: HashSet::new(),
            traced: HashSet::new(),
            climbed: HashSet::new(),
            ledgers: streams.collect(),
        })
    }

    /// Reads what is asked about, and whatever holds it.
    fn origin(&mut self, origin: &Origin) -> Result<(), Stop> {
        match origin {
            Origin::Content(bytes) => self.holders_of_content(&Digest::plain(bytes)),
            Origin::Digest(digest) | Origin::Config(digest) | Origin::Prompt(digest) => {
                let found = self.chosen.take([Key::object(digest)])?;
                for plain in
                    found.iter().filter_map(|&at| self.chosen.plain_at(at)).collect::<BTreeSet<_>>()
                {
                    self.holders_of_content(&plain)?;
                }
                self.climb([*digest].into())
            }
            Origin::Decision(id) => take_beginning(&mut self.chosen, id),
            Origin::Model(_) | Origin::Site(_) => Err(Stop),
        }
    }

    fn holders_of_content(&mut self, plain: &Digest) -> Result<(), Stop> {
        let copies = self.chosen.take([Key::content(plain)])?;
        let digests = copies.iter().filter_map(|&at| self.chosen.digest_at(at)).collect();
        self.climb(digests)
    }

    /// Reads all that refers to objects, through however many lists, and the decisions of which that is a part.
    fn climb(&mut self, digests: BTreeSet<Digest>) -> Result<(), Stop> {
        let mut open: Vec<Digest> =
            digests.into_iter().filter(|d| self.climbed.insert(*d)).collect();
        while !open.is_empty() {
            let keys = open.iter().flat_map(|digest| [Key::holder(digest), Key::part(digest)]);
            let found = self.chosen.take(keys.collect::<Vec<_>>())?;
            let nodes = found.iter().filter_map(|&at| Some(self.chosen.node_at(at)?.0));
            open =
                nodes.collect::<Vec<_>>().into_iter().filter(|d| self.climbed.insert(*d)).collect();
        }
        Ok(())
    }

    /// The decisions that were reached, and around which not everything has been read.
    fn not_expanded(&mut self, reached: &[Place]) -> Vec<At> {
        let places = reached.iter().filter_map(|place| {
            let Place { stream, segment, offset, .. } = *place;
            let ledger = *self.ledgers.get(&stream)?;
            Some(At { segment: Segment { ledger, stream, segment }, offset })
        });
        places.collect::<Vec<_>>().into_iter().filter(|at| self.expanded.insert(*at)).collect()
    }

    /// Reads everything around decisions that a step from them, or the answer, needs.
    fn expand(&mut self, decisions: &[At]) -> Result<(), Stop> {
        self.links(decisions)?;
        self.take_parts(decisions, Role::is_put_out)?;
        let put_out = self.put_out(decisions)?;
        let first = put_out.iter().flat_map(|content| content.by.iter().take(MOST_SOURCES));
        let putters: Vec<At> =
            first.chain(decisions).copied().collect::<BTreeSet<_>>().into_iter().collect();
        self.chosen.take_at(&putters)?;
        self.take_parts(&putters, |role| role.is_put_out() || role.is_given())?;
        let mut copies = BTreeSet::new();
        for content in &put_out {
            if self.may_be_specific(content)? {
                copies.insert(Key::content(&content.plain));
            }
        }
        let copies = self.chosen.take(copies)?;
        let mut digests: BTreeSet<Digest> =
            copies.iter().filter_map(|&at| self.chosen.digest_at(at)).collect();
        digests.extend(self.going_on(decisions)?);
        self.climb(digests)
    }

    fn links(&mut self, decisions: &[At]) -> Result<(), Stop> {
        let mut keys = Vec::new();
        for at in decisions {
            let Some(Body::Decision(decision)) = self.chosen.entries.get(at).map(|s| &s.entry.body)
            else {
                continue;
            };
            let id = &decision.id;
            keys.extend([Key::inside(id), Key::caused_by(id), Key::outcome_of(id)]);
            keys.extend(decision.parent.iter().chain(&decision.causes).map(Key::decision));
        }
        self.chosen.take(keys)?;
        Ok(())
    }

    fn take_parts(&mut self, decisions: &[At], wanted: fn(Role) -> bool) -> Result<(), Stop> {
        let below = decisions.iter().flat_map(|&at| {
            let parts = digests(&self.chosen.parts(at), wanted);
            parts.into_iter().map(move |digest| (at.segment, digest))
        });
        self.chosen.take_below(below.collect())
    }

    /// What decisions put out that is followed, and has not been traced, each with all who put it out.
    fn put_out(&mut self, decisions: &[At]) -> Result<Vec<PutOut>, Stop> {
        let long = |bytes: usize| self.options.unspecific || bytes as u64 >= self.options.min_bytes;
        let mut contents: HashMap<Key, PutOut> = HashMap::new();
        for &at in decisions {
            let parts = digests(&self.chosen.parts(at), Role::is_put_out);
            for (plain, bytes) in self.chosen.contents(at.segment, &parts) {
                if long(bytes) && self.traced.insert(plain) {
                    contents.insert(Key::put_out(&plain), PutOut { plain, by: vec![] });
                }
            }
        }
        let keys = contents.keys().copied().collect();
        for (key, at) in self.chosen.index.find(&keys)? {
            contents.entry(key).and_modify(|content| content.by.push(at));
        }
        Ok(contents.into_values().collect())
    }

    /// Whether all that hold a content must be read to tell who fed whom with it.
    fn may_be_specific(&self, content: &PutOut) -> Result<bool, Stop> {
        if self.options.unspecific {
            return Ok(true);
        }
        let looked_at = content.by.iter().take(MOST_SOURCES);
        let sources = looked_at.filter(|&&at| {
            let given = digests(&self.chosen.parts(at), Role::is_given);
            !self.chosen.contents(at.segment, &given).contains_key(&content.plain)
        });
        match (sources.count(), content.by.len() <= MOST_SOURCES) {
            (2.., _) => Ok(false),
            // Whoever put it out repeats it; unless somebody else did whom the index does not know.
            (0, true) => Ok(self.chosen.has_unindexed()),
            (_, true) => Ok(true),
            (_, false) => Err(Stop),
        }
    }

    /// The lists that go on from what decisions were asked, and whatever else was asked the same.
    fn going_on(&mut self, decisions: &[At]) -> Result<BTreeSet<Digest>, Stop> {
        let asked = decisions.iter().flat_map(|&at| {
            let asked = digests(&self.chosen.parts(at), |role| role == Role::Prompt);
            asked.into_iter().map(move |digest| (at.segment, digest))
        });
        let asked = asked
            .filter(|&(segment, d)| matches!(self.chosen.node(segment, d), Some(Node::List(_))));
        let asked: BTreeSet<Digest> = asked.map(|(_, digest)| digest).collect();
        let keys = asked.iter().flat_map(|digest| [Key::part(digest), Key::holder(digest)]);
        let found = self.chosen.take(keys.collect::<Vec<_>>())?;
        let lists = found.iter().filter_map(|&at| match self.chosen.node_at(at)? {
            (digest, Node::List(list)) if list.base.is_some_and(|base| asked.contains(&base)) => {
                Some(digest)
            }
            _ => None,
        });
        Ok(lists.collect())
    }
}

impl Chosen {
    fn has_unindexed(&self) -> bool {
        !self.index.unindexed().is_empty()
    }

    /// The plain hash of the content at a place that has been read.
    fn plain_at(&self, at: At) -> Option<Digest> {
        let digest = self.digest_at(at)?;
        self.contents(at.segment, &[digest])
            .into_keys()
            .next()
            .filter(|_| self.node_at(at).is_none())
    }
}

fn digests(parts: &[Part], wanted: impl Fn(Role) -> bool) -> Vec<Digest> {
    let wanted = parts.iter().filter(|part| wanted(part.role));
    wanted.filter_map(Part::digest).copied().collect()
}
