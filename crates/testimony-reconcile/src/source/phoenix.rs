//! Phoenix, through its REST API: the spans of one project, page by page, the newest first.
//!
//! Phoenix takes attribute names apart at their dots and puts them together again, keeps times to the microsecond in floating
//! point, does not hand out the kind, and adds attributes of its own.

use serde::Deserialize;

use super::http::{Asked, Connection, Http};
use super::jaeger::moment;
use super::{Batch, Habits, Source, SourceError};
use crate::range::Times;
use crate::span::{Span, Value};

/// The most that it hands out at a time.
const PAGE: &str = "1000";

const NO_PROJECT: &str = "Give the name of the project with --phoenix-project; exporters choose it by the resource \
    attribute openinference.project.name, and else it is `default`.";

/// A project of a Phoenix.
#[derive(Debug)]
pub struct Phoenix {
    http: Http,
    path: String,
    times: Times,
    next: Next,
}

#[derive(Debug)]
enum Next {
    First,
    Page(String),
    End,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<PhoenixSpan>,
    #[serde(default)]
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct PhoenixSpan {
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    span_id: Option<String>,
    #[serde(default)]
    parent_span_id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    start_time_unix_nano: Option<Count>,
    #[serde(default)]
    end_time_unix_nano: Option<Count>,
    #[serde(default)]
    attributes: Option<Vec<Pair>>,
    #[serde(default)]
    status: Option<Status>,
}

/// A number, or its digits.
#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Number(u64),
    Digits(String),
}

#[derive(Default, Deserialize)]
struct Status {
    #[serde(default)]
    code: Option<i32>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    key: String,
    #[serde(default)]
    value: Option<AnyValue>,
}

#[derive(Deserialize)]
struct AnyValue {
    #[serde(default, rename = "string_value")]
    text: Option<String>,
    #[serde(default, rename = "bool_value")]
    truth: Option<bool>,
    #[serde(default, rename = "int_value")]
    integer: Option<Integer>,
    #[serde(default, rename = "double_value")]
    double: Option<f64>,
    #[serde(default, rename = "array_value")]
    list: Option<List>,
}

/// A number, or its digits.
#[derive(Deserialize)]
#[serde(untagged)]
enum Integer {
    Number(i64),
    Digits(String),
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    values: Option<Vec<AnyValue>>,
}

impl Phoenix {
    /// Takes an address and the name of a project; nothing is asked yet.
    ///
    /// # Errors
    /// When the address is none.
    pub fn connect(
        url: &str,
        connection: Connection,
        times: Times,
        project: &str,
    ) -> Result<Self, SourceError> {
        let http = Http::new(url, connection)?;
        if project.is_empty() || project.contains(['/', '?', '#', '%']) {
            return Err(http.fault(format_args!("{project:?} is no name of a project")));
        }
        let path = format!("/v1/projects/{}/spans/otlpv1", project.replace(' ', "%20"));
        Ok(Self { http, path, times, next: Next::First })
    }

    fn page(&self, cursor: Option<&str>) -> Result<Page, SourceError> {
        let from = moment(self.times.first_us);
        let to = moment(self.times.last_us.saturating_add(1_000_000));
        let mut query = vec![("limit", PAGE), ("start_time", &from), ("end_time", &to)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let answer = match self.http.get(&self.path, &query, "application/json")? {
            Asked::Answered(answer) => answer,
            Asked::TooLarge => {
                return Err(self.http.fault("a page of its spans is longer than 256 MiB"));
            }
        };
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|why| {
                self.http
                    .fault(format_args!("{}: the answer is no page of spans: {why}", self.path))
            }),
            404 => Err(self.http.refused(&self.path, &answer).advise(NO_PROJECT)),
            _ => Err(self.http.refused(&self.path, &answer)),
        }
    }
}

impl Source for Phoenix {
    fn name(&self) -> String {
        self.http.name().to_owned()
    }

    fn habits(&self) -> Habits {
        Habits { precision_ns: 1_000, hides_kind: true, blurs_numbers: true, ..Habits::FAITHFUL }
    }

    fn next(&mut self) -> Result<Option<Batch>, SourceError> {
        let page = match &self.next {
            Next::First => self.page(None)?,
            Next::Page(cursor) => self.page(Some(cursor))?,
            Next::End => return Ok(None),
        };
        self.next = match (page.next_cursor, &self.next) {
            // A cursor that does not move would be asked for for ever.
            (Some(cursor), Next::Page(last)) if cursor == *last => {
                return Err(self.http.fault("its cursor does not move"));
            }
            (Some(cursor), _) => Next::Page(cursor),
            (None, _) => Next::End,
        };
        let spans = page.data.into_iter().map(Span::from).collect();
        Ok(Some(Batch { spans, unreadable: Vec::new() }))
    }
}

impl From<PhoenixSpan> for Span {
    fn from(span: PhoenixSpan) -> Self {
        let status = span.status.unwrap_or_default();
        let pairs = span.attributes.unwrap_or_default();
        Self {
            trace_id: from_hex(span.trace_id.as_deref()),
            span_id: from_hex(span.span_id.as_deref()),
            parent_span_id: from_hex(span.parent_span_id.as_deref()),
            name: span.name.unwrap_or_default().into_bytes(),
            kind: 0,
            status: status.code.unwrap_or_default(),
            message: status.message.unwrap_or_default().into_bytes(),
            start_ns: span.start_time_unix_nano.map_or(0, Count::get),
            end_ns: span.end_time_unix_nano.map_or(0, Count::get),
            attributes: pairs
                .into_iter()
                .map(|pair| (pair.key, pair.value.map_or(Value::Nothing, Value::from)))
                .collect(),
        }
    }
}

impl Count {
    fn get(self) -> u64 {
        match self {
            Self::Number(number) => number,
            Self::Digits(digits) => digits.parse().unwrap_or_default(),
        }
    }
}

impl From<AnyValue> for Value {
    fn from(value: AnyValue) -> Self {
        let integer = value.integer.and_then(|integer| match integer {
            Integer::Number(number) => Some(number),
            Integer::Digits(digits) => digits.parse().ok(),
        });
        let list = value.list.map(|list| {
            let values = list.values.unwrap_or_default();
            Self::List(values.into_iter().map(Self::from).collect())
        });
        let text = value.text.map(Self::text);
        text.or(value.truth.map(Self::Truth))
            .or(integer.map(Self::Integer))
            .or(value.double.map(Self::Double))
            .or(list)
            .unwrap_or(Self::Nothing)
    }
}

fn from_hex<const N: usize>(text: Option<&str>) -> [u8; N] {
    let mut id = [0; N];
    match text.map(|text| hex::decode_to_slice(text, &mut id)) {
        Some(Ok(())) => id,
        _ => [0; N],
    }
}
