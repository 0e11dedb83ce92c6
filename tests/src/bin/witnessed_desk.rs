//! A service with a key and witnesses, for `tests/interop/witness/run`. Every ledger that it makes has the same stream id, so
//! that it can write one history and, in another directory, a second one that claims to be the first.
//!
//! `witnessed_desk key KEYFILE` makes a key where there is none, and prints the verifier key as an auditor gets it, and as a
//! witness's operator does: named by the stream's origin. `witnessed_desk record LEDGER KEYFILE POLICY COUNT WORD` records
//! so many decisions, shown to the witnesses of the policy (`-` for none), and closes the ledger.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use testimony::Testimony;
use testimony::ledger::checkpoint::key_file;
use testimony::ledger::{Checkpoints, Sources};
use testimony::record::Uuid;
use testimony::record::tlog::{Policy, SigningKey};
use testimony_tests::decision;

/// When the stream began, in milliseconds since the Unix epoch.
const BEGAN: u64 = 1_700_000_000_000;

/// The version 7 UUID of that time and of ten bytes 7.
const STREAM: Uuid = Uuid::from_u128(0x018b_cfe5_6800_7707_8707_0707_0707_0707);

/// The clock and the randomness of the system, but for the first look at each, which make the stream's id.
fn sources() -> Sources {
    static CLOCK: AtomicBool = AtomicBool::new(false);
    static RANDOM: AtomicBool = AtomicBool::new(false);
    Sources {
        now_us: || {
            if CLOCK.swap(true, Ordering::Relaxed) {
                (Sources::default().now_us)()
            } else {
                BEGAN * 1000
            }
        },
        random: |bytes| {
            if RANDOM.swap(true, Ordering::Relaxed) {
                (Sources::default().random)(bytes)
            } else {
                bytes.fill(7);
                Ok(())
            }
        },
    }
}

fn key(file: &str) -> Result<SigningKey, Box<dyn Error>> {
    if !Path::new(file).exists() {
        key_file::create(file, "loans.example/desk")?;
    }
    Ok(key_file::read(file)?)
}

fn record(
    ledger: &str,
    key: SigningKey,
    policy: &str,
    count: u128,
    word: &str,
) -> Result<(), Box<dyn Error>> {
    let checkpoints = Checkpoints { every: Duration::MAX, ..Checkpoints::new(Arc::new(key)) };
    let mut builder = Testimony::builder().directory(ledger).ledger_options(|options| {
        (options.checkpoints, options.sources) = (Some(checkpoints), sources());
    });
    if policy != "-" {
        builder = builder.witnesses(Policy::parse(&std::fs::read(policy)?)?);
    }
    let testimony = builder.open()?;
    assert_eq!(testimony.ledger().stream(), STREAM, "the order of looks at the sources changed");
    for n in 0..count {
        testimony.ledger().record(decision(n, &format!("loan:{n}"), word))?.wait()?;
    }
    Ok(testimony.close()?)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done =
        match *words.as_slice() {
            ["key", file] => key(file).map(|key| {
                let key = key.verifier_key();
                println!("{key}\n{}", key.for_stream(STREAM));
            }),
            ["record", ledger, file, policy, count, word] => {
                key(file).and_then(|key| record(ledger, key, policy, count.parse()?, word))
            }
            _ => Err("usage: witnessed_desk key KEYFILE | record LEDGER KEYFILE POLICY COUNT WORD"
                .into()),
        };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("witnessed_desk: {error}");
            ExitCode::FAILURE
        }
    }
}
