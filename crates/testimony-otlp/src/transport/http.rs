//! OTLP over HTTP with a blocking client. A witness around the client sees what the exporter keeps to itself: the status,
//! how long to wait, and what an accepting endpoint dropped.
//!
//! The client is always ours: left to choose, `opentelemetry-otlp` takes an asynchronous one as soon as any crate in the
//! program enables it, and that one needs a runtime that this thread does not have.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use prost::Message as _;

use super::{Answer, Transport};

/// Where an OTLP/HTTP server takes spans, below its base URL.
const PATH: &str = "/v1/traces";

pub(crate) struct Http {
    exporter: SpanExporter,
    seen: Arc<Mutex<Option<Answer>>>,
}

impl Http {
    pub(crate) fn open(
        timeout: Duration,
        endpoint: Option<&str>,
        resource: &Resource,
    ) -> Result<Self, String> {
        let client = reqwest::blocking::Client::builder().timeout(timeout).build();
        let client = client.map_err(|error| error.to_string())?;
        let seen = Arc::<Mutex<Option<Answer>>>::default();
        let mut builder = SpanExporter::builder()
            .with_http()
            .with_http_client(Witness { client, seen: Arc::clone(&seen) })
            .with_retry_policy(RetryPolicy::disabled())
            .with_timeout(timeout);
        if let Some(base) = endpoint {
            builder = builder.with_endpoint(format!("{}{PATH}", base.trim_end_matches('/')));
        }
        let mut exporter = builder.build().map_err(|error| error.to_string())?;
        exporter.set_resource(resource);
        Ok(Self { exporter, seen })
    }
}

impl Transport for Http {
    fn send(&mut self, spans: Vec<SpanData>) -> Answer {
        let sent = poll_once(self.exporter.export(spans));
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (seen, sent) {
            (Some(answer), _) => answer,
            // Nothing was sent, so the batch itself could not be made into a request.
            (None, Some(Err(error))) => Answer::Refused { why: error.to_string() },
            (None, _) => Answer::Later { why: "the request was not made".to_owned(), after: None },
        }
    }
}

/// The client blocks, so the future is complete when it is first polled.
fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A client that remembers how its last request went.
#[derive(Debug)]
struct Witness {
    client: reqwest::blocking::Client,
    seen: Arc<Mutex<Option<Answer>>>,
}

impl HttpClient for Witness {
    // Spelled as `async_trait` expands it, which is how the trait was made.
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let answered = self.client.send_bytes(request).await;
            let answer = match &answered {
                Ok(response) => understand(response),
                Err(error) => Answer::Later { why: chain(&**error), after: None },
            };
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            answered
        })
    }
}

fn understand(response: &Response<Bytes>) -> Answer {
    let status = response.status();
    let why = format!("the endpoint answers {status}");
    match status.as_u16() {
        200..300 => partial_success(response.body()),
        // What the batch itself is refused for. 401, 403, 404 and the like are the operator's to mend, so they pass.
        400 | 413 | 422 => Answer::Refused { why },
        _ => Answer::Later { why, after: retry_after(response) },
    }
}

/// An answer that is no protobuf, JSON for instance, is taken for a plain yes.
fn partial_success(body: &[u8]) -> Answer {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    let Some(partial) = answer.partial_success else {
        return Answer::Accepted { dropped: 0, why: None };
    };
    let dropped = u64::try_from(partial.rejected_spans).unwrap_or_default();
    let why = format!("the endpoint dropped {dropped} spans: {}", partial.error_message);
    Answer::Accepted { dropped, why: (dropped > 0).then_some(why) }
}

/// Seconds; the date form of the header is rare and counts as unsaid.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// What failed and why, down to the system's own words.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;

    use super::*;

    fn response(status: u16, retry_after: Option<&str>, body: Vec<u8>) -> Response<Bytes> {
        let mut builder = Response::builder().status(status);
        if let Some(value) = retry_after {
            builder = builder.header("retry-after", value);
        }
        builder.body(Bytes::from(body)).unwrap()
    }

    #[test]
    fn only_what_is_wrong_with_the_batch_itself_is_final() {
        for (status, is_final) in
            [(400, true), (413, true), (401, false), (404, false), (429, false), (500, false)]
        {
            let answer = understand(&response(status, None, vec![]));
            assert_eq!(matches!(answer, Answer::Refused { .. }), is_final, "{status}");
        }
    }

    #[test]
    fn an_endpoint_says_when_to_come_back() {
        let after = |header| match understand(&response(503, header, vec![])) {
            Answer::Later { after, .. } => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(after(Some("7")), Some(Duration::from_secs(7)));
        assert_eq!(after(Some("Fri, 31 Dec 1999 23:59:59 GMT")), None);
        assert_eq!(after(None), None);
    }

    #[test]
    fn what_an_accepting_endpoint_drops_is_seen() {
        let partial = |rejected_spans| {
            let partial = ExportTracePartialSuccess { rejected_spans, error_message: "old".into() };
            ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
        };
        let dropped = |body| match understand(&response(200, None, body)) {
            Answer::Accepted { dropped, why } => (dropped, why.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(dropped(partial(3)), (3, true));
        assert_eq!(dropped(partial(0)), (0, false));
        assert_eq!(dropped(vec![]), (0, false));
        assert_eq!(dropped(b"{}".to_vec()), (0, false));
    }
}
