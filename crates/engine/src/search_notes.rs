//! Finds notes, and shows why.
//!
//! The index finds and ranks; the passage that is shown is cut from the file, since the index keeps no text.
//! Invariant: no query text is an error, and a file that cannot be read costs its snippet, not the hit.

mod clean;
mod snippet;
mod units;

use crate::accept::{folder, page_offset};
use crate::{Project, Result};
use cairn_index::{Filter, Hit, NoteRecord, Scores};
use cairn_note::filter::{MetadataFilter, canonical_type};
use cairn_note::query::Query;
use cairn_note::{Metadata, tags, timeframe};
use jiff::Zoned;
use serde_json::Value;
use std::ops::Range;
use units::Wanted;

/// What to search. Everything given must hold; a query without anything finds nothing.
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
    /// The passage that matches best; empty when the file cannot be read, is no note or is very large.
    pub snippet: Snippet,
}

/// A passage of a hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Headings above it.
    pub heading_path: Vec<String>,
    /// Its text on one line, at most 300 characters.
    pub text: String,
    /// Bytes of `text` that match, in order and apart.
    pub highlights: Vec<Range<usize>>,
}

/// Hits of a page at most.
const MOST_HITS: usize = 100;
/// The largest file a snippet is cut from, in bytes: reading more costs more than a search.
const LARGEST_FILE: u64 = 4 << 20;

impl Project<'_> {
    /// Searches this project.
    ///
    /// # Errors
    /// [`crate::Error::Filter`] and [`crate::Error::Timeframe`] for conditions that are not understood,
    /// [`crate::Error::Invalid`] for a page out of range. The query itself is never an error.
    pub fn search_notes(&self, request: &SearchRequest) -> Result<SearchReply> {
        let offset = page_offset(request.page, request.page_size, MOST_HITS)?;
        let query = Query::parse(&request.query);
        let filter = self.filter(request, &query)?;
        let nothing = SearchReply {
            total_is_exact: true,
            ..SearchReply::default()
        };
        if query.nothing || (request.query.trim().is_empty() && is_open(&filter)) {
            return Ok(nothing);
        }
        let found = self
            .session("search")?
            .lexical(&query, &filter, request.page_size, offset)?;
        let count = found.hits.len();
        let is_full = count == request.page_size;
        let wanted = Wanted::of(&query);
        Ok(SearchReply {
            has_more: count > 0
                && (offset + count < found.total || (is_full && !found.total_is_exact)),
            total: found.total,
            total_is_exact: found.total_is_exact,
            hits: found
                .hits
                .into_iter()
                .map(|hit| self.shown(hit, &wanted))
                .collect(),
        })
    }

    fn filter(&self, request: &SearchRequest, query: &Query) -> Result<Filter> {
        let mut all_tags = tags::parse(&Value::from(request.tags.clone()));
        for tag in &query.tags {
            if !all_tags.contains(tag) {
                all_tags.push(tag.clone());
            }
        }
        let after = match request.after.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(timeframe::moment(text, &request.now)?),
        };
        let folder = folder(request.folder.as_deref().unwrap_or_default())?;
        Ok(Filter {
            projects: vec![self.id()],
            folder: folder.map(|folder| folder.to_string()),
            note_types: request
                .note_types
                .iter()
                .map(|name| canonical_type(name))
                .collect(),
            tags: all_tags,
            categories: request.categories.clone(),
            metadata: MetadataFilter::parse(&request.metadata)?,
            after,
            notes_only: false,
        })
    }

    fn shown(&self, hit: Hit, wanted: &Wanted) -> SearchHit {
        let is_readable = hit.note.is_note && hit.note.fingerprint.size <= LARGEST_FILE;
        // A file that went away since the search is a hit without a passage.
        let bytes = is_readable
            .then(|| crate::files::read(self.root(), &hit.note.path).ok())
            .flatten();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let snippet = text
            .map(|text| snippet::snippet(&text, wanted))
            .unwrap_or_default();
        SearchHit {
            note: hit.note,
            score: hit.score,
            parts: hit.parts,
            snippet,
        }
    }
}

/// Whether nothing but the project is asked for.
fn is_open(filter: &Filter) -> bool {
    let Filter {
        projects: _,
        folder,
        note_types,
        tags,
        categories,
        metadata,
        after,
        notes_only: _,
    } = filter;
    folder.is_none()
        && note_types.is_empty()
        && tags.is_empty()
        && categories.is_empty()
        && metadata.conditions.is_empty()
        && after.is_none()
}
