//! Every kind of receiver.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::pin::Pin;
use std::sync::Arc;

use testimony::decides;

#[derive(Clone, Default, Debug, PartialEq)]
struct Counter {
    name: String,
    count: u32,
}

impl Counter {
    #[decides]
    fn new() -> Self {
        Self::default()
    }

    #[decides(subject = self.name)]
    fn count(&self) -> u32 {
        self.count
    }

    #[decides(subject = &self.name, subject = self.count)]
    fn add(&mut self, number: u32) -> &mut Self {
        self.count += number;
        self
    }

    #[decides(subject = self.name)]
    async fn add_async(&mut self, mut number: u32) -> u32 {
        number += 1;
        self.count += number;
        self.count
    }

    #[decides(subject = self.name)]
    fn renamed(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    #[decides]
    fn pinned(self: Pin<&mut Self>) -> u32 {
        self.get_mut().add(1).count
    }

    #[decides]
    async fn shared(self: Arc<Self>) -> Option<Self> {
        Arc::into_inner(self)
    }
}

fn main() {
    let mut counter = Counter::new();
    counter.add(1).add(2);
    assert_eq!(support::run(counter.add_async(3)), 7);
    assert_eq!(Pin::new(&mut counter).pinned(), 8);
    let counter = counter.renamed("c".into());
    assert_eq!(support::run(Arc::new(counter.clone()).shared()), Some(counter.clone()));
    assert_eq!(counter.count(), 8);
}
