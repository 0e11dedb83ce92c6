//! The way to the endpoint: `opentelemetry-otlp`, told to try once, with its answers made plain.
//!
//! That crate reads headers and compression from the environment. Whether to try again is decided in
//! [`courier`](crate::courier), never here.

#[cfg(feature = "grpc")]
pub(crate) mod grpc;
#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(any(feature = "http", feature = "grpc"))]
mod tls;

use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use crate::protocol::Protocol;
use crate::target::Target;

/// What the endpoint says to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "http", feature = "grpc")),
    allow(dead_code, reason = "neither protocol gives every answer")
)]
pub(crate) enum Answer {
    /// Taken, except for so many spans that it dropped.
    Accepted { dropped: u64, why: Option<String> },
    /// Not now, or nobody answers.
    Later { why: String, after: Option<Duration> },
    /// Not this batch, however often.
    Refused { why: String },
    /// Not so much at once, however often.
    TooLarge { why: String },
    /// Not so much at once, or too much at the moment.
    Exhausted { why: String },
}

/// Sends a batch once.
pub(crate) trait Transport {
    fn send(&mut self, spans: Vec<SpanData>) -> Answer;
}

type Opened = Result<Box<dyn Transport>, String>;

/// Opens the way to a target.
pub(crate) fn open(target: &Target, resource: &Resource) -> Opened {
    match target.protocol {
        Protocol::HttpProtobuf | Protocol::HttpJson => over_http(target, resource),
        Protocol::Grpc => over_grpc(target, resource),
    }
}

#[cfg(feature = "http")]
fn over_http(target: &Target, resource: &Resource) -> Opened {
    Ok(Box::new(http::Http::open(target, resource)?))
}

#[cfg(not(feature = "http"))]
fn over_http(_: &Target, _: &Resource) -> Opened {
    Err("OTLP over HTTP needs testimony-otlp's feature `http`".to_owned())
}

#[cfg(feature = "grpc")]
fn over_grpc(target: &Target, resource: &Resource) -> Opened {
    Ok(Box::new(grpc::Grpc::open(target, resource)?))
}

#[cfg(not(feature = "grpc"))]
fn over_grpc(_: &Target, _: &Resource) -> Opened {
    Err("OTLP over gRPC needs testimony-otlp's feature `grpc`".to_owned())
}
