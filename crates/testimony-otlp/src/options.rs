//! What can be set in code, with the defaults. The environment decides whatever is left open here.

use std::time::Duration;

use testimony_record::Uuid;

use crate::environment::{Environment, configured};
use crate::mapping::Conventions;
use crate::protocol::Protocol;

/// How a ledger is exported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The endpoint's base URL, as `OTEL_EXPORTER_OTLP_ENDPOINT` would give it. Default: the environment's.
    pub endpoint: Option<String>,
    /// How to speak to it. Default: the environment's, and where it says nothing [`Protocol::HttpProtobuf`].
    pub protocol: Option<Protocol>,
    /// `service.name`, where the environment names none.
    pub service: Option<String>,
    /// Whether prompts, outputs and instructions travel too. Default: only where
    /// `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` asks for it.
    pub content: Option<bool>,
    /// Whose names the `gen_ai.*` attributes have. Default: what `OTEL_SEMCONV_STABILITY_OPT_IN` asks for.
    pub conventions: Option<Conventions>,
    /// Whether client metrics travel as well, how long calls take and how many tokens, to `/v1/metrics` of the same endpoint or
    /// to where `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` says. Not every backend for traces takes metrics. Default: only where
    /// that variable is set, or `OTEL_METRICS_EXPORTER` names `otlp`.
    pub metrics: Option<bool>,
    /// The stream that this process writes. It is exported before all others; of those, only what nobody writes any more:
    /// processes that are alive export their own. Default: this process writes none, and exports every stream that no other
    /// process exports to the same endpoint.
    pub stream: Option<Uuid>,
    /// Where to begin. Default: [`Begin::WhereItStood`].
    pub begin: Begin,
    /// How long entries are gathered after a batch was sent. Default: 200 ms.
    pub linger: Duration,
}

impl Options {
    /// Whether an export is asked for: by an endpoint, here or in the environment, that the environment does not switch off.
    #[must_use]
    pub fn asked_for(&self) -> bool {
        let named_here = self.endpoint.is_some() && !Environment::of_process().switches_off();
        named_here || configured()
    }
}

/// Where an export begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Begin {
    /// Where the last export to the same endpoint stood. An endpoint that is new gets everything that the ledger holds.
    #[default]
    WhereItStood,
    /// The same, but an endpoint that is new gets only what is recorded from now on. It stays so: a later export to that
    /// endpoint does not go back behind this moment, unless it begins anew.
    Now,
    /// At the beginning, whatever the endpoint has had before. It gets it again.
    Anew,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            protocol: None,
            service: None,
            content: None,
            conventions: None,
            metrics: None,
            stream: None,
            begin: Begin::WhereItStood,
            linger: Duration::from_millis(200),
        }
    }
}
