//! A ledger of fifty decisions in several segments, changed at every byte and cut at every length: each change is detected,
//! each cut of the tail is found by a head from before it, and a torn tail is recovered, on record.
//!
//! Plain runs look at a sample, evenly spread; `TESTIMONY_EVERY_BYTE=1` makes them look at every byte and length.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Durability, Ledger, Options, verify};
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::verify::{
    Finding, Report, Segment, StreamReport, StreamVerifier, Trust, Verdict, cuts_named,
    next_of_each,
};
use testimony_tests::{Dice, decision};

const DECISIONS: u128 = 50;

fn options() -> Options {
    let durability = Durability::IntervalMs(3_600_000);
    Options { durability, segment_bytes: 20_000, ..Options::default() }
}

/// One stream of a ledger, in memory.
#[derive(Clone)]
struct Stream {
    id: Uuid,
    segments: Vec<Vec<u8>>,
}

impl Stream {
    fn read(directory: &Path) -> Self {
        let listed = Directory::open(directory).unwrap();
        let id = listed.streams[0];
        let paths = paths(directory);
        Self { id, segments: paths.iter().map(|path| fs::read(path).unwrap()).collect() }
    }

    fn verify(&self, heads: &[Head]) -> StreamReport {
        let numbered = || (0..).zip(&self.segments);
        let cuts: Vec<_> = numbered().map(|(index, bytes)| (index, cuts_named(bytes))).collect();
        let trust = Trust { heads: heads.to_vec(), ..Trust::default() };
        let mut verifier = StreamVerifier::new(self.id, &trust);
        for ((index, bytes), next) in numbered().zip(next_of_each(&cuts, false)) {
            verifier.segment(Segment::judge(index, bytes, &next));
        }
        verifier.finish(false)
    }

    fn broken(&self, heads: &[Head]) -> bool {
        self.verify(heads).findings.iter().any(|finding| finding.verdict.breaks())
    }

    fn bytes(&self) -> usize {
        self.segments.iter().map(Vec::len).sum()
    }

    /// The segment that holds a byte of the whole, and where.
    fn place(&self, mut at: usize) -> (usize, usize) {
        for (segment, bytes) in self.segments.iter().enumerate() {
            if at < bytes.len() {
                return (segment, at);
            }
            at -= bytes.len();
        }
        (self.segments.len(), 0)
    }

    fn changed(&self, at: usize, flip: u8) -> Self {
        let mut changed = self.clone();
        let (segment, at) = self.place(at);
        changed.segments[segment][at] ^= flip;
        changed
    }

    /// Only the first `length` bytes of the whole: files behind them are gone.
    fn cut(&self, length: usize) -> Self {
        let (segment, at) = self.place(length);
        let mut segments = self.segments.clone();
        segments.truncate(segment + 1);
        if let Some(last) = segments.get_mut(segment) {
            last.truncate(at);
        }
        Self { segments, ..*self }
    }
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let listed = Directory::open(directory).unwrap();
    let stream = listed.streams[0];
    let segments = listed.segments(stream).unwrap();
    segments.into_iter().map(|index| listed.segment_path(stream, index)).collect()
}

/// Fifty decisions, and the head after each of them. Without a `close`, as a crash would leave it.
fn fifty(directory: &Path) -> (Stream, Vec<Head>) {
    let ledger = Ledger::open(directory, options()).unwrap();
    let mut heads = Vec::new();
    for id in 0..DECISIONS {
        let decided =
            format!("decided {id} {}", "x".repeat(usize::try_from(id * 7 % 300).unwrap()));
        ledger.record(decision(id, &format!("loan:{id}"), &decided)).unwrap().wait().unwrap();
        heads.extend(Stream::read(directory).verify(&[]).head);
    }
    let left = Stream::read(directory);
    ledger.close().unwrap();
    (left, heads)
}

/// Looks at so many places side by side: at each, or at a sample that begins anywhere.
fn each(count: usize, sample: usize, look: impl Fn(usize) + Sync) -> usize {
    let every = std::env::var_os("TESTIMONY_EVERY_BYTE").is_some();
    let step = if every { 1 } else { (count / sample).max(1) };
    let first = if every { 0 } else { Dice::seeded().below(step as u64) };
    let places: Vec<usize> = (usize::try_from(first).unwrap()..count).step_by(step).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(&place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    look(place);
                }
            });
        }
    });
    places.len()
}

#[test]
fn every_changed_byte_is_detected() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, _) = fifty(scratch.path());
    assert!(stream.segments.len() > 2 && !stream.broken(&[]));
    let seen = each(stream.bytes(), 500, |at| {
        for flip in [0x01, 0x20, 0x80] {
            let (segment, offset) = stream.place(at);
            let story = format!("segment {segment} byte {offset} xor {flip:#x} went unseen");
            assert!(stream.changed(at, flip).broken(&[]), "{story}");
        }
    });
    println!("{seen} of {} bytes changed in 3 ways, all detected", stream.bytes());
}

#[test]
fn every_cut_of_the_tail_is_found_by_a_head_from_before_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, heads) = fifty(scratch.path());
    assert_eq!(heads.len() as u128, DECISIONS);
    let found = AtomicUsize::new(0);
    let seen = each(stream.bytes(), 500, |length| {
        let report = stream.cut(length).verify(&heads);
        let truncated = |finding: &&Finding| finding.verdict == Verdict::Truncated;
        let truncated = report.findings.iter().filter(truncated).count();
        let beyond = heads.iter().filter(|head| head.size > report.entries).count();
        assert_eq!(truncated, beyond, "cut at {length}: heads that cover more than is left");
        assert!(truncated > 0, "cut at {length} went unseen");
        found.fetch_add(truncated, Ordering::Relaxed);
    });
    println!("{seen} cuts, found {} times by a head", found.into_inner());
}

#[test]
fn every_torn_tail_is_recovered_and_on_record_and_a_head_still_finds_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, heads) = fifty(scratch.path());
    let (last, rest) = stream.segments.split_last().unwrap();
    let ends = entry_ends(last);
    let seen = each(last.len(), 60, |length| {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("ledger");
        write(&directory, &stream, &last[..length]);
        Ledger::open(&directory, options()).unwrap().close().unwrap();
        let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
        assert!(report.intact(), "cut at {length}: {:?}", report.findings().collect::<Vec<_>>());
        // At the end of an entry, and of the segment before, nothing is torn.
        let torn = length > 0 && !ends.contains(&length);
        assert_eq!(recovered(&report), torn, "cut at {length}");
        let report = verify::verify(&directory, &heads[heads.len() - 1..], &mut |_| {}).unwrap();
        assert!(!report.intact(), "cut at {length} and recovered, unseen by a head");
    });
    println!("{seen} tails torn, after {} whole segments", rest.len());
}

fn recovered(report: &Report) -> bool {
    report.streams.iter().any(|stream| !stream.losses.is_empty())
}

fn write(directory: &Path, stream: &Stream, last: &[u8]) {
    let dir = directory.join(stream.id.to_string());
    fs::create_dir_all(&dir).unwrap();
    fs::write(directory.join("LEDGER"), "testimony 1 ledger\n").unwrap();
    for (index, bytes) in stream.segments.iter().enumerate() {
        let bytes = if index + 1 == stream.segments.len() { last } else { bytes };
        fs::write(dir.join(format!("{index:08}.segment")), bytes).unwrap();
    }
}

fn entry_ends(bytes: &[u8]) -> Vec<usize> {
    let (_, mut walk) = testimony_record::verify::Walk::new(bytes);
    let mut ends = vec![walk.ending().clean];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends
}
