//! The thread's work: look for a new checkpoint, show it to those whose turn it is, put on record what they say.

use std::sync::Arc;
use std::time::Duration;

use testimony_ledger::Ledger;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::trail::Trail;
use testimony_record::tlog::SignedHead;

use crate::client::{Client, Cosigned};
use crate::endpoint::Endpoint;
use crate::options::Options;
use crate::recorded::Recorded;
use crate::rest::Rest;
use crate::round::ask_all;
use crate::signal::Order;
use crate::standing::Shared;
use crate::trouble::Trouble;

/// Serves the witnesses of one ledger.
pub(crate) struct Attendant {
    ledger: Arc<Ledger>,
    /// Looks for checkpoints.
    scout: Trail,
    newest: Option<SignedHead>,
    /// The size of the newest head that anyone was shown.
    shown: u64,
    witnesses: Vec<(Client, Rest)>,
    options: Options,
    shared: Arc<Shared>,
}

impl Attendant {
    pub(crate) fn new(
        ledger: Arc<Ledger>,
        scout: Trail,
        witnesses: &[Endpoint],
        options: &Options,
        shared: Arc<Shared>,
    ) -> Self {
        let client = |endpoint| {
            let (path, stream) = (ledger.path().to_owned(), ledger.stream());
            (Client::new(path, stream, endpoint, options.timeout), Rest::default())
        };
        let witnesses = witnesses.iter().map(client).collect();
        let options = options.clone();
        Self { ledger, scout, newest: None, shown: 0, witnesses, options, shared }
    }

    pub(crate) fn run(mut self) {
        let mut seen = 0;
        loop {
            match self.shared.signal.linger(self.options.look_every) {
                Order::Leave => return,
                Order::Finish => break,
                Order::GoOn => {}
            }
            let commit = self.ledger.wait_for_commit(seen, Duration::ZERO);
            if commit != seen {
                seen = commit;
                self.look(false);
            }
        }
        let signed = self.ledger.checkpoint();
        // Where there is no new one, the newest so far is still worth showing.
        self.look(true);
        if let Err(error) = signed {
            self.all_failed(Trouble::NoCheckpoint(error));
        }
    }

    /// Shows the newest checkpoint to those whose turn it is; the `last` one to everyone who has not cosigned it.
    fn look(&mut self, last: bool) {
        if let Err(error) = self.read_on() {
            return self.all_failed(error.into());
        }
        let Some(head) = self.newest.clone().filter(|head| last || head.size() > self.shown) else {
            return;
        };
        self.shown = head.size();
        let turn = self.turn(&head, last);
        let clients = self.witnesses.iter_mut().zip(&turn).filter(|(_, turn)| **turn);
        let answers = ask_all(clients.map(|((client, _), _)| client), &head);
        let asked = turn.iter().enumerate().filter(|(_, turn)| **turn).map(|(at, _)| at);
        let answers: Vec<(usize, Result<Cosigned, Trouble>)> = asked.zip(answers).collect();
        self.keep(&head, answers);
    }

    fn read_on(&mut self) -> Result<(), CouldNotRead> {
        let (stream, newest) = (self.ledger.stream(), &mut self.newest);
        self.scout.advance(u64::MAX, &mut |_, bytes| {
            let head = Recorded::read(bytes, stream).and_then(|recorded| recorded.plain());
            if let Some(head) = head {
                *newest = Some(head);
            }
        })
    }

    fn turn(&mut self, head: &SignedHead, last: bool) -> Vec<bool> {
        let standings = self.shared.standings();
        let witnesses = self.witnesses.iter_mut().zip(standings.iter());
        let turn = witnesses.map(|((_, rest), standing)| {
            let rested = rest.is_over();
            standing.cosigned != Some(head.size()) && (last || rested)
        });
        turn.collect()
    }

    /// Puts the cosignatures on record, all in one entry, and notes how it stands with each witness.
    fn keep(&mut self, head: &SignedHead, answers: Vec<(usize, Result<Cosigned, Trouble>)>) {
        let mut given = Vec::new();
        for (at, answer) in answers {
            match answer {
                Ok(cosigned) => given.push((at, cosigned)),
                Err(trouble) => self.failed(at, &Arc::new(trouble)),
            }
        }
        if given.is_empty() {
            return;
        }
        match self.put_on_record(head, &given) {
            Ok(()) => given.into_iter().for_each(|(at, cosigned)| self.well(at, head, &cosigned)),
            Err(trouble) => {
                let trouble = Arc::new(trouble);
                for (at, _) in given {
                    self.failed(at, &trouble);
                }
            }
        }
    }

    fn put_on_record(&self, head: &SignedHead, given: &[(usize, Cosigned)]) -> Result<(), Trouble> {
        let lines: Vec<_> = given.iter().map(|(_, cosigned)| cosigned.line.clone()).collect();
        let keys = self.witnesses.iter().map(|(client, _)| client.key().clone());
        let keys: Vec<_> = keys.collect();
        self.ledger.cosign(head.size(), head.root(), &lines, &keys)?;
        Ok(())
    }

    fn well(&mut self, at: usize, head: &SignedHead, cosigned: &Cosigned) {
        if let Some((_, rest)) = self.witnesses.get_mut(at) {
            rest.well();
        }
        if let Some(standing) = self.shared.standings().get_mut(at) {
            (standing.cosigned, standing.trouble) = (Some(head.size()), None);
            standing.time_s = Some(cosigned.time_s);
        }
    }

    fn all_failed(&mut self, trouble: Trouble) {
        let trouble = Arc::new(trouble);
        (0..self.witnesses.len()).for_each(|at| self.failed(at, &trouble));
    }

    fn failed(&mut self, at: usize, trouble: &Arc<Trouble>) {
        let Some((client, rest)) = self.witnesses.get_mut(at) else { return };
        // A cosignature that came too late for the record is no reason to leave the witness alone.
        if !matches!(**trouble, Trouble::NotOnRecord(_)) {
            rest.failed();
        }
        if let Some(standing) = self.shared.standings().get_mut(at) {
            standing.trouble = Some(Arc::clone(trouble));
        }
        if let Some(callback) = &self.options.on_trouble {
            callback(client.key(), trouble);
        }
    }
}
