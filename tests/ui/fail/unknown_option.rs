//! All mistakes in the options are reported together, each where it is.

use testimony::decides;

#[decides(subjekt = 1, subject, name = "one", name = "two", model = , "small", level = 3, durable = true, intent, intent)]
fn several(loan: u32) -> u32 {
    loan
}

#[decides(name = format!("loan"), crate = "testimony")]
fn wrong_kinds() {}

fn main() {
    several(1);
    wrong_kinds();
}
