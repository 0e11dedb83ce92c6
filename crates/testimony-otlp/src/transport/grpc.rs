//! OTLP over gRPC, on a small runtime that belongs to the exporter's thread and runs only while it sends.

use std::time::Duration;

use opentelemetry_otlp::{RetryPolicy, SpanExporter, WithExportConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::runtime::Runtime;

use super::{Answer, Transport};

pub(crate) struct Grpc {
    exporter: SpanExporter,
    runtime: Runtime,
}

impl Grpc {
    pub(crate) fn open(
        timeout: Duration,
        endpoint: Option<&str>,
        resource: &Resource,
    ) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        // The channel is made on the runtime that will drive it.
        let entered = runtime.enter();
        let mut builder = SpanExporter::builder()
            .with_tonic()
            .with_retry_policy(RetryPolicy::disabled())
            .with_timeout(timeout);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let mut exporter = builder.build().map_err(|error| error.to_string())?;
        exporter.set_resource(resource);
        drop(entered);
        Ok(Self { exporter, runtime })
    }
}

impl Transport for Grpc {
    fn send(&mut self, spans: Vec<SpanData>) -> Answer {
        match self.runtime.block_on(self.exporter.export(spans)) {
            Ok(()) => Answer::Accepted { dropped: 0, why: None },
            // The library turns the status into text that is for people only.
            Err(error) => Answer::Later { why: error.to_string(), after: None },
        }
    }
}
