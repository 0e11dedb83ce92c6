//! The reading side: what is in a directory, and what its entries and objects say. It never writes, and reads a ledger
//! while another process writes it.

pub mod archive;
pub mod checkpoints;
pub mod directory;
pub mod objects;
pub mod trail;
