//! A ledger with decisions, and an endpoint to which it is exported.
#![allow(dead_code, reason = "each test uses its own part of this")]

mod receiver;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use testimony_ledger::checkpoint::Checkpoints;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Archive, Ledger};
use testimony_otlp::{Begin, Destination, Exporter, Options};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::digest::Digest;
use testimony_record::part::{Origin, Role};
use testimony_record::tlog::SigningKey;
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

#[allow(unused_imports, reason = "each test uses its own part of this")]
pub(crate) use receiver::{Endpoint, Reply, attributes, spans_of};

/// Far more than any of this takes; nothing here waits for it to pass.
pub(crate) const AMPLE: Duration = Duration::from_mins(2);

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
        Self::open_with(dir, None)
    }

    /// A ledger whose heads are signed when asked for.
    pub(crate) fn signed() -> Self {
        let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
        let mut checkpoints = Checkpoints::new(Arc::new(key));
        checkpoints.every = Duration::MAX;
        Self::open_with(Arc::new(tempfile::tempdir().unwrap()), Some(checkpoints))
    }

    fn open_with(dir: Arc<tempfile::TempDir>, checkpoints: Option<Checkpoints>) -> Self {
        let path = dir.path().join("ledger");
        let segment_bytes = 64 << 10;
        let options =
            testimony_ledger::Options { segment_bytes, checkpoints, ..Default::default() };
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
