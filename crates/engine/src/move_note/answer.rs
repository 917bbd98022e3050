//! What a move is asked, and what it answers.
//!
//! Invariant: plain values; of a dry run they say what would be.

use cairn_index::{Fault, NoteRecord};

/// What goes where, and what becomes of the links to it.
#[derive(Debug, Clone, Default)]
pub struct MoveRequest {
    /// The note; to move a folder, its path.
    pub identifier: String,
    /// Where it goes.
    pub destination: String,
    /// Whether links are rewritten.
    pub update_links: UpdateLinks,
    /// Only tells what would be done.
    pub dry_run: bool,
}

/// Whether links that would lead astray, or are spelled as the old path or title, are rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpdateLinks {
    /// Every text stays as it is.
    #[default]
    No,
    /// In the notes of the same project, the moved ones too.
    Yes,
}

/// What became of the links a move concerns; of a dry run, what would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedLinks {
    /// Those that were rewritten, by note.
    pub edits: Vec<LinkEdit>,
    /// Those that led to or from a moved note and lead there no more.
    pub broken: Vec<BrokenLink>,
    /// Notes whose links stayed although they should have changed, and why.
    pub failed: Vec<Fault>,
    /// Whether it stopped on request before all were rewritten.
    pub cancelled: bool,
}

/// A link that was given another target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEdit {
    /// The note it stands in, where that is now.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The link with its old target; alias and text are left out.
    pub old: String,
    /// The link with its new target.
    pub new: String,
}

/// A link that leads astray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLink {
    /// The note it stands in, with its project's name before it when that is another one.
    pub path: String,
    /// The link.
    pub link: String,
}

/// A moved note.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Where it was.
    pub from: String,
    /// As it is indexed now; of a dry run, as it would be.
    pub note: NoteRecord,
    /// What became of links.
    pub links: MovedLinks,
    /// The change this was, to undo it; `None` for a dry run.
    pub change: Option<i64>,
}

/// A moved folder.
#[derive(Debug, Clone, Default)]
pub struct MovedDirectory {
    /// (from, to) of each file.
    pub moved: Vec<(String, String)>,
    /// What stayed, and why.
    pub failed: Vec<Fault>,
    /// How many files were known below it: those moved, those that failed, and those it did not come to.
    pub total: usize,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
    /// What became of links.
    pub links: MovedLinks,
    /// The change this was, to undo it; `None` when nothing moved.
    pub change: Option<i64>,
}
