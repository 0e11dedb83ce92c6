//! `decision!` and `outcome!` know their keys, and say which.

use testimony::record::Uuid;
use testimony::{decision, outcome};

fn main() {
    let id = Uuid::nil();
    decision!("refuse", confidense = 0.9, alternative = ["approve"]);
    decision!("refuse", 0.9);
    decision!(confidence = 0.9);
    outcome!(id, "overridden", who = "clerk", by = "clerk", by = "manager");
    outcome!(id);
    outcome!();
    let () = outcome!(id, "overridden", "clerk", why);
}
