//! A function that writes its future out as a block is as good as an `async fn`.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::pin::Pin;

use testimony::{decides, rationale};

#[decides(subject = id)]
fn block(id: u32) -> impl Future<Output = Result<u32, String>> + Send {
    let doubled = id * 2;
    async move {
        rationale!("doubled");
        if id == 0 {
            return Err("no such loan".into());
        }
        Ok(doubled)
    }
}

#[decides]
fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = &'a str> + Send + 'a>> {
    Box::pin(async move { text.trim() })
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[decides]
fn alias(text: &str) -> BoxFuture<'_, Result<u8, Box<dyn std::error::Error + Send + Sync>>> {
    Box::pin(async move { Ok(text.parse()?) })
}

/// Makes futures; the decision is over when it has made the maker. The closure says what it returns, because under the
/// attribute the compiler does not look at the bounds of an `impl Trait` when it reads the body.
#[decides]
fn maker() -> impl Fn() -> BoxFuture<'static, u8> {
    || -> BoxFuture<'static, u8> { Box::pin(async { 1 }) }
}

#[decides]
fn borrowing(text: &mut String) -> impl Future<Output = usize> {
    async {
        text.push('!');
        text.len()
    }
}

fn main() {
    assert_eq!(support::run(block(2)), Ok(4));
    assert_eq!(support::run(block(0)), Err("no such loan".into()));
    assert_eq!(support::run(boxed(" a ")), "a");
    assert_eq!(support::run(alias("7")).unwrap(), 7);
    assert_eq!(support::run(maker()()), 1);
    let mut text = String::from("a");
    assert_eq!(support::run(borrowing(&mut text)), 2);
    assert_eq!(text, "a!");
}
