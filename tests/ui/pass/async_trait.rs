//! Under `#[async_trait]` the decision is what the future does, not the making of it.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use async_trait::async_trait;
use testimony::{decides, decision, prompt};

#[async_trait]
trait Judge {
    async fn judge(&mut self, loan: u32, note: String) -> Result<&str, String>;

    #[decides(subject = loan)]
    async fn judge_by_default(&self, loan: u32) -> u32 {
        loan + 1
    }

    #[decides]
    async fn nothing(&self) {}
}

struct Model {
    id: u32,
    answers: Vec<String>,
}

#[async_trait]
impl Judge for Model {
    #[decides(subject = format!("loan:{loan}"), subject = self.id, model = note)]
    async fn judge(&mut self, loan: u32, note: String) -> Result<&str, String> {
        prompt!(note);
        if loan == 0 {
            return Err(note);
        }
        self.answers.push(note);
        let answer = self.answers.last().ok_or("no answer")?;
        decision!(answer);
        Ok(answer)
    }
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    let mut model = Model { id: 1, answers: Vec::new() };
    assert_eq!(support::run(assert_send(model.judge(1, "yes".into()))), Ok("yes"));
    assert_eq!(support::run(model.judge(0, "why".into())), Err("why".into()));
    assert_eq!(support::run(model.judge_by_default(1)), 2);
    support::run(model.nothing());
}
