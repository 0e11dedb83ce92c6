//! An OTLP/HTTP receiver in this process, and a ledger with decisions. It waits for requests, never for time.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Archive, Ledger};
use testimony_otlp::{Begin, Destination, Exporter, Options};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::digest::Digest;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

/// Far more than any of this takes; nothing here waits for it to pass.
pub(crate) const AMPLE: Duration = Duration::from_mins(2);

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
    taken: Receiver<ExportTraceServiceRequest>,
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
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (taken_by, taken) = mpsc::channel();
        let (refused_by, refused) = mpsc::channel();
        let then = Arc::new(Mutex::new(Reply::Status(200)));
        let (mut script, usual) = (script.into(), Arc::clone(&then));
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some((_, request)) = read(&stream) else { continue };
                let reply = script.pop_front().unwrap_or_else(|| *usual.lock().unwrap());
                if answer(&mut stream, reply, request, &taken_by, &refused_by) {
                    silent.push(stream);
                }
            }
        });
        Self { url, taken, refused, then }
    }

    /// What it does from now on, once the script is over.
    pub(crate) fn from_now_on(&self, reply: Reply) {
        *self.then.lock().unwrap() = reply;
    }

    /// Waits for so many spans, and asserts that not one more has come with them.
    pub(crate) fn spans(&self, count: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        while spans.len() < count {
            spans.extend(spans_of(self.taken.recv().unwrap()));
        }
        spans.extend(self.so_far().into_iter().flat_map(spans_of));
        assert_eq!(spans.len(), count);
        spans
    }

    /// Everything that has come, without waiting.
    pub(crate) fn so_far(&self) -> Vec<ExportTraceServiceRequest> {
        self.taken.try_iter().collect()
    }
}

/// Says whether the connection has to be kept open in silence.
fn answer(
    stream: &mut impl Write,
    reply: Reply,
    request: ExportTraceServiceRequest,
    taken: &Sender<ExportTraceServiceRequest>,
    refused: &Sender<usize>,
) -> bool {
    let count = spans_of(request.clone()).count();
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

/// The header lines in lower case, and the request.
pub(crate) fn read(stream: impl Read) -> Option<(String, ExportTraceServiceRequest)> {
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
    Some((head, ExportTraceServiceRequest::decode(&body[..]).unwrap()))
}

pub(crate) fn spans_of(request: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans)
}

pub(crate) fn to(endpoint: &Endpoint) -> Options {
    to_url(&endpoint.url)
}

pub(crate) fn to_url(url: &str) -> Options {
    let mut options = Options::default();
    options.endpoint = Some(url.to_owned());
    options.service = Some("loan desk".to_owned());
    options.content = Some(false);
    options.linger = Duration::ZERO;
    options
}

pub(crate) fn beginning(begin: Begin, options: Options) -> Options {
    let mut options = options;
    options.begin = begin;
    options
}

/// The entry's bytes, put together from the pieces on a span.
pub(crate) fn reassembled(span: &Span) -> Vec<u8> {
    let attributes = attributes(span);
    let count: usize = attributes["testimony.entry.chunks"].parse().unwrap();
    let pieces = (0..count).map(|n| &attributes[format!("testimony.entry.{n}").as_str()]);
    let mut bytes = Vec::new();
    for piece in pieces {
        assert!(piece.len() <= 2000);
        bytes.extend_from_slice(piece.as_bytes());
    }
    bytes
}

/// Every entry once, byte for byte, each stream in its order.
pub(crate) fn assert_copied(spans: &[Span], entries: &[Stored]) {
    let place = |span: &Span| {
        let attributes = attributes(span);
        let seq: u64 = attributes["testimony.seq"].parse().unwrap();
        (attributes["testimony.stream"].clone(), seq)
    };
    let mut spans: Vec<&Span> = spans.iter().collect();
    let arrived: Vec<_> = spans.iter().map(|span| place(span)).collect();
    spans.sort_by_key(|span| place(span));
    assert_eq!(spans.len(), entries.len());
    for (span, stored) in spans.iter().zip(entries) {
        let attributes = attributes(span);
        assert_eq!(attributes["testimony.stream"], stored.entry.stream.to_string());
        assert_eq!(attributes["testimony.seq"], stored.entry.seq.to_string());
        assert_eq!(attributes["testimony.hash"], stored.hash.to_string());
        assert_eq!(attributes["testimony.prev"], stored.entry.prev.to_string());
        let bytes = reassembled(span);
        assert_eq!(bytes, stored.bytes);
        assert_eq!(Digest::of_entry(&bytes).to_string(), attributes["testimony.hash"]);
    }
    for (stream, _) in &arrived {
        let of_it = arrived.iter().filter(|(arrived, _)| arrived == stream);
        assert!(of_it.map(|(_, seq)| seq).is_sorted(), "stream {stream} out of order");
    }
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

/// A ledger in a directory of its own.
pub(crate) struct Desk {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) path: PathBuf,
    pub(crate) dir: Arc<tempfile::TempDir>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    pub(crate) fn open_in(dir: Arc<tempfile::TempDir>) -> Self {
        let path = dir.path().join("ledger");
        let options = testimony_ledger::Options { segment_bytes: 64 << 10, ..Default::default() };
        let ledger = Arc::new(Ledger::open(&path, options).unwrap());
        Self { ledger, path, dir }
    }

    /// Another writer of the same ledger: it gets a stream of its own.
    pub(crate) fn second_writer(&self) -> Self {
        Self::open_in(Arc::clone(&self.dir))
    }

    pub(crate) fn export(&self, options: Options) -> Exporter {
        let ledger = Arc::clone(&self.ledger);
        Exporter::start(&self.path, options, move |seen, patience| {
            ledger.wait_for_commit(seen, patience)
        })
        .unwrap()
    }

    /// Records decisions with these numbers, and returns once they are in the file.
    pub(crate) fn record(&self, numbers: std::ops::Range<u128>) {
        for number in numbers {
            self.ledger.submit(decision(number)).unwrap();
        }
        self.ledger.flush().unwrap();
    }

    /// Closes the ledger and lets the exporter deliver what it holds.
    pub(crate) fn finish(&self, exporter: &Exporter) {
        self.ledger.close().unwrap();
        exporter.shutdown(AMPLE).unwrap();
    }

    pub(crate) fn entries(&self) -> Vec<Stored> {
        entries(&self.path)
    }

    /// The only destination that the ledger has been exported to.
    pub(crate) fn destination(&self) -> Destination {
        let directory = Directory::open(&self.path).unwrap();
        let [destination] = <[_; 1]>::try_from(Destination::all(&directory).unwrap()).unwrap();
        destination
    }

    /// The file that says how far the stream has come.
    pub(crate) fn cursor_file(&self) -> PathBuf {
        let export = Directory::open(&self.path).unwrap().export_path();
        let destination = std::fs::read_dir(export).unwrap().next().unwrap().unwrap().path();
        destination.join(self.ledger.stream().to_string()).join("cursor.json")
    }
}

/// The entries of a ledger, stream by stream.
pub(crate) fn entries(path: &Path) -> Vec<Stored> {
    let mut entries = Vec::new();
    Archive::open(path).unwrap().advance(&mut |stored| entries.push(stored)).unwrap();
    entries
}

/// What every recorded prompt contains.
pub(crate) const SECRET: &str = "the applicant's salary is 4711";

fn decision(number: u128) -> Unsealed {
    let id = Uuid::from_u128((0x0198_c1d2_5a7e_7000_8000 << 48) + number);
    let decision = Decision {
        id,
        parent: None,
        causes: (0..number % 90).map(Uuid::from_u128).collect(),
        site: "räte::entscheide 𝄞".repeat(1 + usize::try_from(number % 5).unwrap()).into(),
        operation: Some("chat".into()),
        provider: Some("openai".into()),
        model: Some("gpt-4o".into()),
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 1_767_225_600_000_000,
        took_us: Some(1000),
        usage: None,
        trace: None,
        parts: vec![],
        more: None,
    };
    let part = |role, text: &str| {
        let content = UnsealedContent::Blob(UnsealedBlob::text(text));
        UnsealedPart::new(role, Origin::Declared, content)
    };
    let parts =
        vec![part(Role::Prompt, &format!("{number}: {SECRET}")), part(Role::Decision, "approve")];
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}
