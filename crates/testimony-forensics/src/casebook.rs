//! The casebook: a ledger that has been read once, open for questions.

use std::collections::BTreeSet;
use std::path::Path;

use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::node::Node;

use crate::account::Account;
use crate::erase::Intents;
use crate::index::Index;
use crate::lookup::{Meant, NotFound};
use crate::reader::Reader;
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
        let reader = Reader::open(path.as_ref())?;
        let (index, intents) = (Index::default(), Intents::default());
        let mut casebook = Self { reader, index, intents };
        casebook.refresh()?;
        Ok(casebook)
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
        Ok(())
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
        Ok(match self.meant(about)? {
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
