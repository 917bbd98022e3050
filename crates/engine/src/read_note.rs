//! Gives a note's text and what it is linked with.
use crate::{Project, Result};
use cairn_index::NoteRecord;
/// What to read.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// The note, named exactly.
    pub identifier: String,
    /// Only the section below this heading.
    pub section: Option<String>,
    /// Only these lines (first, last), counted from 1.
    pub lines: Option<(usize, usize)>,
    /// Leaves the frontmatter out.
    pub body_only: bool,
}
/// A note's text.
#[derive(Debug, Clone)]
pub struct ReadNote {
    /// The note.
    pub note: NoteRecord,
    /// The text that was asked for.
    pub text: String,
    /// The checksum (hex) of the whole file, to base a write on.
    pub checksum: String,
}
impl Project<'_> {
    /// Reads a note from its file.
    pub fn read_note(&self, request: &ReadRequest) -> Result<ReadNote> { let _ = request; todo!() }
}
