//! What every note was: revisions, contents, identities and the trash.
//!
//! This room keeps and gives back; it never opens a note file, reads no clock, and decides neither what a change
//! means nor whether it may be made (that is `engine`).
//! Invariant: it is not rebuilt from anything, so what [`History::record`] has acknowledged is on the disk, and stays
//! there until its retention ends.

mod error;
mod hash;
mod packing;
mod retention;
mod revision;
mod sqlite;

pub use error::{Error, Result};
pub use hash::{Hash, NoHash};
pub use retention::{Pruned, Pruning, Retention};
pub use revision::{
    Adoption, ChangeId, Content, Entry, Filter, Identity, Observed, Operation, Outcome, Place,
    Problem, Recorded, Revision, RevisionId, Statistics, Touched,
};
pub use sqlite::{Durability, History, Options};
