//! A file of recorded runs: JSON lines `{"run", "model", "reward", "messages"}`, the messages as the `OpenAI` chat API
//! spells them.

use std::io::{self, BufRead, Read as _};

use super::run::{BadRun, Run};

/// A longer line is not read: it would have to be held in memory as a whole.
const LONGEST_LINE: u64 = 1 << 30;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a line was not imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotImported {
    /// It is not the record of a run.
    #[error("line {line}: {problem}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        problem: BadRun,
    },
    /// The system refused.
    #[error("cannot read line {line}")]
    Io {
        /// Its number, from 1.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// The runs of a file, one by one. Blank lines are passed over.
#[derive(Debug)]
pub struct OpenAiChat<R> {
    source: R,
    line: u64,
}

impl<R: BufRead> OpenAiChat<R> {
    /// Reads nothing yet.
    pub fn new(source: R) -> Self {
        Self { source, line: 0 }
    }

    /// The number of the line that was read last.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.line += 1;
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read as u64 == LONGEST_LINE {
            return Err(io::Error::other("it is longer than 1 GiB"));
        }
        if self.line == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        Ok((read > 0).then_some(line))
    }
}

impl<R: BufRead> Iterator for OpenAiChat<R> {
    type Item = Result<Run, NotImported>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.next_line() {
                Ok(line) => line?,
                Err(source) => return Some(Err(NotImported::Io { line: self.line, source })),
            };
            if !line.trim_ascii().is_empty() {
                let bad = |problem| NotImported::Line { line: self.line, problem };
                return Some(Run::parse(&line).map_err(bad));
            }
        }
    }
}
