//! Ledgers that sign, and a witness that keeps the rules of tlog-witness, or breaks them as a test asks it to.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use testimony_ledger::{Checkpoints, Durability, Ledger, Options};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::tlog::{
    AddCheckpoint, Policy, Signature, SignedHead, SigningKey, VerifierKey, WitnessKey,
};
use testimony_record::tree::TreeHash;
use testimony_record::tree::proof::verify_consistency;
use testimony_record::unsealed::{Event, Unsealed};
use testimony_record::verify::{Report, Trust};
use testimony_witness::Endpoint;

/// More than any request here takes: only what hangs is cut off by it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// When the double cosigns, in seconds since the Unix epoch.
pub(crate) const NOON: u64 = 1_700_000_000;

pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_seed("loans.example/desk", [7; 32]).unwrap()
}

/// No timer: a checkpoint comes when asked for, and at close. Small segments, so that a stream has several.
pub(crate) fn signing() -> Options {
    let signer = Arc::new(log_key());
    let checkpoints = Some(Checkpoints { every: Duration::MAX, ..Checkpoints::new(signer) });
    let durability = Durability::EveryDecision;
    Options { checkpoints, durability, segment_bytes: 2000, ..Options::default() }
}

pub(crate) fn open(path: &Path) -> Arc<Ledger> {
    Arc::new(Ledger::open(path, signing()).unwrap())
}

pub(crate) fn record(ledger: &Ledger, count: u128) {
    for n in 0..count {
        ledger.record(decision(n)).unwrap().wait().unwrap();
    }
}

/// A ledger of so many decisions, closed.
pub(crate) fn closed(path: &Path, decisions: u128) -> Uuid {
    let ledger = open(path);
    record(&ledger, decisions);
    ledger.close().unwrap();
    ledger.stream()
}

fn decision(id: u128) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(id),
        parent: None,
        causes: Vec::new(),
        site: "witness".into(),
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
    Unsealed { event: Event::Decision(Box::new(decision)), parts: Vec::new() }
}

/// What a verifier says who trusts the log's key and wants all of these witnesses.
pub(crate) fn verify(path: &Path, witnesses: &[&Double]) -> Report {
    let mut lines = vec![format!("log {}", log_key().verifier_key())];
    for (at, witness) in witnesses.iter().enumerate() {
        lines.push(format!("witness w{at} {}", witness.key()));
    }
    let names: Vec<String> = (0..witnesses.len()).map(|at| format!("w{at}")).collect();
    lines.push(format!("group all-of-them all {}", names.join(" ")));
    let policy = format!("{}\nquorum all-of-them\n", lines.join("\n"));
    let policy = Some(Policy::parse(policy.as_bytes()).unwrap());
    let trust = Trust { policy, ..Trust::default() };
    testimony_ledger::verify::verify_with(path, &trust, &mut |_| {}).unwrap()
}

/// An answer as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media: &'static str,
    pub(crate) header: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        let body = body.into().into_bytes();
        Self { status, media: "text/plain", header: String::new(), body }
    }

    pub(crate) fn conflict(size: u64) -> Self {
        Self { media: "text/x.tlog.size", ..Self::text(409, format!("{size}\n")) }
    }
}

/// Makes another answer of the honest one; `None` closes the connection without any.
pub(crate) type Twist = Box<dyn FnMut(&SignedHead, Answer) -> Option<Answer> + Send>;

struct State {
    key: SigningKey,
    /// The latest head of each log, by origin.
    heads: HashMap<String, (u64, TreeHash)>,
    /// The old size and the new size of each request.
    asked: Vec<(u64, u64)>,
    twist: Twist,
}

/// A witness on the loopback interface.
pub(crate) struct Double {
    address: SocketAddr,
    key: WitnessKey,
    state: Arc<Mutex<State>>,
    closed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    pub(crate) fn honest(seed: u8) -> Self {
        Self::twisted(seed, Box::new(|_, answer| Some(answer)))
    }

    pub(crate) fn twisted(seed: u8, twist: Twist) -> Self {
        let key = SigningKey::from_seed(&format!("witness.example/{seed}"), [seed; 32]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, witness_key) = (listener.local_addr().unwrap(), key.witness_key());
        let state = State { key, heads: HashMap::new(), asked: Vec::new(), twist };
        let state = Arc::new(Mutex::new(state));
        let closed = Arc::new(AtomicBool::new(false));
        let (for_thread, closing) = (Arc::clone(&state), Arc::clone(&closed));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if closing.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away early is its own concern.
                let _ = serve(&connection.unwrap(), &for_thread);
            }
        });
        Self { address, key: witness_key, state, closed, thread: Some(thread) }
    }

    pub(crate) fn key(&self) -> &WitnessKey {
        &self.key
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.key.clone(), &format!("http://{}", self.address)).unwrap()
    }

    /// The old and the new sizes so far.
    pub(crate) fn asked(&self) -> Vec<(u64, u64)> {
        self.state.lock().unwrap().asked.clone()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

fn serve(connection: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line)?;
    assert_eq!(line, "POST /add-checkpoint HTTP/1.1\r\n");
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let answer = state.lock().unwrap().answer(str::from_utf8(&body).unwrap());
    let Some(Answer { status, media, header, body }) = answer else { return Ok(()) };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n");
    let mut writer = connection;
    writer.write_all(format!("{head}Connection: close\r\n{header}\r\n").as_bytes())?;
    writer.write_all(&body)
}

impl State {
    fn answer(&mut self, body: &str) -> Option<Answer> {
        let request = AddCheckpoint::parse(body).expect("a client sends what a witness can read");
        self.asked.push((request.old_size, request.head.size()));
        let honest = self.honest(&request);
        (self.twist)(&request.head, honest)
    }

    /// The rules of tlog-witness in their order.
    fn honest(&mut self, request: &AddCheckpoint) -> Answer {
        let AddCheckpoint { old_size, proof, head } = request;
        let Some(stream) = head.stream() else { return Answer::text(404, "unknown log") };
        let trusted: VerifierKey = log_key().verifier_key().for_stream(stream);
        if head.origin() != trusted.name() {
            return Answer::text(404, "unknown log");
        }
        if head.verified_by(&trusted) != Signature::Verified {
            return Answer::text(403, "no signature by a known key");
        }
        if *old_size > head.size() {
            return Answer::text(400, "old size beyond the checkpoint");
        }
        let known = self.heads.get(head.origin()).copied();
        let (size, root) = known.unwrap_or((0, TreeHash::default()));
        if *old_size != size {
            return Answer::conflict(size);
        }
        let proved = match size {
            0 => proof.is_empty(),
            _ => verify_consistency(size, head.size(), root, head.root(), proof),
        };
        if !proved {
            return Answer::text(422, "the proof does not verify");
        }
        self.heads.insert(head.origin().to_owned(), (head.size(), *head.root()));
        Answer::text(200, format!("{}\n", self.key.cosign(head, NOON)))
    }
}
