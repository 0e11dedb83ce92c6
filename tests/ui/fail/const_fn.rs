//! A `const fn` may run while the program is compiled, where nothing can be recorded.

use testimony::decides;

#[decides]
const fn decide(loan: u32) -> u32 {
    loan
}

struct Model;

impl Model {
    #[decides(subject = self.0, leven = 1)]
    pub const unsafe fn decide(&self) {}
}

fn main() {
    decide(1);
}
