//! One room for each thing that the command can do: ask the libraries, and print what they answer.

mod bars;
pub(crate) mod check;
pub(crate) mod coverage;
pub(crate) mod diff;
mod doubts;
pub(crate) mod erase;
pub(crate) mod export;
mod facts;
mod flow;
pub(crate) mod head;
pub(crate) mod hold;
pub(crate) mod import;
mod import_otlp;
pub(crate) mod key;
mod links;
pub(crate) mod log;
pub(crate) mod prove;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod timeline;
mod trust;
pub(crate) mod verify;
pub(crate) mod why;
pub(crate) mod witness;
