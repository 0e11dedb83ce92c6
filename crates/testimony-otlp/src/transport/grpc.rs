//! OTLP over gRPC, on a small runtime that belongs to the exporter's thread and runs only while it sends.
//!
//! Of a refusal, `opentelemetry-otlp` tells the status code, as the last words of a text; neither the server's message, nor how
//! long to wait, nor what an accepting server dropped.

use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig as _, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::runtime::Runtime;

use super::tls;
use super::{Answer, Transport};
use crate::causes::with_causes;
use crate::target::Target;

pub(crate) struct Grpc {
    exporter: SpanExporter,
    runtime: Runtime,
}

impl Grpc {
    pub(crate) fn open(target: &Target, resource: &Resource) -> Result<Self, String> {
        let runtime = runtime()?;
        // The channel is made on the runtime that will drive it.
        let entered = runtime.enter();
        let builder = SpanExporter::builder()
            .with_tonic()
            .with_retry_policy(RetryPolicy::disabled())
            .with_timeout(target.timeout)
            .with_endpoint(&target.endpoint);
        let exporter = secured(builder, target)?.build();
        let mut exporter = exporter.map_err(|error| with_causes(&error))?;
        exporter.set_resource(resource);
        drop(entered);
        Ok(Self { exporter, runtime })
    }
}

/// A runtime that runs only while its thread waits for something on it.
pub(crate) fn runtime() -> Result<Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())
}

/// An address without a scheme means TLS, unless the environment says `INSECURE`; the library sees to that.
#[cfg(feature = "grpc-tls")]
pub(crate) fn secured<B: WithTonicConfig>(builder: B, target: &Target) -> Result<B, String> {
    use opentelemetry_otlp::tonic_types::transport::{Certificate, ClientTlsConfig, Identity};
    if target.endpoint.starts_with("http://") {
        return Ok(builder);
    }
    let config = ClientTlsConfig::new();
    let mut config = match tls::trusted(&target.tls)? {
        Some(pem) => config.ca_certificate(Certificate::from_pem(pem)),
        None => config.with_enabled_roots(),
    };
    if let Some((certificate, key)) = tls::identity(&target.tls)? {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    Ok(builder.with_tls_config(config))
}

#[cfg(not(feature = "grpc-tls"))]
pub(crate) fn secured<B: WithTonicConfig>(builder: B, target: &Target) -> Result<B, String> {
    tls::none_given(&target.tls, "grpc-tls").map(|()| builder)
}

impl Transport for Grpc {
    fn send(&mut self, spans: Vec<SpanData>) -> Answer {
        match self.runtime.block_on(self.exporter.export(spans)) {
            Ok(()) => Answer::Accepted { dropped: 0, why: None },
            Err(error) => understand(&error.to_string()),
        }
    }
}

/// A text without a code, or with one that we do not know, means: not now. So nothing is lost where the library comes to say
/// it in other words.
fn understand(text: &str) -> Answer {
    let why = text.to_owned();
    match code(text) {
        Some("InvalidArgument" | "Unimplemented") => Answer::Refused { why },
        // Servers say the one or the other of a message that is too large, and the first also when they are busy.
        Some("ResourceExhausted" | "OutOfRange") => Answer::Exhausted { why },
        _ => Answer::Later { why, after: None },
    }
}

fn code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("gRPC code: ")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_off_the_text_and_an_unknown_text_means_later() {
        let said = |code: &str| {
            understand(&format!("TonicTracesClient export failed with gRPC code: {code}"))
        };
        assert!(matches!(said("InvalidArgument"), Answer::Refused { .. }));
        assert!(matches!(said("ResourceExhausted"), Answer::Exhausted { .. }));
        assert!(matches!(said("OutOfRange: too large"), Answer::Exhausted { .. }));
        for later in ["Unavailable: tcp connect error", "Unauthenticated", "SomethingNew", ""] {
            assert!(matches!(said(later), Answer::Later { .. }), "{later}");
        }
        assert!(matches!(understand("other words"), Answer::Later { .. }));
    }
}
