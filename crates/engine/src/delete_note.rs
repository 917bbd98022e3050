//! Deletes notes and folders.
use crate::{Project, Result};
use cairn_index::{Fault, NoteRecord};
/// Whether a large deletion was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm { /// More than 50 notes, or everything, is refused.
    #[default] Required, /// It is done.
    Given }
/// A deleted note.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// As it was.
    pub note: NoteRecord,
}
/// A deleted folder.
#[derive(Debug, Clone, Default)]
pub struct DeletedDirectory {
    /// The files that are gone.
    pub deleted: Vec<String>,
    /// What stayed, and why.
    pub failed: Vec<Fault>,
}
impl Project<'_> {
    /// Deletes a note, named exactly.
    pub fn delete_note(&self, identifier: &str) -> Result<Deleted> { let _ = identifier; todo!() }
    /// Deletes every indexed file below a folder.
    pub fn delete_directory(&self, folder: &str, confirm: Confirm) -> Result<DeletedDirectory> { let _ = (folder, confirm); todo!() }
}
