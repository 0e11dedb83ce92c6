//! Gets a batch across: tries, waits, tries again, takes a refused batch apart until the refused entry stands alone, and has
//! that one set aside on record.
//!
//! It holds one batch and never a second; while it waits, the rest stays in the ledger.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use testimony_record::Uuid;

use crate::batch::{self, Parcel};
use crate::destination::CannotKeep;
use crate::set_aside::{SetAside, Which};
use crate::shared::Shared;
use crate::transport::{Answer, Transport};

/// The pause after the first failure; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause that the exporter chooses itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The longest pause that an endpoint may ask for.
const LONGEST_ASKED: Duration = Duration::from_mins(5);

/// A span below this many bytes is not too large for anything; a server that says "exhausted" to it is busy.
const SURELY_SMALL: usize = 64 << 10;

/// How often a larger one is tried before it counts as too large: with the pauses in between, for more than a minute.
const TRIES_WHEN_EXHAUSTED: u32 = 10;

/// The owner of the exporter wants it to end, and what was to be sent has not been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfTime;

enum Verdict {
    /// Taken, or dropped by the endpoint for good.
    AnsweredFor,
    /// Not as it is: take it apart, or set it aside.
    Refused { why: String },
}

/// Puts on record what is set aside.
pub(crate) type PutAside = Box<dyn Fn(&SetAside) -> Result<(), CannotKeep>>;

pub(crate) struct Courier {
    transport: Box<dyn Transport>,
    shared: Arc<Shared>,
    put_aside: PutAside,
    /// An endpoint that has never taken anything is more likely misconfigured than right to refuse.
    has_accepted: bool,
}

impl Courier {
    pub(crate) fn new(
        transport: Box<dyn Transport>,
        shared: Arc<Shared>,
        put_aside: PutAside,
        has_accepted: bool,
    ) -> Self {
        Self { transport, shared, put_aside, has_accepted }
    }

    /// Returns once the endpoint has answered for every span, or time has run out.
    pub(crate) fn deliver(&mut self, parcels: Vec<Parcel>) -> Result<(), OutOfTime> {
        let mut runs = vec![parcels];
        while let Some(mut run) = runs.pop() {
            match (self.insist(&run)?, run.as_slice()) {
                (Verdict::AnsweredFor, _) => {}
                (Verdict::Refused { why }, [parcel]) => {
                    self.set_aside(parcel.stream, entry(parcel), why)?;
                }
                (Verdict::Refused { .. }, _) => {
                    let rest = run.split_off(run.len() / 2);
                    runs.extend([rest, run]);
                }
            }
        }
        Ok(())
    }

    fn insist(&mut self, run: &[Parcel]) -> Result<Verdict, OutOfTime> {
        let (mut pause, mut tries) = (FIRST_PAUSE, 0);
        while !self.shared.signal.expired() {
            tries += 1;
            let spans = run.iter().map(|parcel| parcel.span.clone()).collect();
            let (why, asked) = match self.transport.send(spans) {
                Answer::Accepted { dropped, why } => {
                    self.accepted(run, dropped, why)?;
                    return Ok(Verdict::AnsweredFor);
                }
                Answer::Refused { why } if self.has_accepted => return Ok(self.refused(why)),
                Answer::TooLarge { why } => return Ok(self.refused(why)),
                Answer::Exhausted { why } if self.is_too_large(run, tries) => {
                    return Ok(self.refused(why));
                }
                Answer::Refused { why } | Answer::Exhausted { why } => (why, None),
                Answer::Later { why, after } => (why, after),
            };
            self.shared.note(why);
            self.shared.counters.again();
            let asked = asked.map(|asked| asked.min(LONGEST_ASKED));
            self.shared.signal.pause(asked, jittered(pause));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Err(OutOfTime)
    }

    /// Whether "exhausted" means the size of this request: it does not say so. Taking a batch apart costs nothing.
    fn is_too_large(&self, run: &[Parcel], tries: u32) -> bool {
        match run {
            [parcel] => {
                let large = batch::size(&parcel.span) >= SURELY_SMALL;
                large && self.has_accepted && tries >= TRIES_WHEN_EXHAUSTED
            }
            _ => true,
        }
    }

    fn refused(&self, why: String) -> Verdict {
        self.shared.note(why.clone());
        Verdict::Refused { why }
    }

    fn accepted(
        &mut self,
        run: &[Parcel],
        dropped: u64,
        why: Option<String>,
    ) -> Result<(), OutOfTime> {
        self.has_accepted = true;
        let dropped = usize::try_from(dropped).unwrap_or(run.len()).min(run.len());
        let bytes = run.iter().map(|parcel| batch::size(&parcel.span)).sum();
        self.shared.counters.taken(run.len() - dropped, bytes);
        let (Some(first), Some(last)) = (run.first().filter(|_| dropped > 0), run.last()) else {
            self.shared.all_well();
            return Ok(());
        };
        let why = why.unwrap_or_default();
        self.shared.note(why.clone());
        let count = dropped as u64;
        let which = match run {
            [parcel] => entry(parcel),
            _ => Which::SomeOf { first: first.seq, last: last.seq, count },
        };
        self.set_aside(first.stream, which, why)
    }

    /// The export goes on only once it is on record.
    pub(crate) fn set_aside(
        &self,
        stream: Uuid,
        which: Which,
        why: String,
    ) -> Result<(), OutOfTime> {
        let count = if let Which::SomeOf { count, .. } = which { count } else { 1 };
        let aside = SetAside { stream, which, when_us: now_us(), why };
        while !self.shared.signal.expired() {
            match (self.put_aside)(&aside) {
                Ok(()) => {
                    self.shared.counters.put_aside(count);
                    return Ok(());
                }
                Err(error) => self.shared.note(error.to_string()),
            }
            self.shared.signal.pause(None, LONGEST_PAUSE);
        }
        Err(OutOfTime)
    }
}

fn entry(parcel: &Parcel) -> Which {
    Which::Entry { seq: parcel.seq, hash: parcel.hash, id: parcel.id }
}

fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Between half and all of the pause, so that many processes do not come back at the same moment.
fn jittered(pause: Duration) -> Duration {
    let half = pause / 2;
    let random = RandomState::new().hash_one(0) % 1024;
    half + half * u32::try_from(random).unwrap_or_default() / 1024
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;
    use std::sync::Mutex;
    use std::time::Instant;

    use opentelemetry_sdk::trace::SpanData;
    use testimony_record::digest::Digest;

    use super::*;
    use crate::mapping::sample;

    /// Answers as told, then accepts what it does not refuse; remembers how many spans each request had.
    #[derive(Default)]
    struct Scripted {
        answers: VecDeque<Answer>,
        poison: Option<&'static str>,
        most: Option<usize>,
        requests: Arc<Mutex<Vec<usize>>>,
    }

    impl Transport for Scripted {
        fn send(&mut self, spans: Vec<SpanData>) -> Answer {
            self.requests.lock().unwrap().push(spans.len());
            let why = || "no".to_owned();
            if let Some(answer) = self.answers.pop_front() {
                answer
            } else if self.most.is_some_and(|most| spans.len() > most) {
                Answer::TooLarge { why: why() }
            } else if self.poison.is_some_and(|name| spans.iter().any(|span| span.name == name)) {
                Answer::Refused { why: why() }
            } else {
                Answer::Accepted { dropped: 0, why: None }
            }
        }
    }

    /// A courier, and everything that can be seen of it.
    struct Bench {
        courier: Courier,
        shared: Arc<Shared>,
        requests: Arc<Mutex<Vec<usize>>>,
        aside: Arc<Mutex<Vec<Which>>>,
    }

    impl Bench {
        fn with(scripted: Scripted) -> Self {
            Self::putting_aside(scripted, |_| Ok(()))
        }

        fn putting_aside(
            scripted: Scripted,
            put: impl Fn(&SetAside) -> Result<(), CannotKeep> + 'static,
        ) -> Self {
            let (shared, requests) = (Arc::new(Shared::default()), Arc::clone(&scripted.requests));
            let aside = Arc::<Mutex<Vec<Which>>>::default();
            let record = Arc::clone(&aside);
            let put_aside = Box::new(move |set_aside: &SetAside| {
                record.lock().unwrap().push(set_aside.which.clone());
                put(set_aside)
            });
            let transport = Box::new(scripted);
            let courier = Courier::new(transport, Arc::clone(&shared), put_aside, false);
            Self { courier, shared, requests, aside }
        }

        fn answering(answers: impl Into<VecDeque<Answer>>) -> Self {
            Self::with(Scripted { answers: answers.into(), ..Scripted::default() })
        }

        fn counts(&self) -> (u64, u64, u64) {
            let stats = self.shared.counters.stats();
            (stats.sent, stats.set_aside, stats.retried)
        }

        fn requests(&self) -> Vec<usize> {
            self.requests.lock().unwrap().clone()
        }

        fn aside(&self) -> Vec<Which> {
            self.aside.lock().unwrap().clone()
        }
    }

    fn parcels(names: &[&'static str]) -> Vec<Parcel> {
        names.iter().zip(0..).map(|(name, seq)| parcel(name, seq)).collect()
    }

    fn parcel(name: &'static str, seq: u64) -> Parcel {
        let span = SpanData { name: name.into(), ..sample::span_data() };
        let hash = Digest::plain(name.as_bytes());
        let (stream, id) = (sample::STREAM, Some(sample::ID));
        Parcel { span, stream, seq, hash, id, call: None, sealed_us: 0 }
    }

    fn entry(name: &str, seq: u64) -> Which {
        Which::Entry { seq, hash: Digest::plain(name.as_bytes()), id: Some(sample::ID) }
    }

    #[test]
    fn a_refused_batch_is_taken_apart_until_one_entry_stands_alone_and_that_is_set_aside() {
        let mut bench = Bench::with(Scripted { poison: Some("bad"), ..Scripted::default() });
        bench.courier.deliver(parcels(&["first"])).unwrap();
        bench.courier.deliver(parcels(&["a", "b", "bad", "c"])).unwrap();
        assert_eq!(bench.counts(), (4, 1, 0));
        assert_eq!(bench.requests(), [1, 4, 2, 2, 1, 1]);
        assert_eq!(bench.aside(), [entry("bad", 2)]);
        assert_eq!(bench.shared.trouble(), None, "it went well in the end");
    }

    #[test]
    fn an_endpoint_that_never_took_anything_refuses_for_now_only() {
        let refused = || Answer::Refused { why: "400".to_owned() };
        let mut bench = Bench::answering([refused(), refused()]);
        bench.courier.deliver(parcels(&["a", "b"])).unwrap();
        assert_eq!(bench.counts(), (2, 0, 2));
        assert_eq!(bench.requests(), [2, 2, 2]);
        assert!(bench.aside().is_empty());
    }

    #[test]
    fn what_is_too_large_is_taken_apart_also_where_nothing_was_ever_taken() {
        let mut bench = Bench::with(Scripted { most: Some(1), ..Scripted::default() });
        bench.courier.deliver(parcels(&["a", "b", "c"])).unwrap();
        assert_eq!(bench.counts(), (3, 0, 0));
        assert_eq!(bench.requests(), [3, 1, 2, 1, 1]);
        let mut bench = Bench::with(Scripted { most: Some(0), ..Scripted::default() });
        bench.courier.deliver(parcels(&["a"])).unwrap();
        assert_eq!((bench.counts(), bench.aside()), ((0, 1, 0), vec![entry("a", 0)]));
    }

    #[test]
    fn an_exhausted_endpoint_gets_less_at_once_and_no_small_entry_is_set_aside() {
        let exhausted = || Answer::Exhausted { why: "busy".to_owned() };
        let mut bench = Bench::answering([exhausted(), exhausted(), exhausted()]);
        bench.courier.deliver(parcels(&["a", "b"])).unwrap();
        assert_eq!(bench.counts(), (2, 0, 2));
        assert_eq!(bench.requests(), [2, 1, 1, 1, 1]);
        assert!(bench.aside().is_empty());
    }

    #[test]
    fn what_an_endpoint_takes_and_drops_is_set_aside_as_some_of_a_range() {
        let partly = || Answer::Accepted { dropped: 1, why: Some("too old".to_owned()) };
        let mut bench = Bench::answering([partly(), partly()]);
        bench.courier.deliver(parcels(&["a", "b", "c"])).unwrap();
        assert_eq!(bench.counts(), (2, 1, 0));
        assert_eq!(bench.shared.trouble().as_deref(), Some("too old"));
        bench.courier.deliver(vec![parcel("d", 3)]).unwrap();
        let some = Which::SomeOf { first: 0, last: 2, count: 1 };
        assert_eq!(bench.aside(), [some, entry("d", 3)], "one of one is known");
    }

    #[test]
    fn nothing_is_passed_that_cannot_be_put_on_record() {
        let fails = |_: &SetAside| {
            let source = io::Error::from(io::ErrorKind::StorageFull);
            Err(CannotKeep { path: "set-aside.jsonl".into(), source })
        };
        let scripted = Scripted { most: Some(0), ..Scripted::default() };
        let mut bench = Bench::putting_aside(scripted, fails);
        let (shared, begun) = (Arc::clone(&bench.shared), Arc::clone(&bench.aside));
        let stopper = std::thread::spawn(move || {
            while begun.lock().unwrap().is_empty() {
                std::thread::yield_now();
            }
            shared.signal.stop_by(Instant::now());
        });
        assert_eq!(bench.courier.deliver(parcels(&["a"])), Err(OutOfTime));
        stopper.join().unwrap();
        assert_eq!(bench.counts(), (0, 0, 0));
    }

    #[test]
    fn when_time_has_run_out_nothing_more_is_tried() {
        let mut bench = Bench::answering([]);
        bench.shared.signal.stop_by(Instant::now());
        assert_eq!(bench.courier.deliver(parcels(&["a"])), Err(OutOfTime));
        assert!(bench.requests().is_empty());
    }

    #[test]
    fn jitter_keeps_between_half_and_all_of_the_pause() {
        for _ in 0..1000 {
            let pause = jittered(LONGEST_PAUSE);
            assert!(pause >= LONGEST_PAUSE / 2 && pause <= LONGEST_PAUSE);
        }
    }
}
