//! What the tests of the whole share: small ledgers, a recorder with a layer, the second verifier, a seeded generator.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};

use testimony::Testimony;
use testimony::ledger::{Archive, Submission, verify};
use testimony::record::Uuid;
use testimony::record::decision::{Decision, Status};
use testimony::record::entry::Body;
use testimony::record::part::{Origin, Role};
use testimony::record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};
use tracing_subscriber::prelude::*;

/// A decision with a subject and a decision, both of them text.
#[must_use]
pub fn decision(id: u128, subject: &str, decided: &str) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(id),
        parent: None,
        causes: Vec::new(),
        site: "tests::decision".into(),
        operation: Some("chat".into()),
        provider: None,
        model: Some("m".into()),
        response: None,
        status: Status::Ok,
        error: None,
        began_us: 1_700_000_000_000_000,
        took_us: Some(10),
        usage: None,
        trace: None,
        parts: Vec::new(),
        more: None,
    };
    let part = |role, text: &str| {
        UnsealedPart::new(role, Origin::Declared, UnsealedContent::Blob(UnsealedBlob::text(text)))
    };
    let parts = vec![part(Role::Subject, subject), part(Role::Decision, decided)];
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}

/// What a recorder left behind.
#[derive(Debug)]
pub struct Recorded {
    /// The ledger, read to its end.
    pub archive: Archive,
    /// What its entries say, in order.
    pub bodies: Vec<Body>,
    /// Where it lies, until this is dropped.
    pub scratch: tempfile::TempDir,
}

/// Runs some code with a recorder listening, and checks that the ledger is whole.
///
/// # Panics
/// When it is not.
pub fn recorded(run: impl FnOnce()) -> Recorded {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).expect("a new ledger");
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, run);
    testimony.close().expect("everything kept");
    let report = verify::verify(&directory, &[], &mut |_| {}).expect("a ledger");
    assert!(report.intact() && report.complete(), "{report:?}");
    let mut archive = Archive::open(&directory).expect("a ledger");
    let mut bodies = Vec::new();
    archive.advance(&mut |stored| bodies.push(stored.entry.body)).expect("readable files");
    Recorded { archive, bodies, scratch }
}

/// Keeps the recorder busy until something is sent, so that what comes meanwhile waits in its queue.
///
/// # Panics
/// When the recorder is gone.
#[must_use]
pub fn busy(testimony: &Testimony) -> Sender<()> {
    let ((begun, has_begun), (let_go, go)) = (channel(), channel());
    testimony.ledger().submit(Busy(begun, go)).expect("a recorder that listens");
    has_begun.recv().expect("a recorder that works");
    let_go
}

struct Busy(Sender<()>, Receiver<()>);

impl Submission for Busy {
    fn size(&self) -> usize {
        1
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        // Whoever asked may be gone by now; then there is nothing to wait for.
        let _ = self.0.send(());
        let _ = self.1.recv();
        decision(1, "busy", "wait")
    }
}

/// The segment files of a ledger, in order.
///
/// # Panics
/// When the directory cannot be read.
#[must_use]
pub fn segments(directory: &Path) -> Vec<PathBuf> {
    let streams = std::fs::read_dir(directory)
        .expect("a readable directory")
        .map(|entry| entry.expect("a readable directory").path())
        .filter(|path| path.is_dir());
    let files = streams
        .flat_map(|stream| std::fs::read_dir(stream).expect("a readable directory"))
        .map(|entry| entry.expect("a readable directory").path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "segment")).collect();
    files.sort();
    files
}

/// 0, 1 or 2, as the command would exit.
#[must_use]
pub fn verdict(directory: &Path) -> u8 {
    match verify::verify(directory, &[], &mut |_| {}) {
        Ok(report) if report.intact() => 0,
        Ok(_) => 1,
        Err(_) => 2,
    }
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// Runs a Python program of `tests/python`; `None`, with the reason printed, where Python or its packages are missing.
///
/// `TESTIMONY_PYTHON` names the interpreter; `TESTIMONY_REQUIRE_PYTHON=1` makes a missing one a failure.
///
/// # Panics
/// When Python is required and missing.
#[must_use]
pub fn python(program: &str, arguments: &[&Path]) -> Option<Output> {
    let python = std::env::var("TESTIMONY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let able = Command::new(&python).args(["-c", "import blake3, cryptography"]).output();
    if !able.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("TESTIMONY_REQUIRE_PYTHON").is_none(),
            "{python} with blake3 and cryptography is required"
        );
        println!(
            "skipped: no {python} with the packages blake3 and cryptography; set TESTIMONY_PYTHON to one that has them"
        );
        return None;
    }
    let output = Command::new(&python)
        .arg(root().join("tests/python").join(program))
        .args(arguments)
        .output();
    Some(output.unwrap_or_else(|error| panic!("{python} does not run: {error}")))
}

/// A small generator for tests that print their seed (`SplitMix64`, public domain reference constants).
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// From `TESTIMONY_SEED`, else from the clock; prints the seed.
    #[must_use]
    pub fn seeded() -> Self {
        let given = std::env::var("TESTIMONY_SEED").ok().and_then(|seed| seed.parse().ok());
        let clock = || {
            std::time::UNIX_EPOCH.elapsed().map_or(0, |elapsed| u64::from(elapsed.subsec_nanos()))
        };
        let seed = given.unwrap_or_else(clock);
        println!("TESTIMONY_SEED={seed}");
        Self(seed)
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
