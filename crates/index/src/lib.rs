//! The graph and the search index of every project: a cache of what the files say.
//!
//! This room stores notes and answers questions about them; it never opens a note file and never decides what
//! a note means (that is `note`), nor when to look at the folder (that is `engine`).
//! Invariant: nothing changes except through [`Index::apply`], all or nothing, and whatever is here can be
//! rebuilt from the files.

mod change;
mod error;
mod passage;
mod record;
mod search;
mod sqlite;
mod vector;

pub use change::{Applied, Change, Content, Entry, Fault, Fingerprint, Given, Terms};
pub use error::{Error, Result};
pub use passage::{NearNote, Nearest, Pending, PendingNote, Span};
pub use record::{
    Connected, Count, Edge, Graph, Name, NoteId, NoteKey, NoteRecord, ProjectId, Reach,
    RelationRecord, Resolution, Scope, Statistics,
};
pub use search::{Filter, Hit, Hits, Scores};
pub use sqlite::{
    Condition, Imagined, Index, Options, Pointing, Session, Sums, TypedRelation, derived_ids,
};

#[cfg(test)]
mod contract;
