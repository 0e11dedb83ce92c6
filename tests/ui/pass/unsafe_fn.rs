//! An `unsafe fn` stays one, and so does a function with another ABI.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use testimony::decides;

#[decides]
unsafe fn read(number: *const u8) -> u8 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { *number }
}

#[decides]
async unsafe fn read_async(number: *const u8) -> u8 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { read(number) }
}

#[decides]
extern "C" fn foreign(number: u8) -> u8 {
    number
}

fn main() {
    let number = 7;
    // SAFETY: the pointer comes from a reference that is still there.
    assert_eq!(unsafe { read(&raw const number) }, 7);
    // SAFETY: as above.
    assert_eq!(support::run(unsafe { read_async(&raw const number) }), 7);
    assert_eq!(foreign(1), 1);
}
