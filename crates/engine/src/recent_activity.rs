//! What changed lately.
use crate::{Project, Result};
use cairn_index::NoteRecord;
use jiff::Zoned;
/// What to list.
#[derive(Debug, Clone)]
pub struct RecentRequest {
    /// The window: `7d`, `yesterday`.
    pub timeframe: String,
    /// Only these types.
    pub note_types: Vec<String>,
    /// From 1.
    pub page: usize,
    /// Notes of a page.
    pub page_size: usize,
    /// The present.
    pub now: Zoned,
}
impl Project<'_> {
    /// Notes modified in the window, latest first.
    pub fn recent_activity(&self, request: &RecentRequest) -> Result<Vec<NoteRecord>> { let _ = request; todo!() }
}
