//! The same search, told apart: notes, the observations in them, the relations in them; by words, by title, by
//! permalink; in one project or several.
//!
//! The index knows words of notes only. A line is found through its note: of the notes that match best, the lines with
//! at least one of the words. Invariant: a line's score is at most its note's, so scores of all kinds compare.

use super::asked::Asked;
use super::question::Question;
use super::{SearchHit, SearchRequest};
use crate::accept::page_offset;
use crate::{Engine, Project, Result};
use cairn_index::{NoteRecord, ProjectId, RelationRecord};
use cairn_note::Observation;

/// What a query's text is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchBy {
    /// All words of a note.
    #[default]
    Text,
    /// The words of its title.
    Title,
    /// Its permalink, whole, with or without the project's prefix; `*` stands for anything.
    Permalink,
}

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// Notes, and files that are none.
    Note,
    /// Observations in notes.
    Observation,
    /// Relations in notes.
    Relation,
}

/// What to search, what for, and what to compare it with.
#[derive(Debug, Clone)]
pub struct RowRequest {
    /// The query and its conditions; `categories` also say which observations are found. Up to 200 rows make a page.
    pub search: SearchRequest,
    /// What the query is compared with.
    pub by: SearchBy,
    /// What is found; nothing means notes.
    pub kinds: Vec<RowKind>,
}

/// A page of rows.
#[derive(Debug, Clone, Default)]
pub struct RowReply {
    /// Best first.
    pub rows: Vec<SearchRow>,
    /// Matching rows in all.
    pub total: usize,
    /// Whether that number is exact.
    pub total_is_exact: bool,
    /// Whether there is another page.
    pub has_more: bool,
    /// Whether words were looked for, so that a note's snippet is what matches best in it.
    pub is_by_words: bool,
}

/// Something found.
#[derive(Debug, Clone)]
pub struct SearchRow {
    /// The note, or the one it stands in; with its best passage when it is the note that was found.
    pub hit: SearchHit,
    /// What of it.
    pub content: RowContent,
}

/// What of a note was found.
#[derive(Debug, Clone, PartialEq)]
pub enum RowContent {
    /// All of it.
    Note,
    /// An observation.
    Observation {
        /// Observations before it.
        position: usize,
        /// The observation.
        observation: Observation,
    },
    /// A relation.
    Relation {
        /// Relations before it.
        position: usize,
        /// The relation.
        relation: RelationRecord,
        /// The note it points to.
        target: Option<Box<NoteRecord>>,
    },
}

/// Rows of a page at most.
const MOST_ROWS: usize = 200;

impl Engine {
    /// Searches projects of this engine, all with one question.
    ///
    /// # Errors
    /// As [`Project::search_notes`].
    pub fn search_rows(&self, projects: &[Project<'_>], request: &RowRequest) -> Result<RowReply> {
        let search = &request.search;
        let offset = page_offset(search.page, search.page_size, MOST_ROWS)?;
        let ids: Vec<ProjectId> = projects.iter().map(Project::id).collect();
        let is_name = request.by == SearchBy::Permalink && !search.query.trim().is_empty();
        let asked = if is_name {
            Some(Asked::conditions(search, ids)?)
        } else {
            Asked::words(search, ids)?
        };
        let nothing = RowReply {
            total_is_exact: true,
            ..RowReply::default()
        };
        let Some(asked) = asked.filter(|_| !projects.is_empty()) else {
            return Ok(nothing);
        };
        let question = Question {
            session: self.index.read("search")?,
            projects,
            request,
            asked: &asked,
        };
        let found = if matches!(request.kinds.as_slice(), [] | [RowKind::Note]) {
            question.notes(search.page_size, offset)?
        } else {
            question.lines(search.page_size, offset)?
        };
        // Files are read outside the session.
        drop(question);
        let count = found.rows.len();
        let is_full = count == search.page_size;
        let rows = found.rows.into_iter().map(|mut row| {
            let home = projects
                .iter()
                .find(|project| project.id() == row.hit.note.project);
            if let (RowContent::Note, Some(home)) = (&row.content, home) {
                row.hit.snippet = home.snippet(&row.hit.note, &asked.wanted);
            }
            row
        });
        Ok(RowReply {
            rows: rows.collect(),
            has_more: count > 0
                && (offset + count < found.total || (is_full && !found.total_is_exact)),
            total: found.total,
            total_is_exact: found.total_is_exact,
            is_by_words: request.by == SearchBy::Text && asked.query.expr.is_some(),
        })
    }
}
