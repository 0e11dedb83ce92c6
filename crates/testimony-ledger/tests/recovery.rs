//! The last segment of a stream without a `close`, cut at every length and changed at every byte: the next session keeps
//! the clean prefix, names and hashes exactly what it cut, and raises no alarm, then or later.

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use support::examined::Examined;
use support::session::{Operation, Session};
use support::world::World;
use support::{NEVER, ROOT, begin_anew, in_parallel, options};
use testimony_ledger::storage::{Double, Storage as _};
use testimony_ledger::{Ledger, Options};
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Cut, Link};
use testimony_record::frame::{segment_index, segment_name};
use testimony_record::verify::Walk;

fn small_segments() -> Options {
    options(NEVER, 1500)
}

/// A ledger that a process left behind when it died, with its last segment.
struct Left {
    disk: Double,
    segment: u64,
    file: PathBuf,
    bytes: Vec<u8>,
    /// Where the header line and each entry of the last segment end.
    ends: Vec<usize>,
    /// How many entries stand before the last segment.
    before: usize,
    links: Vec<Link>,
}

impl Left {
    /// Two sessions; the second one dies after it has begun a segment and written some decisions into it.
    fn new() -> Self {
        begin_anew();
        let (disk, mut world) = (Double::new(), World::default());
        let mut session = Session::open(&disk, &small_segments(), &mut world).unwrap();
        for operation in [Operation::Record(4), Operation::Reopen, Operation::Record(4)] {
            session = session.run(operation, &mut world).unwrap();
        }
        loop {
            let left = Self::of(disk.after_process_death());
            if left.ends.len() > 2 {
                return left;
            }
            session = session.run(Operation::Submit(1), &mut world).unwrap();
        }
    }

    fn of(disk: Double) -> Self {
        let examined = Examined::of(&disk);
        let stream = Path::new(ROOT).join(examined.report.streams[0].stream.to_string());
        let names = disk.list(&stream).unwrap();
        let segment = names.iter().filter_map(|name| segment_index(name)).max().unwrap();
        let file = stream.join(segment_name(segment));
        let bytes = disk.read(&file).unwrap();
        let ends = ends(&bytes);
        let links: Vec<Link> = examined.entries.values().map(|(link, _)| *link).collect();
        let before = links.len() + 1 - ends.len();
        assert!(segment >= 2 && before > 6, "the ledger is too small");
        Self { disk, segment, file, bytes, ends, before, links }
    }

    /// The cut that is due when the first `clean` bytes are as they were, and `bytes` are found.
    fn due(&self, clean: usize, bytes: &[u8]) -> Option<Cut> {
        let offset = self.ends.iter().copied().take_while(|end| *end <= clean).last().unwrap_or(0);
        let rest = &bytes[offset..];
        let unfinished = !rest.is_empty() || offset == 0;
        let (segment, hash) = (self.segment, Digest::plain(rest));
        // An empty file is taken up as it is.
        (unfinished && !bytes.is_empty()).then_some(Cut {
            segment,
            offset: offset as u64,
            bytes: rest.len() as u64,
            hash,
        })
    }

    /// Takes the ledger up with these bytes in its last segment, of which the first `clean` are as they were.
    fn check(&self, clean: usize, bytes: Vec<u8>, story: &str) {
        let disk = self.disk.after_process_death();
        let due = self.due(clean, &bytes);
        disk.plant(&self.file, bytes);
        // What the session after the next one finds differs little from place to place.
        let sessions = 1 + usize::from(clean.is_multiple_of(8));
        for session in ["the next session", "the one after it"].into_iter().take(sessions) {
            Ledger::open_on(Arc::new(disk.clone()), Path::new(ROOT), small_segments())
                .unwrap()
                .close()
                .unwrap();
            let examined = Examined::of(&disk);
            let alarms: Vec<_> = examined.report.findings().collect();
            assert!(alarms.is_empty(), "{story}, {session}: {alarms:?}");
            let whole = self.ends.iter().filter(|end| **end <= clean).count().saturating_sub(1);
            let kept = &self.links[..self.before + whole];
            let found: Vec<Link> =
                examined.entries.values().map(|(link, _)| *link).take(kept.len()).collect();
            assert_eq!(found, kept, "{story}, {session}: the clean prefix");
            let cuts: Vec<Cut> = examined.entries.values().filter_map(cuts).flatten().collect();
            assert_eq!(
                cuts,
                due.into_iter().collect::<Vec<_>>(),
                "{story}, {session}: what is on record as cut"
            );
        }
    }
}

fn cuts((_, body): &(Link, Body)) -> Option<Vec<Cut>> {
    match body {
        Body::Recovered(recovered) => Some(recovered.cuts.clone()),
        _ => None,
    }
}

fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut walk = Walk::new(bytes).1;
    let mut ends = vec![walk.ending().clean];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends.dedup();
    ends
}

#[test]
fn a_last_segment_cut_at_any_length_keeps_its_clean_prefix_and_the_cut_is_on_record() {
    let left = Left::new();
    let lengths = left.bytes.len() as u64 + 1;
    in_parallel(
        lengths,
        |length| {
            let length = usize::try_from(length).unwrap();
            left.check(length, left.bytes[..length].to_vec(), &format!("cut at {length}"));
        },
        |(), ()| (),
    );
    println!("{lengths} lengths");
}

#[test]
fn a_last_segment_changed_at_any_byte_keeps_what_stands_before_and_the_cut_is_on_record() {
    let left = Left::new();
    let places = left.bytes.len() as u64;
    in_parallel(
        places,
        |at| {
            let at = usize::try_from(at).unwrap();
            let mut bytes = left.bytes.clone();
            bytes[at] ^= [0x01, 0x20, 0xff][at % 3];
            left.check(at, bytes, &format!("byte {at} changed"));
        },
        |(), ()| (),
    );
    println!("{places} bytes");
}
