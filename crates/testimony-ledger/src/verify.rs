//! Verifying a directory: reads the files and hands them to [`testimony_record::verify`], which judges.

use std::fs;

use bytes::Bytes;
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::verify::{
    Finding, NotEstablished, Place, Report, StreamReport, StreamVerifier, Verdict,
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
/// Memory: two segments, and about 100 bytes for each object and entry.
///
/// # Errors
/// When the directory is not a ledger or cannot be read. What is *wrong* with a ledger is in the report.
pub fn verify(
    path: impl AsRef<std::path::Path>,
    pins: &[Head],
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, CouldNotRead> {
    let directory = Directory::open(path)?;
    let mut walk = Progress { done: 0, total: total_bytes(&directory)? };
    let mut streams = Vec::with_capacity(directory.streams.len());
    for &stream in &directory.streams {
        streams.push(verify_stream(&directory, stream, pins, &mut walk, progress)?);
    }
    for pin in pins.iter().filter(|pin| !directory.streams.contains(&pin.stream)) {
        streams.push(missing_stream(pin));
    }
    let not_established = not_established(&directory, &streams, pins);
    Ok(Report { streams, not_established })
}

fn total_bytes(directory: &Directory) -> Result<u64, CouldNotRead> {
    let mut total = 0;
    for &stream in &directory.streams {
        for index in directory.segments(stream)? {
            let path = directory.segment_path(stream, index);
            total += fs::metadata(&path).map_err(|error| CouldNotRead::io(&path, error))?.len();
        }
    }
    Ok(total)
}

fn verify_stream(
    directory: &Directory,
    stream: Uuid,
    pins: &[Head],
    walk: &mut Progress,
    progress: &mut dyn FnMut(Progress),
) -> Result<StreamReport, CouldNotRead> {
    let mut verifier = StreamVerifier::new(stream, pins);
    // Asked before reading: a writer that goes away meanwhile leaves an end that is judged next time.
    let live = directory.live(stream);
    for index in directory.segments(stream)? {
        let path = directory.segment_path(stream, index);
        let bytes = fs::read(&path).map_err(|error| CouldNotRead::io(&path, error))?;
        walk.done += bytes.len() as u64;
        verifier.segment(index, Bytes::from(bytes));
        progress(*walk);
    }
    Ok(verifier.finish(live))
}

fn missing_stream(pin: &Head) -> StreamReport {
    let place = Place { stream: pin.stream, segment: 0, offset: 0, seq: 0 };
    let detail =
        format!("the whole stream is missing; the remembered head covers {} entries", pin.size);
    let findings = vec![Finding { verdict: Verdict::Truncated, place, detail }];
    StreamReport { findings, ..StreamVerifier::new(pin.stream, &[]).finish(false) }
}

fn not_established(
    directory: &Directory,
    streams: &[StreamReport],
    pins: &[Head],
) -> Vec<NotEstablished> {
    let mut open = Vec::new();
    for report in streams {
        open.extend(window(report, pins));
        if !report.closed {
            open.push(NotEstablished::NotClosed(report.stream));
        }
        if report.in_flight > 0 {
            open.push(NotEstablished::InFlight { stream: report.stream, bytes: report.in_flight });
        }
    }
    open.push(NotEstablished::MissingStreams);
    open.extend(directory.unknown.iter().cloned().map(NotEstablished::UnknownFile));
    open.push(NotEstablished::Truthfulness);
    open
}

/// What a host that lies could still rewrite: everything after the newest head that someone outside remembers.
fn window(report: &StreamReport, pins: &[Head]) -> Option<NotEstablished> {
    let head = report.head?;
    let pins = pins.iter().filter(|pin| pin.stream == report.stream && pin.size <= head.size);
    let Some(pin) = pins.max_by_key(|pin| pin.size) else {
        return Some(NotEstablished::NoHead(report.stream));
    };
    let (entries, microseconds) = (head.size - pin.size, head.time_us.saturating_sub(pin.time_us));
    (entries > 0).then_some(NotEstablished::AfterHead {
        stream: report.stream,
        entries,
        microseconds,
    })
}
