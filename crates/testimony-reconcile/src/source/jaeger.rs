//! Jaeger, through version 3 of its HTTP API: OTLP as it came in, since raw traces are asked for.
//!
//! Parameters have the spelling that every version of Jaeger 2 understands. An answer is one JSON document, or several where a
//! version streams them.

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, TracesData};
use serde::Deserialize;

use super::http::{Asked, Connection, Http};
use super::windows::Windows;
use super::{Batch, Habits, Source, SourceError};
use crate::range::Times;
use crate::span::{Span, Value};

/// How many traces are asked for at a time.
const DEPTH: usize = 500;

const JSON: &str = "application/json";
const TRACES: &str = "/api/v3/traces";

/// A Jaeger.
#[derive(Debug)]
pub struct Jaeger {
    http: Http,
    times: Times,
    /// The services whose spans are still to be read; the last is the one that is being read.
    services: Vec<String>,
    windows: Windows,
}

#[derive(Deserialize)]
struct Services {
    #[serde(default)]
    services: Vec<String>,
}

#[derive(Deserialize)]
struct Chunk {
    result: TracesData,
}

impl Jaeger {
    /// Connects, and asks which services it knows; `service` restricts it to one.
    ///
    /// # Errors
    /// When the address is none, or it does not answer.
    pub fn connect(
        url: &str,
        connection: Connection,
        times: Times,
        service: Option<&str>,
    ) -> Result<Self, SourceError> {
        let http = Http::new(url, connection)?;
        let services = match service {
            Some(service) => vec![service.to_owned()],
            None => services(&http)?,
        };
        Ok(Self { http, times, services, windows: windows(times) })
    }

    /// The traces of a window; `None` where there are more than one answer holds.
    fn ask(&self, service: &str, window: Times) -> Result<Option<Vec<ResourceSpans>>, SourceError> {
        let (depth, [from, to]) =
            (DEPTH.to_string(), [window.first_us, window.last_us].map(moment));
        let query = [
            ("query.service_name", service),
            ("query.start_time_min", &from),
            ("query.start_time_max", &to),
            ("query.search_depth", &depth),
            ("query.num_traces", &depth),
            ("query.raw_traces", "true"),
        ];
        let answer = match self.http.get(TRACES, &query, JSON)? {
            Asked::Answered(answer) => answer,
            Asked::TooLarge => return Ok(None),
        };
        match answer.status {
            200 => self.traces(&answer.body),
            // Its word for an empty answer.
            404 => Ok(Some(Vec::new())),
            _ => Err(self.http.refused(TRACES, &answer)),
        }
    }

    fn traces(&self, body: &[u8]) -> Result<Option<Vec<ResourceSpans>>, SourceError> {
        let mut resources = Vec::new();
        for chunk in serde_json::Deserializer::from_slice(body).into_iter::<Chunk>() {
            let chunk = chunk.map_err(|why| {
                self.http.fault(format_args!("{TRACES}: the answer is no OTLP/JSON: {why}"))
            })?;
            resources.extend(chunk.result.resource_spans);
        }
        let spans = || resources.iter().flat_map(|resource| &resource.scope_spans);
        let mut traces: Vec<&[u8]> =
            spans().flat_map(|scope| &scope.spans).map(|span| span.trace_id.as_slice()).collect();
        traces.sort_unstable();
        traces.dedup();
        Ok((traces.len() < DEPTH).then_some(resources))
    }

    /// The spans of one service that have not come yet.
    fn new_spans(&mut self, service: &str, resources: Vec<ResourceSpans>) -> Vec<Span> {
        let of_service = resources.into_iter().filter(|resource| service_of(resource) == service);
        let scopes = of_service.flat_map(|resource| resource.scope_spans);
        let spans: Vec<Span> = scopes.flat_map(|scope| scope.spans).map(Span::from).collect();
        let mut traces: Vec<[u8; 16]> = spans.iter().map(|span| span.trace_id).collect();
        traces.sort_unstable();
        traces.dedup();
        traces.retain(|trace| self.windows.is_new(service, trace));
        spans.into_iter().filter(|span| traces.binary_search(&span.trace_id).is_ok()).collect()
    }
}

fn windows(times: Times) -> Windows {
    Windows::new(times, u64::MAX, 1_000)
}

fn services(http: &Http) -> Result<Vec<String>, SourceError> {
    const PATH: &str = "/api/v3/services";
    let Asked::Answered(answer) = http.get(PATH, &[], JSON)? else {
        return Err(http.fault(format_args!("{PATH}: an answer longer than 256 MiB")));
    };
    if answer.status != 200 {
        return Err(http.refused(PATH, &answer));
    }
    let services = serde_json::from_slice::<Services>(&answer.body);
    let services =
        services.map_err(|why| http.fault(format_args!("{PATH}: no list of services: {why}")))?;
    Ok(services.services)
}

fn service_of(resource: &ResourceSpans) -> String {
    let mut attributes = resource.resource.iter().flat_map(|resource| &resource.attributes);
    let name = attributes.find(|pair| pair.key == "service.name");
    let name = name.map(|pair| Value::from(pair.value.clone()));
    name.and_then(|name| name.as_text().map(str::to_owned)).unwrap_or_default()
}

/// RFC 3339.
pub(super) fn moment(us: u64) -> String {
    let at = i64::try_from(us).ok().and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
    at.unwrap_or(jiff::Timestamp::MAX).to_string()
}

impl Source for Jaeger {
    fn name(&self) -> String {
        self.http.name().to_owned()
    }

    fn habits(&self) -> Habits {
        // It lets a span that takes no time end one nanosecond later.
        Habits { precision_ns: 2, lists_as_json: true, ..Habits::FAITHFUL }
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        loop {
            let Some(service) = self.services.last().cloned() else { return Ok(None) };
            let Some(window) = self.windows.next() else {
                self.services.pop();
                self.windows = windows(self.times);
                continue;
            };
            let mut batch = Batch::default();
            match self.ask(&service, window)? {
                Some(resources) => batch.spans = self.new_spans(&service, resources),
                None if self.windows.halve(window) => continue,
                None => batch.unreadable.push(format!(
                    "{DEPTH} or more traces of {service} within a millisecond at {}",
                    moment(window.first_us)
                )),
            }
            return Ok(Some(batch));
        }
    }
}
