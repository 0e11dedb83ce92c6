//! The way to the endpoint: `opentelemetry-otlp`, told to try once, with its answers made plain.
//!
//! That crate reads the endpoint, headers and compression from the environment. Whether to try again is decided
//! in [`courier`](crate::courier), never here.

#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "http")]
mod http;

use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use crate::environment::Environment;

/// What the endpoint says to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "gRPC does not tell so much"))]
pub(crate) enum Answer {
    /// Taken, except for so many spans that it dropped.
    Accepted { dropped: u64, why: Option<String> },
    /// Not now, or nobody answers.
    Later { why: String, after: Option<Duration> },
    /// Not this batch, however often.
    Refused { why: String },
}

/// Sends a batch once.
pub(crate) trait Transport {
    fn send(&mut self, spans: Vec<SpanData>) -> Answer;
}

type Opened = Result<Box<dyn Transport>, String>;

/// Opens the transport that the environment asks for.
pub(crate) fn open(env: &Environment, endpoint: Option<&str>, resource: &Resource) -> Opened {
    if env.asks_for_grpc() {
        over_grpc(env.timeout(), endpoint, resource)
    } else {
        over_http(env.timeout(), endpoint, resource)
    }
}

#[cfg(feature = "http")]
fn over_http(timeout: Duration, endpoint: Option<&str>, resource: &Resource) -> Opened {
    Ok(Box::new(http::Http::open(timeout, endpoint, resource)?))
}

#[cfg(not(feature = "http"))]
fn over_http(_: Duration, _: Option<&str>, _: &Resource) -> Opened {
    Err("OTLP over HTTP needs testimony-otlp's feature `http`".to_owned())
}

#[cfg(feature = "grpc")]
fn over_grpc(timeout: Duration, endpoint: Option<&str>, resource: &Resource) -> Opened {
    Ok(Box::new(grpc::Grpc::open(timeout, endpoint, resource)?))
}

#[cfg(not(feature = "grpc"))]
fn over_grpc(_: Duration, _: Option<&str>, _: &Resource) -> Opened {
    Err("OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs testimony-otlp's feature `grpc`".to_owned())
}
