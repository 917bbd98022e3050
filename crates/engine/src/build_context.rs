//! From a memory:// URL to a neighbourhood.
use crate::{Project, Result};
use cairn_index::{Graph, NoteRecord, RelationRecord};
use cairn_note::Observation;
use jiff::Zoned;
/// What to gather.
#[derive(Debug, Clone)]
pub struct ContextRequest {
    /// A memory:// URL, a permalink (with `*`), a title.
    pub url: String,
    /// Relations to follow.
    pub depth: usize,
    /// Only related notes modified in this window.
    pub timeframe: Option<String>,
    /// From 1.
    pub page: usize,
    /// Primary notes of a page.
    pub page_size: usize,
    /// Related notes at most.
    pub max_related: usize,
    /// The present.
    pub now: Zoned,
}
/// A neighbourhood.
#[derive(Debug, Clone)]
pub struct Context {
    /// The notes the URL names.
    pub items: Vec<ContextItem>,
    /// Whether there is another page.
    pub has_more: bool,
}
/// One primary note with what is around it.
#[derive(Debug, Clone)]
pub struct ContextItem {
    /// The note.
    pub note: NoteRecord,
    /// Its observations.
    pub observations: Vec<Observation>,
    /// Its relations.
    pub relations: Vec<RelationRecord>,
    /// What is around it.
    pub around: Graph,
}
impl Project<'_> {
    /// Gathers the neighbourhood of what a URL names; an unknown URL gives no items.
    pub fn build_context(&self, request: &ContextRequest) -> Result<Context> { let _ = request; todo!() }
}
