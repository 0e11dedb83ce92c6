//! `impl Trait` may stand in the return type and among the arguments.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::fmt::Display;

use testimony::decides;

#[decides]
fn whole(limit: u32) -> impl Iterator<Item = u32> {
    Vec::from_iter(0..limit).into_iter()
}

#[decides]
fn number() -> impl Display {
    7
}

#[decides]
fn inside(limit: u32) -> Result<impl Iterator<Item = u32>, String> {
    if limit == 0 {
        return Err("nothing to count".into());
    }
    Ok((0..limit).map(|number| number + 1))
}

#[decides]
fn borrowing<'a>(words: &'a [String], _other: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    words.iter().map(String::as_str)
}

#[decides]
async fn deferred(limit: u32) -> Result<impl Iterator<Item = u32>, String> {
    Ok(0..limit)
}

#[decides]
async fn deferred_whole() -> impl Display + Send {
    "seven"
}

#[decides(subject = name.to_string())]
fn argument(name: impl Display, ask: impl FnOnce(&str) -> u8) -> u8 {
    ask(&name.to_string())
}

fn main() {
    assert_eq!(whole(3).sum::<u32>(), 3);
    assert_eq!(number().to_string(), "7");
    assert_eq!(inside(0).map(drop), Err("nothing to count".into()));
    assert_eq!(inside(2).unwrap().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(borrowing(&["a".to_owned()], "b").next(), Some("a"));
    assert_eq!(support::run(deferred(3)).unwrap().count(), 3);
    assert_eq!(support::run(deferred_whole()).to_string(), "seven");
    assert_eq!(argument("ab", |name| u8::try_from(name.len()).unwrap()), 2);
}
