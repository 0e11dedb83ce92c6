//! A small loan desk to question: ledgers written with a clock that stands still and salts that are no secret, so that
//! every byte of them is the same in each run. Shared with the tests of the command line.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Checkpoints, Ledger, Options, Sources};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Outcome, Status};
use testimony_record::label::Label;
use testimony_record::media::MediaType;
use testimony_record::part::{Absent, Origin, Role, Why};
use testimony_record::tlog::SigningKey;
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
    UnsealedPart,
};

/// 2026-03-01 12:00:00 UTC.
pub(crate) const NOON: u64 = 1_772_366_400_000_000;

fn noon() -> u64 {
    NOON
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of a source of randomness")]
fn sevens(buffer: &mut [u8]) -> io::Result<()> {
    buffer.fill(7);
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of a source of randomness")]
fn nines(buffer: &mut [u8]) -> io::Result<()> {
    buffer.fill(9);
    Ok(())
}

fn options(random: fn(&mut [u8]) -> io::Result<()>) -> Options {
    Options { sources: Sources { now_us: noon, random }, ..Options::default() }
}

/// The key of the desk.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed("desk.example/loans", [5; 32]).unwrap()
}

/// As [`write`], with a checkpoint at the close.
pub(crate) fn write_signed(dir: &Path, events: Vec<Unsealed>) {
    let checkpoints = Checkpoints { every: Duration::MAX, ..Checkpoints::new(Arc::new(key())) };
    write_with(dir, events, &Options { checkpoints: Some(checkpoints), ..options(sevens) });
}

/// Overwrites a blob as erasing does, and says nothing of it in the ledger.
pub(crate) fn blank(ledger: &Path, content: &str) {
    let path = segment(ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    let find = |bytes: &[u8]| {
        let content = format!("\n{content}\n");
        bytes.windows(content.len()).position(|window| window == content.as_bytes()).unwrap() + 1
    };
    let at = find(&bytes);
    bytes[at..at + content.len()].fill(0);
    let line = bytes[..at - 1].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
    let salt = line + "blob ".len() + 64 + 1;
    bytes[salt..salt + 32].fill(b'0');
    std::fs::write(&path, bytes).unwrap();
}

/// Writes a ledger of one stream, always the same one.
pub(crate) fn write(dir: &Path, events: Vec<Unsealed>) {
    write_with(dir, events, &options(sevens));
}

/// Writes a ledger of one stream, another one than [`write`] makes.
pub(crate) fn write_another(dir: &Path, events: Vec<Unsealed>) {
    write_with(dir, events, &options(nines));
}

/// As [`write`] and [`write_another`], into segments of some bytes.
pub(crate) fn write_in_segments(dir: &Path, events: Vec<Unsealed>, another: bool, bytes: u64) {
    let random = if another { nines } else { sevens };
    write_with(dir, events, &Options { segment_bytes: bytes, ..options(random) });
}

pub(crate) fn write_with(dir: &Path, events: Vec<Unsealed>, options: &Options) {
    let ledger = Ledger::open(dir, options.clone()).unwrap();
    for event in events {
        ledger.submit(event).unwrap();
    }
    close(&ledger);
}

/// Held while a test starts a process: until that runs its own program, it holds every file that this one has open, and with
/// them the lock of a ledger that has just been closed.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts a process. Every test that starts one beside tests with ledgers does so here.
pub(crate) fn start(command: &mut Command) -> Child {
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    command.spawn().unwrap()
}

/// Closes a ledger, and waits until no process that is being started still holds its lock.
pub(crate) fn close(ledger: &Ledger) {
    ledger.close().unwrap();
    drop(STARTING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// The directory of a ledger's only stream.
pub(crate) fn stream(ledger: &Path) -> PathBuf {
    let stream = Directory::open(ledger).unwrap().streams[0];
    ledger.join(stream.to_string())
}

/// The first segment file of a ledger's only stream.
pub(crate) fn segment(ledger: &Path) -> PathBuf {
    stream(ledger).join("00000000.segment")
}

/// Carries the only stream of one ledger into another.
pub(crate) fn carry_over(from: &Path, to: &Path) {
    let stream = stream(from);
    std::fs::rename(&stream, to.join(stream.file_name().unwrap())).unwrap();
}

/// Replaces the first occurrence of a text in the segment file by another of the same length.
pub(crate) fn replace(ledger: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let path = segment(ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    std::fs::write(&path, bytes).unwrap();
}

/// The id of decision number `n`; its 12th digit tells them apart.
pub(crate) fn id(n: u8) -> Uuid {
    format!("0198c1d2-5a7{n:x}-7000-8000-0123456789ab").parse().unwrap()
}

/// A decision or an outcome in the making.
pub(crate) struct Draft(Unsealed);

/// Decision number `n`, which begins `n` seconds after noon.
pub(crate) fn decision(n: u8) -> Draft {
    let decision = Decision {
        id: id(n),
        parent: None,
        causes: vec![],
        site: "loan_desk::underwrite".into(),
        operation: Some("chat".into()),
        provider: Some("openai".into()),
        model: Some("gpt-4o".into()),
        response: None,
        status: Status::Ok,
        error: None,
        began_us: NOON + u64::from(n) * 1_000_000,
        took_us: Some(1_250_000),
        usage: None,
        trace: None,
        parts: vec![],
        more: None,
    };
    Draft(Unsealed { event: Event::Decision(Box::new(decision)), parts: vec![] })
}

/// An outcome of decision number `n`, a minute after it began.
pub(crate) fn outcome(n: u8, kind: &str) -> Draft {
    let at_us = NOON + u64::from(n) * 1_000_000 + 60_000_000;
    let outcome = Outcome { decision: id(n), kind: kind.into(), at_us, parts: vec![], more: None };
    Draft(Unsealed { event: Event::Outcome(outcome), parts: vec![] })
}

impl Draft {
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Decision)) -> Self {
        if let Event::Decision(decision) = &mut self.0.event {
            change(decision);
        }
        self
    }

    pub(crate) fn part(mut self, role: Role, name: &str, content: UnsealedContent) -> Self {
        let mut part = UnsealedPart::new(role, Origin::Declared, content);
        part.name = (!name.is_empty()).then(|| name.into());
        self.0.parts.push(part);
        self
    }

    pub(crate) fn text(self, role: Role, name: &str, text: &str) -> Self {
        self.part(role, name, UnsealedContent::Blob(UnsealedBlob::text(text)))
    }

    pub(crate) fn bytes(self, role: Role, name: &str, bytes: &[u8]) -> Self {
        let blob = UnsealedBlob { media: MediaType::BYTES, bytes: bytes.to_vec().into() };
        self.part(role, name, UnsealedContent::Blob(blob))
    }

    pub(crate) fn subject(self, subject: &str) -> Self {
        self.text(Role::Subject, "", subject)
    }

    pub(crate) fn absent(self, role: Role, name: &str) -> Self {
        let hint = Some(Label::new("capture_content"));
        let absent = Absent { why: Why::NotCaptured, size: None, hint };
        self.part(role, name, UnsealedContent::Absent(absent))
    }

    pub(crate) fn messages(self, role: Role, messages: &[(&'static str, &str)]) -> Self {
        let messages = messages.iter().map(|(role, text)| message(role, text)).collect();
        self.part(role, "", UnsealedContent::Messages(messages))
    }

    pub(crate) fn rule(mut self, name: &str, held: bool, text: &str) -> Self {
        self = self.text(Role::Constraint, name, text);
        self.0.parts.last_mut().unwrap().held = Some(held);
        self
    }

    pub(crate) fn done(self) -> Unsealed {
        self.0
    }
}

pub(crate) fn message(role: &'static str, text: &str) -> UnsealedMessage {
    let blob = UnsealedBlob::text(text);
    let part = UnsealedMessagePart { kind: "text".into(), id: None, name: None, blob };
    UnsealedMessage { role: Label::new(role), name: None, parts: vec![part] }
}

/// One loan, from the score to the refusal and what came of it.
pub(crate) fn loan_1234() -> Vec<Unsealed> {
    let score = decision(1)
        .with(|decision| decision.site = "loan_desk::score".into())
        .subject("loan:1234")
        .text(Role::Prompt, "", "How likely is it that this loan is paid back?")
        .text(Role::Context, "credit_report", r#"{"late_payments":3}"#)
        .text(Role::Decision, "", "0.41");
    let refusal = decision(2)
        .with(|decision| decision.causes = vec![id(1)])
        .subject("loan:1234")
        .text(Role::Prompt, "", "May we lend?")
        .text(Role::Context, "policy", "Lend only above 0.60.")
        .rule("amount", true, "at most 50000, asked for 20000")
        .rule("score", false, "at least 0.60, was 0.41")
        .text(Role::Decision, "", "refused")
        .text(Role::Rationale, "", "The score is below the floor.");
    let letter = decision(3)
        .with(|decision| {
            decision.site = "loan_desk::letters::write".into();
            decision.parent = Some(id(2));
            decision.model = Some("gpt-4o-mini".into());
            decision.status = Status::TimedOut;
            decision.error = Some("deadline".into());
        })
        .subject("letter:77")
        .absent(Role::Prompt, "")
        .text(Role::Error, "", "no answer within 30 s");
    let overridden = outcome(2, "overridden")
        .text(Role::Actor, "", "clerk:bea")
        .text(Role::Decision, "", "approved")
        .text(Role::Rationale, "", "New payslips.");
    vec![score.done(), refusal.done(), letter.done(), overridden.done()]
}
