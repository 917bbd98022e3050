//! Changes a part of a note.
use crate::{Project, Result, Written};
use cairn_note::{Metadata, edit::Edit};
/// An edit of one note.
#[derive(Debug, Clone)]
pub struct EditRequest {
    /// The note, named exactly.
    pub identifier: String,
    /// What to change; `None` for frontmatter only.
    pub edit: Option<Edit>,
    /// Frontmatter keys to set.
    pub metadata: Metadata,
    /// The checksum (hex) of the text the edit is based on, when the caller knows it.
    pub base: Option<String>,
}
/// A note as edited.
pub type Edited = Written;
impl Project<'_> {
    /// Edits a note; searchable when this returns.
    pub fn edit_note(&self, request: &EditRequest) -> Result<Edited> { let _ = request; todo!() }
}
