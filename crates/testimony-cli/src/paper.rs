//! What answers are written on. Everything that is written passes [`printable`]: there is no way around it, so
//! nothing from a ledger can act on a terminal.
//!
//! Writing cannot fail on the way; the first error is kept for [`Paper::finish`]. A reader that goes away, as `head` does in
//! a pipe, is no error.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use anstream::AutoStream;
use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::inert::escaped;
use crate::printable::{Keep, printable};
use crate::style::DIM;

/// No text is squeezed into less than this, however narrow the terminal.
const NARROWEST: usize = 24;

/// Of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// Standard output, with a width and colours where it has any.
pub(crate) struct Paper {
    out: BufWriter<AutoStream<StdoutLock<'static>>>,
    width: Option<usize>,
    error: Option<io::Error>,
}

impl Paper {
    pub(crate) fn stdout() -> Self {
        let out = BufWriter::new(AutoStream::auto(io::stdout().lock()));
        Self { out, width: width(), error: None }
    }

    /// How many columns there are; `None` where lines may be as long as they like.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether nobody reads any more, so that the rest need not be worked out.
    pub(crate) fn is_closed(&self) -> bool {
        self.error.is_some()
    }

    /// Text on the current line.
    pub(crate) fn put(&mut self, style: Style, text: &str) {
        let text = printable(text, Keep::Nothing);
        if text.is_empty() || style == Style::new() {
            self.write(format_args!("{text}"));
        } else {
            self.write(format_args!("{style}{text}{style:#}"));
        }
    }

    /// Ends the current line.
    pub(crate) fn end(&mut self) {
        self.write(format_args!("\n"));
    }

    /// Text on a line of its own.
    pub(crate) fn line(&mut self, style: Style, text: &str) {
        self.put(style, text);
        self.end();
    }

    /// A label, then text that is wrapped beside it from column `indent` on. Ends the line.
    pub(crate) fn labelled(&mut self, label: (Style, &str), indent: usize, body: (Style, &str)) {
        let (style, text) = body;
        let text = printable(text, Keep::LinesAndTabs);
        let mut lines = self.wrap(&text, indent).into_iter();
        self.put(label.0, label.1);
        let used = printable(label.1, Keep::Nothing).width();
        if used >= indent && used > 0 {
            self.end();
            self.pad(indent);
        } else {
            self.pad(indent - used);
        }
        self.put(style, &lines.next().unwrap_or_default());
        self.end();
        for line in lines {
            if !line.is_empty() {
                self.pad(indent);
                self.put(style, &line);
            }
            self.end();
        }
    }

    /// One thing of a list, behind a dash.
    pub(crate) fn item(&mut self, style: Style, text: &str) {
        self.labelled((DIM, "  -"), 4, (style, text));
    }

    /// What a thing is called, and beside it from column `indent` on what it is.
    pub(crate) fn fact(&mut self, name: &str, indent: usize, value: (Style, &str)) {
        self.labelled((DIM, &format!("  {name}")), indent, value);
    }

    /// Text that is wrapped from column `indent` on. Ends the line.
    pub(crate) fn block(&mut self, indent: usize, style: Style, text: &str) {
        self.labelled((style, ""), indent, (style, text));
    }

    /// JSON on a line of its own.
    pub(crate) fn json(&mut self, text: &str) {
        let text = escaped(text);
        self.write(format_args!("{text}\n"));
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The first that occurred, unless it was that nobody reads any more.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        match self.error.take().map_or(flushed, Err) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    fn wrap<'a>(&self, text: &'a str, indent: usize) -> Vec<Cow<'a, str>> {
        let lines = text.split('\n').map(without_tabs);
        let Some(width) = self.width else { return lines.collect() };
        // Ids stay whole where they can.
        let options = textwrap::Options::new(width.saturating_sub(indent).max(NARROWEST))
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let wrapped = lines.flat_map(|line| {
            let lines = textwrap::wrap(&line, &options);
            lines.into_iter().map(|line| Cow::Owned(line.into_owned())).collect::<Vec<_>>()
        });
        wrapped.collect()
    }

    fn pad(&mut self, columns: usize) {
        self.write(format_args!("{:columns$}", ""));
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        if self.error.is_none() {
            self.error = self.out.write_fmt(text).err();
        }
    }
}

fn without_tabs(line: &str) -> Cow<'_, str> {
    if line.contains('\t') { Cow::Owned(line.replace('\t', "    ")) } else { Cow::Borrowed(line) }
}

/// `COLUMNS` where somebody set it, else the terminal's; none for files and pipes, so that `grep` finds whole lines.
fn width() -> Option<usize> {
    if let Some(columns) = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()) {
        return Some(columns);
    }
    if !io::stdout().is_terminal() {
        return None;
    }
    let size = terminal_size::terminal_size_of(io::stdout());
    Some(size.map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0)))
}

/// Text in exactly so many columns: filled with spaces, or cut and ended with `…`.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let text = clip(text, columns);
    let fill = columns.saturating_sub(text.width());
    format!("{text}{:fill$}", "")
}

/// Text in at most so many columns. Escapes count as what they will be printed as.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    let text = printable(text, Keep::Nothing);
    if text.width() <= columns {
        return text.into_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if cut.width() >= columns {
            cut.pop();
            break;
        }
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_its_columns_whatever_it_is_made_of() {
        assert_eq!(fit("abc", 5), "abc  ");
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("日本語", 4).width(), 4);
        assert_eq!(fit("\u{1b}", 4), "\\u{…");
    }
}
