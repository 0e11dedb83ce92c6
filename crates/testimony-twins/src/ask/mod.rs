//! Questions without SQL, for answers in milliseconds: where something is on record, and whether it really is.

mod asked;
mod confirm;
mod find;
mod search;

pub use asked::Asked;
pub use confirm::{NotConfirmed, Object};
pub use find::Found;
