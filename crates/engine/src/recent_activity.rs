//! What changed lately.
//!
//! Not what changed in it: a note counts by its own time of modification. Invariant: latest first.

use crate::accept::page_offset;
use crate::{Project, Result};
use cairn_index::{Filter, NoteRecord};
use cairn_note::{filter::canonical_type, timeframe};
use jiff::Zoned;

/// What to list.
#[derive(Debug, Clone)]
pub struct RecentRequest {
    /// The window: `7d`, `yesterday`. At least a day, at most a year.
    pub timeframe: String,
    /// Only these types.
    pub note_types: Vec<String>,
    /// From 1.
    pub page: usize,
    /// Notes of a page, 1 to 100.
    pub page_size: usize,
    /// The present.
    pub now: Zoned,
}

/// Notes of a page at most, as in the reference.
const MOST_NOTES: usize = 100;

impl Project<'_> {
    /// Returns the notes modified in the window, latest first.
    ///
    /// # Errors
    /// [`crate::Error::Timeframe`] for a window that is not understood, [`crate::Error::Invalid`] for a page out
    /// of range.
    pub fn recent_activity(&self, request: &RecentRequest) -> Result<Vec<NoteRecord>> {
        let offset = page_offset(request.page, request.page_size, MOST_NOTES)?;
        let filter = Filter {
            projects: vec![self.id()],
            note_types: request
                .note_types
                .iter()
                .map(|name| canonical_type(name))
                .collect(),
            after: Some(timeframe::since(&request.timeframe, &request.now)?),
            notes_only: true,
            ..Filter::default()
        };
        Ok(self
            .session("list recent notes")?
            .recent(&filter, request.page_size, offset)?)
    }
}
