//! Dies in the middle of a call whose intent is on record. For `an_intent_is_on_disk_before_the_body_runs.rs`.

use testimony::{NotKept, Testimony, decides};
use tracing_subscriber::prelude::*;

#[decides(durable, intent, subject = "loan:1")]
fn call() -> Result<(), NotKept> {
    std::process::abort()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let testimony = Testimony::open(arguments.next().ok_or("no directory")?)?;
    if arguments.next().ok_or("no way")? == "recorder" {
        let decision = testimony.recorder().begin("by_hand").subject("loan:2");
        decision.intend().wait()?;
        std::process::abort()
    }
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, call)?;
    Ok(())
}
