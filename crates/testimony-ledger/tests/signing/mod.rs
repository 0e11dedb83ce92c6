//! Ledgers that sign, for tests, and a judge of their checkpoints that shares no code with the writer: notes are checked by
//! `signed_note`, roots computed by `tlog_tiles`.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use signed_note::{StandardVerifier, VerifierList};
use testimony_ledger::{Archive, Checkpoints, Durability, Ledger, Options, Trouble, verify};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::{Body, Checkpoint};
use testimony_record::part::{Origin, Role};
use testimony_record::tlog::{SignFailed, SignedHead, Signer, SigningKey};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};
use tlog_tiles::{Error, Hash, HashReader, stored_hashes, tree_hash};

pub(crate) fn key(seed: u8) -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed("example.com/loan-desk", [seed; 32]).unwrap())
}

/// No timer: a checkpoint comes when asked for, and at close.
pub(crate) fn by(signer: Arc<dyn Signer>) -> Checkpoints {
    Checkpoints { every: Duration::MAX, ..Checkpoints::new(signer) }
}

pub(crate) fn signed_by(signer: Arc<dyn Signer>) -> Options {
    Options { checkpoints: Some(by(signer)), ..plain() }
}

pub(crate) fn rotated(signer: Arc<dyn Signer>, retiring: Arc<dyn Signer>) -> Options {
    let checkpoints = Checkpoints { retiring: Some(retiring), ..by(signer) };
    Options { checkpoints: Some(checkpoints), ..plain() }
}

/// Small segments, so that a stream has several.
pub(crate) fn plain() -> Options {
    Options { durability: Durability::EveryDecision, segment_bytes: 2000, ..Options::default() }
}

pub(crate) fn decision(id: u128) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(id),
        parent: None,
        causes: Vec::new(),
        site: "signing".into(),
        operation: None,
        provider: None,
        model: None,
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 0,
        took_us: None,
        usage: None,
        trace: None,
        parts: Vec::new(),
        more: None,
    };
    let content = UnsealedContent::Blob(UnsealedBlob::text(format!("prompt {id}")));
    let parts = vec![UnsealedPart::new(Role::Prompt, Origin::Declared, content)];
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}

pub(crate) fn record(ledger: &Ledger, ids: std::ops::Range<u128>) {
    for id in ids {
        ledger.record(decision(id)).unwrap().wait().unwrap();
    }
}

/// Troubles that the ledger told of.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Trouble>>>);

impl Told {
    pub(crate) fn listen(&self, options: Options) -> Options {
        let told = Arc::clone(&self.0);
        let on_trouble = move |trouble: &Trouble| told.lock().unwrap().push(trouble.clone());
        Options { on_trouble: Some(Arc::new(on_trouble)), ..options }
    }

    pub(crate) fn take(&self) -> Vec<Trouble> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A signer that does what a test says before it signs.
pub(crate) struct Whim<F>(pub(crate) Arc<SigningKey>, pub(crate) F);

impl<F> fmt::Debug for Whim<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Whim")
    }
}

impl<F: Fn() -> Result<(), SignFailed> + Send + Sync> Signer for Whim<F> {
    fn name(&self) -> &str {
        Signer::name(&*self.0)
    }

    fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignFailed> {
        self.1()?;
        self.0.sign(message)
    }
}

/// The entries of one stream, as its files have them.
#[derive(Default)]
pub(crate) struct Stream {
    ledger: PathBuf,
    pub(crate) leaves: Vec<Vec<u8>>,
    pub(crate) bodies: Vec<Body>,
}

struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().map(|&index| self.0[usize::try_from(index).unwrap()]).collect())
    }
}

impl Stream {
    pub(crate) fn read(ledger: &Path, stream: Uuid) -> Self {
        let mut found = Self { ledger: ledger.to_owned(), ..Self::default() };
        let mut visit = |stored: testimony_ledger::read::archive::Stored| {
            if stored.entry.stream == stream {
                found.leaves.push(stored.bytes.to_vec());
                found.bodies.push(stored.entry.body);
            }
        };
        Archive::open(ledger).unwrap().advance(&mut visit).unwrap();
        found
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.bodies.iter().map(Body::kind).collect()
    }

    pub(crate) fn checkpoints(&self) -> Vec<(u64, &Checkpoint)> {
        let found = self.bodies.iter().enumerate().filter_map(|(seq, body)| match body {
            Body::Checkpoint(checkpoint) => Some((seq as u64, checkpoint)),
            _ => None,
        });
        found.collect()
    }

    fn root(&self, size: u64) -> [u8; 32] {
        let mut stored = Stored(Vec::new());
        for (n, leaf) in self.leaves.iter().take(usize::try_from(size).unwrap()).enumerate() {
            let hashes = stored_hashes(n as u64, leaf, &stored).unwrap();
            stored.0.extend(hashes);
        }
        tree_hash(size, &stored).unwrap().0
    }

    /// Every checkpoint is a checkpoint to `tlog_tiles`, with the root that it computes, and signed with the key that the last
    /// genesis before it names, as `signed_note` checks it; and the whole ledger is intact. Returns the sizes.
    pub(crate) fn judge(&self, stream: Uuid) -> Vec<u64> {
        let report = verify::verify(&self.ledger, &[], &mut |_| {}).unwrap();
        assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
        self.judge_notes(stream)
    }

    /// The same of the notes alone, where the ledger is known to be broken otherwise.
    pub(crate) fn judge_notes(&self, stream: Uuid) -> Vec<u64> {
        let (mut sizes, mut key) = (Vec::new(), None);
        for (seq, body) in self.bodies.iter().enumerate() {
            match body {
                Body::Genesis(genesis) => key.clone_from(&genesis.key),
                Body::Checkpoint(checkpoint) => {
                    let key = key.as_ref().expect("a session that signs names its key");
                    let size = self.judge_one(stream, key.as_str(), checkpoint);
                    assert!(0 < size && size <= seq as u64, "size {size} at {seq}");
                    assert!(sizes.last().is_none_or(|&last| last <= size), "sizes never decrease");
                    sizes.push(size);
                }
                _ => {}
            }
        }
        sizes
    }

    fn judge_one(&self, stream: Uuid, key: &str, checkpoint: &Checkpoint) -> u64 {
        let verifier = StandardVerifier::new(key).unwrap();
        let note = signed_note::Note::from_bytes(checkpoint.note.as_bytes()).unwrap();
        let (good, _) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        assert_eq!(good.len(), 1, "{}", checkpoint.note);
        let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!(read.origin(), format!("example.com/loan-desk/{stream}"));
        assert_eq!(read.hash().0, self.root(read.size()), "root of {} entries", read.size());
        assert_eq!(checkpoint.peaks.len(), read.size().count_ones() as usize);
        read.size()
    }
}

/// Whether a key of `seed` signed the note.
pub(crate) fn signs(seed: u8, stream: Uuid, note: &str) -> bool {
    use testimony_record::tlog::Signature;
    let key = key(seed).verifier_key().for_stream(stream);
    SignedHead::parse(note).unwrap().verified_by(&key) == Signature::Verified
}

pub(crate) fn segment(ledger: &Path, stream: Uuid, index: u32) -> PathBuf {
    ledger.join(stream.to_string()).join(format!("{index:08}.segment"))
}
