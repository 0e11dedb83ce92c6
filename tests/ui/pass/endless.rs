//! Functions that return nothing, or do not return.
#![deny(warnings)]
#![allow(dead_code)]

use std::convert::Infallible;

use testimony::decides;

#[decides]
fn nothing() {}

#[decides]
fn written_out() -> () {}

#[decides]
fn diverges() -> ! {
    std::process::exit(0)
}

#[decides]
async fn diverges_async() -> ! {
    std::process::exit(0)
}

#[decides]
async fn cannot_return() -> Infallible {
    loop {
        nothing();
    }
}

#[decides]
async fn can_only_fail() -> Result<Infallible, String> {
    Err("always".into())
}

#[decides]
fn not_written() -> u8 {
    panic!("not written yet")
}

fn main() {
    nothing();
    written_out();
    diverges();
}
