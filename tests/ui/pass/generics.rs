//! Type parameters, const parameters, bounds and `where` clauses stay as they are.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use std::fmt::Debug;

use serde::Serialize;
use testimony::{context, decides, decision};

#[decides(subject = subject, operation = "choose")]
fn choose<T, E, const N: usize>(
    subject: &T,
    of: [T; N],
    check: impl Fn(&T) -> Result<(), E>,
) -> Result<T, E>
where
    T: Clone + Serialize,
{
    context!(of.as_slice());
    for candidate in of {
        check(&candidate)?;
        decision!(candidate);
        return Ok(candidate);
    }
    Ok(subject.clone())
}

struct Ranked<T>(Vec<T>);

impl<T: Ord + Debug> Ranked<T> {
    #[decides]
    async fn best<F>(&self, wanted: F) -> Option<&T>
    where
        F: Fn(&T) -> bool,
    {
        self.0.iter().filter(|candidate| wanted(candidate)).max()
    }
}

fn main() {
    assert_eq!(choose::<_, String, 2>(&1, [2, 3], |_| Ok(())), Ok(2));
    assert_eq!(choose::<_, _, 1>(&1, [2], |_| Err("no")), Err("no"));
    assert_eq!(choose::<_, String, 0>(&1, [], |_| Ok(())), Ok(1));
    assert_eq!(support::run(Ranked(vec![1, 5, 9]).best(|number| *number < 9)), Some(&5));
}
