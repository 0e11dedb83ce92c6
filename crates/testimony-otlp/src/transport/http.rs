//! OTLP over HTTP with a blocking client. A witness around the client sees what the exporter keeps to itself: the status,
//! how long to wait, and what an accepting endpoint dropped.
//!
//! The client is always ours: left to choose, `opentelemetry-otlp` takes an asynchronous one as soon as any crate in the
//! program enables it, and that one needs a runtime that this thread does not have.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use prost::Message as _;
use serde::Deserialize;

use super::tls::{self, TlsFiles};
use super::{Answer, Transport};
use crate::causes::with_causes;
use crate::protocol::Protocol;
use crate::target::Target;

pub(crate) struct Http {
    exporter: SpanExporter,
    seen: Arc<Mutex<Option<Answer>>>,
}

impl Http {
    pub(crate) fn open(target: &Target, resource: &Resource) -> Result<Self, String> {
        let client = client(target)?;
        let seen = Arc::<Mutex<Option<Answer>>>::default();
        // The protocol is always said: which one the library would take depends on the features of the whole program.
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Witness { client, seen: Arc::clone(&seen) })
            .with_retry_policy(RetryPolicy::disabled())
            .with_timeout(target.timeout)
            .with_protocol(spoken(target.protocol)?)
            .with_endpoint(&target.endpoint)
            .build()
            .map_err(|error| with_causes(&error))?;
        exporter.set_resource(resource);
        Ok(Self { exporter, seen })
    }
}

/// A client for a target.
pub(crate) fn client(target: &Target) -> Result<reqwest::blocking::Client, String> {
    let builder = reqwest::blocking::Client::builder().timeout(target.timeout);
    let client = secured(builder, &target.tls)?.build();
    client.map_err(|error| with_causes(&error))
}

#[cfg_attr(
    feature = "json",
    expect(clippy::unnecessary_wraps, reason = "without it there is an error")
)]
pub(crate) fn spoken(protocol: Protocol) -> Result<opentelemetry_otlp::Protocol, String> {
    match protocol {
        #[cfg(feature = "json")]
        Protocol::HttpJson => Ok(opentelemetry_otlp::Protocol::HttpJson),
        #[cfg(not(feature = "json"))]
        Protocol::HttpJson => Err("http/json needs testimony-otlp's feature `json`".to_owned()),
        _ => Ok(opentelemetry_otlp::Protocol::HttpBinary),
    }
}

type ClientBuilder = reqwest::blocking::ClientBuilder;

#[cfg(feature = "tls")]
fn secured(mut builder: ClientBuilder, files: &TlsFiles) -> Result<ClientBuilder, String> {
    if let Some(pem) = tls::trusted(files)? {
        let certificates = reqwest::Certificate::from_pem_bundle(&pem);
        builder = builder.tls_certs_only(certificates.map_err(|error| with_causes(&error))?);
    }
    if let Some((certificate, key)) = tls::identity(files)? {
        let identity = reqwest::Identity::from_pem(&[certificate, key].concat());
        builder = builder.identity(identity.map_err(|error| with_causes(&error))?);
    }
    Ok(builder)
}

#[cfg(not(feature = "tls"))]
fn secured(builder: ClientBuilder, files: &TlsFiles) -> Result<ClientBuilder, String> {
    tls::none_given(files, "tls").map(|()| builder)
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
                Err(error) => Answer::Later { why: with_causes(&**error), after: None },
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
        400 | 422 => Answer::Refused { why },
        413 => Answer::TooLarge { why },
        _ => Answer::Later { why, after: retry_after(response, SystemTime::now()) },
    }
}

/// An answer that is neither protobuf nor JSON of OTLP is taken for a plain yes.
fn partial_success(body: &[u8]) -> Answer {
    let (dropped, message) = rejected_json(body).unwrap_or_else(|| rejected(body));
    let why = format!("the endpoint dropped {dropped} spans: {message}");
    Answer::Accepted { dropped, why: (dropped > 0).then_some(why) }
}

fn rejected(body: &[u8]) -> (u64, String) {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    let partial = answer.partial_success.unwrap_or_default();
    (u64::try_from(partial.rejected_spans).unwrap_or_default(), partial.error_message)
}

/// OTLP/JSON writes 64-bit integers as strings, and readers take numbers as well.
fn rejected_json(body: &[u8]) -> Option<(u64, String)> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        partial_success: Option<Partial>,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Partial {
        rejected_spans: serde_json::Value,
        error_message: String,
    }
    let partial = serde_json::from_slice::<Body>(body).ok()?.partial_success.unwrap_or_default();
    let count = partial.rejected_spans;
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok()).unwrap_or_default();
    Some((count, partial.error_message))
}

/// Seconds, or a date; one that lies in the past asks for no wait.
fn retry_after(response: &Response<Bytes>, now: SystemTime) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
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
            [(400, true), (422, true), (401, false), (404, false), (429, false), (500, false)]
        {
            let answer = understand(&response(status, None, vec![]));
            assert_eq!(matches!(answer, Answer::Refused { .. }), is_final, "{status}");
        }
        assert!(matches!(understand(&response(413, None, vec![])), Answer::TooLarge { .. }));
    }

    #[test]
    fn an_endpoint_says_when_to_come_back() {
        let date = "Fri, 31 Dec 1999 23:59:59 GMT";
        let then = httpdate::parse_http_date(date).unwrap();
        let after = |header, now| retry_after(&response(503, header, vec![]), now);
        assert_eq!(after(Some("7"), then), Some(Duration::from_secs(7)));
        assert_eq!(after(Some(date), then - Duration::from_secs(9)), Some(Duration::from_secs(9)));
        assert_eq!(after(Some(date), then + Duration::from_secs(9)), Some(Duration::ZERO));
        assert_eq!(after(Some("soon"), then), None);
        assert_eq!(after(None, then), None);
        let answer = understand(&response(429, Some("7"), vec![]));
        assert!(matches!(answer, Answer::Later { after: Some(_), .. }), "{answer:?}");
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
        let json = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"old"}}"#;
        assert_eq!(dropped(json.to_vec()), (3, true));
        assert_eq!(dropped(br#"{"partialSuccess":{"rejectedSpans":2}}"#.to_vec()), (2, true));
        assert_eq!(dropped(b"<html>fine</html>".to_vec()), (0, false));
    }
}
