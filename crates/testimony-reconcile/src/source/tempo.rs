//! Grafana Tempo: traces are found by a search through windows of time, and read one by one as protobuf.

use prost::Message as _;
use serde::Deserialize;

use super::http::{Asked, Connection, Http};
use super::tolerant::{TraceByIdResponse, TracesData};
use super::windows::Windows;
use super::{Batch, Habits, Source, SourceError};
use crate::range::Times;

/// How many traces a search may find.
const LIMIT: usize = 1000;

const SECOND: u64 = 1_000_000;

/// Tempo refuses to search more than a week at a time.
const WIDEST: u64 = 6 * 24 * 3600 * SECOND;

/// Every span of ours has it.
const QUERY: &str = r#"{ span.testimony.stream =~ ".+" }"#;

const SEARCH: &str = "/api/search";

/// A Tempo.
#[derive(Debug)]
pub struct Tempo {
    http: Http,
    windows: Windows,
    /// Traces that were found and are still to be read.
    found: Vec<String>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    traces: Vec<FoundTrace>,
}

#[derive(Deserialize)]
struct FoundTrace {
    #[serde(rename = "traceID")]
    trace_id: String,
}

impl Tempo {
    /// Takes an address; nothing is asked yet.
    ///
    /// # Errors
    /// When the address is none.
    pub fn connect(url: &str, connection: Connection, times: Times) -> Result<Self, SourceError> {
        let http = Http::new(url, connection)?;
        Ok(Self { http, windows: Windows::new(times, WIDEST, SECOND), found: Vec::new() })
    }

    /// The traces of a window; `None` where there may be more than were found.
    fn search(&self, window: Times) -> Result<Option<Vec<String>>, SourceError> {
        let [start, end] = [window.first_us, window.last_us].map(|us| (us / SECOND).to_string());
        let limit = LIMIT.to_string();
        let query =
            [("q", QUERY), ("start", &start), ("end", &end), ("limit", &limit), ("spss", "1")];
        let answer = match self.http.get(SEARCH, &query, "application/json")? {
            Asked::Answered(answer) => answer,
            Asked::TooLarge => return Ok(None),
        };
        if answer.status != 200 {
            return Err(self.http.refused(SEARCH, &answer));
        }
        let found = serde_json::from_slice::<Found>(&answer.body).map_err(|why| {
            self.http.fault(format_args!("{SEARCH}: the answer is no search result: {why}"))
        })?;
        let traces: Vec<_> = found.traces.into_iter().map(|found| found.trace_id).collect();
        Ok((traces.len() < LIMIT).then_some(traces))
    }

    fn read(&self, trace: &str) -> Result<Batch, SourceError> {
        let mut batch = Batch::default();
        let path = format!("/api/v2/traces/{trace}");
        let Some(body) = self.trace(&path)? else { return self.read_v1(trace) };
        let answer =
            TraceByIdResponse::decode(body.as_slice()).map_err(|why| self.garbled(&path, &why))?;
        if answer.is_partial() {
            batch.unreadable.push(format!("a part of trace {trace}: {}", answer.said()));
        }
        batch.spans = answer.trace.unwrap_or_default().into_spans();
        Ok(batch)
    }

    /// For versions before 2.7, whose answer is the trace itself.
    fn read_v1(&self, trace: &str) -> Result<Batch, SourceError> {
        let path = format!("/api/traces/{trace}");
        let Some(body) = self.trace(&path)? else {
            let unreadable = vec![format!("trace {trace} was found and is gone")];
            return Ok(Batch { spans: Vec::new(), unreadable });
        };
        let traces =
            TracesData::decode(body.as_slice()).map_err(|why| self.garbled(&path, &why))?;
        Ok(Batch { spans: traces.into_spans(), unreadable: Vec::new() })
    }

    /// The body of a trace, which is not there under a path that the version does not know.
    fn trace(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        match self.http.get(path, &[], "application/protobuf")? {
            Asked::Answered(answer) if answer.status == 200 => Ok(Some(answer.body)),
            Asked::Answered(answer) if answer.status == 404 => Ok(None),
            Asked::Answered(answer) => Err(self.http.refused(path, &answer)),
            Asked::TooLarge => Err(self.http.fault(format_args!("{path}: longer than 256 MiB"))),
        }
    }

    fn garbled(&self, path: &str, why: &prost::DecodeError) -> SourceError {
        self.http.fault(format_args!("{path}: the answer is no trace: {why}"))
    }
}

impl Source for Tempo {
    fn name(&self) -> String {
        self.http.name().to_owned()
    }

    fn habits(&self) -> Habits {
        Habits { cuts_text: true, ..Habits::FAITHFUL }
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        loop {
            while let Some(trace) = self.found.pop() {
                if self.windows.is_new("", trace.as_bytes()) {
                    return self.read(&trace).map(Some);
                }
            }
            let Some(window) = self.windows.next() else { return Ok(None) };
            match self.search(window)? {
                Some(traces) => self.found = traces,
                None if self.windows.halve(window) => {}
                None => {
                    let what = format!("{LIMIT} or more traces within one second");
                    return Ok(Some(Batch { spans: Vec::new(), unreadable: vec![what] }));
                }
            }
        }
    }

    fn progress(&self) -> Option<(u64, u64)> {
        Some(self.windows.progress())
    }
}
