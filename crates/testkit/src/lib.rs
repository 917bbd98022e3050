//! What the tests of every room share: vaults written as strings, tables of cases, corpora found on disk.
//!
//! It is a development dependency only, and knows nothing of notes: it deals in files and bytes.
//! Invariant: nothing here reads a clock, the network or the home directory, so a test that uses it gives
//! the same answer on every machine.

mod corpus;
mod table;
mod vault;

pub use corpus::corpus;
pub use table::{rows, unescape};
pub use vault::{Snapshot, Vault};
