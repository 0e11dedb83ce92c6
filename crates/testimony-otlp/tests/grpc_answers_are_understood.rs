//! Over gRPC, against a real server: what it takes arrives, and what it says is acted upon by its code.

mod support;

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use support::{AMPLE, Desk, assert_copied, spans_of, to_url};
use testimony_otlp::{Options, Protocol, Which};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

/// Answers as told, and then takes everything.
struct Scripted {
    script: Mutex<VecDeque<Code>>,
    taken: Sender<ExportTraceServiceRequest>,
    refused: Sender<usize>,
}

#[tonic::async_trait]
impl TraceService for Scripted {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let request = request.into_inner();
        let code = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match code.unwrap_or(Code::Ok) {
            Code::Ok => {
                let _ = self.taken.send(request);
                Ok(Response::new(ExportTraceServiceResponse::default()))
            }
            code => {
                let _ = self.refused.send(spans_of(request).count());
                Err(Status::new(code, "as the test wants it"))
            }
        }
    }
}

struct Endpoint {
    url: String,
    taken: Receiver<ExportTraceServiceRequest>,
    refused: Receiver<usize>,
}

impl Endpoint {
    fn start(script: impl Into<VecDeque<Code>>) -> Self {
        Self::with_limit(script, 4 << 20)
    }

    /// Refuses by itself what is larger than so many bytes.
    fn with_limit(script: impl Into<VecDeque<Code>>, limit: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((taken_by, taken), (refused_by, refused)) = (mpsc::channel(), mpsc::channel());
        let script = Mutex::new(script.into());
        let service = Scripted { script, taken: taken_by, refused: refused_by };
        let service = TraceServiceServer::new(service).max_decoding_message_size(limit);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let incoming = TcpIncoming::from(listener);
                Server::builder().add_service(service).serve_with_incoming(incoming).await.unwrap();
            });
        });
        Self { url, taken, refused }
    }

    fn to(&self) -> Options {
        let mut options = to_url(&self.url);
        options.protocol = Some(Protocol::Grpc);
        options
    }

    fn so_far(&self) -> Vec<Span> {
        self.taken.try_iter().flat_map(spans_of).collect()
    }
}

fn start_record_and_close() {
    let (endpoint, desk) = (Endpoint::start([Code::Unavailable]), Desk::open());
    let exporter = desk.export(endpoint.to());
    desk.record(0..20);
    desk.finish(&exporter);
    assert_copied(&endpoint.so_far(), &desk.entries());
    assert_eq!((exporter.stats().retried, exporter.stats().set_aside), (1, 0));
}

#[test]
fn everything_arrives_without_a_runtime_and_later_where_the_server_is_not_ready() {
    start_record_and_close();
}

#[tokio::test(flavor = "current_thread")]
async fn everything_arrives_from_a_runtime_on_one_thread() {
    start_record_and_close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_from_a_runtime_on_several_threads() {
    tokio::spawn(async { start_record_and_close() }).await.unwrap();
}

#[test]
fn an_entry_that_is_an_invalid_argument_is_set_aside() {
    let (endpoint, desk) = (Endpoint::start([Code::Ok, Code::InvalidArgument]), Desk::open());
    desk.export(endpoint.to()).shutdown(AMPLE).unwrap();
    desk.record(0..1);
    let exporter = desk.export(endpoint.to());
    exporter.shutdown(AMPLE).unwrap();
    assert_eq!(exporter.stats().set_aside, 1);
    let [aside] = <[_; 1]>::try_from(desk.destination().set_aside().unwrap()).unwrap();
    assert!(matches!(aside.which, Which::Entry { seq: 1, .. }), "{aside:?}");
    assert!(aside.why.contains("InvalidArgument"));
    desk.finish(&desk.export(endpoint.to()));
    let entries = desk.entries();
    assert_copied(&endpoint.so_far(), &[&entries[..1], &entries[2..]].concat());
}

#[test]
fn an_exhausted_server_gets_less_at_once_and_then_the_same_again() {
    let script = [Code::ResourceExhausted, Code::ResourceExhausted, Code::ResourceExhausted];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    desk.record(0..7);
    let exporter = desk.export(endpoint.to());
    desk.finish(&exporter);
    assert_copied(&endpoint.so_far(), &desk.entries());
    let refused: Vec<usize> = endpoint.refused.try_iter().collect();
    assert!(refused.is_sorted_by(|a, b| a > b), "{refused:?}");
    assert_eq!(exporter.stats().set_aside, 0);
}

#[test]
fn a_message_that_is_too_large_for_the_server_arrives_in_parts() {
    let (endpoint, desk) = (Endpoint::with_limit([], 40_000), Desk::open());
    desk.record(0..200);
    let exporter = desk.export(endpoint.to());
    desk.finish(&exporter);
    assert_copied(&endpoint.so_far(), &desk.entries());
    assert_eq!(exporter.stats().set_aside, 0);
}
