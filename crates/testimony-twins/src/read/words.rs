//! The words of the format as they stand in tables.

use testimony_record::label::Label;
use testimony_record::part::{Origin, Why};

/// How the call sites of imported decisions begin.
pub(super) const IMPORTED: &str = "import::";

pub(super) const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Observed => "observed",
        Origin::Declared => "declared",
        Origin::Inferred => "inferred",
    }
}

pub(super) const fn why(why: Why) -> &'static str {
    match why {
        Why::NotCaptured => "not_captured",
        Why::TooLarge => "too_large",
        Why::TooMany => "too_many",
        Why::Unreadable => "unreadable",
    }
}

/// A text as it stands in a table: of more than 256 bytes the beginning, and `…`.
pub(super) fn cut(text: &str) -> String {
    Label::new(text.to_owned()).as_str().to_owned()
}
