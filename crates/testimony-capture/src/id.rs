//! Decision ids: `UUIDv7`, given out when a call begins. Randomness is drawn a block at a time, since a system call
//! for each id would be the dearest thing on the caller's thread.

use std::cell::RefCell;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime};

use uuid::{Builder, Uuid};

const RANDOM_BYTES: usize = 10;
const BLOCK_BYTES: usize = 64 * RANDOM_BYTES;

thread_local! {
    static BLOCK: RefCell<(Vec<u8>, usize)> = const { RefCell::new((Vec::new(), 0)) };
}

/// A new id for a decision that begins at `now`.
pub(crate) fn new(now: SystemTime) -> Uuid {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let millis = u64::try_from(since.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
}

fn random() -> [u8; RANDOM_BYTES] {
    // While a thread ends its block may be gone already; the system is asked directly then.
    BLOCK
        .try_with(|block| from_block(&mut block.borrow_mut()))
        .unwrap_or_else(|_| from_block(&mut (Vec::new(), 0)))
}

fn from_block((block, at): &mut (Vec<u8>, usize)) -> [u8; RANDOM_BYTES] {
    let mut id = [0; RANDOM_BYTES];
    if *at + RANDOM_BYTES > block.len() {
        *block = fresh_block();
        *at = 0;
    }
    if let Some(bytes) = block.get(*at..*at + RANDOM_BYTES) {
        id.copy_from_slice(bytes);
    }
    *at += RANDOM_BYTES;
    id
}

/// Ids must be unique, not secret: without the system's randomness the standard library's hasher keys will do.
fn fresh_block() -> Vec<u8> {
    let mut block = vec![0; BLOCK_BYTES];
    if getrandom::fill(&mut block).is_err() {
        for (n, bytes) in block.chunks_mut(8).enumerate() {
            let word = RandomState::new().hash_one(n).to_le_bytes();
            bytes.iter_mut().zip(word).for_each(|(byte, random)| *byte = random);
        }
    }
    block
}
