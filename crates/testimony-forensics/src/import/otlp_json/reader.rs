//! The lines of a file. A line that is torn costs itself and nothing else; a file that is one JSON document over many lines is
//! taken as one.

use std::io::{self, BufRead, Cursor, Read as _};

use super::shape::{BadSpan, Request, Span};

/// A longer line is not read: it would have to be held in memory as a whole.
const LONGEST_LINE: u64 = 1 << 30;

/// Why a line, or a span of it, was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRead {
    /// It is not an export request as JSON.
    #[error("line {line}: {problem} (column {column})")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
        /// Where, in bytes from 1.
        column: usize,
    },
    /// One span of it is none.
    #[error("line {line}")]
    Span {
        /// The line's number, from 1.
        line: u64,
        /// Which span, and what is wrong with it.
        source: BadSpan,
    },
    /// The system refused. Nothing after it is read.
    #[error("cannot read line {line}")]
    Io {
        /// The line's number, from 1.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// The spans of a file, one by one. Blank lines, and lines with other things than spans, have none.
#[derive(Debug)]
pub struct OtlpJson<R> {
    source: R,
    /// What was read ahead in search of a whole document; the source then has no more.
    ahead: Option<Cursor<Vec<u8>>>,
    line: u64,
    /// Whether a document over many lines is no longer looked for.
    by_lines: bool,
    pending: std::vec::IntoIter<Result<Span, NotRead>>,
    failed: bool,
}

impl<R: BufRead> OtlpJson<R> {
    /// Reads nothing yet.
    pub fn new(source: R) -> Self {
        Self {
            source,
            ahead: None,
            line: 0,
            by_lines: false,
            pending: vec![].into_iter(),
            failed: false,
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.line += 1;
        let source: &mut dyn BufRead = match &mut self.ahead {
            Some(ahead) => ahead,
            None => &mut self.source,
        };
        let read = source.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read as u64 == LONGEST_LINE {
            return Err(io::Error::other("it is longer than 1 GiB"));
        }
        Ok((read > 0).then_some(line))
    }

    /// A first line that ends too early may begin a document over many lines. Where it does not, its rest is read by lines.
    fn whole_document(&mut self, line: &[u8]) -> io::Result<Option<Vec<Result<Span, NotRead>>>> {
        let mut rest = Vec::new();
        self.source.by_ref().take(LONGEST_LINE).read_to_end(&mut rest)?;
        let whole = [line, &rest].concat();
        let spans = spans(&whole, self.line).ok();
        if spans.is_none() {
            self.ahead = Some(Cursor::new(rest));
        }
        Ok(spans)
    }

    fn take_line(&mut self, line: &[u8]) -> io::Result<Vec<Result<Span, NotRead>>> {
        let first = !std::mem::replace(&mut self.by_lines, true);
        match spans(line.trim_ascii_end(), self.line) {
            Ok(spans) => Ok(spans),
            Err(error) => {
                let may_go_on = first && error.is_eof();
                let whole = if may_go_on { self.whole_document(line)? } else { None };
                Ok(whole.unwrap_or_else(|| vec![Err(bad_line(&error, self.line))]))
            }
        }
    }
}

impl<R: BufRead> Iterator for OtlpJson<R> {
    type Item = Result<Span, NotRead>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(next) = self.pending.next() {
                return Some(next);
            }
            if self.failed {
                return None;
            }
            let taken = self.next_line().and_then(|line| match line {
                Some(line) if line.trim_ascii().is_empty() => Ok(Some(vec![])),
                Some(line) => self.take_line(&line).map(Some),
                None => Ok(None),
            });
            match taken {
                Ok(spans) => self.pending = spans?.into_iter(),
                Err(source) => {
                    self.failed = true;
                    return Some(Err(NotRead::Io { line: self.line, source }));
                }
            }
        }
    }
}

fn spans(json: &[u8], line: u64) -> Result<Vec<Result<Span, NotRead>>, serde_json::Error> {
    let request: Request<'_> = serde_json::from_slice(json)?;
    let mut spans = Vec::new();
    for of_resource in &request.resource_spans {
        let service = of_resource.resource.service();
        for written in of_resource.scope_spans.iter().flat_map(|scope| &scope.spans) {
            let number = spans.len() + 1;
            spans.push(
                Span::parse(written.get(), service)
                    .map_err(|problem| NotRead::Span { line, source: BadSpan { number, problem } }),
            );
        }
    }
    Ok(spans)
}

fn bad_line(error: &serde_json::Error, line: u64) -> NotRead {
    let column = error.column();
    let said = error.to_string();
    // The line number is that of the file's line alone, so it would always read 1.
    let problem = said.split(" at line ").next().unwrap_or(&said).to_owned();
    NotRead::Line { line, problem, column }
}
