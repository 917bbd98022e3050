//! Finds notes, and shows why.
use crate::{Project, Result};
use cairn_index::{NoteRecord, Scores};
use cairn_note::Metadata;
use jiff::Zoned;
use std::ops::Range;
/// What to search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What the person typed.
    pub query: String,
    /// Only below this folder.
    pub folder: Option<String>,
    /// Only these types.
    pub note_types: Vec<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// Observations of one of these categories.
    pub categories: Vec<String>,
    /// Conditions on the frontmatter.
    pub metadata: Metadata,
    /// Modified after this ("2 weeks ago", an ISO date).
    pub after: Option<String>,
    /// From 1.
    pub page: usize,
    /// Hits of a page, 1 to 100.
    pub page_size: usize,
    /// The present.
    pub now: Zoned,
}
/// A page of hits.
#[derive(Debug, Clone, Default)]
pub struct SearchReply {
    /// Best first.
    pub hits: Vec<SearchHit>,
    /// Matching notes in all.
    pub total: usize,
    /// Whether that number is exact.
    pub total_is_exact: bool,
    /// Whether there is another page.
    pub has_more: bool,
}
/// A hit.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The note.
    pub note: NoteRecord,
    /// 0 to 1.
    pub score: f32,
    /// What it is made of.
    pub parts: Scores,
    /// The passage that matches best.
    pub snippet: Snippet,
}
/// A passage of a hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Headings above it.
    pub heading_path: Vec<String>,
    /// Its text on one line, at most 300 characters.
    pub text: String,
    /// Bytes of `text` that match.
    pub highlights: Vec<Range<usize>>,
}
impl Project<'_> {
    /// Searches this project.
    pub fn search_notes(&self, request: &SearchRequest) -> Result<SearchReply> { let _ = request; todo!() }
}
