//! Only a function can be decided by, and only one with a body.

use testimony::decides;

#[decides]
struct Model;

#[decides]
impl Model {
    fn decide(&self) {}
}

#[decides]
pub mod models {}

trait Judge {
    #[decides]
    fn judge(&self) -> u32;

    #[decides]
    async fn judge_later(&self);
}

impl Judge for Model {
    fn judge(&self) -> u32 {
        self.decide();
        1
    }

    async fn judge_later(&self) {}
}

fn main() {
    Model.judge();
}
