//! What is measured, read back from an exporter in memory.

use std::fmt::Write as _;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, Temporality};
use testimony_record::decision::{Decision, Status};

use super::*;
use crate::mapping::sample::{bare, full};

/// What an exporter gets for these decisions, as lines: one for each series.
fn measured(conventions: Conventions, decisions: &[Decision]) -> String {
    let exporter = InMemoryMetricExporter::default();
    let mut meters =
        Meters::start(exporter.clone(), Resource::builder_empty().build(), conventions);
    decisions.iter().filter_map(Call::of).for_each(|call| meters.decided(&call));
    meters.close(Duration::from_mins(1));
    let exports = exporter.get_finished_metrics().unwrap();
    let mut lines = exports.iter().flat_map(lines).collect::<Vec<_>>();
    lines.sort();
    lines.join("\n")
}

fn lines(metrics: &ResourceMetrics) -> Vec<String> {
    let metrics = metrics.scope_metrics().flat_map(ScopeMetrics::metrics);
    let mut lines = Vec::new();
    for metric in metrics {
        let name = format!("{} ({})", metric.name(), metric.unit());
        match metric.data() {
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                lines.extend(histogram.data_points().map(|point| {
                    let (sum, series) = (point.sum(), series(point.attributes()));
                    format!(
                        "{name}: {} of {sum} in {}{series}",
                        point.count(),
                        point.bounds().count()
                    )
                }));
            }
            AggregatedMetrics::U64(MetricData::Histogram(histogram)) => {
                lines.extend(histogram.data_points().map(|point| {
                    let (sum, series) = (point.sum(), series(point.attributes()));
                    format!(
                        "{name}: {} of {sum} in {}{series}",
                        point.count(),
                        point.bounds().count()
                    )
                }));
            }
            AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                lines.extend(sum.data_points().map(|point| {
                    format!("{name}: {}{}", point.value(), series(point.attributes()))
                }));
            }
            other => panic!("{other:?}"),
        }
    }
    lines
}

fn series<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let mut attributes: Vec<_> = attributes.map(|a| format!("{}={}", a.key, a.value)).collect();
    attributes.sort();
    attributes.iter().fold(String::new(), |mut line, attribute| {
        let _ = write!(line, " {attribute}");
        line
    })
}

fn failed() -> Decision {
    Decision { status: Status::TimedOut, took_us: Some(500_000), usage: None, ..full() }
}

fn on(operation: &'static str) -> Decision {
    Decision { operation: Some(operation.into()), ..full() }
}

#[test]
fn durations_and_tokens_are_measured_as_version_1_41_has_it() {
    insta::assert_snapshot!(measured(Conventions::V1_41, &[full(), full(), failed()]), @"
    gen_ai.client.operation.duration (s): 1 of 0.5 in 14 error.type=timed_out gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.operation.duration (s): 2 of 3 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.token.usage ({token}): 2 of 1800 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.type=input
    gen_ai.client.token.usage ({token}): 2 of 240 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.type=output
    ");
}

#[test]
fn the_newer_conventions_have_more_instruments() {
    let decisions = [full(), failed(), on("execute_tool"), on("invoke_agent"), on("retrieval")];
    insta::assert_snapshot!(measured(Conventions::Latest, &decisions), @"
    gen_ai.client.inference.duration (s): 1 of 0.5 in 14 error.type=timed_out gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.inference.duration (s): 1 of 1.5 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.inference.operation.input_tokens ({token}): 1 of 900 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.inference.operation.output_tokens ({token}): 1 of 120 in 14 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.client.inference.usage.cache_read.input_tokens ({token}): 400 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.modality=unknown
    gen_ai.client.inference.usage.cache_write.input_tokens ({token}): 0 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.modality=unknown
    gen_ai.client.inference.usage.input_tokens ({token}): 900 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.modality=unknown
    gen_ai.client.inference.usage.output_tokens ({token}): 120 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.modality=unknown
    gen_ai.client.inference.usage.reasoning.output_tokens ({token}): 60 gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20 gen_ai.token.modality=unknown
    gen_ai.client.operation.duration (s): 1 of 1.5 in 14 gen_ai.operation.name=retrieval gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.execute_tool.duration (s): 1 of 1.5 in 14 gen_ai.operation.name=execute_tool gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    gen_ai.invoke_agent.duration (s): 1 of 1.5 in 14 gen_ai.operation.name=invoke_agent gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-11-20
    ");
}

#[test]
fn a_bare_call_site_is_no_operation_and_what_is_unknown_is_not_measured() {
    assert_eq!(measured(Conventions::V1_41, &[bare()]), "");
    let without = Decision { took_us: None, usage: None, ..full() };
    assert_eq!(measured(Conventions::Latest, &[without]), "");
}

#[test]
fn an_exporter_that_never_returns_keeps_nobody_waiting() {
    #[derive(Debug)]
    struct Stuck(std::sync::Mutex<mpsc::Receiver<()>>, mpsc::Sender<()>);

    impl PushMetricExporter for Stuck {
        async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
            let _ = self.1.send(());
            let _ = self.0.lock().unwrap().recv();
            Ok(())
        }

        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }

        fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
            Ok(())
        }

        fn temporality(&self) -> Temporality {
            Temporality::Cumulative
        }
    }

    let (release, released) = mpsc::channel();
    let (reached, reach) = mpsc::channel();
    let exporter = Stuck(released.into(), reached);
    let resource = Resource::builder_empty().build();
    let mut meters = Meters::start(exporter, resource, Conventions::V1_41);
    meters.decided(&Call::of(&full()).unwrap());
    meters.close(Duration::ZERO);
    // The export goes on behind our back, which shows that closing did not wait for it.
    reach.recv().unwrap();
    release.send(()).unwrap();
}
