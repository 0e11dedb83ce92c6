//! The bridge between capture, which knows no ledger, and the ledger, which knows no capture.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use testimony_capture::{Heard, Pending, Receipt, Sink};
use testimony_ledger::{Kept, Ledger, NotKept, Submission};
use testimony_record::unsealed::Unsealed;

/// Hands to the ledger what was heard.
pub(crate) struct ToLedger(Arc<Ledger>);

impl ToLedger {
    pub(crate) fn new(ledger: &Arc<Ledger>) -> Self {
        Self(Arc::clone(ledger))
    }
}

impl Sink for ToLedger {
    fn submit(&self, heard: Heard) {
        // The ledger has counted the loss; the caller can do nothing about it.
        let _ = self.0.submit(Handed(heard));
    }

    fn record(&self, heard: Heard) -> Receipt {
        let promised = self.0.record_durable(Handed(heard));
        promised.map_or_else(Receipt::refused, |receipt| Receipt::pending(Owed(receipt)))
    }
}

struct Handed(Heard);

impl Submission for Handed {
    fn size(&self) -> usize {
        self.0.size()
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        self.0.unseal()
    }
}

/// The ledger's receipt.
#[derive(Debug)]
struct Owed(testimony_ledger::Receipt);

impl Future for Owed {
    type Output = Result<Kept, NotKept>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl Pending for Owed {
    fn wait(self: Box<Self>) -> Result<Kept, NotKept> {
        self.0.wait()
    }
}
