//! Files of OTLP/JSON, as the Collector's file exporter writes them: one export request a line. Also one request that is
//! spread over many lines.

use std::collections::VecDeque;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::{Batch, Habits, Source, SourceError};
use crate::span::Span;

/// The longest request that is read, in bytes: several times what a Collector accepts.
const MAX_REQUEST_BYTES: u64 = 256 << 20;

const WHAT_IT_READS: &str = "It reads what the Collector's file exporter writes with `format: json` and no compression: one \
    OTLP/JSON export request a line.";

/// Files, one after another, as one source: a Collector that rotates its file writes each span into one of them.
#[derive(Debug)]
pub struct OtlpJson {
    name: String,
    files: VecDeque<PathBuf>,
    file: Option<Requests>,
    /// The bytes of all files, and of those that have been read to their end.
    size: Option<u64>,
    done: u64,
}

impl OtlpJson {
    /// Looks for the files, and opens the first; `-` is standard input.
    ///
    /// # Errors
    /// When one is not there.
    pub fn open(paths: &[PathBuf]) -> Result<Self, SourceError> {
        let sizes = paths.iter().filter(|path| !is_stdin(path)).map(|path| {
            let file = fs::metadata(path);
            file.map(|file| file.len())
                .map_err(|error| SourceError::new(path.display().to_string(), error))
        });
        let sizes = sizes.collect::<Result<Vec<u64>, _>>()?;
        let size = (sizes.len() == paths.len()).then(|| sizes.iter().sum());
        let name = match paths {
            [] => "no file".to_owned(),
            [path] => shown(path),
            [first, rest @ ..] => format!("{} and {} more", shown(first), rest.len()),
        };
        Ok(Self { name, files: paths.iter().cloned().collect(), file: None, size, done: 0 })
    }

    /// Reads from anything else.
    pub fn of(name: &str, reader: impl BufRead + 'static) -> Self {
        let file = Requests { name: name.to_owned(), reader: Box::new(reader), read: 0, line: 0 };
        let (files, size, done) = (VecDeque::new(), None, 0);
        Self { name: name.to_owned(), files, file: Some(file), size, done }
    }
}

impl Source for OtlpJson {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn habits(&self) -> Habits {
        // The file exporter changes nothing, but a processor before it may cut.
        Habits { cuts_text: true, ..Habits::FAITHFUL }
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        loop {
            if let Some(file) = &mut self.file {
                if let Some(batch) = file.next()? {
                    return Ok(Some(batch));
                }
                self.done += file.read;
                self.file = None;
            }
            let Some(path) = self.files.pop_front() else { return Ok(None) };
            self.file = Some(Requests::open(&path)?);
        }
    }

    fn progress(&self) -> Option<(u64, u64)> {
        let read = self.done + self.file.as_ref().map_or(0, |file| file.read);
        self.size.map(|size| (read.min(size), size))
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// The requests in one file or on standard input.
struct Requests {
    name: String,
    reader: Box<dyn BufRead>,
    read: u64,
    line: u64,
}

impl Requests {
    fn open(path: &Path) -> Result<Self, SourceError> {
        let name = shown(path);
        let reader: Box<dyn BufRead> = if is_stdin(path) {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(path).map_err(|error| SourceError::new(&name, error))?;
            Box::new(BufReader::with_capacity(1 << 20, file))
        };
        Ok(Self { name, reader, read: 0, line: 0 })
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(None);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(request) => Ok(Some(Batch { spans: spans(request), unreadable: Vec::new() })),
                Err(why) => self.odd(line, &why).map(Some),
            };
        }
    }

    /// The next line with its end; empty at the end of the file.
    fn line(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut line = Vec::new();
        let mut limited = (&mut *self.reader).take(MAX_REQUEST_BYTES);
        limited.read_until(b'\n', &mut line).map_err(|error| self.fault(error))?;
        self.read += line.len() as u64;
        self.line += 1;
        if line.len() as u64 == MAX_REQUEST_BYTES {
            return Err(self.fault(format_args!("line {} is longer than 256 MiB", self.line)));
        }
        Ok(line)
    }

    /// A line that is no request by itself: the beginning of one that is spread over lines, torn, or damaged.
    fn odd(&mut self, mut text: Vec<u8>, why: &serde_json::Error) -> Result<Batch, SourceError> {
        let (first, ended) = (self.line == 1, text.ends_with(b"\n"));
        if first && !text.trim_ascii_start().starts_with(b"{") {
            return Err(self.fault("this is no OTLP/JSON").advise(WHAT_IT_READS));
        }
        if first && ended && why.is_eof() {
            let mut rest = (&mut *self.reader).take(MAX_REQUEST_BYTES);
            rest.read_to_end(&mut text).map_err(|error| self.fault(error))?;
            self.read += text.len() as u64;
            return self.spread(&text);
        }
        let torn = !ended && why.is_eof();
        let what =
            if torn { "it ends in the middle of a request".to_owned() } else { why.to_string() };
        Ok(Batch {
            spans: Vec::new(),
            unreadable: vec![format!("line {} of {}: {what}", self.line, self.name)],
        })
    }

    /// Requests one after another, each over as many lines as it likes.
    fn spread(&self, text: &[u8]) -> Result<Batch, SourceError> {
        let mut batch = Batch::default();
        for request in serde_json::Deserializer::from_slice(text).into_iter() {
            match request {
                Ok(request) => batch.spans.extend(spans(request)),
                Err(why) if batch.spans.is_empty() => {
                    return Err(self
                        .fault(format_args!("this is no OTLP/JSON: {why}"))
                        .advise(WHAT_IT_READS));
                }
                Err(why) => batch.unreadable.push(format!("{}: {why}", self.name)),
            }
        }
        Ok(batch)
    }

    fn fault(&self, what: impl fmt::Display) -> SourceError {
        SourceError::new(&self.name, what)
    }
}

fn spans(request: ExportTraceServiceRequest) -> Vec<Span> {
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(Span::from).collect()
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests").field("name", &self.name).finish_non_exhaustive()
    }
}
