//! How a blast is worked out: what connects, and whether what is near counts.

/// How a blast is worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Shorter contents connect no decisions, in bytes.
    pub min_bytes: u64,
    /// Follow contents also where they say little about who fed whom: the short ones, those that came from elsewhere, and those
    /// with several sources. Finds more than was fed.
    pub unspecific: bool,
    /// Also look for contents that are near to the one asked about. What is found so is marked as inferred. Only for a
    /// text of at least 48 bytes, white space being one space.
    pub near: bool,
}

impl Default for Options {
    /// Contents of at least 16 bytes, exact matches.
    fn default() -> Self {
        Self { min_bytes: 16, unspecific: false, near: false }
    }
}
