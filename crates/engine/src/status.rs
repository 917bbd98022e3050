//! What the index knows of the folder, and what it does not.
use crate::{Project, Result};
use cairn_index::{Fault, Statistics};

/// How the index stands to the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Nothing was ever indexed.
    NotIndexed,
    /// Files changed since.
    Behind,
    /// All is known.
    UpToDate,
}
/// What the index knows of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How the index stands to the folder.
    pub state: IndexState,
    /// What is indexed.
    pub statistics: Statistics,
    /// Paths on disk the index does not know.
    pub new: Vec<String>,
    /// Paths whose content changed.
    pub modified: Vec<String>,
    /// (from, to).
    pub moved: Vec<(String, String)>,
    /// Paths the index knows that are gone.
    pub deleted: Vec<String>,
    /// What cannot be read now, and what the last sync could not index.
    pub faults: Vec<Fault>,
}
impl Project<'_> {
    /// Compares folder and index; changes neither.
    pub fn status(&self) -> Result<Status> { todo!() }
}
