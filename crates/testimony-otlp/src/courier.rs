//! Gets a batch across: tries, waits, tries again, and takes a refused batch apart until the refused decision stands alone.
//!
//! It holds one batch and never a second; while it waits, the rest stays in the ledger.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::trace::SpanData;

use crate::exporter::Shared;
use crate::transport::{Answer, Transport};

/// The pause after the first failure; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause that the exporter chooses itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The longest pause that an endpoint may ask for.
const LONGEST_ASKED: Duration = Duration::from_mins(5);

/// The owner of the exporter wants it to end, and what was to be sent has not been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfTime;

enum Verdict {
    /// Taken, or dropped by the endpoint for good.
    AnsweredFor,
    Refused,
}

pub(crate) struct Courier {
    transport: Box<dyn Transport>,
    shared: Arc<Shared>,
    /// An endpoint that has never taken anything is more likely misconfigured than right to refuse.
    has_accepted: bool,
}

impl Courier {
    pub(crate) fn new(transport: Box<dyn Transport>, shared: Arc<Shared>) -> Self {
        Self { transport, shared, has_accepted: false }
    }

    /// Returns once the endpoint has answered for every span, or time has run out.
    pub(crate) fn deliver(&mut self, spans: Vec<SpanData>) -> Result<(), OutOfTime> {
        let mut runs = vec![spans];
        while let Some(mut run) = runs.pop() {
            match self.insist(&run)? {
                Verdict::AnsweredFor => {}
                Verdict::Refused if run.len() == 1 => self.shared.counters.given_up(1),
                Verdict::Refused => {
                    let rest = run.split_off(run.len() / 2);
                    runs.extend([rest, run]);
                }
            }
        }
        Ok(())
    }

    fn insist(&mut self, run: &[SpanData]) -> Result<Verdict, OutOfTime> {
        let mut pause = FIRST_PAUSE;
        while !self.shared.signal.expired() {
            let (why, asked) = match self.transport.send(run.to_vec()) {
                Answer::Accepted { dropped, why } => {
                    self.accepted(run.len(), dropped, why);
                    return Ok(Verdict::AnsweredFor);
                }
                Answer::Refused { why } if self.has_accepted => {
                    self.shared.note(why);
                    return Ok(Verdict::Refused);
                }
                Answer::Refused { why } => (why, None),
                Answer::Later { why, after } => (why, after),
            };
            self.shared.note(why);
            self.shared.counters.again();
            self.shared
                .signal
                .pause(asked.unwrap_or_default().min(LONGEST_ASKED).max(jittered(pause)));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Err(OutOfTime)
    }

    fn accepted(&mut self, count: usize, dropped: u64, why: Option<String>) {
        self.has_accepted = true;
        let dropped = usize::try_from(dropped).unwrap_or(count).min(count);
        self.shared.counters.taken(count - dropped);
        self.shared.counters.given_up(dropped);
        match why {
            Some(why) => self.shared.note(why),
            None => self.shared.all_well(),
        }
    }
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
    use std::sync::Mutex;
    use std::time::Instant;

    use super::*;
    use crate::mapping::sample;

    /// Answers as told, then accepts; remembers how many spans each request had.
    struct Scripted {
        answers: VecDeque<Answer>,
        poison: Option<&'static str>,
        requests: Arc<Mutex<Vec<usize>>>,
    }

    impl Transport for Scripted {
        fn send(&mut self, spans: Vec<SpanData>) -> Answer {
            self.requests.lock().unwrap().push(spans.len());
            if let Some(answer) = self.answers.pop_front() {
                return answer;
            }
            if self.poison.is_some_and(|name| spans.iter().any(|span| span.name == name)) {
                return Answer::Refused { why: "400".to_owned() };
            }
            Answer::Accepted { dropped: 0, why: None }
        }
    }

    fn courier(
        answers: impl Into<VecDeque<Answer>>,
        poison: Option<&'static str>,
    ) -> (Courier, Arc<Shared>, Arc<Mutex<Vec<usize>>>) {
        let (shared, requests) = (Arc::new(Shared::default()), Arc::default());
        let transport =
            Scripted { answers: answers.into(), poison, requests: Arc::clone(&requests) };
        (Courier::new(Box::new(transport), Arc::clone(&shared)), shared, requests)
    }

    fn spans(names: &[&'static str]) -> Vec<SpanData> {
        let span = |&name: &&'static str| SpanData { name: name.into(), ..sample::span_data() };
        names.iter().map(span).collect()
    }

    #[test]
    fn a_refused_batch_is_taken_apart_until_one_decision_stands_alone() {
        let (mut courier, shared, requests) = courier([], Some("bad"));
        courier.deliver(spans(&["first"])).unwrap();
        courier.deliver(spans(&["a", "b", "bad", "c"])).unwrap();
        let stats = shared.counters.stats();
        assert_eq!((stats.sent, stats.failed, stats.retried), (4, 1, 0));
        assert_eq!(*requests.lock().unwrap(), [1, 4, 2, 2, 1, 1]);
        assert_eq!(shared.trouble(), None, "it went well in the end");
    }

    #[test]
    fn an_endpoint_that_never_took_anything_refuses_for_now_only() {
        let refused = || Answer::Refused { why: "400".to_owned() };
        let (mut courier, shared, requests) = courier([refused(), refused()], None);
        courier.deliver(spans(&["a", "b"])).unwrap();
        let stats = shared.counters.stats();
        assert_eq!((stats.sent, stats.failed, stats.retried), (2, 0, 2));
        assert_eq!(*requests.lock().unwrap(), [2, 2, 2]);
    }

    #[test]
    fn what_an_endpoint_takes_and_drops_is_counted_as_failed() {
        let partly = Answer::Accepted { dropped: 1, why: Some("too old".to_owned()) };
        let (mut courier, shared, _) = courier([partly], None);
        courier.deliver(spans(&["a", "b", "c"])).unwrap();
        let stats = shared.counters.stats();
        assert_eq!((stats.sent, stats.failed), (2, 1));
        assert_eq!(shared.trouble().as_deref(), Some("too old"));
    }

    #[test]
    fn when_time_has_run_out_nothing_more_is_tried() {
        let (mut courier, shared, requests) = courier([], None);
        shared.signal.stop_by(Instant::now());
        assert_eq!(courier.deliver(spans(&["a"])), Err(OutOfTime));
        assert!(requests.lock().unwrap().is_empty());
    }

    #[test]
    fn jitter_keeps_between_half_and_all_of_the_pause() {
        for _ in 0..1000 {
            let pause = jittered(LONGEST_PAUSE);
            assert!(pause >= LONGEST_PAUSE / 2 && pause <= LONGEST_PAUSE);
        }
    }
}
