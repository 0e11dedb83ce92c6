//! Answers in words, for people: numbers, moments, what a verification left open, what could not be followed, and text that can neither drive a terminal nor
//! deceive a reader. The command and the reports say the same thing in the same way.

pub mod moment;
pub mod not_established;
pub mod number;
pub mod printable;
pub mod unfollowed;
