//! `crate = path` finds testimony where somebody else re-exports it.
#![deny(warnings)]

mod platform {
    pub mod recording {
        pub use ::testimony::*;
    }
}

use platform::recording::{constraint, context, decides, decision, outcome, prompt, rationale};

#[decides(crate = crate::platform::recording, subject = 1)]
fn absolute() -> Result<u8, String> {
    prompt!(crate = platform::recording, "prompt");
    context!(crate = platform::recording, name = "context");
    decision!(1, crate = platform::recording);
    rationale!("rationale", crate = platform::recording);
    constraint!("rule", held = true, crate = platform::recording);
    outcome!(platform::recording::record::Uuid::nil(), "checked", crate = platform::recording);
    Ok(1)
}

#[decides(crate = platform::recording)]
async fn relative() {}

extern crate testimony as recorder;

#[decides(crate = ::recorder)]
fn renamed() {}

macro_rules! decided {
    ($name:ident) => {
        #[decides(crate = $crate::platform::recording)]
        fn $name() {}
    };
}

decided!(through_a_macro);

fn main() {
    assert_eq!(absolute(), Ok(1));
    drop(relative());
    renamed();
    through_a_macro();
}
