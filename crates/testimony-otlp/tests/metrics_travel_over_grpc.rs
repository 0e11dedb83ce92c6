//! Client metrics over gRPC, against a real server: the SDK's thread has no runtime, and needs none.

mod support;

use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use support::{Desk, to_url};
use testimony_otlp::Protocol;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

struct Spans;

#[tonic::async_trait]
impl TraceService for Spans {
    async fn export(
        &self,
        _: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

struct Metrics(Sender<ExportMetricsServiceRequest>);

#[tonic::async_trait]
impl MetricsService for Metrics {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let _ = self.0.send(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

fn endpoint() -> (String, Receiver<ExportMetricsServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (heard, metrics) = mpsc::channel();
    let metrics_service = MetricsServiceServer::new(Metrics(heard));
    let server =
        Server::builder().add_service(TraceServiceServer::new(Spans)).add_service(metrics_service);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            server.serve_with_incoming(TcpIncoming::from(listener)).await.unwrap();
        });
    });
    (url, metrics)
}

#[test]
fn every_call_is_measured_once() {
    let ((url, metrics), desk) = (endpoint(), Desk::open());
    let mut options = to_url(&url);
    options.protocol = Some(Protocol::Grpc);
    options.metrics = Some(true);
    let exporter = desk.export(options);
    desk.record(0..20);
    desk.finish(&exporter);
    let last = metrics.try_iter().last().unwrap();
    let scopes = last.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    let durations = scopes
        .flat_map(|scope| scope.metrics)
        .filter(|metric| metric.name == "gen_ai.client.operation.duration")
        .filter_map(|metric| metric.data);
    let counts: Vec<u64> = durations
        .flat_map(|data| match data {
            Data::Histogram(histogram) => histogram.data_points,
            other => panic!("{other:?}"),
        })
        .map(|point| point.count)
        .collect();
    assert_eq!(counts, [20]);
}
