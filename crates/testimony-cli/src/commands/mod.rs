//! One room for each thing that the command can do: ask the libraries, and print what they answer.

pub(crate) mod check;
pub(crate) mod erase;
pub(crate) mod export;
mod facts;
pub(crate) mod head;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod key;
mod links;
pub(crate) mod log;
mod not_established;
pub(crate) mod prove;
pub(crate) mod release;
pub(crate) mod show;
pub(crate) mod sql;
mod tables;
mod trust;
pub(crate) mod verify;
pub(crate) mod why;
pub(crate) mod witness;
