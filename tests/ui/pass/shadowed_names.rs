//! The user's own `Result`, `Option`, `Some`, `Role`, `call` and even `core` and `std` do not get in the way.
#![deny(warnings)]

mod shadow {
    #![allow(dead_code, non_camel_case_types)]

    pub struct Result;
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub struct Call;
    pub struct Probe;
    pub struct Role;
    pub struct String;
    pub struct Box;
    pub struct bool;
    pub struct str;
    pub trait Future {}
    pub trait FnOnce {}
    pub mod core {}
    pub mod std {}
    pub mod testimony {}
}

mod user {
    #[allow(unused_imports)]
    use super::shadow::*;
    use ::testimony::{constraint, context, decides, decision, outcome, prompt, rationale};

    #[decides(subject = call)]
    pub fn sync(call: u8) -> Result {
        let (current, fields, never, outcome) = (1, 2, 3, 4);
        prompt!(current);
        context!(current = fields, fields = current);
        decision!(outcome, confidence = never);
        rationale!(call);
        constraint!("rule", limit = fields, field0 = current, held = current == 1);
        outcome!(::testimony::record::Uuid::nil(), "checked", by = outcome);
        Result
    }

    #[decides(subject = call, name = "renamed")]
    pub async fn asynchronous(call: u8) -> Option {
        let result = call;
        prompt!(result);
        Option
    }
}

fn main() {
    let shadow::Result = user::sync(1);
    drop(user::asynchronous(1));
}
