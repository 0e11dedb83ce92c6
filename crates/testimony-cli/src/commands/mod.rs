//! One room for each thing that the command can do: ask the libraries, and print what they answer.

pub(crate) mod head;
pub(crate) mod import;
mod links;
pub(crate) mod log;
mod not_established;
pub(crate) mod show;
mod trust;
pub(crate) mod verify;
pub(crate) mod why;
pub(crate) mod witness;
