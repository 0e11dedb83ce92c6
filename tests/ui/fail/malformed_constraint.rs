//! A constraint names its rule and says whether it held.

use testimony::constraint;

fn main() {
    let (ratio, held) = (0.3, true);
    constraint!("debt to income", limit = 0.4, observed = ratio);
    constraint!(limit = 0.4, held = ratio < 0.4);
    constraint!("debt to income", held);
    constraint!("debt to income", ratio, held = held, held = false);
    constraint!("debt to income", rule = "B7", held = held);
    constraint!();
}
