//! One room for each thing that the command can do: what it takes on the command line, the question that it asks the libraries, and
//! how their answer is printed.

mod bars;
pub(crate) mod blast;
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
pub(crate) mod reconcile;
mod reconcile_report;
pub(crate) mod release;
pub(crate) mod report;
mod send;
pub(crate) mod show;
pub(crate) mod sql;
pub(crate) mod stats;
mod tables;
pub(crate) mod timeline;
mod trust;
mod verification;
pub(crate) mod verify;
pub(crate) mod verify_copies;
pub(crate) mod why;
pub(crate) mod witness;
