//! What the index answers with.
//!
//! Not how it is stored. Invariant: plain values, complete when returned; none borrows a session.

use crate::Fingerprint;
use cairn_note::{Metadata, NotePath};
use jiff::Timestamp;

/// A project, as the index keys its rows: chosen by whoever keeps the registry of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectId(pub i64);

/// A row of one index; not stable across rebuilds (the `external_id` is).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteId(pub i64);

/// The project a call is about, and the others its links may reach.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The project.
    pub project: ProjectId,
    /// Its slug, which permalinks begin with; `None` when they do not include the project.
    pub slug: Option<&'a str>,
    /// The other projects by name and by slug, for `project::note` and `project/note` links.
    pub siblings: &'a [(String, ProjectId)],
}

/// How a note is named exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKey<'a> {
    /// By path.
    Path(&'a NotePath),
    /// By permalink.
    Permalink(&'a str),
    /// By stable id (lowercase hyphenated UUID).
    ExternalId(&'a str),
}

/// A file of a project as the index knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteRecord {
    /// Its row.
    pub id: NoteId,
    /// Its project.
    pub project: ProjectId,
    /// Its stable id.
    pub external_id: String,
    /// Where it is.
    pub path: NotePath,
    /// Its title.
    pub title: String,
    /// Its permalink; `None` for a file that is no note.
    pub permalink: Option<String>,
    /// Its type as its author spelled it; `file` for a file that is no note.
    pub note_type: String,
    /// Whether it is a note rather than a plain file.
    pub is_note: bool,
    /// Its size, time and checksum when it was indexed.
    pub fingerprint: Fingerprint,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last modified.
    pub modified: Timestamp,
    /// Its normalised frontmatter.
    pub metadata: Metadata,
}

/// A relation as stored, with what it resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRecord {
    /// The note it stands in.
    pub source: NoteId,
    /// The how-manieth relation of that note it is, from 0.
    pub position: u32,
    /// Its type.
    pub relation_type: String,
    /// The target as written.
    pub target: String,
    /// Its context.
    pub context: Option<String>,
    /// The note it resolves to, if any.
    pub resolved: Option<NoteId>,
}

/// What an identifier or a link means.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution {
    /// Exactly this note.
    Found(Box<NoteRecord>),
    /// Any of these, and nothing says which.
    Ambiguous(Vec<NoteRecord>),
    /// Nothing.
    Missing,
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Relations to follow from a seed; 1 gives its neighbours.
    pub depth: usize,
    /// Related notes at most, over all seeds together.
    pub limit: usize,
    /// Leaves out notes modified before this.
    pub since: Option<Timestamp>,
    /// Walks inside this project; a relation that leaves it is one that resolves to nothing.
    pub within: Option<ProjectId>,
}

/// The neighbourhood of some notes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// The notes reached, nearest first; seeds are not among them.
    pub notes: Vec<(usize, NoteRecord)>,
    /// The relations walked, and the unresolved ones of the seeds.
    pub edges: Vec<Edge>,
}

/// A relation met on a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// How many relations away from a seed it ends.
    pub depth: usize,
    /// The relation.
    pub relation: RelationRecord,
}

/// A value and how many notes have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// A tag, a type, a category.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// What a file is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its title.
    pub title: String,
    /// Its permalink; `None` for a file that is no note.
    pub permalink: Option<String>,
    /// Its path.
    pub path: String,
}

/// A note and how many relations begin or end at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// What it is called.
    pub name: Name,
    /// How many.
    pub relations: u64,
}

/// What a project holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Notes.
    pub notes: u64,
    /// Files that are no notes.
    pub files: u64,
    /// Observations.
    pub observations: u64,
    /// Relations.
    pub relations: u64,
    /// Relations whose target is not there.
    pub unresolved: u64,
}
