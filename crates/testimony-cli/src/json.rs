//! JSON for programs. It holds the text itself, where what is for people shows escapes.

use serde::Serialize;

use crate::failure::Failure;
use crate::paper::Paper;

/// One document, for a program or for a person who looks at it.
pub(crate) fn document<T: Serialize>(value: &T, paper: &mut Paper) -> Result<(), Failure> {
    paper.json(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// One value of many, on a line of its own.
pub(crate) fn line<T: Serialize>(value: &T, paper: &mut Paper) -> Result<(), Failure> {
    paper.json(&serde_json::to_string(value)?);
    Ok(())
}
