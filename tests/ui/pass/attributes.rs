//! Attributes, visibility, documentation and inner attributes stay where they are.
#![deny(warnings, missing_docs, unused_must_use, clippy::all)]

#[path = "../support/run.rs"]
mod support;

/// A module.
pub mod inner {
    use testimony::decides;

    /// Documented.
    #[must_use]
    #[inline]
    #[decides(subject = first)]
    #[cfg_attr(all(), allow(clippy::needless_pass_by_value))]
    pub fn documented((first, _): (u8, u8), [.., last]: [u8; 2], _unused: String) -> u8 {
        #![allow(unused_variables)]
        let unused = 1;
        first + last
    }

    /// Also documented.
    #[decides]
    #[allow(clippy::missing_errors_doc)]
    pub async fn r#try(_: u8, mut bytes: Vec<u8>) -> Result<Vec<u8>, std::fmt::Error> {
        #![allow(unused_variables)]
        let unused = 1;
        bytes.push(1);
        Ok(bytes)
    }
}

macro_rules! made {
    ($name:ident, $argument:ident: $ty:ty, $subject:expr, $body:block) => {
        #[testimony::decides(subject = $subject)]
        fn $name($argument: $ty) -> $ty $body
    };
}

made!(plain, number: u8, number + 1, { number });

macro_rules! recorded {
    ($($value:expr),*) => { $(testimony::prompt!($value);)* };
}

fn main() {
    assert_eq!(inner::documented((1, 2), [3, 4], String::new()), 5);
    assert_eq!(support::run(inner::r#try(0, vec![])), Ok(vec![1]));
    assert_eq!(plain(1), 1);
    recorded!(1 + 1, "a");
}
