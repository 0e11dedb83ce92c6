//! What can be set in code, with the defaults. The environment decides whatever is left open here.

use std::time::Duration;

use testimony_record::Uuid;

use crate::cursor::Cursor;

/// How a ledger is exported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The endpoint's base URL, as `OTEL_EXPORTER_OTLP_ENDPOINT` would give it. Default: the environment's.
    pub endpoint: Option<String>,
    /// `service.name`, where the environment names none.
    pub service: Option<String>,
    /// Whether prompts, outputs and instructions travel too. Default: only where
    /// `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` asks for it.
    pub content: Option<bool>,
    /// Export this stream alone: the one that this process writes. Default: every stream of the ledger. Where several
    /// processes write one ledger and each exports, each has to name its own, or every decision is sent several times.
    pub stream: Option<Uuid>,
    /// Begin here. Default: at the end of the ledger as it is when the exporter starts.
    pub from: Option<Cursor>,
    /// How long decisions are gathered after a batch was sent. Default: 200 ms.
    pub linger: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            service: None,
            content: None,
            stream: None,
            from: None,
            linger: Duration::from_millis(200),
        }
    }
}
