//! Holding every copy of every source against the ledger, and every entry of the ledger against the copies.
//!
//! Memory does not grow with the number of spans or entries, but for a bit or two for each entry, what is asked for in
//! [`Options::findings`], and the trouble that is on record.

use std::io;
use std::path::Path;

use testimony_record::tlog::VerifierKey;

use crate::comparison::Comparison;
use crate::exporter_notes::ExporterNotes;
use crate::index::{Index, NotIndexed};
use crate::range::{Range, Times};
use crate::report::{Finding, NotEstablished, Report, SourceReport, Verdict};
use crate::source::{Source, SourceError};

/// How to reconcile.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Which entries are held against the copies.
    pub range: Range,
    /// Keys by which heads must be signed; without any, those that the ledger names itself count.
    pub keys: Vec<VerifierKey>,
    /// How many findings of each source are kept; all are counted. Default: 1,000.
    pub findings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { range: Range::default(), keys: Vec::new(), findings: 1_000 }
    }
}

/// One day.
const MARGIN_US: u64 = 24 * 3600 * 1_000_000;

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Entries of the ledger read so far.
    Ledger(u64),
    /// A source, how many of its spans have been read, and how far that is, where the source knows.
    Source {
        /// Its name.
        name: &'a str,
        /// Spans read so far.
        spans: u64,
        /// How far, of how much.
        of: Option<(u64, u64)>,
    },
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotReconciled {
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] NotIndexed),
    /// A source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<io::Error> for NotReconciled {
    fn from(error: io::Error) -> Self {
        Self::Ledger(error.into())
    }
}

/// A ledger that has been read, and can be held against sources.
///
/// ```
/// use testimony_ledger::Ledger;
/// use testimony_reconcile::source::OtlpJson;
/// use testimony_reconcile::{Options, Reconciler, Verdict};
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path().join("ledger");
/// Ledger::open(&dir, testimony_ledger::Options::default())?.close()?;
///
/// let mut reconciler = Reconciler::open(&dir, Options::default(), &mut |_| {})?;
/// let nothing = br#"{"resourceSpans":[]}"#;
/// let mut copies = OtlpJson::of("copies.json", &nothing[..]);
/// let found = reconciler.compare(&mut copies, &mut |_| {})?;
/// assert_eq!(found.totals().missing_there, 2, "its genesis and its close");
/// assert_eq!(found.findings[0].verdict, Verdict::MissingThere);
/// assert!(!reconciler.finish().same());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reconciler {
    options: Options,
    index: Index,
    notes: ExporterNotes,
    report: Report,
}

impl Reconciler {
    /// Reads the ledger's entries.
    ///
    /// # Errors
    /// When it is no ledger, or cannot be read.
    pub fn open(
        ledger: impl AsRef<Path>,
        options: Options,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Self, NotIndexed> {
        let ledger = ledger.as_ref();
        // Read first: what an exporter has reached by now is in the ledger by now.
        let notes = ExporterNotes::read(ledger);
        let mut read = 0;
        let mut told = |_| {
            read += 1;
            progress(Progress::Ledger(read));
        };
        let index = Index::read(ledger, options.range, &mut told)?;
        Ok(Self { options, index, notes, report: Report::default() })
    }

    /// The time for which a backend has to be asked: that of the ledger's entries, with a day before it, and a day after it or
    /// after `now_us`, so that copies of what the ledger does not hold any more are found; but nothing outside
    /// [`Options::range`].
    #[must_use]
    pub fn times(&self, now_us: u64) -> Times {
        let Range { since_us, until_us } = self.options.range;
        let held = self.index.times.unwrap_or(Times { first_us: now_us, last_us: now_us });
        let last_us = held.last_us.max(now_us).saturating_add(MARGIN_US).min(until_us);
        let first_us = held.first_us.saturating_sub(MARGIN_US).max(since_us).min(last_us);
        Times { first_us, last_us }
    }

    /// Reads a source to its end, and holds what it has against the ledger.
    ///
    /// # Errors
    /// When the source or the ledger cannot be read.
    pub fn compare(
        &mut self,
        source: &mut dyn Source,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<&SourceReport, NotReconciled> {
        let name = source.name();
        let mut comparison = Comparison::new(&mut self.index, &self.options, source)?;
        while let Some(batch) = source.next()? {
            comparison.take(batch)?;
            let (spans, of) = (comparison.spans(), source.progress());
            progress(Progress::Source { name: &name, spans, of });
        }
        let report = comparison.finish(&self.notes)?;
        let at = self.report.sources.len();
        self.report.sources.push(report);
        self.report.sources.get(at).ok_or_else(|| io::Error::other("no report").into())
    }

    /// What was found.
    #[must_use]
    pub fn finish(self) -> Report {
        let Self { options, index, mut report, .. } = self;
        report.streams = index.streams().len() as u64;
        report.entries = index.counts.values().sum();
        for stream in index.streams() {
            report.ledger.extend(stream.broken.map(|seq| Finding {
                stream: Some(stream.id),
                seq: Some(seq),
                detail: format!("entry {seq} of the ledger does not follow the one before it"),
                ..Finding::new(Verdict::LedgerBroken)
            }));
        }
        report.not_established = not_established(&report, &options);
        report
    }
}

fn not_established(report: &Report, options: &Options) -> Vec<NotEstablished> {
    let mut open: Vec<NotEstablished> = report.sources.iter().flat_map(open_of_source).collect();
    let signed = report.sources.iter().any(|source| source.heads.copies > 0);
    open.extend((signed && options.keys.is_empty()).then_some(NotEstablished::KeyNotGiven));
    open.extend((options.range != Range::default()).then_some(NotEstablished::OtherTimes));
    open.extend([
        NotEstablished::LedgerContents,
        NotEstablished::Independence,
        NotEstablished::Truthfulness,
    ]);
    open
}

fn open_of_source(report: &SourceReport) -> Vec<NotEstablished> {
    let source = || report.source.clone();
    let (entries, parts) = (report.totals().entry_only, report.unreadable_in_all);
    let (without, copies) = (report.content_absent, report.content_erased);
    let mut open = Vec::new();
    open.extend((parts > 0).then(|| NotEstablished::Unreadable { source: source(), parts }));
    open.extend(
        (entries > 0).then(|| NotEstablished::UnknownMapping { source: source(), entries }),
    );
    open.extend((without > 0).then(|| NotEstablished::Content { source: source(), without }));
    open.extend((copies > 0).then(|| NotEstablished::ErasedContent { source: source(), copies }));
    open.extend((report.heads.copies == 0).then(|| NotEstablished::NoHeads { source: source() }));
    open
}
