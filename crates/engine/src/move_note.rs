//! Moves notes and folders.
use crate::{Cancel, Progress, Project, Result};
use cairn_index::{Fault, NoteRecord};
/// A moved note.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Where it was.
    pub from: String,
    /// As it is indexed now.
    pub note: NoteRecord,
}
/// A moved folder.
#[derive(Debug, Clone, Default)]
pub struct MovedDirectory {
    /// (from, to) of each file.
    pub moved: Vec<(String, String)>,
    /// What stayed, and why.
    pub failed: Vec<Fault>,
}
impl Project<'_> {
    /// Moves a note to another path (a path ending in `/` or naming a folder keeps the file name).
    pub fn move_note(&self, identifier: &str, destination: &str) -> Result<Moved> { let _ = (identifier, destination); todo!() }
    /// Moves every file below a folder.
    pub fn move_directory(&self, from: &str, to: &str, progress: &dyn Progress, cancel: &Cancel) -> Result<MovedDirectory> { let _ = (from, to, progress, cancel); todo!() }
}
