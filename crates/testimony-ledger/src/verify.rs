//! Verifying a directory: reads the files and hands them to [`testimony_record::verify`], which judges. Segments are judged
//! side by side, one for each core, and put together in order.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use bytes::Bytes;
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::verify::{
    Covered, Finding, Next, NotEstablished, Place, Report, Segment, StreamReport, StreamVerifier,
    Trust, Verdict, cuts_named, next_of_each,
};

use crate::read::directory::{CouldNotRead, Directory};

/// How far a verification is, in bytes of segment files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Read so far.
    pub done: u64,
    /// In all.
    pub total: u64,
}

/// Verifies every stream of the ledger at `path`, against the heads that the caller remembers.
///
/// # Errors
/// As [`verify_with`].
pub fn verify(
    path: impl AsRef<Path>,
    heads: &[Head],
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, CouldNotRead> {
    verify_with(path, &Trust { heads: heads.to_vec(), ..Trust::default() }, progress)
}

/// Verifies every stream of the ledger at `path`, against what someone outside holds of it: heads, keys, a policy.
///
/// Memory: for each core one segment file and about 200 bytes for each of its entries, whatever the ledger's size; and see
/// [`StreamVerifier`].
///
/// # Errors
/// When the directory is not a ledger or cannot be read. What is *wrong* with a ledger is in the report.
pub fn verify_with(
    path: impl AsRef<Path>,
    trust: &Trust,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, CouldNotRead> {
    let directory = Directory::open(path)?;
    let plans = plans(&directory)?;
    let total = plans.iter().flat_map(|plan| &plan.files).map(|file| file.bytes).sum();
    let mut progress = Told { progress, walk: Progress { done: 0, total } };
    let mut streams = Vec::with_capacity(plans.len());
    for plan in &plans {
        streams.push(verify_stream(plan, trust, &mut progress)?);
    }
    for stream in trust.streams().filter(|stream| !directory.streams.contains(stream)) {
        streams.push(missing_stream(stream, trust));
    }
    let not_established = not_established(&directory, &streams, trust);
    Ok(Report { streams, not_established })
}

/// A stream, and what must be known of it before its segments can be judged by themselves.
struct Plan {
    stream: Uuid,
    live: bool,
    files: Vec<Planned>,
}

struct Planned {
    index: u64,
    path: PathBuf,
    bytes: u64,
    next: Next,
}

fn plans(directory: &Directory) -> Result<Vec<Plan>, CouldNotRead> {
    directory.streams.iter().map(|&stream| plan(directory, stream)).collect()
}

fn plan(directory: &Directory, stream: Uuid) -> Result<Plan, CouldNotRead> {
    // Asked before reading: a writer that goes away meanwhile leaves an end that is judged next time.
    let live = directory.live(stream);
    let mut files = Vec::new();
    let mut cuts = Vec::new();
    for index in directory.segments(stream)? {
        let path = directory.segment_path(stream, index);
        let look = || -> io::Result<_> { Ok((fs::metadata(&path)?.len(), first_cuts(&path)?)) };
        let (bytes, named) = look().map_err(|error| CouldNotRead::io(&path, error))?;
        cuts.push((index, named));
        files.push((index, path, bytes));
    }
    let files = files.into_iter().zip(next_of_each(&cuts, live));
    let files = files.map(|((index, path, bytes), next)| Planned { index, path, bytes, next });
    Ok(Plan { stream, live, files: files.collect() })
}

/// How much of a file is read in search of its first entry before all of it is.
const BEGINNING: u64 = 64 << 10;

/// The cuts that a segment's first entry names. A session's first entry stands at the beginning of its file.
fn first_cuts(path: &Path) -> io::Result<Option<Vec<testimony_record::entry::Cut>>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
    if let Some(cuts) = cuts_named(&bytes) {
        return Ok(Some(cuts));
    }
    file.read_to_end(&mut bytes)?;
    Ok(cuts_named(&bytes))
}

/// Whom to tell how far the work is.
struct Told<'a> {
    progress: &'a mut dyn FnMut(Progress),
    walk: Progress,
}

impl Told<'_> {
    fn add(&mut self, bytes: u64) {
        // A live file may have grown since it was planned.
        self.walk.done = (self.walk.done + bytes).min(self.walk.total);
        (self.progress)(self.walk);
    }
}

fn verify_stream(
    plan: &Plan,
    trust: &Trust,
    told: &mut Told<'_>,
) -> Result<StreamReport, CouldNotRead> {
    let mut verifier = StreamVerifier::new(plan.stream, trust);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    for files in plan.files.chunks(cores) {
        for (file, segment) in files.iter().zip(side_by_side(files)) {
            verifier.segment(segment?);
            told.add(file.bytes);
        }
    }
    if !verifier.erased().is_empty() {
        look_again(plan, &mut verifier)?;
    }
    Ok(verifier.finish(plan.live))
}

fn side_by_side(files: &[Planned]) -> Vec<Result<Segment, CouldNotRead>> {
    if let [file] = files {
        return vec![judge(file)];
    }
    thread::scope(|scope| {
        let judges: Vec<_> = files.iter().map(|file| scope.spawn(|| judge(file))).collect();
        let panicked =
            |file: &Planned| CouldNotRead::io(&file.path, io::Error::other("judging it panicked"));
        let joined = judges.into_iter().zip(files);
        joined.map(|(judge, file)| judge.join().unwrap_or_else(|_| Err(panicked(file)))).collect()
    })
}

fn judge(file: &Planned) -> Result<Segment, CouldNotRead> {
    Ok(Segment::judge(file.index, &read(&file.path)?, &file.next))
}

fn read(path: &Path) -> Result<Bytes, CouldNotRead> {
    fs::read(path).map(Bytes::from).map_err(|error| CouldNotRead::io(path, error))
}

/// Only where something was erased: does it stand anywhere still?
fn look_again(plan: &Plan, verifier: &mut StreamVerifier) -> Result<(), CouldNotRead> {
    for file in &plan.files {
        verifier.look_again(&read(&file.path)?);
    }
    Ok(())
}

fn missing_stream(stream: Uuid, trust: &Trust) -> StreamReport {
    let place = Place { stream, segment: 0, offset: 0, seq: 0 };
    let size = trust.largest_head(stream);
    let detail = format!("the whole stream is missing; the remembered head covers {size} entries");
    let findings = vec![Finding { verdict: Verdict::Truncated, place, detail }];
    StreamReport { findings, ..StreamVerifier::new(stream, &Trust::default()).finish(false) }
}

fn not_established(
    directory: &Directory,
    streams: &[StreamReport],
    trust: &Trust,
) -> Vec<NotEstablished> {
    let mut open = Vec::new();
    for report in streams {
        let stream = report.stream;
        open.extend(window(report));
        open.extend(signature(report, trust));
        let unusable = report.signing.unusable_heads.iter();
        open.extend(unusable.map(|&size| NotEstablished::UnusableHead { stream, size }));
        if !report.closed {
            open.push(NotEstablished::NotClosed(stream));
        }
        if report.in_flight > 0 {
            open.push(NotEstablished::InFlight { stream, bytes: report.in_flight });
        }
    }
    open.push(NotEstablished::MissingStreams);
    open.extend(directory.unknown.iter().cloned().map(NotEstablished::UnknownFile));
    open.push(NotEstablished::Truthfulness);
    open
}

/// What a host that lies could still rewrite, its key in hand: everything after the newest head that someone outside
/// remembers, be it the caller or a quorum of witnesses.
fn window(report: &StreamReport) -> Option<NotEstablished> {
    let stream = report.stream;
    report.head?;
    let held = report.remembered.into_iter().chain(report.signing.witnessed);
    let Some(held) = held.max_by_key(|held| held.size) else {
        return Some(NotEstablished::NoHead(stream));
    };
    let (entries, microseconds) = report.since(&held);
    (entries > 0).then_some(NotEstablished::AfterHead { stream, entries, microseconds })
}

/// What a host that lies could still rewrite without the key.
fn signature(report: &StreamReport, trust: &Trust) -> Option<NotEstablished> {
    let (stream, signed): (Uuid, Covered) = (report.stream, report.signing.signed?);
    if !trust.names_keys() {
        return Some(NotEstablished::KeyNotGiven(stream));
    }
    let (entries, microseconds) = report.since(&signed);
    (entries > 0).then_some(NotEstablished::AfterSignature { stream, entries, microseconds })
}
