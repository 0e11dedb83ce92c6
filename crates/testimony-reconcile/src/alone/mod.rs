//! Checking copies by themselves, without the ledger: whether the entries form one chain, whether the signed heads among them
//! are heads of that chain, and whether each copy shows what its own entry says.
//!
//! The rules of the chain are the verifier's own ([`testimony_record::verify`]). Copies may come in any order; what has to be
//! remembered of each lies in unnamed temporary files, its entry included.

mod chain;
mod open;
mod report;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use testimony_otlp::mapping::{Sealed, names};
use testimony_record::Uuid;
use testimony_record::verify::Trust;

pub use self::report::{AloneReport, CopiesReport, Found, OpenQuestion, Wrong};
use self::store::{Store, Stored};
use crate::copy::{Copy, Read};
use crate::difference::{Compared, Cuts, Difference, How, compare};
use crate::expected::{Mappings, conventions, fixes_its_trace};
use crate::fingerprint::{fingerprint, short};
use crate::reconcile::Progress;
use crate::report::Verdict;
use crate::source::{Habits, Source, SourceError};

const MOST_UNREADABLE: usize = 100;

/// Why copies could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotChecked {
    /// The source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The temporary files.
    #[error("cannot use a temporary file")]
    Scratch(#[from] io::Error),
}

/// Checks the copies of a source against each other, and against what someone outside holds: heads, keys, a policy.
///
/// Of each stream at most `findings` findings are kept; all are counted.
///
/// ```
/// use testimony_reconcile::source::OtlpJson;
/// use testimony_reconcile::verify_copies;
/// use testimony_record::verify::Trust;
///
/// let nothing = br#"{"resourceSpans":[]}"#;
/// let mut copies = OtlpJson::of("copies.json", &nothing[..]);
/// let report = verify_copies(&mut copies, &Trust::default(), 100, &mut |_| {})?;
/// assert!(report.intact() && !report.could_check(), "there is nothing to check");
/// # Ok::<(), testimony_reconcile::NotChecked>(())
/// ```
///
/// # Errors
/// When the source cannot be read to its end. What is *wrong* with the copies is in the report.
pub fn verify_copies(
    source: &mut dyn Source,
    trust: &Trust,
    findings: usize,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<AloneReport, NotChecked> {
    let name = source.name();
    let mut reading = Reading::new(source, findings)?;
    while let Some(batch) = source.next()? {
        reading.unreadable(batch.unreadable);
        for span in batch.spans {
            reading.report.spans += 1;
            reading.take(Copy::read(span))?;
        }
        let (spans, of) = (reading.report.spans, source.progress());
        progress(Progress::Source { name: &name, spans, of });
    }
    reading.finish(trust)
}

/// The copies so far.
struct Reading {
    habits: Habits,
    store: Store,
    mappings: Mappings,
    cuts: Cuts,
    report: AloneReport,
    streams: BTreeMap<Uuid, CopiesReport>,
    keep: usize,
}

impl Reading {
    fn new(source: &dyn Source, keep: usize) -> io::Result<Self> {
        Ok(Self {
            habits: source.habits(),
            store: Store::new()?,
            mappings: Mappings::default(),
            cuts: Cuts::default(),
            report: AloneReport { source: source.name(), ..AloneReport::default() },
            streams: BTreeMap::new(),
            keep,
        })
    }

    fn unreadable(&mut self, what: Vec<String>) {
        self.report.unreadable_in_all += what.len() as u64;
        let room = MOST_UNREADABLE.saturating_sub(self.report.unreadable.len());
        self.report.unreadable.extend(what.into_iter().take(room));
    }

    fn take(&mut self, read: Read) -> io::Result<()> {
        match read {
            Read::NotOurs => self.report.not_ours += 1,
            Read::Nameless(_, damage) => {
                let detail = format!("a span is marked as ours, and names no entry: {damage}");
                self.report.nameless += 1;
                if self.report.findings.len() < self.keep {
                    self.report.findings.push(Wrong::new(Verdict::Damaged, None, detail));
                }
            }
            Read::Copy(copy) => self.copy(&copy)?,
        }
        Ok(())
    }

    fn copy(&mut self, copy: &Copy) -> io::Result<()> {
        let stream = copy.stream;
        let report = self.streams.entry(stream).or_insert_with(|| CopiesReport::new(stream));
        report.copies += 1;
        let sealed = match &copy.entry {
            Ok(sealed) => sealed,
            Err(damage) => {
                let detail = format!("the entry cannot be read from its copy: {damage}");
                report.find(Wrong::new(Verdict::Damaged, Some(copy.seq), detail), self.keep);
                return Ok(());
            }
        };
        let fingerprint = fingerprint(&copy.span);
        if let Some(earlier) = self.store.get(stream, copy.seq)? {
            if earlier.fingerprint == fingerprint {
                report.duplicates += 1;
                return Ok(());
            }
            report.conflicting += 1;
            let detail = if earlier.hash == sealed.hash {
                format!("two copies of entry {} show it differently", copy.seq)
            } else {
                format!("there are two different entries {} in the copies", copy.seq)
            };
            report.find(Wrong::new(Verdict::Conflicting, Some(copy.seq), detail), self.keep);
        } else {
            let head = copy.span.text(names::HEAD).map_or([0; 16], |head| short(head.as_bytes()));
            let stored = Stored::new(sealed.hash, fingerprint, head);
            self.store.put(stream, copy.seq, stored, &sealed.bytes)?;
        }
        self.looks_like_its_entry(copy, sealed);
        Ok(())
    }

    /// Whether the span is the one that its own entry makes. Its head is held against the chain later.
    fn looks_like_its_entry(&mut self, copy: &Copy, sealed: &Sealed) {
        let known = copy.mapping().is_none_or(|name| conventions(Some(name)).mapping() == name);
        let mapping = conventions(copy.mapping()).mapping();
        let Some(expected) = self.mappings.span(mapping, sealed, None) else { return };
        let passing = BTreeSet::from([names::HEAD.to_owned()]);
        let mut compared = compare(&expected, &copy.span, self.habits, &mut self.cuts, &passing);
        if fixes_its_trace(&sealed.entry) && expected.trace_id != copy.span.trace_id {
            let ids = [expected.trace_id, copy.span.trace_id].map(hex::encode);
            compared.differences.push(Difference::changed("trace_id", &ids[0], &ids[1]));
        }
        let Some(report) = self.streams.get_mut(&copy.stream) else { return };
        if !known {
            report.entry_only += 1;
            let of_entry = |one: &Difference| BESIDE_THE_ENTRY.contains(&one.what.as_str());
            compared.differences.retain(of_entry);
        } else if spare_content(&mut compared) {
            report.with_content += 1;
        }
        if !compared.differences.is_empty() {
            let what: Vec<&str> =
                compared.differences.iter().map(|one| one.what.as_str()).collect();
            let detail = format!("the copy does not show what its entry says: {}", what.join(", "));
            let differences = std::mem::take(&mut compared.differences);
            let wrong = Wrong::new(Verdict::Altered, Some(copy.seq), detail);
            report.find(Wrong { differences, ..wrong }, self.keep);
        }
    }

    fn finish(mut self, trust: &Trust) -> Result<AloneReport, NotChecked> {
        let mut reports = std::mem::take(&mut self.streams);
        for (stream, report) in &mut reports {
            chain::check(&mut self.store, *stream, trust, report, self.keep)?;
        }
        for stream in trust.streams().filter(|stream| !reports.contains_key(stream)) {
            self.report.missing_streams.push(stream);
        }
        self.report.streams = reports.into_values().collect();
        self.report.not_established = open::questions(&self.report, trust);
        Ok(self.report)
    }
}

/// What stands beside the entry under every mapping.
const BESIDE_THE_ENTRY: [&str; 5] =
    [names::STREAM, names::SEQ, names::HASH, names::PREV, names::ENTRY_CHUNKS];

/// Where content travelled, it cannot be checked without the ledger, nor can what it changes of the span: its name, and the
/// digests that it stands in place of. Says whether there is any.
fn spare_content(compared: &mut Compared) -> bool {
    let added = |one: &Difference| matches!(one.how, How::Added { .. });
    if !compared.differences.iter().any(added) {
        return false;
    }
    compared.differences.retain(|one| match one.how {
        How::Added { .. } => false,
        How::Missing => !one.what.ends_with(".digest"),
        _ => one.what != "name",
    });
    true
}
