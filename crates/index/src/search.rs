//! What is asked of lexical search, and what it answers.
//!
//! Not how hits are found or ranked. Invariant: a hit's `score` is between 0 and 1, higher is better, and
//! comparable over projects.

use crate::{NoteRecord, ProjectId};
use cairn_note::filter::MetadataFilter;
use jiff::Timestamp;

/// Which notes may be hits. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only these projects; empty means every project of the index.
    pub projects: Vec<ProjectId>,
    /// Only below this folder (no outer slashes).
    pub folder: Option<String>,
    /// Only these types, compared in canonical form.
    pub note_types: Vec<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// At least one observation of one of these categories.
    pub categories: Vec<String>,
    /// Conditions on the frontmatter.
    pub metadata: MetadataFilter,
    /// Modified after this.
    pub after: Option<Timestamp>,
    /// Only notes, not plain files.
    pub notes_only: bool,
}

/// A page of hits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hits {
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// How many notes match in all, when they were all counted.
    pub total: usize,
    /// Whether `total` is exact, or only a lower bound.
    pub total_is_exact: bool,
}

/// A note that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The note.
    pub note: NoteRecord,
    /// 0 to 1.
    pub score: f32,
    /// What the score is made of.
    pub parts: Scores,
}

/// The parts of a score, before it is brought between 0 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// BM25 over the body.
    pub body: f32,
    /// What matches in the title, the aliases and the path added.
    pub title: f32,
    /// What matches in headings added.
    pub headings: f32,
    /// What having all terms, or the whole phrase, added.
    pub whole: f32,
}
