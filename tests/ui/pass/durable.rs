//! A durable function returns a `Result` whose error can hold a `NotKept`; without a recorder its body does not run.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::error::Error;
use std::pin::Pin;

use async_trait::async_trait;
use testimony::{NotKept, decides, prompt};

#[derive(Debug, PartialEq)]
enum Failed {
    Invalid,
    OffTheRecord(NotKept),
}

impl From<NotKept> for Failed {
    fn from(why: NotKept) -> Self {
        Self::OffTheRecord(why)
    }
}

/// What a result is, is decided by its type.
type Outcome<T> = Result<T, Failed>;

const OFF: Failed = Failed::OffTheRecord(NotKept::NoRecorder);

#[decides(durable, subject = loan)]
fn plain(loan: u32) -> Result<u32, Failed> {
    prompt!(loan);
    if loan == 0 {
        return Err(Failed::Invalid);
    }
    unreachable!("the body runs without a recorder")
}

#[decides(intent, durable)]
async fn awaited<T, E>(value: T) -> Result<T, E>
where
    E: From<NotKept>,
{
    Ok(value)
}

#[decides(durable)]
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Ok(())
}

#[decides(durable, intent)]
fn bare(text: &str) -> Result<&str, NotKept> {
    Ok(text)
}

#[decides(durable)]
fn partly_unnamed() -> Result<impl Iterator<Item = u8>, Failed> {
    Ok([1, 2].into_iter())
}

#[decides(durable)]
fn deferred(loan: u32) -> impl Future<Output = Outcome<u32>> + Send {
    async move { Ok(loan) }
}

#[decides(durable)]
fn pinned(loan: &u32) -> Pin<Box<dyn Future<Output = Outcome<u32>> + Send + '_>> {
    Box::pin(async move { Ok(*loan) })
}

#[async_trait]
trait Judge {
    async fn judge(&self, loan: u32) -> Outcome<&str>;
}

struct Model(String);

#[async_trait]
impl Judge for Model {
    #[decides(durable, intent, subject = loan, model = self.0)]
    async fn judge(&self, loan: u32) -> Outcome<&str> {
        prompt!(loan);
        Ok(&self.0)
    }
}

impl Model {
    #[decides(durable)]
    fn rename(&mut self, name: &str) -> Outcome<&str> {
        self.0 = name.to_owned();
        Ok(&self.0)
    }

    #[decides(durable)]
    async fn judge_all(&mut self, loans: &[u32]) -> Outcome<Vec<u32>> {
        let mut judged = Vec::new();
        for loan in loans {
            judged.push(awaited::<u32, Failed>(*loan).await?);
        }
        Ok(judged)
    }
}

/// Without `durable` nothing is asked of the return type, and the body runs.
#[decides(intent, subject = loan)]
fn announced(loan: u32) -> u32 {
    loan
}

#[decides(intent)]
async fn announced_async(loan: u32) -> u32 {
    loan
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    assert_eq!(plain(1), Err(OFF));
    assert_eq!(support::run(assert_send(awaited::<_, Failed>(1))), Err(OFF));
    assert_eq!(boxed().unwrap_err().downcast_ref(), Some(&NotKept::NoRecorder));
    assert_eq!(bare("text"), Err(NotKept::NoRecorder));
    assert!(partly_unnamed().is_err());
    assert_eq!(support::run(assert_send(deferred(1))), Err(OFF));
    assert_eq!(support::run(pinned(&1)), Err(OFF));
    let mut model = Model("m".to_owned());
    assert_eq!(support::run(assert_send(model.judge(1))), Err(OFF));
    assert_eq!(model.rename("n"), Err(OFF));
    assert_eq!(model.0, "m");
    assert_eq!(support::run(model.judge_all(&[1])), Err(OFF));
    assert_eq!(announced(1), 1);
    assert_eq!(support::run(announced_async(1)), 1);
}
