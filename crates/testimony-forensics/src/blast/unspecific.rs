//! Why a content says nothing about who fed whom.

/// Why a content that one decision put out and a later one was given is not followed from the one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Unspecific {
    /// It is shorter than [`Options::min_bytes`](super::Options::min_bytes).
    Short,
    /// Whoever put it out had been given it, or another decision had before it was put out: it came from elsewhere, a template
    /// or a document, and whoever puts it out repeats it.
    FromElsewhere,
    /// Several decisions put it out that had not been given it: any of them may be the source.
    SeveralSources,
}
