//! Answers without a pass over the ledgers: an index says where to read, what lies there is read and checked, and the casebook
//! answers from that alone. The answers are those of a casebook that has read everything, as far as the index keeps nothing
//! silent; whoever must be sure of that opens a [`Casebook`](crate::Casebook).
//!
//! What an index cannot answer it says, and answers nothing: texts to be searched for, decisions by model or site, names that
//! nothing here has, contents that nobody was given, and whatever would need most of a ledger. So an index that keeps everything
//! silent changes no answer; one that keeps some of it silent shortens one.

mod chosen;
mod elsewhere;
mod ids;
mod places;
mod reach;
mod story;

use std::path::Path;
use std::sync::Arc;

use testimony_index::Index;
use testimony_index::derived::Progress;

use crate::blast::{Blast, NoBlast, Options, Origin};
use crate::lookup::NotFound;
use crate::reader::{NotOpened, each_stream_once};
use crate::story::Story;
use chosen::Stop;

pub(crate) use places::Places;
pub use testimony_index::NotBuilt;

/// Ledgers with their indexes.
///
/// ```no_run
/// use testimony_forensics::{Casebook, Indexed};
///
/// let indexed = Indexed::open(&["testimony-ledger"], None, &mut |_| {})?;
/// let story = match indexed.why("loan:1234")? {
///     Some(story) => story,
///     None => Casebook::open("testimony-ledger")?.why("loan:1234")?,
/// };
/// println!("{} decisions", story.chapters.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Indexed {
    index: Arc<Index>,
}

/// Why ledgers cannot be questioned through an index. A [`Casebook`](crate::Casebook) needs none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotIndexed {
    /// They cannot be questioned together.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The index cannot be made or kept.
    #[error(transparent)]
    NotBuilt(#[from] NotBuilt),
}

impl Indexed {
    /// Opens the indexes of some ledgers and brings them up to date; `progress` is called as segments are read for that.
    /// `chosen` is where the indexes are kept instead of in `twins/` of each ledger.
    ///
    /// # Errors
    /// When a ledger cannot be read, two hold the same stream, or an index cannot be kept. A damaged ledger is no error.
    pub fn open<P: AsRef<Path>>(
        ledgers: &[P],
        chosen: Option<&Path>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, NotIndexed> {
        let index = Arc::new(Index::open(ledgers, chosen, progress)?);
        each_stream_once(index.directories())?;
        Ok(Self { index })
    }

    /// As [`Casebook::why`](crate::Casebook::why); `None` where the index cannot tell.
    ///
    /// # Errors
    /// As there, but that a name which nothing here has is no error, since a text may be meant.
    pub fn why(&self, about: &str) -> Result<Option<Story>, NotFound> {
        match story::casebook(&self.index, about) {
            Ok(casebook) => casebook.why_named(about),
            Err(Stop) => Ok(None),
        }
    }

    /// As [`Casebook::blast`](crate::Casebook::blast); `None` where the index cannot tell.
    ///
    /// # Errors
    /// As there, but that what nothing here has is no error.
    pub fn blast(&self, origin: &Origin, options: &Options) -> Result<Option<Blast>, NoBlast> {
        match reach::answer(&self.index, origin, options) {
            Ok(blast) => blast.map(Some),
            Err(Stop) => Ok(None),
        }
    }
}
