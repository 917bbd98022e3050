//! What the index is told and asked of passages: where they are, which lack a vector, and which are near.
//!
//! Not how they are cut (`note::chunk`) nor what makes vectors. Invariant: a passage is known by the hash of what a model
//! is told of it, and by its place among those of its note.

use crate::{NoteId, ProjectId};
use cairn_note::chunk::{self, Outline, PassageHash};
use cairn_note::{Note, NotePath};

/// A passage of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What its vector is found by. Only notes of the same title may share one.
    pub hash: PassageHash,
    /// Its first byte in the note's text.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl Span {
    /// Returns the passages of the file at `path`, whose `text` was parsed into `note` and `outline`.
    pub fn of(note: &Note, outline: &Outline, path: &NotePath, text: &str) -> Vec<Self> {
        let title = note.title.as_deref().unwrap_or_else(|| path.stem());
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let hashes = chunk::hashes(note, outline, title, text).into_iter();
        hashes
            .map(|(hash, range)| Self {
                hash,
                start: byte(range.start),
                end: byte(range.end),
            })
            .collect()
    }
}

/// How many passages lack a vector of the model in use; none do when none is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pending {
    /// Passages without a vector.
    pub passages: u64,
    /// Notes with any such passage.
    pub notes: u64,
    /// Passages in all.
    pub of: u64,
}

/// A note with passages that lack a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingNote {
    /// Its project.
    pub project: ProjectId,
    /// Where it is.
    pub path: NotePath,
    /// The passages that lack a vector, each once, in their order.
    pub missing: Vec<PassageHash>,
}

/// The notes with the nearest passages, the nearest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Nearest {
    /// The notes; those equally near in the order of their ids.
    pub notes: Vec<NearNote>,
}

/// A note with passages near to a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct NearNote {
    /// The note.
    pub note: NoteId,
    /// Its nearest passages, the nearest first: the place of each among the note's passages, and its cosine.
    pub passages: Vec<(usize, f32)>,
}
