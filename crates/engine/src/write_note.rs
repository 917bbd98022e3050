//! Makes or replaces a note.
use crate::{Project, Result};
use cairn_index::NoteRecord;
use cairn_note::Metadata;
/// Whether a note that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite { /// It is an error.
    #[default] Deny, /// It is replaced.
    Allow }
/// A note to write.
#[derive(Debug, Clone, Default)]
pub struct WriteRequest {
    /// Its title; the file name follows from it.
    pub title: String,
    /// Its folder; empty for the root.
    pub folder: String,
    /// Its text, with or without frontmatter.
    pub content: String,
    /// Its type; `note` when `None`.
    pub note_type: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// More frontmatter.
    pub metadata: Metadata,
    /// Whether a note that is there may be replaced.
    pub overwrite: Overwrite,
    /// The checksum (hex) of the text a replacement is based on, when the caller knows it.
    pub base: Option<String>,
}
/// A note as written.
#[derive(Debug, Clone)]
pub struct Written {
    /// As it is indexed now.
    pub note: NoteRecord,
    /// Whether the file is new.
    pub created: bool,
    /// Observations by category, in order of appearance.
    pub observations: Vec<(String, usize)>,
    /// Relations that resolve, and those that do not.
    pub resolved: usize,
    /// Relations whose target is not there yet.
    pub unresolved: usize,
}
impl Project<'_> {
    /// Writes a note; searchable when this returns.
    pub fn write_note(&self, request: &WriteRequest) -> Result<Written> { let _ = request; todo!() }
}
