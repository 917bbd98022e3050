//! Finds notes, and shows why.
//!
//! The index finds and ranks; the passage that is shown is cut from the file, since the index keeps no text.
//! Invariant: no query text is an error, and a file that cannot be read costs its snippet, not the hit.

mod asked;
mod blend;
mod clean;
mod cut;
mod fuse;
mod inspect;
mod name;
mod question;
mod rows;
mod snippet;
mod tag_tokens;
mod ties;
mod units;

pub use inspect::{Candidate, Fate, Inspection, NotePassage, NotePassages, Ranks, Stage};
pub use rows::{RowContent, RowKind, RowReply, RowRequest, SearchBy, SearchRow};

use crate::{Meant, Project, Result};
use cairn_index::{NoteRecord, Scores};
use cairn_note::Metadata;
use jiff::Zoned;
use std::ops::Range;
use units::Wanted;

/// What to search. Everything given must hold; a query without anything finds nothing.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What the person typed.
    pub query: String,
    /// What it is compared with.
    pub by: SearchBy,
    /// The cosine, 0 to 1, from which on a passage is similar; `None` is what the settings say.
    pub min_similarity: Option<f32>,
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
    /// What a search by words and meaning does without.
    pub left_out: LeftOut,
    /// From 1.
    pub page: usize,
    /// Hits of a page, 1 to 100.
    pub page_size: usize,
    /// The present.
    pub now: Zoned,
}

impl SearchRequest {
    /// Returns a search by words, without conditions, for its first page.
    pub fn new(query: impl Into<String>, now: Zoned) -> Self {
        Self {
            query: query.into(),
            by: SearchBy::Text,
            min_similarity: None,
            folder: None,
            note_types: Vec::new(),
            tags: Vec::new(),
            categories: Vec::new(),
            metadata: Metadata::new(),
            after: None,
            left_out: LeftOut::Nothing,
            page: 1,
            page_size: 10,
            now,
        }
    }
}

/// What a search by words and meaning does without in ranking, so that its worth can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeftOut {
    /// Everything counts.
    #[default]
    Nothing,
    /// Words anywhere in a note.
    Words,
    /// Words in its best passage.
    Passages,
    /// What its passages mean.
    Meaning,
    /// Notes that name each other.
    Ties,
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
    /// How much of meaning counted.
    pub meant: Meant,
}

/// A hit.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The note.
    pub note: NoteRecord,
    /// 0 to 1.
    pub score: f32,
    /// What it is made of.
    pub parts: Parts,
    /// The passage that matches best; empty when the file cannot be read, is no note or is very large.
    pub snippet: Snippet,
    /// Notes further down whose best passage is the same; they are no hits of their own.
    pub also: Vec<NoteRecord>,
}

/// What a score is made of; what a search did not look at, or did not find, is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Words anywhere in the note, 0 to 1.
    pub words: Option<f32>,
    /// BM25 of its best passage; more is better.
    pub passage: Option<f32>,
    /// Cosine of its passage nearest in meaning, −1 to 1.
    pub meaning: Option<f32>,
    /// What the score of its words is made of.
    pub lexical: Scores,
}

impl Parts {
    /// Whether words of the query stand in the note.
    pub fn is_by_words(&self) -> bool {
        self.words.is_some() || self.passage.is_some()
    }

    /// Whether it is near in meaning, not just the nearest there is.
    pub fn is_by_meaning(&self) -> bool {
        self.meaning
            .is_some_and(|cosine| cosine >= blend::LEAST_MEANING)
    }
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

impl Project<'_> {
    /// Searches this project.
    ///
    /// # Errors
    /// [`crate::Error::Filter`] and [`crate::Error::Timeframe`] for conditions that are not understood,
    /// [`crate::Error::Invalid`] for a page out of range, [`crate::Error::Meaningless`] for a search by meaning alone
    /// without a model that works. The query itself is never an error.
    pub fn search_notes(&self, request: &SearchRequest) -> Result<SearchReply> {
        let request = RowRequest {
            search: request.clone(),
            kinds: Vec::new(),
        };
        let found = self.engine.rows(&[*self], &request, MOST_HITS)?;
        Ok(SearchReply {
            hits: found.rows.into_iter().map(|row| row.hit).collect(),
            total: found.total,
            total_is_exact: found.total_is_exact,
            has_more: found.has_more,
            meant: found.meant,
        })
    }

    /// Cuts the best passage out of a note's file.
    fn snippet(&self, note: &NoteRecord, wanted: &Wanted) -> Snippet {
        let is_readable = note.is_note && note.fingerprint.size <= cut::LARGEST_FILE;
        // A file that went away since the search is a hit without a passage.
        let bytes = is_readable
            .then(|| crate::files::read(self.root(), &note.path).ok())
            .flatten();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(|text| snippet::snippet(&text, wanted))
            .unwrap_or_default()
    }
}
