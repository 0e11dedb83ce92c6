//! Client metrics of the `GenAI` conventions: how long calls take, and how many tokens. Each decision counts once, when the
//! endpoint for spans has answered for it, so that metrics and copies tell of the same calls.
//!
//! A decision whose call the service exports itself counts as well: the service's own library may measure it a second time,
//! and only its owner can tell. Metrics are no evidence. Nothing here keeps a span from travelling, and what fails is not
//! tried again: sums are cumulative, so that the next export has it.

mod call;
#[cfg(feature = "grpc")]
mod driven;
mod tokens;

use std::fmt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter, MeterProvider as _};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

use self::tokens::Tokens;
#[cfg(feature = "http")]
use crate::causes::with_causes;
use crate::mapping::{Conventions, names};
use crate::protocol::Protocol;
use crate::target::Target;

pub(crate) use self::call::Call;

/// The bounds that the conventions give histograms of durations, in seconds.
const BOUNDS: [f64; 14] =
    [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/// The instruments, and what carries their readings away from time to time: every 60 seconds, or as
/// `OTEL_METRIC_EXPORT_INTERVAL` says.
pub(crate) struct Meters {
    provider: SdkMeterProvider,
    durations: Durations,
    tokens: Tokens,
}

impl Meters {
    /// Opens the way to a target, and starts to carry readings there.
    pub(crate) fn open(
        target: &Target,
        resource: Resource,
        conventions: Conventions,
    ) -> Result<Self, String> {
        match target.protocol {
            Protocol::HttpProtobuf | Protocol::HttpJson => over_http(target, resource, conventions),
            Protocol::Grpc => over_grpc(target, resource, conventions),
        }
    }

    fn start(
        exporter: impl PushMetricExporter,
        resource: Resource,
        conventions: Conventions,
    ) -> Self {
        let reader = PeriodicReader::builder(exporter).build();
        let provider =
            SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build();
        let scope = InstrumentationScope::builder("testimony")
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(conventions.schema_url())
            .build();
        let meter = provider.meter_with_scope(scope);
        let tokens = Tokens::new(&meter, conventions);
        Self { provider, durations: Durations { meter, conventions, known: Vec::new() }, tokens }
    }

    pub(crate) fn decided(&mut self, call: &Call) {
        self.durations.decided(call);
        self.tokens.decided(call);
    }

    /// Sends what has not been sent, and ends; within this time, or not at all.
    pub(crate) fn close(self, within: Duration) {
        let (done, waiting) = mpsc::channel();
        // The library waits for its exporter for as long as that takes.
        let closing =
            thread::Builder::new().name("testimony-metrics".to_owned()).spawn(move || {
                let _ = self.provider.shutdown();
                let _ = done.send(());
            });
        if closing.is_ok() {
            let _ = waiting.recv_timeout(within);
        }
    }
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters")
            .field("conventions", &self.durations.conventions)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "http")]
fn over_http(
    target: &Target,
    resource: Resource,
    conventions: Conventions,
) -> Result<Meters, String> {
    use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};

    use crate::transport::http::{client, spoken};
    let exporter = opentelemetry_otlp::MetricExporter::builder()
        .with_http()
        .with_http_client(client(target)?)
        .with_retry_policy(opentelemetry_otlp::RetryPolicy::disabled())
        .with_timeout(target.timeout)
        .with_protocol(spoken(target.protocol)?)
        .with_endpoint(&target.endpoint)
        .build()
        .map_err(|error| with_causes(&error))?;
    Ok(Meters::start(exporter, resource, conventions))
}

#[cfg(not(feature = "http"))]
fn over_http(_: &Target, _: Resource, _: Conventions) -> Result<Meters, String> {
    Err("metrics over HTTP need testimony-otlp's feature `http`".to_owned())
}

#[cfg(feature = "grpc")]
fn over_grpc(
    target: &Target,
    resource: Resource,
    conventions: Conventions,
) -> Result<Meters, String> {
    Ok(Meters::start(driven::Driven::open(target)?, resource, conventions))
}

#[cfg(not(feature = "grpc"))]
fn over_grpc(_: &Target, _: Resource, _: Conventions) -> Result<Meters, String> {
    Err("metrics over gRPC need testimony-otlp's feature `grpc`".to_owned())
}

/// A histogram for each kind of operation that the conventions tell apart, made when there is something to measure.
struct Durations {
    meter: Meter,
    conventions: Conventions,
    known: Vec<(&'static str, Histogram<f64>)>,
}

impl Durations {
    fn decided(&mut self, call: &Call) {
        let Some(seconds) = call.seconds else { return };
        let attributes: Vec<KeyValue> = match &call.error {
            Some(error) => call.and(names::ERROR_TYPE, error.clone()),
            None => call.attributes.clone(),
        };
        let name = names::duration_metric(call.operation.as_deref(), self.conventions);
        self.histogram(name).record(seconds, &attributes);
    }

    fn histogram(&mut self, name: &'static str) -> Histogram<f64> {
        if let Some((_, histogram)) = self.known.iter().find(|(known, _)| *known == name) {
            return histogram.clone();
        }
        let builder = self.meter.f64_histogram(name).with_unit("s");
        let histogram = builder.with_boundaries(BOUNDS.to_vec()).build();
        self.known.push((name, histogram.clone()));
        histogram
    }
}

#[cfg(test)]
mod tests;
