//! Where the recorder stands: what it says that the disk holds. It is a claim, which the re-reading tests.

use testimony_record::entry::Link;

/// The end of what the recorder has written and synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    /// The newest entry.
    pub(crate) newest: Link,
    /// The segment that is being written.
    pub(crate) segment: u64,
    /// How many bytes of it are there; 0 where only its name is.
    pub(crate) end: u64,
}
