//! The casebook: a ledger that has been read once, open for questions.

use std::collections::BTreeSet;
use std::path::Path;

use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::node::Node;

use crate::account::Account;
use crate::erase::Intents;
use crate::index::Index;
use crate::lookup::{Meant, NotFound};
use crate::reader::{NotOpened, Reader, Unreadable};
use crate::story::{About, Story};
use crate::telling::Telling;

/// A ledger and the index of its decisions.
#[derive(Debug)]
pub struct Casebook {
    pub(crate) reader: Reader,
    pub(crate) index: Index,
    pub(crate) intents: Intents,
}

impl Casebook {
    /// Reads a ledger. Costs one pass over its files; memory is below 1 KiB for each decision.
    ///
    /// # Errors
    /// When the directory is not a ledger, or cannot be read. A damaged ledger is read as far as it goes.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CouldNotRead> {
        Self::pass_over(Reader::open(path.as_ref())?)
    }

    /// Reads several ledgers, to be questioned as one.
    ///
    /// # Errors
    /// As [`Casebook::open`], and when the same stream is in two of them.
    pub fn open_all<P: AsRef<Path>>(paths: &[P]) -> Result<Self, NotOpened> {
        Ok(Self::pass_over(Reader::open_all(paths)?)?)
    }

    fn pass_over(reader: Reader) -> Result<Self, CouldNotRead> {
        let mut casebook = Self::empty(reader);
        casebook.refresh()?;
        Ok(casebook)
    }

    fn empty(reader: Reader) -> Self {
        Self { reader, index: Index::default(), intents: Intents::default() }
    }

    /// A casebook of some entries alone, in the order in which they are handed in.
    pub(crate) fn of<'a>(reader: Reader, entries: impl Iterator<Item = &'a Stored>) -> Self {
        let mut casebook = Self::empty(reader);
        for stored in entries {
            casebook.index.add(stored);
            casebook.intents.add(stored);
        }
        casebook.read_split();
        casebook
    }

    /// Takes in what has been appended since.
    ///
    /// # Errors
    /// As [`Casebook::open`].
    pub fn refresh(&mut self) -> Result<(), CouldNotRead> {
        let Self { reader: Reader { archive, erasures, .. }, index, intents } = self;
        archive.advance(&mut |stored| {
            index.add(&stored);
            intents.add(&stored);
            erasures.add(&stored);
        })?;
        self.read_split();
        Ok(())
    }

    /// Takes in the parts that stand in nodes of their own.
    fn read_split(&mut self) {
        for (number, more) in self.index.take_split() {
            // Where the node cannot be read, the decision's account says so.
            if let Ok(Node::Parts(parts)) = self.reader.archive.node(&more) {
                self.index.add_parts(number, &parts);
            }
        }
        for (id, more) in self.intents.take_split() {
            if let Ok(Node::Parts(parts)) = self.reader.archive.node(&more) {
                self.intents.add_parts(id, &parts);
            }
        }
    }

    /// How many decisions it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.cases().len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every call site, in order of their names.
    #[must_use]
    pub fn sites(&self) -> BTreeSet<&str> {
        self.index.cases().iter().map(|case| &*case.site).collect()
    }

    /// Every model that was asked for or says it answered, in order of their names.
    #[must_use]
    pub fn models(&self) -> BTreeSet<&str> {
        let models = self.index.cases().iter().flat_map(|case| &case.models);
        models.flatten().map(|model| &**model).collect()
    }

    /// Everything of one decision, by its id or the beginning of it.
    ///
    /// # Errors
    /// When no decision or more than one is meant, or its entry cannot be read again. Contents that cannot be read are
    /// no error; the account says so in their place.
    pub fn show(&self, id: &str) -> Result<Account, NotFound> {
        Ok(self.account(self.by_id(id)?, &mut Telling::default())?)
    }

    /// Why something came out as it did, by whatever names it: a subject, a decision's id or the beginning of it, the id of a
    /// distributed trace, or a text that occurs in an outcome or, where none says it, in a decision. A subject and a trace
    /// get the story of their decisions in the order in which they began; a text that several decisions say gets those
    /// as [candidates](Story::candidates).
    ///
    /// # Errors
    /// As [`Casebook::show`].
    pub fn why(&self, about: &str) -> Result<Story, NotFound> {
        let asked = about.to_owned();
        let meant = self.meant(about)?;
        Ok(self.story_of(asked, meant)?)
    }

    /// The story of what an id, a subject or a trace names; `None` where none is named here.
    pub(crate) fn why_named(&self, about: &str) -> Result<Option<Story>, NotFound> {
        let Some(meant) = self.named(about)? else { return Ok(None) };
        Ok(Some(self.story_of(about.to_owned(), meant)?))
    }

    fn story_of(&self, asked: String, meant: Meant<'_>) -> Result<Story, Unreadable> {
        Ok(match meant {
            Meant::Decision(case) => self.story_of_decision(case)?,
            Meant::Subject(numbers, begun) => {
                self.story(About::Subject(asked), &numbers, self.begun(&begun))?
            }
            Meant::Trace(numbers) => self.story(About::Trace(asked), &numbers, vec![])?,
            Meant::Begun(id) => self.story(About::Decision(id), &[], self.begun(&[id]))?,
            Meant::Says(numbers, place, unsearched) => {
                let story = self.story_of_text(About::Text { text: asked, place }, &numbers)?;
                Story { unsearched, ..story }
            }
        })
    }
}
