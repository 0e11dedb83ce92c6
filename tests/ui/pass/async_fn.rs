//! An `async fn` keeps its result, its early exits, and its being `Send`.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::error::Error;
use std::fmt::{Display, Error as Unformatted};

use testimony::decides;

#[decides]
async fn empty() {}

#[decides(subject = format!("loan:{id}"), model = "small")]
async fn early_return(id: u32) -> Result<u32, String> {
    if id == 0 {
        return Err("no such loan".into());
    }
    let doubled = inner(id).await?;
    Ok(doubled + 1)
}

#[decides]
async fn inner(id: u32) -> Result<u32, &'static str> {
    (id < 10).then_some(id * 2).ok_or("too large")
}

#[decides]
async fn coerced(boxed: bool) -> Result<Box<dyn Display>, Box<dyn Error>> {
    if boxed {
        return Err(Box::new(Unformatted));
    }
    let number: u8 = "7".parse()?;
    Ok(Box::new(number))
}

#[decides]
async fn collected(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_uppercase()).collect()
}

#[rustfmt::skip]
#[decides]
async fn one_line(words: &[&str]) -> usize { words.len() }

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    support::run(empty());
    assert_eq!(support::run(assert_send(early_return(0))), Err("no such loan".into()));
    assert_eq!(support::run(early_return(3)), Ok(7));
    assert_eq!(support::run(early_return(11)), Err("too large".into()));
    assert!(support::run(coerced(true)).is_err());
    assert_eq!(support::run(coerced(false)).unwrap().to_string(), "7");
    assert_eq!(support::run(one_line(&["a"])), 1);
    assert_eq!(support::run(collected(&["a"])), ["A"]);
}
