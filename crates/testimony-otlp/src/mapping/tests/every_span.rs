//! What every span carries, whatever it shows.

use testimony_record::digest::Digest;
use testimony_record::entry::{Checkpoint, Close};
use testimony_record::tlog::{SignedHead, SigningKey};

use super::super::sample::{STREAM, full, sealed, sealed_body};
use super::super::*;
use super::text;

#[test]
fn a_long_entry_travels_in_pieces_that_join_to_its_bytes() {
    let mut decision = full();
    decision.causes = (1..=100).map(Uuid::from_u128).collect();
    decision.site = "é𝄞".repeat(40).into();
    let sealed = sealed(decision);
    let span = Mapper::default().span(&sealed, None);
    let text = |name: &str| text(&span, name).unwrap();
    let count: usize = text(names::ENTRY_CHUNKS).parse().unwrap();
    let joined: String = (0..count).map(|n| text(&format!("{}{n}", names::ENTRY_PREFIX))).collect();
    assert!(count > 2);
    assert_eq!(joined.as_bytes(), &sealed.bytes[..]);
    assert_eq!(Digest::of_entry(joined.as_bytes()).to_string(), text(names::HASH));
}

fn checkpoint(size: u64) -> Checkpoint {
    let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
    let note = SignedHead::sign(STREAM, size, &[9; 32], &[&key]).unwrap().to_string();
    Checkpoint { note, peaks: vec![] }
}

#[test]
fn a_span_carries_the_newest_head_at_or_before_its_entry() {
    let mut mapper = Mapper::default();
    let mut head = |body| text(&mapper.span(&sealed_body(body), None), names::HEAD);
    let close = || Body::Close(Close { decisions: 1, lost: None });
    assert_eq!(head(close()), None);
    let (first, second) = (checkpoint(3), checkpoint(5));
    assert_eq!(head(Body::Checkpoint(first.clone())), Some(first.note.clone()));
    assert_eq!(head(close()), Some(first.note));
    assert_eq!(head(Body::Checkpoint(second.clone())), Some(second.note.clone()));
    assert_eq!(head(close()), Some(second.note));
}

#[test]
fn a_mapper_that_goes_on_in_the_middle_is_told_the_head_from_before() {
    let (mut from_the_beginning, mut resumed) = (Mapper::default(), Mapper::default());
    let checkpoint = checkpoint(3);
    let note = checkpoint.note.clone();
    let _ = from_the_beginning.span(&sealed_body(Body::Checkpoint(checkpoint)), None);
    assert_eq!(from_the_beginning.head(STREAM), Some(&*note));
    resumed.remember_head(STREAM, &note);
    let sealed = sealed(full());
    assert_eq!(resumed.span(&sealed, None), from_the_beginning.span(&sealed, None));
    assert_eq!(resumed.head(Uuid::from_u128(9)), None);
}
