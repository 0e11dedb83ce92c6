//! What a report is made of, before it is Markdown or HTML. Every text is plain text.

use super::{html, markdown};

/// A report, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The title.
    pub title: String,
    /// What follows it.
    pub blocks: Vec<Block>,
}

/// One piece of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// A heading of level 2 or 3.
    Heading(u8, String),
    /// A sentence or several.
    Paragraph(Tone, String),
    /// Names with what they are.
    Facts(Vec<(String, String)>),
    /// What somebody said: what it is, then the words themselves, line by line.
    Quote(String, String),
    /// Points.
    Points(Vec<String>),
    /// A table: headings, then rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// What a sentence is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Intact, held.
    Good,
    /// Wants attention.
    Note,
    /// Broken, altered.
    Bad,
}

impl Document {
    /// As Markdown (`CommonMark` with tables). Contents stand in fenced blocks, everything else is escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }

    /// As one HTML page with its style in it: no script, no link, nothing that is fetched.
    #[must_use]
    pub fn to_html(&self) -> String {
        html::write(self)
    }
}
