//! What can be set when a ledger is opened, with the defaults and their units.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testimony_record::canonical::MAX_INTEGER;
use testimony_record::entry::Durability;
use testimony_record::frame::MAX_BLOB_BYTES;
use testimony_record::label::Label;

use crate::checkpoint::Checkpoints;
use crate::error::{Altered, NotSigned};

/// What went wrong inside the recorder. The host decides what to do; the recorder itself never panics or prints.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Writing or syncing failed: nothing more will be recorded by this process.
    Poisoned(String),
    /// The queue is full: decisions are being lost. Reported once for each run of losses.
    Losing,
    /// The disk holds something else than was written: nothing more will be signed by this process.
    Altered(Altered),
    /// A checkpoint could not be signed; it is tried again at the next tick. Reported once for each run of failures.
    NotSigned(NotSigned),
}

/// What is called when there is trouble.
pub type OnTrouble = Arc<dyn Fn(&Trouble) + Send + Sync>;

/// How a ledger is written.
#[derive(Clone)]
pub struct Options {
    /// When the file is synced. Default: at least every 100 ms.
    pub durability: Durability,
    /// The most bytes that wait for the recorder thread. Default: 64 MiB.
    pub queue_bytes: usize,
    /// How long a caller waits for room in a full queue before its decision is lost. Default: 50 ms.
    pub wait_when_full: Duration,
    /// A new segment file begins when one has grown past this many bytes. Default: 64 MiB.
    pub segment_bytes: u64,
    /// Larger content is recorded as absent. Default: 16 MiB; at most 1 GiB.
    pub max_content_bytes: usize,
    /// How many contents and lists the writer remembers in order to store them once. Default: 65,536 of each,
    /// about 25 MiB once full.
    pub remember: usize,
    /// `service.name`, for the genesis entry.
    pub service: Option<Label>,
    /// `service.instance.id`, for the genesis entry.
    pub instance: Option<Label>,
    /// Who signs the heads of the stream, and how often. Default: nobody, which costs nothing.
    pub checkpoints: Option<Checkpoints>,
    /// Called on the thread on which trouble is noticed; it must not block.
    pub on_trouble: Option<OnTrouble>,
    /// Where time and randomness come from. Only tests change it.
    pub sources: Sources,
}

impl Options {
    /// The loss window that `interval` bounds, rounded up to whole milliseconds and at least one.
    #[must_use]
    pub fn interval(interval: Duration) -> Durability {
        let millis = interval.as_micros().div_ceil(1000).clamp(1, u128::from(MAX_INTEGER));
        Durability::IntervalMs(u64::try_from(millis).unwrap_or(MAX_INTEGER))
    }

    pub(crate) fn content_limit(&self) -> usize {
        self.max_content_bytes.min(MAX_BLOB_BYTES)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::IntervalMs(100),
            queue_bytes: 64 << 20,
            wait_when_full: Duration::from_millis(50),
            segment_bytes: 64 << 20,
            max_content_bytes: 16 << 20,
            remember: 1 << 16,
            service: None,
            instance: None,
            checkpoints: None,
            on_trouble: None,
            sources: Sources::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("durability", &self.durability)
            .field("queue_bytes", &self.queue_bytes)
            .field("segment_bytes", &self.segment_bytes)
            .finish_non_exhaustive()
    }
}

/// Time and randomness, so that a test can hold them still.
#[derive(Debug, Clone, Copy)]
pub struct Sources {
    /// Microseconds since the Unix epoch.
    pub now_us: fn() -> u64,
    /// Fills a buffer with unguessable bytes.
    pub random: fn(&mut [u8]) -> std::io::Result<()>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { now_us: system_now_us, random: system_random }
    }
}

fn system_now_us() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(MAX_INTEGER).min(MAX_INTEGER)
}

fn system_random(buffer: &mut [u8]) -> std::io::Result<()> {
    getrandom::fill(buffer).map_err(|error| std::io::Error::other(error.to_string()))
}
