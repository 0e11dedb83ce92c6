//! Ledgers and what an exporter would make of them: real entries, through the real mapping, as OTLP/JSON.
#![allow(dead_code, reason = "each test uses its own part of this")]

#[path = "../../../testimony-forensics/tests/support/mod.rs"]
pub(crate) mod desk;
pub(crate) mod server;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use tempfile::TempDir;
use testimony_ledger::Archive;
use testimony_ledger::read::archive::Stored;
use testimony_otlp::mapping::{Contents, Conventions, Mapper, Sealed};
use testimony_reconcile::source::OtlpJson;
use testimony_reconcile::{Finding, Options, Reconciler, Report, SourceReport, Verdict};

/// A directory with a ledger in it.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// The story of one loan, signed at the close: seven entries.
    pub(crate) fn signed() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk::write_signed(&desk.ledger(), desk::loan_1234());
        desk
    }

    pub(crate) fn with(write: impl FnOnce(&Path)) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        write(&desk.ledger());
        desk
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// What an exporter would send, in the ledger's order.
    pub(crate) fn exported(&self) -> Vec<Span> {
        exported(&self.ledger(), Conventions::V1_41)
    }

    /// Holds spans against the ledger.
    pub(crate) fn reconcile(&self, spans: &[Span]) -> Report {
        self.reconcile_file(&json_lines(spans))
    }

    /// Holds a file against the ledger.
    pub(crate) fn reconcile_file(&self, file: &[u8]) -> Report {
        reconcile(&self.ledger(), file, Options::default())
    }
}

pub(crate) fn reconcile(ledger: &Path, file: &[u8], options: Options) -> Report {
    let mut reconciler = Reconciler::open(ledger, options, &mut |_| {}).unwrap();
    let mut source = OtlpJson::of("copies", Cursor::new(file.to_vec()));
    reconciler.compare(&mut source, &mut |_| {}).unwrap();
    reconciler.finish()
}

pub(crate) fn exported(ledger: &Path, conventions: Conventions) -> Vec<Span> {
    export(ledger, conventions, false)
}

/// The same with content on the spans.
pub(crate) fn exported_with_content(ledger: &Path) -> Vec<Span> {
    export(ledger, Conventions::V1_41, true)
}

fn export(ledger: &Path, conventions: Conventions, content: bool) -> Vec<Span> {
    let mut mapper = Mapper::new(conventions);
    let mut spans = Vec::new();
    let mut all = Archive::open(ledger).unwrap();
    all.advance(&mut |_| {}).unwrap();
    let mut take = |stored: Stored| {
        let contents = content.then(|| Contents::read(&all, &stored.entry.body, conventions));
        spans.push(mapper.span(&Sealed::read(stored.bytes).unwrap(), contents.as_ref()));
    };
    Archive::open(ledger).unwrap().advance(&mut take).unwrap();
    let grouped =
        group_spans_by_resource_and_scope(spans, &ResourceAttributesWithSchema::default());
    let scopes = grouped.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

/// One request a line, one span a request.
pub(crate) fn json_lines(spans: &[Span]) -> Vec<u8> {
    let mut lines = Vec::new();
    for span in spans {
        lines.extend(serde_json::to_vec(&request(vec![span.clone()])).unwrap());
        lines.push(b'\n');
    }
    lines
}

pub(crate) fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

pub(crate) fn text(text: &str) -> AnyValue {
    AnyValue { value: Some(any_value::Value::StringValue(text.to_owned())) }
}

pub(crate) fn attribute<'a>(span: &'a mut Span, name: &str) -> &'a mut KeyValue {
    span.attributes.iter_mut().find(|pair| pair.key == name).unwrap()
}

pub(crate) fn set(span: &mut Span, name: &str, value: &str) {
    match span.attributes.iter_mut().find(|pair| pair.key == name) {
        Some(pair) => pair.value = Some(text(value)),
        None => span.attributes.push(KeyValue {
            key: name.to_owned(),
            value: Some(text(value)),
            ..KeyValue::default()
        }),
    }
}

pub(crate) fn get(span: &Span, name: &str) -> Option<String> {
    let value = span.attributes.iter().find(|pair| pair.key == name)?.value.clone()?.value?;
    match value {
        any_value::Value::StringValue(text) => Some(text),
        _ => None,
    }
}

pub(crate) fn hex_of(id: &[u8]) -> String {
    hex::encode(id)
}

pub(crate) fn only(report: &Report) -> &SourceReport {
    let [source] = report.sources.as_slice() else { panic!("{report:?}") };
    source
}

/// The verdicts with entry and what differs.
pub(crate) fn verdicts(report: &Report) -> Vec<(Verdict, Option<u64>, Vec<String>)> {
    let told = |finding: &Finding| {
        let what = finding.differences.iter().map(|one| one.what.clone()).collect();
        (finding.verdict, finding.seq, what)
    };
    only(report).findings.iter().map(told).collect()
}
