//! An OTLP/HTTP receiver in this process. It waits for requests, never for time.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// What a receiver does with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    /// 503, and when to come back.
    ComeBack(&'static str),
    /// 200, but for so many spans.
    AllBut(i64),
    /// 200 for requests with at most so many spans; 413 for others.
    AtMost(usize),
    /// Closes the connection without a word.
    HangUp,
    /// Never answers.
    Silence,
}

/// A receiver on a port of its own.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    /// The requests that it answered with 200.
    taken: Receiver<Request>,
    /// The number of spans in each request that it did not take.
    pub(crate) refused: Receiver<usize>,
    /// What it does when the script is over.
    then: Arc<Mutex<Reply>>,
}

impl Endpoint {
    /// Answers as told, and then takes everything.
    pub(crate) fn start(script: impl Into<VecDeque<Reply>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::listen(listener, script)
    }

    pub(crate) fn listen(listener: TcpListener, script: impl Into<VecDeque<Reply>>) -> Self {
        Self::serve("http", listener, script, |stream| stream)
    }

    /// With something between the connection and the protocol.
    pub(crate) fn serve<S: Read + Write + Send + 'static>(
        scheme: &str,
        listener: TcpListener,
        script: impl Into<VecDeque<Reply>>,
        mut wrap: impl FnMut(TcpStream) -> S + Send + 'static,
    ) -> Self {
        let url = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        let (taken_by, taken) = mpsc::channel();
        let (refused_by, refused) = mpsc::channel();
        let then = Arc::new(Mutex::new(Reply::Status(200)));
        let (mut script, usual) = (script.into(), Arc::clone(&then));
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let mut stream = wrap(stream);
                let Some(request) = read(&mut stream) else { continue };
                let reply = script.pop_front().unwrap_or_else(|| *usual.lock().unwrap());
                if answer(&mut stream, reply, request, &taken_by, &refused_by) {
                    silent.push(stream);
                }
            }
        });
        Self { url, taken, refused, then }
    }

    /// What it does from now on, once the script is over.
    pub(crate) fn then_always(&self, reply: Reply) {
        *self.then.lock().unwrap() = reply;
    }

    /// Waits for so many spans, and asserts that not one more has come with them.
    pub(crate) fn spans(&self, count: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        while spans.len() < count {
            spans.extend(spans_of(self.taken.recv().unwrap().body));
        }
        spans.extend(self.so_far().into_iter().flat_map(spans_of));
        assert_eq!(spans.len(), count);
        spans
    }

    /// Waits for the next request that it takes.
    pub(crate) fn next(&self) -> Request {
        self.taken.recv().unwrap()
    }

    /// Everything that has come, without waiting.
    pub(crate) fn so_far(&self) -> Vec<ExportTraceServiceRequest> {
        self.requests().into_iter().map(|request| request.body).collect()
    }

    /// The same, with what stood above the bodies.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.taken.try_iter().collect()
    }
}

/// Says whether the connection has to be kept open in silence.
fn answer(
    stream: &mut impl Write,
    reply: Reply,
    request: Request,
    taken: &Sender<Request>,
    refused: &Sender<usize>,
) -> bool {
    let count = spans_of(request.body.clone()).count();
    let (status, header, body) = match reply {
        Reply::Status(status) => (status, String::new(), Vec::new()),
        Reply::ComeBack(when) => (503, format!("retry-after: {when}\r\n"), Vec::new()),
        Reply::AllBut(rejected) => (200, String::new(), all_but(rejected)),
        Reply::AtMost(most) => (if count <= most { 200 } else { 413 }, String::new(), Vec::new()),
        Reply::HangUp | Reply::Silence => (0, String::new(), Vec::new()),
    };
    // The word goes out before the answer, so that a test never sees the answer's effect first.
    if status == 200 {
        let _ = taken.send(request);
    } else {
        let _ = refused.send(count);
    }
    if status > 0 {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.write_all(&[head.into_bytes(), body].concat());
    }
    matches!(reply, Reply::Silence)
}

fn all_but(rejected_spans: i64) -> Vec<u8> {
    let partial = ExportTracePartialSuccess { rejected_spans, error_message: "too old".to_owned() };
    ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
}

/// What was asked of a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The header lines, in lower case.
    pub(crate) head: String,
    pub(crate) body: ExportTraceServiceRequest,
}

fn read(stream: impl Read) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    while line != "\r\n" {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        head.push_str(&line.to_ascii_lowercase());
    }
    assert!(head.starts_with("post /v1/traces "), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length?.trim().parse().ok()?;
    assert!(length < 4 << 20, "a request stays below what a gRPC server takes");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = decode(&head, body);
    Some(Request { head, body })
}

fn decode(head: &str, mut body: Vec<u8>) -> ExportTraceServiceRequest {
    if head.contains("content-encoding: gzip") {
        let packed = std::mem::take(&mut body);
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut body).unwrap();
    }
    if head.contains("content-type: application/json") {
        return serde_json::from_slice(&body).unwrap();
    }
    ExportTraceServiceRequest::decode(&body[..]).unwrap()
}

pub(crate) fn spans_of(request: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans)
}

/// The strings and integers among a span's attributes, as text.
pub(crate) fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let all = span.attributes.iter();
    all.map(|a| (a.key.as_str(), text(a.value.as_ref().unwrap().value.as_ref().unwrap()))).collect()
}
