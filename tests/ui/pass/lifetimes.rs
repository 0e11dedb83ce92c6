//! Lifetimes in the return type may be named, elided or hidden.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use testimony::decides;

#[decides(subject = text)]
fn elided(text: &str) -> &str {
    text.trim()
}

#[decides]
fn elided_twice(text: &str) -> Result<&str, &str> {
    if text.is_empty() { Err(text) } else { Ok(&text[1..]) }
}

#[decides]
fn named<'long, 'short>(long: &'long str, short: &'short str) -> (&'long str, Cow<'short, str>)
where
    'long: 'short,
{
    (long, Cow::Borrowed(if short.is_empty() { long } else { short }))
}

#[decides]
async fn elided_async(text: &str) -> Option<Cow<'_, str>> {
    Some(text.into())
}

struct Store {
    numbers: Vec<u32>,
    notes: RefCell<String>,
}

impl Store {
    #[decides]
    fn first(&mut self) -> Option<&mut u32> {
        self.numbers.first_mut()
    }

    #[decides]
    async fn first_async(&mut self) -> Result<&mut u32, String> {
        self.numbers.first_mut().ok_or_else(|| "empty".into())
    }

    #[decides]
    fn notes(&self) -> Ref<'_, String> {
        self.notes.borrow()
    }

    #[decides(subject = key)]
    fn mixed<'a>(&'a self, key: &str) -> &'a [u32] {
        if key.is_empty() { &[] } else { &self.numbers }
    }

    #[decides]
    fn boxed(&self) -> Box<dyn Iterator<Item = &u32> + '_> {
        Box::new(self.numbers.iter())
    }
}

fn main() {
    assert_eq!(elided(" a "), "a");
    assert_eq!(elided_twice("ab"), Ok("b"));
    assert_eq!(named("long", ""), ("long", "long".into()));
    assert_eq!(support::run(elided_async("a")).as_deref(), Some("a"));
    let mut store = Store { numbers: vec![1], notes: RefCell::default() };
    *store.first().unwrap() += 1;
    *support::run(store.first_async()).unwrap() += 1;
    assert_eq!(store.notes().as_str(), "");
    assert_eq!(store.mixed("k"), [3]);
    assert_eq!(store.boxed().next(), Some(&3));
}
