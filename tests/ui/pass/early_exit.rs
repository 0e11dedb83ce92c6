//! `?` and `return` leave the function they are written in.
#![deny(warnings)]

use std::num::ParseIntError;

use testimony::decides;

#[decides]
fn question_mark(text: &str) -> Result<i32, ParseIntError> {
    let number: i32 = text.parse()?;
    Ok(number + 1)
}

#[decides]
fn from_a_loop(limit: u32) -> Option<u32> {
    for number in 0.. {
        if number * number > limit {
            return Some(number);
        }
    }
    None
}

#[decides]
fn converted(text: &str) -> Result<i32, Box<dyn std::error::Error>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    Ok(text.parse::<i32>()?)
}

#[decides]
fn unit(stop: bool, seen: &mut Vec<u8>) {
    if stop {
        return;
    }
    seen.push(1);
}

fn main() {
    assert_eq!(question_mark("1"), Ok(2));
    assert!(question_mark("x").is_err());
    assert_eq!(from_a_loop(10), Some(4));
    assert_eq!(converted("").unwrap_err().to_string(), "empty");
    let mut seen = Vec::new();
    unit(true, &mut seen);
    unit(false, &mut seen);
    assert_eq!(seen, [1]);
}
