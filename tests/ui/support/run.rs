//! Runs a future to its end. The futures of these cases never wait for anything.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
