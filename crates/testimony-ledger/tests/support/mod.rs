//! What the ledger's tests share: small decisions, sessions that go step by step, and a look at what a disk holds.
#![allow(dead_code, reason = "each test file uses its part of this")]

pub(crate) mod examined;
pub(crate) mod session;
pub(crate) mod world;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use testimony_ledger::{Checkpoints, Durability, Options, Sources};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::part::{Origin, Role};
use testimony_record::tlog::SigningKey;
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

/// Where the ledger lies on a double.
pub(crate) const ROOT: &str = "/ledger";

/// A decision with one prompt.
pub(crate) fn decision(id: u128) -> Unsealed {
    let decision = Decision {
        id: Uuid::from_u128(id),
        parent: None,
        causes: Vec::new(),
        site: "tests".into(),
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

/// Options under which the same run gives the same bytes: no clock, no chance, no sync that time brings about.
pub(crate) fn options(durability: Durability, segment_bytes: u64) -> Options {
    let sources = Sources { now_us: noon, random: counted };
    // Room to remember what little they say: there are thousands of ledgers.
    Options { durability, segment_bytes, sources, remember: 256, ..Options::default() }
}

/// The same, and heads are signed when asked and at close.
pub(crate) fn signing(options: Options) -> Options {
    // No timer, and no limit of time that a busy machine could run into.
    let (every, patience) = (Duration::MAX, Duration::from_hours(1));
    let checkpoints = Checkpoints { every, patience, ..Checkpoints::new(Arc::new(key())) };
    Options { checkpoints: Some(checkpoints), ..options }
}

/// The key that signs.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed("example.com/tests", [7; 32]).unwrap()
}

/// An interval that never passes during a test.
pub(crate) const NEVER: Durability = Durability::IntervalMs(3_600_000);

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Begins chance anew on this thread.
pub(crate) fn begin_anew() {
    COUNT.set(0);
}

fn noon() -> u64 {
    1_700_000_000_000_000
}

#[expect(clippy::unnecessary_wraps, reason = "what `Sources` asks for")]
fn counted(buffer: &mut [u8]) -> std::io::Result<()> {
    let count = COUNT.replace(COUNT.get() + 1).to_le_bytes();
    buffer.iter_mut().zip(count.iter().cycle()).for_each(|(byte, with)| *byte = *with);
    Ok(())
}

/// A number from the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

/// Does work number 0 to `count` on several threads, since each mostly waits for a recorder thread, and adds up the results.
pub(crate) fn in_parallel<S: Default + Send>(
    count: u64,
    work: impl Fn(u64) -> S + Sync,
    add: impl Fn(S, S) -> S + Sync,
) -> S {
    let next = AtomicU64::new(0);
    let worker = || {
        let mut sum = S::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return sum;
            }
            sum = add(sum, work(number));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
        let sums = threads.into_iter().map(|thread| match thread.join() {
            Ok(sum) => sum,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        sums.fold(S::default(), &add)
    })
}

/// From `TESTIMONY_SEED`, else from the clock; printed, so that a run can be made again.
pub(crate) fn seed() -> u64 {
    let clock =
        || std::time::UNIX_EPOCH.elapsed().map_or(0, |since| u64::from(since.subsec_nanos()));
    let seed = number("TESTIMONY_SEED").unwrap_or_else(clock);
    println!("TESTIMONY_SEED={seed}");
    seed
}
