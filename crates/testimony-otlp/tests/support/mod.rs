//! An OTLP/HTTP receiver in this process, and a ledger with decisions. It waits for requests, never for time.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::{Archive, Ledger};
use testimony_otlp::{Exporter, Options};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::Body;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

/// What a receiver does with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
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
    /// One word for each request that it did not take.
    pub(crate) refused: Receiver<()>,
}

impl Endpoint {
    /// Answers as told, and then takes everything.
    pub(crate) fn start(script: impl Into<VecDeque<Reply>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (taken_by, taken) = mpsc::channel();
        let (refused_by, refused) = mpsc::channel();
        let mut script = script.into();
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(request) = read(&stream) else { continue };
                let reply = script.pop_front().unwrap_or(Reply::Status(200));
                if answer(&mut stream, reply, request, &taken_by, &refused_by) {
                    silent.push(stream);
                }
            }
        });
        Self { url, taken, refused }
    }

    /// Waits for so many spans, and asserts that not one more has come with them.
    pub(crate) fn spans(&self, count: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        while spans.len() < count {
            spans.extend(spans_of(self.taken.recv().unwrap()));
        }
        spans.extend(self.taken.try_iter().flat_map(spans_of));
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
    stream: &mut TcpStream,
    reply: Reply,
    request: ExportTraceServiceRequest,
    taken: &Sender<ExportTraceServiceRequest>,
    refused: &Sender<()>,
) -> bool {
    if let Reply::Status(status) = reply {
        // The word goes out before the answer, so that a test never sees the answer's effect first.
        if status == 200 {
            let _ = taken.send(request);
        } else {
            let _ = refused.send(());
        }
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        return false;
    }
    let _ = refused.send(());
    matches!(reply, Reply::Silence)
}

fn read(stream: &TcpStream) -> Option<ExportTraceServiceRequest> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    assert!(line.starts_with("POST /v1/traces "), "{line}");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    assert!(length < 4 << 20, "a request stays below what a gRPC server takes");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(ExportTraceServiceRequest::decode(&body[..]).unwrap())
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

/// A ledger in a directory of its own.
pub(crate) struct Desk {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) path: PathBuf,
    dir: Arc<tempfile::TempDir>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    fn open_in(dir: Arc<tempfile::TempDir>) -> Self {
        let path = dir.path().join("ledger");
        let options = testimony_ledger::Options::default();
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

    pub(crate) fn entries(&self) -> Vec<(Uuid, Stored)> {
        entries(&self.path)
    }
}

/// The decisions of a ledger, by their ids.
pub(crate) fn entries(path: &Path) -> Vec<(Uuid, Stored)> {
    let mut entries = Vec::new();
    let mut archive = Archive::open(path).unwrap();
    archive
        .advance(&mut |stored| {
            if let Body::Decision(decision) = &stored.entry.body {
                entries.push((decision.id, stored));
            }
        })
        .unwrap();
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
