//! What a caller gets for something that must be durable: an answer that is there already, or one that a sink still owes.

use std::fmt::Debug;
use std::pin::Pin;
use std::task::{Context, Poll};

use testimony_record::kept::{Kept, NotKept};

/// An answer that a [`Sink`](crate::Sink) owes. As a future it must not need a runtime.
pub trait Pending: Future<Output = Result<Kept, NotKept>> + Debug + Send + Unpin + 'static {
    /// Blocks this thread until the answer is there.
    ///
    /// # Errors
    /// When it was not kept, and never will be.
    fn wait(self: Box<Self>) -> Result<Kept, NotKept>;
}

/// The answer to what became of something that was recorded: await it, or [`Receipt::wait`] for it.
///
/// `Ok` means that it is durable: synced, not only written. Dropping a receipt changes nothing for what it is about.
#[derive(Debug)]
#[must_use = "a receipt says nothing until it is awaited or waited for"]
pub struct Receipt(State);

#[derive(Debug)]
enum State {
    Refused(NotKept),
    Pending(Box<dyn Pending>),
}

impl Receipt {
    /// It was refused at once.
    pub fn refused(why: NotKept) -> Self {
        Self(State::Refused(why))
    }

    /// The answer is still to come.
    pub fn pending(answer: impl Pending) -> Self {
        Self(State::Pending(Box::new(answer)))
    }

    /// Blocks this thread until what was recorded is durable. In async code await the receipt instead.
    ///
    /// # Errors
    /// When it was not kept, and never will be.
    pub fn wait(self) -> Result<Kept, NotKept> {
        match self.0 {
            State::Refused(why) => Err(why),
            State::Pending(answer) => answer.wait(),
        }
    }
}

impl Future for Receipt {
    type Output = Result<Kept, NotKept>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Refused(why) => Poll::Ready(Err(why.clone())),
            State::Pending(answer) => Pin::new(answer).poll(context),
        }
    }
}
