//! Before a head is signed, the disk is read again. Where a byte of it is not what was written, nothing is signed, the host is
//! told, and nothing is signed later either.

mod signing;

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

use signing::{Stream, Told, by, key, plain, record, segment, signed_by};
use testimony_ledger::storage::{Double, Storage as _};
use testimony_ledger::{Ledger, NotKept, NotSigned, Options, Sources, Trouble};
use testimony_record::Uuid;
use testimony_record::digest::{Digest, Salt};
use testimony_record::entry::{Body, Entry, Erasure, FORMAT};
use testimony_record::frame::{Frame, SegmentHeader};
use testimony_record::verify::Walk;

/// Writes bytes into a file that a ledger holds open.
fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn whatever_byte_is_changed_under_the_writer_nothing_is_signed() {
    let path = Path::new("/l");
    let (mut at, mut length) = (0, 1);
    while at < length {
        let disk = Double::new();
        let ledger = Ledger::open_on(Arc::new(disk.clone()), path, signed_by(key(1))).unwrap();
        record(&ledger, 0..1);
        let file = segment(path, ledger.stream(), 0);
        length = disk.read(&file).unwrap().len();
        disk.flip(&file, at);
        assert!(matches!(ledger.checkpoint(), Err(NotSigned::Altered(_))), "byte {at} of {length}");
        assert!(ledger.health().altered);
        let closed = ledger.close();
        assert!(
            matches!(closed, Err(NotKept::LastCheckpoint(NotSigned::Altered(_)))),
            "{closed:?}"
        );
        let kept = String::from_utf8(disk.read(&file).unwrap()).unwrap();
        assert!(kept.contains("\"close\"") && !kept.contains("\"checkpoint\""));
        at += 1;
    }
    println!("{length} bytes, each changed once");
}

#[test]
fn what_was_altered_once_is_not_signed_again_even_when_it_is_put_back() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let told = Told::default();
    let ledger = Ledger::open(&path, told.listen(signed_by(key(1)))).unwrap();
    let before = ledger.checkpoint().unwrap().size();
    record(&ledger, 0..1);
    let file = segment(&path, ledger.stream(), 0);
    let bytes = fs::read(&file).unwrap();
    let at = bytes.windows(8).position(|window| window == b"prompt 0").unwrap() as u64;
    overwrite(&file, at, b"Prompt 0");
    let Err(NotSigned::Altered(altered)) = ledger.checkpoint() else { panic!("signed") };
    assert_eq!(told.take(), [Trouble::Altered(altered)]);
    overwrite(&file, at, b"prompt 0");
    ledger.checkpoint().unwrap_err();
    ledger.close().unwrap_err();
    assert_eq!(told.take(), [], "told once");
    assert_eq!(Stream::read(&path, ledger.stream()).judge(ledger.stream()), [before]);
}

#[test]
fn a_file_that_is_shorter_or_gone_is_not_signed() {
    let scratch = tempfile::tempdir().unwrap();
    for gone in [false, true] {
        let path = scratch.path().join(gone.to_string());
        let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
        record(&ledger, 0..10);
        let file = segment(&path, ledger.stream(), 1);
        let length = fs::metadata(&file).unwrap().len();
        if gone {
            fs::remove_file(&file).unwrap();
        } else {
            OpenOptions::new().write(true).open(&file).unwrap().set_len(length - 1).unwrap();
        }
        assert!(matches!(ledger.checkpoint(), Err(NotSigned::Altered(_))));
    }
}

#[test]
fn an_entry_that_was_written_anew_with_a_hash_that_fits_is_not_signed() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    record(&ledger, 0..1);
    let file = segment(&path, ledger.stream(), 0);
    let bytes = fs::read(&file).unwrap();
    let (at, last) = Walk::new(&bytes).1.last().unwrap();
    let Frame::Entry { bytes: line, .. } = last else { panic!("a segment ends with an entry") };
    let text = String::from_utf8(line.to_vec()).unwrap().replace("\"signing\"", "\"SIGNING\"");
    let mut forged = Vec::new();
    Frame::Entry { hash: Digest::of_entry(text.as_bytes()), bytes: text.as_bytes() }
        .write(&mut forged);
    overwrite(&file, at as u64, &forged);
    let Err(NotSigned::Altered(altered)) = ledger.checkpoint() else { panic!("signed") };
    assert_eq!(altered.why, "the last entry is another than the one that was written");
}

/// The offset, bytes and digest of the first blob frame.
fn blob(bytes: &[u8]) -> (usize, usize, Digest) {
    let mut walk = Walk::new(bytes).1;
    let (at, digest) = walk
        .find_map(|(at, frame)| match frame {
            Frame::Blob { digest, .. } => Some((at, digest)),
            _ => None,
        })
        .unwrap();
    (at, walk.offset(), digest)
}

/// Overwrites the first blob of a file as erasing does.
fn blank(file: &Path) -> Digest {
    let mut bytes = fs::read(file).unwrap();
    let (at, end, digest) = blob(&bytes);
    let header = at + bytes[at..].iter().position(|&byte| byte == b'\n').unwrap();
    bytes[at + 70..at + 102].fill(b'0');
    bytes[header + 1..end - 1].fill(0);
    overwrite(file, 0, &bytes);
    digest
}

#[test]
fn content_that_is_blank_is_not_signed_before_an_erasure_names_it() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, plain()).unwrap();
    let stream = ledger.stream();
    record(&ledger, 0..1);
    ledger.close().unwrap();
    let digest = blank(&segment(&path, stream, 0));
    let sign = || {
        let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
        let signed = ledger.checkpoint();
        assert!(!ledger.health().altered);
        (signed, ledger.close())
    };
    assert_eq!(sign().0, Err(NotSigned::Erasing));
    erase(&path, stream, digest);
    let (signed, closed) = sign();
    signed.unwrap();
    closed.unwrap();
    Stream::read(&path, stream).judge(stream);
}

/// Puts an `erasure` on record as a writer would, in a session of its own.
fn erase(path: &Path, stream: Uuid, digest: Digest) {
    let read = Stream::read(path, stream);
    let (mut prev, index) = (Digest::of_entry(read.leaves.last().unwrap()), 2);
    let seq = read.leaves.len() as u64;
    let mut file = SegmentHeader { stream, index, seq, prev }.encode().into_bytes();
    let erasure = Erasure { digests: vec![digest], reason: "asked".into(), by: "test".into() };
    for (seq, body) in [(seq, read.bodies[0].clone()), (seq + 1, Body::Erasure(erasure))] {
        let time_us = (Sources::default().now_us)();
        let bytes = Entry { v: FORMAT, stream, seq, prev, time_us, body }.encode();
        prev = Digest::of_entry(&bytes);
        Frame::Entry { hash: prev, bytes: &bytes }.write(&mut file);
    }
    fs::write(segment(path, stream, 2), file).unwrap();
}

#[test]
fn content_that_is_being_overwritten_at_this_moment_is_no_alarm() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    record(&ledger, 0..1);
    let file = segment(&path, ledger.stream(), 0);
    let whole = fs::read(&file).unwrap();
    let (at, ..) = blob(&whole);
    let note = path.join(ledger.stream().to_string()).join("erasing");
    fs::write(&note, "").unwrap();
    overwrite(&file, at as u64 + 70, &[b'0'; 20]);
    assert_eq!(ledger.checkpoint(), Err(NotSigned::Erasing));
    // The twin: half overwritten, and nobody is at it.
    fs::remove_file(&note).unwrap();
    assert!(matches!(ledger.checkpoint(), Err(NotSigned::Altered(_))));
}

#[test]
fn the_salt_of_zeros_alone_does_not_make_content_blank() {
    let salt = Salt::from_bytes([0; 16]);
    let random = |buffer: &mut [u8]| {
        buffer.fill(0);
        Ok(())
    };
    let scratch = tempfile::tempdir().unwrap();
    let mut options = Options { checkpoints: Some(by(key(1))), ..plain() };
    options.sources.random = random;
    let ledger = Ledger::open(scratch.path().join("l"), options).unwrap();
    record(&ledger, 0..1);
    let bytes = fs::read(segment(ledger.path(), ledger.stream(), 0)).unwrap();
    assert_eq!(blob(&bytes).2, Digest::of_blob(&salt, "text/plain", b"prompt 0"));
    ledger.checkpoint().unwrap();
}
