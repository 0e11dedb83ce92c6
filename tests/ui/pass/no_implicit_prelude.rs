//! Nothing is taken from the prelude.
#![no_implicit_prelude]
#![deny(warnings)]

use ::testimony::{constraint, context, decides, decision, outcome, prompt, rationale};

#[decides(subject = number, model = "small", provider = "local", operation = "chat")]
fn sync(number: u8) -> ::core::result::Result<u8, &'static str> {
    prompt!(number);
    context!(first = number, second = number);
    decision!(number, confidence = 0.5, alternatives = [1, 2]);
    rationale!("because");
    constraint!("rule", limit = 3, observed = number, held = number < 3);
    outcome!(::testimony::record::Uuid::nil(), "checked", by = "clerk", why = "because");
    ::core::result::Result::Ok(number)
}

#[decides]
async fn asynchronous() {}

#[decides]
async fn opaque() -> impl ::core::fmt::Debug {
    1
}

fn main() {
    if let ::core::result::Result::Err(_) = sync(1) {
        ::std::process::exit(1);
    }
    ::core::mem::drop(asynchronous());
    ::core::mem::drop(opaque());
}
