//! A signed ledger of fifty decisions in several segments, changed at every byte and cut at every length: each change is
//! detected without a key, each cut is found in itself or by a head from before it, signed or not, and a torn tail is
//! recovered, on record.
//!
//! Bytes in memory are judged by what the command judges files by: `Segment::judge`, and a `StreamVerifier` that puts the
//! segments together. Plain runs look at a sample, evenly spread; `TESTIMONY_EVERY_BYTE=1` makes them look at every byte and
//! length.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Checkpoints, Durability, Ledger, Options, verify};
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::tlog::{SignedHead, SigningKey};
use testimony_record::verify::{
    Finding, Report, Segment, StreamReport, StreamVerifier, Trust, Verdict, Walk, cuts_named,
    next_of_each,
};
use testimony_tests::{Dice, decision};

const DECISIONS: u128 = 50;

fn options() -> Options {
    let key = SigningKey::from_seed("example.com/loan-desk", [7; 32]).unwrap();
    let checkpoints = Checkpoints { every: Duration::MAX, ..Checkpoints::new(Arc::new(key)) };
    let durability = Durability::IntervalMs(3_600_000);
    Options {
        durability,
        segment_bytes: 6_000,
        checkpoints: Some(checkpoints),
        ..Options::default()
    }
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

    fn verify(&self, trust: &Trust) -> StreamReport {
        let numbered = || (0..).zip(&self.segments);
        let cuts: Vec<_> = numbered().map(|(index, bytes)| (index, cuts_named(bytes))).collect();
        let mut verifier = StreamVerifier::new(self.id, trust);
        for ((index, bytes), next) in numbered().zip(next_of_each(&cuts, false)) {
            verifier.segment(Segment::judge(index, bytes, &next));
        }
        verifier.finish(false)
    }

    fn broken(&self) -> bool {
        self.verify(&Trust::default()).findings.iter().any(|finding| finding.verdict.breaks())
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

    /// Whether nothing is torn at this length: an entry ends there.
    fn at_a_border(&self, length: usize) -> bool {
        let (segment, at) = self.place(length);
        self.segments.get(segment).is_none_or(|bytes| at > 0 && entry_ends(bytes).contains(&at))
    }
}

/// What someone outside keeps of a stream: the head after each decision, and every signed note.
#[derive(Default)]
struct Kept {
    heads: Vec<Head>,
    notes: Vec<SignedHead>,
}

impl Kept {
    fn heads(&self) -> Trust {
        Trust { heads: self.heads.clone(), ..Trust::default() }
    }

    fn notes(&self) -> Trust {
        Trust { notes: self.notes.clone(), ..Trust::default() }
    }
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let listed = Directory::open(directory).unwrap();
    let stream = listed.streams[0];
    let segments = listed.segments(stream).unwrap();
    segments.into_iter().map(|index| listed.segment_path(stream, index)).collect()
}

/// Fifty decisions, a checkpoint after every tenth, and one at the close; and the same without the close, as a crash would
/// leave it.
fn fifty(directory: &Path) -> (Stream, Stream, Kept) {
    let ledger = Ledger::open(directory, options()).unwrap();
    let mut kept = Kept::default();
    for id in 0..DECISIONS {
        let text = "x".repeat(usize::try_from(id * 7 % 300).unwrap());
        let decided = decision(id, &format!("loan:{id}"), &format!("decided {id} {text}"));
        ledger.record(decided).unwrap().wait().unwrap();
        kept.heads.extend(Stream::read(directory).verify(&Trust::default()).head);
        if (id + 1).is_multiple_of(10) {
            kept.notes.push(ledger.checkpoint().unwrap());
        }
    }
    let crashed = Stream::read(directory);
    ledger.close().unwrap();
    let closed = Stream::read(directory);
    kept.notes.extend(newest(directory));
    (closed, crashed, kept)
}

fn newest(directory: &Path) -> Option<SignedHead> {
    testimony_ledger::read::checkpoints::newest(directory).unwrap().into_values().next()
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
fn every_changed_byte_is_detected_without_a_key() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, ..) = fifty(scratch.path());
    let report = stream.verify(&Trust::default());
    assert!(stream.segments.len() > 3 && report.closed && !stream.broken());
    assert_eq!(report.signing.checkpoints, 6, "after every tenth decision, and at the close");
    let seen = each(stream.bytes(), 300, |at| {
        for flip in [0x01, 0x20, 0x80] {
            let (segment, offset) = stream.place(at);
            let story = format!("segment {segment} byte {offset} xor {flip:#x} went unseen");
            assert!(stream.changed(at, flip).broken(), "{story}");
        }
    });
    println!("{seen} of {} bytes changed in 3 ways, all detected without a key", stream.bytes());
}

#[test]
fn every_cut_is_found_in_itself_or_by_a_head_from_before_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, _, kept) = fifty(scratch.path());
    assert_eq!((kept.heads.len(), kept.notes.len()), (50, 6));
    let (by_head, by_note) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let borders = AtomicUsize::new(0);
    let seen = each(stream.bytes(), 300, |length| {
        let cut = stream.cut(length);
        let torn = cut.broken();
        assert_eq!(torn, !stream.at_a_border(length), "cut at {length}: found in itself");
        borders.fetch_add(usize::from(!torn), Ordering::Relaxed);
        let sizes = kept.heads.iter().map(|head| head.size);
        by_head.fetch_add(truncated(&cut, &kept.heads(), sizes, length), Ordering::Relaxed);
        let sizes = kept.notes.iter().map(SignedHead::size);
        let found = truncated(&cut, &kept.notes(), sizes, length);
        by_note.fetch_add(found, Ordering::Relaxed);
        // Behind the close stands only the note that covers it.
        let all_but_the_note = cut.verify(&Trust::default()).closed;
        assert!(torn || found > 0 || all_but_the_note, "cut at {length} went unseen");
    });
    println!(
        "{seen} of {} lengths: {} at an entry's border, all others broken; {} times a head was missed, {} times a note",
        stream.bytes(),
        borders.into_inner(),
        by_head.into_inner(),
        by_note.into_inner()
    );
}

/// How many of what is remembered the verifier finds cut off: exactly those that cover more than is left.
fn truncated(
    cut: &Stream,
    trust: &Trust,
    sizes: impl Iterator<Item = u64>,
    length: usize,
) -> usize {
    let report = cut.verify(trust);
    let truncated = |finding: &&Finding| finding.verdict == Verdict::Truncated;
    let truncated = report.findings.iter().filter(truncated).count();
    let beyond = sizes.filter(|&size| size > report.entries).count();
    assert_eq!(truncated, beyond, "cut at {length}: what covers more than is left");
    truncated
}

#[test]
fn every_torn_tail_is_recovered_and_on_record_and_what_is_remembered_still_finds_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (_, stream, kept) = fifty(scratch.path());
    let (last, rest) = stream.segments.split_last().unwrap();
    let ends = entry_ends(last);
    // Of the last segment the newest note, which was taken after the last decision, covers all but itself.
    let newest = Trust {
        heads: kept.heads[kept.heads.len() - 1..].to_vec(),
        notes: kept.notes[4..5].to_vec(),
        ..Trust::default()
    };
    let seen = each(last.len(), 40, |length| {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("ledger");
        write(&directory, &stream, &last[..length]);
        Ledger::open(&directory, options()).unwrap().close().unwrap();
        let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
        assert!(report.intact(), "cut at {length}: {:?}", report.findings().collect::<Vec<_>>());
        // At the end of an entry, and of the segment before, nothing is torn.
        let torn = length > 0 && !ends.contains(&length);
        assert_eq!(recovered(&report), torn, "cut at {length}");
        let decided = report.streams[0].decisions == 50;
        let report = verify::verify_with(&directory, &newest, &mut |_| {}).unwrap();
        let wrong = report.findings().filter(|finding| finding.verdict.breaks()).count();
        assert_eq!(wrong, if decided { 0 } else { 2 }, "cut at {length}: by the head and the note");
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

/// Where the header line and each entry end.
fn entry_ends(bytes: &[u8]) -> Vec<usize> {
    let (_, mut walk) = Walk::new(bytes);
    let mut ends = vec![walk.ending().clean];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends
}
