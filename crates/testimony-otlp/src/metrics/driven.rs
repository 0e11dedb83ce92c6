//! Metrics over gRPC, on a runtime that runs only while they are sent: the SDK's thread has none.

use std::time::Duration;

use opentelemetry_otlp::{
    MetricExporter, RetryPolicy, WithExportConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use tokio::runtime::Runtime;

use crate::causes::with_causes;
use crate::target::Target;
use crate::transport::grpc::{runtime, secured};

#[derive(Debug)]
pub(super) struct Driven {
    exporter: MetricExporter,
    runtime: Runtime,
}

impl Driven {
    pub(super) fn open(target: &Target) -> Result<Self, String> {
        let runtime = runtime()?;
        // The channel is made on the runtime that will drive it.
        let entered = runtime.enter();
        let builder = MetricExporter::builder()
            .with_tonic()
            .with_retry_policy(RetryPolicy::disabled())
            .with_timeout(target.timeout)
            .with_endpoint(&target.endpoint);
        let exporter = secured(builder, target)?.build();
        let exporter = exporter.map_err(|error| with_causes(&error))?;
        drop(entered);
        Ok(Self { exporter, runtime })
    }
}

impl PushMetricExporter for Driven {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        self.runtime.block_on(self.exporter.export(metrics))
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
