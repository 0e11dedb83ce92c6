//! The newest signed head of each stream, as every span of the stream carries it.

use std::collections::HashMap;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::tlog::Note;

use super::entry::MAX_CHUNK_BYTES;

/// One note of at most [`MAX_CHUNK_BYTES`] for each stream.
#[derive(Debug, Default)]
pub(super) struct Heads(HashMap<Uuid, Arc<str>>);

impl Heads {
    /// Takes the note of a checkpoint. One that is no note, or has no signature of the log's own, changes nothing.
    pub(super) fn saw(&mut self, stream: Uuid, note: &str) {
        if let Some(reduced) = reduced(stream, note) {
            self.0.insert(stream, reduced.into());
        }
    }

    pub(super) fn forget(&mut self, stream: Uuid) {
        self.0.remove(&stream);
    }

    pub(super) fn newest(&self, stream: Uuid) -> Option<&Arc<str>> {
        self.0.get(&stream)
    }
}

/// The same note with the log's own signature lines only, as many as fit. A log signs under names that end in its stream.
fn reduced(stream: Uuid, note: &str) -> Option<String> {
    let note = Note::parse(note).ok()?;
    let own = format!("/{stream}");
    let lines = note.signatures().iter().filter(|line| line.name().ends_with(&own));
    let mut reduced = format!("{}\n", note.text());
    let bare = reduced.len();
    for line in lines.map(|line| format!("{line}\n")) {
        if reduced.len() + line.len() <= MAX_CHUNK_BYTES {
            reduced.push_str(&line);
        }
    }
    (reduced.len() > bare).then_some(reduced)
}

#[cfg(test)]
mod tests {
    use testimony_record::tlog::{Signature, SignedHead, SigningKey};

    use super::*;

    const STREAM: Uuid = Uuid::from_u128(7);

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name, [seed; 32]).unwrap()
    }

    #[test]
    fn a_head_keeps_the_logs_own_signatures_and_none_of_its_witnesses() {
        let (new, old) = (key("loans.example", 1), key("before.example", 2));
        let witnesses: Vec<_> = (3..60).map(|n| key(&format!("witness{n}.example"), n)).collect();
        let head = SignedHead::sign(STREAM, 3, &[9; 32], &[&new, &old]).unwrap();
        let lines: Vec<_> = witnesses.iter().map(|w| w.cosign(&head, 1_800_000_000)).collect();
        let full = head.with_signatures(lines).unwrap().to_string();
        assert!(full.len() > MAX_CHUNK_BYTES);
        let mut heads = Heads::default();
        heads.saw(STREAM, &full);
        let kept = heads.newest(STREAM).unwrap();
        assert!(kept.len() <= MAX_CHUNK_BYTES);
        let kept = SignedHead::parse(kept).unwrap();
        for signer in [&new, &old] {
            let key = signer.verifier_key().for_stream(STREAM);
            assert_eq!(kept.verified_by(&key), Signature::Verified);
        }
        assert_eq!(kept.note().signatures().len(), 2);
        assert_eq!(kept.cosigned_by(&witnesses[0].witness_key()), Ok(None));
    }

    #[test]
    fn what_is_no_head_of_the_stream_changes_nothing() {
        let of = |stream| SignedHead::sign(stream, 3, &[9; 32], &[&key("loans.example", 1)]);
        let (own, other) = (of(STREAM).unwrap(), of(Uuid::from_u128(8)).unwrap());
        let mut heads = Heads::default();
        heads.saw(STREAM, &other.to_string());
        heads.saw(STREAM, "no note");
        assert_eq!(heads.newest(STREAM), None);
        heads.saw(STREAM, &own.to_string());
        heads.saw(STREAM, "no note");
        assert_eq!(heads.newest(STREAM).map(ToString::to_string), Some(own.to_string()));
    }

    #[test]
    fn a_reduced_head_is_reduced_to_itself() {
        let head = SignedHead::sign(STREAM, 3, &[9; 32], &[&key("loans.example", 1)]).unwrap();
        let once = reduced(STREAM, &head.to_string()).unwrap();
        assert_eq!(reduced(STREAM, &once), Some(once));
    }
}
