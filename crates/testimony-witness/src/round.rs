//! One head, shown to several witnesses side by side: the slowest one bounds the time, not their sum.

use std::io;
use std::thread;

use testimony_record::tlog::SignedHead;

use crate::client::{Client, Cosigned};
use crate::trouble::Trouble;

/// What each of them answered, in their order.
pub(crate) fn ask_all<'a>(
    clients: impl Iterator<Item = &'a mut Client>,
    head: &SignedHead,
) -> Vec<Result<Cosigned, Trouble>> {
    thread::scope(|scope| {
        let begin = |client: &'a mut Client| {
            let builder = thread::Builder::new().name("testimony-witness".to_owned());
            builder.spawn_scoped(scope, move || client.ask(head))
        };
        let asked: Vec<_> = clients.map(begin).collect();
        let answers =
            asked.into_iter().map(|thread| match thread.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(Trouble::Unreachable("asking it panicked".into())),
                Err(error) => Err(no_thread(error)),
            });
        answers.collect()
    })
}

fn no_thread(error: io::Error) -> Trouble {
    Trouble::Unreachable(error.into())
}
