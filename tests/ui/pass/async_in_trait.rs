//! An `async fn` in a trait, with and without a default body.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use testimony::decides;

trait Judge {
    const LIMIT: u32;
    type Verdict;

    fn judge(&self, loan: u32) -> impl Future<Output = Self::Verdict> + Send;

    #[decides]
    fn is_large(loan: u32) -> bool {
        loan > Self::LIMIT
    }
}

struct Model;

impl Judge for Model {
    const LIMIT: u32 = 10;
    type Verdict = Result<bool, String>;

    #[decides(subject = loan)]
    async fn judge(&self, loan: u32) -> Self::Verdict {
        if loan == 0 {
            return Err("no such loan".into());
        }
        Ok(!Self::is_large(loan))
    }
}

fn main() {
    assert_eq!(support::run(Model.judge(0)), Err("no such loan".into()));
    assert_eq!(support::run(Model.judge(11)), Ok(false));
}
