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
use testimony_ledger::storage::{Double, Storage as _};
use testimony_ledger::{Checkpoints, Durability, Ledger, Options};
use testimony_record::Uuid;
use testimony_record::entry::Cut;
use testimony_record::frame::{segment_index, segment_name};
use testimony_record::head::Head;
use testimony_record::tlog::{SignedHead, SigningKey};
use testimony_record::verify::{
    Finding, Next, Segment, StreamReport, StreamVerifier, Trust, Verdict, Walk, cuts_named,
    next_of_each,
};
use testimony_tests::{Dice, decision};

const DECISIONS: u128 = 50;

/// Segments of so many bytes. What a ledger remembers is little here, and there are thousands of them.
fn options(segment_bytes: u64) -> Options {
    let key = SigningKey::from_seed("example.com/loan-desk", [7; 32]).unwrap();
    let checkpoints = Checkpoints { every: Duration::MAX, ..Checkpoints::new(Arc::new(key)) };
    let durability = Durability::IntervalMs(3_600_000);
    Options {
        durability,
        segment_bytes,
        remember: 256,
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

    /// What a double holds of it.
    fn on(disk: &Double, id: Uuid) -> Self {
        let dir = Path::new(ROOT).join(id.to_string());
        let names = disk.list(&dir).unwrap();
        let count = names.iter().filter(|name| segment_index(name).is_some()).count() as u64;
        let read = |index| disk.read(&dir.join(segment_name(index))).unwrap();
        Self { id, segments: (0..count).map(read).collect() }
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
        broken(&self.verify(&Trust::default()))
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

/// A stream whose segments have been judged, so that after a change in one of them only that one is judged again, and only
/// what follows is put together again.
struct Judged<'a> {
    stream: &'a Stream,
    cuts: Vec<(u64, Option<Vec<Cut>>)>,
    nexts: Vec<Next>,
    segments: Vec<Segment>,
    /// Before each segment.
    verifiers: Vec<StreamVerifier>,
}

impl<'a> Judged<'a> {
    fn new(stream: &'a Stream, trust: &Trust) -> Self {
        let numbered = || (0..).zip(&stream.segments);
        let cuts: Vec<_> = numbered().map(|(index, bytes)| (index, cuts_named(bytes))).collect();
        let nexts = next_of_each(&cuts, false);
        let judge =
            |((index, bytes), next): ((u64, &Vec<u8>), &Next)| Segment::judge(index, bytes, next);
        let segments: Vec<Segment> = numbered().zip(&nexts).map(judge).collect();
        let mut verifier = StreamVerifier::new(stream.id, trust);
        let mut verifiers = Vec::new();
        for segment in &segments {
            verifiers.push(verifier.clone());
            verifier.segment(segment.clone());
        }
        Self { stream, cuts, nexts, segments, verifiers }
    }

    /// What `self.stream.changed(at, flip)` would be found to be.
    fn changed(&self, at: usize, flip: u8) -> StreamReport {
        let (segment, offset) = self.stream.place(at);
        let mut bytes = self.stream.segments[segment].clone();
        bytes[offset] ^= flip;
        self.with(segment, &bytes, self.segments.len())
    }

    /// What `self.stream.cut(length)` would be found to be.
    fn cut(&self, length: usize) -> StreamReport {
        let (segment, at) = self.stream.place(length);
        self.with(segment, &self.stream.segments[segment][..at], segment + 1)
    }

    /// The first `count` segments, one of which holds other bytes.
    fn with(&self, changed: usize, bytes: &[u8], count: usize) -> StreamReport {
        let mut cuts = self.cuts[..count].to_vec();
        cuts[changed].1 = cuts_named(bytes);
        let nexts = next_of_each(&cuts, false);
        // What a segment names of those before it may have changed with it; then they are judged again as well.
        let same = |n: usize| n != changed && nexts[n] == self.nexts[n];
        let first = (0..changed).find(|&n| !same(n)).unwrap_or(changed);
        let mut verifier = self.verifiers[first].clone();
        for (n, next) in nexts.iter().enumerate().skip(first) {
            let bytes = if n == changed { bytes } else { &self.stream.segments[n] };
            let again = || Segment::judge(self.cuts[n].0, bytes, next);
            verifier.segment(if same(n) { self.segments[n].clone() } else { again() });
        }
        verifier.finish(false)
    }
}

/// What someone outside keeps of a stream: the head after each decision, and every signed note.
#[derive(Default)]
struct Kept {
    heads: Vec<Head>,
    notes: Vec<SignedHead>,
}

impl Kept {
    /// By nothing, by the heads, by the notes.
    fn trusts(&self) -> [Trust; 3] {
        let heads = Trust { heads: self.heads.clone(), ..Trust::default() };
        let notes = Trust { notes: self.notes.clone(), ..Trust::default() };
        [Trust::default(), heads, notes]
    }
}

fn broken(report: &StreamReport) -> bool {
    report.findings.iter().any(|finding| finding.verdict.breaks())
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let listed = Directory::open(directory).unwrap();
    let stream = listed.streams[0];
    let segments = listed.segments(stream).unwrap();
    segments.into_iter().map(|index| listed.segment_path(stream, index)).collect()
}

/// Fifty decisions, a checkpoint after every tenth, and one at the close; and the same without the close, as a crash would
/// leave it.
fn fifty(directory: &Path, segment_bytes: u64) -> (Stream, Stream, Kept) {
    let ledger = Ledger::open(directory, options(segment_bytes)).unwrap();
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
    let (stream, ..) = fifty(scratch.path(), 6_000);
    let report = stream.verify(&Trust::default());
    assert!(stream.segments.len() > 3 && report.closed && !stream.broken());
    assert_eq!(report.signing.checkpoints, 6, "after every tenth decision, and at the close");
    let judged = Judged::new(&stream, &Trust::default());
    let seen = each(stream.bytes(), 600, |at| {
        for flip in [0x01, 0x20, 0x80] {
            let (segment, offset) = stream.place(at);
            let story = format!("segment {segment} byte {offset} xor {flip:#x} went unseen");
            assert!(broken(&judged.changed(at, flip)), "{story}");
        }
        // Judging again only what has changed comes to the same as judging everything.
        if at.is_multiple_of(64) {
            let (quick, whole) = (judged.changed(at, 1), stream.changed(at, 1));
            assert_eq!(quick.findings, whole.verify(&Trust::default()).findings, "byte {at}");
        }
    });
    println!("{seen} of {} bytes changed in 3 ways, all detected without a key", stream.bytes());
}

/// What cuts were found by.
#[derive(Default)]
struct Found {
    at_a_border: AtomicUsize,
    by_a_head: AtomicUsize,
    by_a_note: AtomicUsize,
}

impl Found {
    /// A cut, as it was found to be by itself, by the heads, and by the notes.
    fn look(
        &self,
        [alone, heads, notes]: [StreamReport; 3],
        kept: &Kept,
        border: bool,
        story: &str,
    ) {
        assert_eq!(!broken(&alone), border, "{story}: found in itself");
        let heads = truncated(&heads, kept.heads.iter().map(|head| head.size), story);
        let notes = truncated(&notes, kept.notes.iter().map(SignedHead::size), story);
        // Behind the close stands only the note that covers it.
        assert!(!border || notes > 0 || alone.closed, "{story}: unseen by the notes");
        assert!(!border || heads > 0 || alone.decisions == 50, "{story}: unseen by the heads");
        self.at_a_border.fetch_add(usize::from(border), Ordering::Relaxed);
        self.by_a_head.fetch_add(usize::from(heads > 0), Ordering::Relaxed);
        self.by_a_note.fetch_add(usize::from(notes > 0), Ordering::Relaxed);
    }

    fn told(&self) -> String {
        let [border, head, note] = [&self.at_a_border, &self.by_a_head, &self.by_a_note]
            .map(|count| count.load(Ordering::Relaxed));
        format!(
            "{border} at an entry's border, all others broken; {head} found by a head, {note} by a signed note"
        )
    }
}

#[test]
fn every_cut_is_found_in_itself_or_by_a_head_from_before_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, _, kept) = fifty(scratch.path(), 6_000);
    assert_eq!((kept.heads.len(), kept.notes.len()), (50, 6));
    let (found, judged) =
        (Found::default(), kept.trusts().map(|trust| Judged::new(&stream, &trust)));
    let seen = each(stream.bytes(), 600, |length| {
        let (border, story) = (stream.at_a_border(length), format!("cut at {length}"));
        let reports = judged.each_ref().map(|judged| judged.cut(length));
        if length.is_multiple_of(64) {
            let whole = stream.cut(length).verify(&kept.trusts()[1]);
            assert_eq!(reports[1].findings, whole.findings, "{story}");
        }
        found.look(reports, &kept, border, &story);
    });
    println!("{seen} of {} lengths: {}", stream.bytes(), found.told());
}

#[test]
fn a_cut_between_two_entries_is_found_by_what_is_remembered() {
    let scratch = tempfile::tempdir().unwrap();
    let (stream, _, kept) = fifty(scratch.path(), 6_000);
    let (found, mut before, mut cuts) = (Found::default(), 0, 0);
    for (n, bytes) in stream.segments.iter().enumerate() {
        for end in entry_ends(bytes).into_iter().filter(|&end| before + end < stream.bytes()) {
            let mut cut = stream.cut(before + end);
            // The files behind it are gone, and not merely empty.
            cut.segments.truncate(n + 1);
            let reports = kept.trusts().map(|trust| cut.verify(&trust));
            found.look(reports, &kept, true, &format!("segment {n} cut at {end}"));
            cuts += 1;
        }
        before += bytes.len();
    }
    assert!(cuts > 60, "{cuts}");
    println!("{cuts} cuts between two entries: {}", found.told());
}

/// How many of what is remembered the verifier finds cut off: exactly those that cover more than is left.
fn truncated(report: &StreamReport, sizes: impl Iterator<Item = u64>, story: &str) -> usize {
    let truncated = |finding: &&Finding| finding.verdict == Verdict::Truncated;
    let truncated = report.findings.iter().filter(truncated).count();
    let beyond = sizes.filter(|&size| size > report.entries).count();
    assert_eq!(truncated, beyond, "{story}: what covers more than is left");
    truncated
}

#[test]
fn every_torn_tail_is_recovered_and_on_record_and_what_is_remembered_still_finds_it() {
    let scratch = tempfile::tempdir().unwrap();
    // Four segments, the last of which is half full.
    let (_, stream, kept) = fifty(scratch.path(), 16_000);
    let (last, rest) = stream.segments.split_last().unwrap();
    let ends = entry_ends(last);
    assert!(ends.len() > 5, "{} entries are too few", ends.len());
    // Both were taken after the last decision.
    let newest = Trust {
        heads: kept.heads[kept.heads.len() - 1..].to_vec(),
        notes: kept.notes[4..5].to_vec(),
        ..Trust::default()
    };
    let seen = each(last.len(), 200, |length| {
        let disk = disk(&stream, &last[..length]);
        let root = Path::new(ROOT);
        let ledger = Ledger::open_on(Arc::new(disk.clone()), root, options(16_000)).unwrap();
        ledger.close().unwrap();
        let recovered = Stream::on(&disk, stream.id);
        let report = recovered.verify(&Trust::default());
        assert!(!broken(&report), "cut at {length}: {:?}", report.findings);
        // At the end of an entry, and of the segment before, nothing is torn.
        let torn = length > 0 && !ends.contains(&length);
        assert_eq!(!report.losses.is_empty(), torn, "cut at {length}");
        let missed = recovered.verify(&newest).findings;
        let missed = missed.iter().filter(|finding| finding.verdict.breaks()).count();
        let due = if report.decisions == 50 { 0 } else { 2 };
        assert_eq!(missed, due, "cut at {length}: by the head and the note");
    });
    println!("{seen} of {} torn tails, after {} whole segments", last.len(), rest.len());
}

const ROOT: &str = "/ledger";

/// A ledger with other bytes in its last segment.
fn disk(stream: &Stream, last: &[u8]) -> Double {
    let (disk, root) = (Double::new(), Path::new(ROOT));
    let dir = root.join(stream.id.to_string());
    disk.create_dir(root).unwrap();
    disk.create_dir(&dir).unwrap();
    disk.plant(&root.join("LEDGER"), b"testimony 1 ledger\n".to_vec());
    for (index, bytes) in (0..).zip(&stream.segments) {
        let bytes = if index + 1 == stream.segments.len() as u64 { last } else { bytes };
        disk.plant(&dir.join(segment_name(index)), bytes.to_vec());
    }
    disk
}

/// Where the header line and each entry end.
fn entry_ends(bytes: &[u8]) -> Vec<usize> {
    let (_, mut walk) = Walk::new(bytes);
    let mut ends = vec![walk.ending().clean];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends.dedup();
    ends
}
