//! Folder and index brought in step.
use crate::{Cancel, Progress, Project, Result};
use cairn_index::{Entry, Fault};
use cairn_note::NotePath;

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Files indexed for the first time.
    pub new: usize,
    /// Files indexed again.
    pub modified: usize,
    /// Files that only changed their path.
    pub moved: usize,
    /// Files gone.
    pub deleted: usize,
    /// Files as they were.
    pub unchanged: usize,
    /// What could not be read, sorted by path.
    pub faults: Vec<Fault>,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}
impl Project<'_> {
    /// Brings the index in step with the folder.
    pub fn sync(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<SyncReport> { let _ = (progress, cancel); todo!() }
    /// Forgets everything of the project and indexes it anew.
    pub fn reindex(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<SyncReport> { let _ = (progress, cancel); todo!() }
    /// Reads one file into the entry the index takes (used by the writing verbs after their write).
    pub(crate) fn entry(&self, path: &NotePath) -> Result<Entry> { let _ = path; todo!() }
}
