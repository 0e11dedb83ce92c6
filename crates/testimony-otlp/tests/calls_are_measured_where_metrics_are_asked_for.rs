//! Client metrics: each decision counts once, beside its span, and only where metrics are asked for.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, metric::Data};
use prost::Message as _;
use testimony_ledger::Ledger;
use testimony_otlp::{Exporter, Options};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status, Usage};
use testimony_record::unsealed::{Event, Unsealed};

const AMPLE: Duration = Duration::from_mins(1);

/// An endpoint that takes whatever comes, but for the path that it does not know.
struct Endpoint {
    url: String,
    requests: Receiver<(String, Vec<u8>)>,
}

impl Endpoint {
    fn without(unknown: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (heard, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some((path, body)) = read(&stream) else { continue };
                let status = if path == unknown { "404 Not Found" } else { "200 OK" };
                let _ = heard.send((path, body));
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
            }
        });
        Self { url, requests }
    }

    fn so_far(&self, path: &str) -> Vec<Vec<u8>> {
        self.requests.try_iter().filter(|(to, _)| to == path).map(|(_, body)| body).collect()
    }
}

fn read(stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn call(number: u64) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128((0x0198_c1d2_5a7e_7000_8000 << 48) + u128::from(number)),
        parent: None,
        causes: vec![],
        site: "loan_desk::underwrite".into(),
        operation: Some("chat".into()),
        provider: Some("openai".into()),
        model: Some("gpt-4o".into()),
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 1_767_225_600_000_000,
        took_us: Some(250_000 * number),
        usage: Some(Usage { input: Some(100 + number), output: Some(number), ..Usage::default() }),
        trace: None,
        parts: vec![],
        more: None,
    };
    Unsealed { event: Event::Decision(Box::new(decision)), parts: vec![] }
}

/// Records so many calls, and exports them.
fn export(endpoint: &Endpoint, calls: u64, metrics: Option<bool>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = Arc::new(Ledger::open(&path, testimony_ledger::Options::default()).unwrap());
    let mut options = Options::default();
    options.endpoint = Some(endpoint.url.clone());
    options.metrics = metrics;
    let followed = Arc::clone(&ledger);
    let exporter = Exporter::start(&path, options, move |seen, patience| {
        followed.wait_for_commit(seen, patience)
    })
    .unwrap();
    for number in 1..=calls {
        ledger.submit(call(number)).unwrap();
    }
    ledger.close().unwrap();
    exporter.shutdown(AMPLE).unwrap();
    assert_eq!(exporter.trouble(), None);
}

/// The points of a histogram in the last of these requests.
fn points(requests: &[Vec<u8>], name: &str) -> Vec<HistogramDataPoint> {
    let last = ExportMetricsServiceRequest::decode(&requests.last().unwrap()[..]).unwrap();
    let scopes = last.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    let metrics = scopes.flat_map(|scope| scope.metrics).filter(|metric| metric.name == name);
    let data = metrics.filter_map(|metric| metric.data);
    data.flat_map(|data| match data {
        Data::Histogram(histogram) => histogram.data_points,
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn every_call_is_measured_once_and_the_rest_of_the_ledger_is_not() {
    let endpoint = Endpoint::without("");
    export(&endpoint, 40, Some(true));
    let requests = endpoint.so_far("/v1/metrics");
    let durations = points(&requests, "gen_ai.client.operation.duration");
    let [duration] = &durations[..] else { panic!("{durations:?}") };
    assert_eq!((duration.count, duration.sum), (40, Some(205.0)));
    assert_eq!(duration.explicit_bounds[..3], [0.01, 0.02, 0.04]);
    let tokens = points(&requests, "gen_ai.client.token.usage");
    let mut counted: Vec<_> = tokens.iter().map(|point| (point.count, point.sum)).collect();
    counted.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap());
    assert_eq!(counted, [(40, Some(820.0)), (40, Some(4820.0))]);
    assert_eq!(tokens[0].explicit_bounds[..4], [1.0, 4.0, 16.0, 64.0]);
}

#[test]
fn nobody_is_sent_metrics_unasked() {
    let endpoint = Endpoint::without("");
    export(&endpoint, 3, None);
    assert_eq!(endpoint.so_far("/v1/metrics").len(), 0);
}

#[test]
fn an_endpoint_that_takes_no_metrics_gets_its_spans_all_the_same() {
    let endpoint = Endpoint::without("/v1/metrics");
    export(&endpoint, 3, Some(true));
    let requests: Vec<_> = endpoint.requests.try_iter().map(|(path, _)| path).collect();
    assert_eq!(requests.iter().filter(|path| *path == "/v1/metrics").count(), 1, "{requests:?}");
    assert!(requests.iter().any(|path| path == "/v1/traces"));
}
