//! The same search, told apart: notes, the observations in them, the relations in them; by words, by title, by
//! permalink; in one project or several.
//!
//! The index knows words of notes only. A line is found through its note: of the notes that match best, the lines with
//! at least one of the words. Invariant: a line's score is at most its note's, so scores of all kinds compare.

use super::asked::Asked;
use super::blend::{self, Counted};
use super::question::{Found, Question};
use super::{SearchHit, SearchRequest};
use crate::accept::page_offset;
use crate::{Engine, Error, Meant, Project, Result};
use cairn_index::{NoteId, NoteRecord, ProjectId, RelationRecord};
use cairn_note::Observation;
use std::collections::HashSet;

/// What a query's text is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchBy {
    /// All words of a note.
    #[default]
    Text,
    /// Its words, those of its passages, and what they mean. Where meaning cannot count, words alone.
    Hybrid,
    /// What its passages mean.
    Meaning,
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

/// What to search, and what for.
#[derive(Debug, Clone)]
pub struct RowRequest {
    /// The query and its conditions; `categories` also say which observations are found. Up to 200 rows make a page.
    pub search: SearchRequest,
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
    /// Whether words or meaning were looked for, so that a note's snippet is what matches best in it.
    pub is_by_words: bool,
    /// How much of meaning counted.
    pub meant: Meant,
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
        self.rows(projects, request, MOST_ROWS)
    }

    pub(super) fn rows(
        &self,
        projects: &[Project<'_>],
        request: &RowRequest,
        most: usize,
    ) -> Result<RowReply> {
        let search = &request.search;
        let offset = page_offset(search.page, search.page_size, most)?;
        let ids: Vec<ProjectId> = projects.iter().map(Project::id).collect();
        let is_name = search.by == SearchBy::Permalink && !search.query.trim().is_empty();
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
        let meaning = self.meaning_of(search, &asked)?;
        let page = Page {
            limit: search.page_size,
            offset,
        };
        let found = match &meaning.vector {
            Some(vector) => self.by_meaning(projects, request, &asked, vector, page)?,
            None => self.by_words(projects, request, &asked, page)?,
        };
        let count = found.rows.len();
        let is_full = count == search.page_size;
        Ok(RowReply {
            rows: found.rows,
            has_more: count > 0
                && (offset + count < found.total || (is_full && !found.total_is_exact)),
            total: found.total,
            total_is_exact: found.total_is_exact,
            is_by_words: asked.query.expr.is_some()
                && matches!(
                    search.by,
                    SearchBy::Text | SearchBy::Hybrid | SearchBy::Meaning
                ),
            meant: self.meant(search, &asked, &meaning)?,
        })
    }

    fn by_words(
        &self,
        projects: &[Project<'_>],
        request: &RowRequest,
        asked: &Asked,
        page: Page,
    ) -> Result<Found> {
        let question = Question {
            session: self.index.read("search")?,
            projects,
            request,
            asked,
        };
        let mut found = if request.is_for_notes() {
            question.notes(page.limit, page.offset)?
        } else {
            question.lines(None, page.limit, page.offset)?
        };
        // Files are read outside the session.
        drop(question);
        for row in &mut found.rows {
            let mut homes = projects.iter();
            let home = homes.find(|project| project.id() == row.hit.note.project);
            if let (RowContent::Note, Some(home)) = (&row.content, home) {
                row.hit.snippet = home.snippet(&row.hit.note, &asked.wanted);
            }
        }
        Ok(found)
    }

    fn by_meaning(
        &self,
        projects: &[Project<'_>],
        request: &RowRequest,
        asked: &Asked,
        vector: &[f32],
        page: Page,
    ) -> Result<Found> {
        let Some(model) = &self.settings.meaning.model else {
            return self.by_words(projects, request, asked, page);
        };
        let meaning = blend::Meaning {
            model: model.name(),
            vector,
            least: request
                .search
                .min_similarity
                .or(self.settings.meaning.min_similarity),
            counted: match request.search.by {
                SearchBy::Meaning => Counted::Meaning,
                _ => Counted::Both,
            },
            left_out: request.search.left_out,
        };
        let gathered = blend::gather(&self.index.read("search")?, asked, &meaning)?;
        let (total, total_is_exact) = (gathered.total, gathered.total_is_exact);
        let ranked = gathered.ranked(projects, asked);
        if !request.is_for_notes() {
            let notes: Vec<_> = ranked
                .into_iter()
                .map(|one| (one.note.id, one.score, one.note.title))
                .collect();
            let question = Question {
                session: self.index.read("search")?,
                projects,
                request,
                asked,
            };
            return question.lines(Some(notes), page.limit, page.offset);
        }
        // Notes that the first ones stand for are no hits.
        let folded: usize = ranked.iter().map(|one| one.also.len()).sum();
        let mut found = Found {
            rows: Vec::new(),
            total: total.saturating_sub(folded),
            total_is_exact,
        };
        let (depth, least) = (ranked.len(), ranked.last().map_or(1.0, |last| last.score));
        let seen: HashSet<NoteId> = ranked
            .iter()
            .flat_map(|one| one.also.iter().chain([&one.note]))
            .map(|note| note.id)
            .collect();
        let here = ranked.into_iter().skip(page.offset).take(page.limit);
        found.rows.extend(here.map(|one| SearchRow {
            hit: one.shown(asked),
            content: RowContent::Note,
        }));
        if meaning.counted == Counted::Both && page.offset + page.limit > depth {
            // Further down, words alone decide.
            let rest = Page {
                limit: page.offset + page.limit + seen.len(),
                offset: 0,
            };
            let rest = self.by_words(projects, request, asked, rest)?;
            let rest = rest
                .rows
                .into_iter()
                .filter(|row| !seen.contains(&row.hit.note.id));
            let skipped = page.offset.saturating_sub(depth);
            let missing = page.limit - found.rows.len();
            found
                .rows
                .extend(rest.skip(skipped).take(missing).map(|mut row| {
                    row.hit.score *= least;
                    row
                }));
        }
        Ok(found)
    }

    /// The meaning of a question, as far as it is asked for and there is a model that works.
    pub(super) fn meaning_of(&self, search: &SearchRequest, asked: &Asked) -> Result<Vector> {
        let mut meaning = Vector::default();
        if !matches!(search.by, SearchBy::Hybrid | SearchBy::Meaning) {
            return Ok(meaning);
        }
        let is_needed = search.by == SearchBy::Meaning && asked.query.expr.is_some();
        let Some(model) = &self.settings.meaning.model else {
            return if is_needed {
                Err(Error::Meaningless {
                    reason: "there is no model".to_owned(),
                })
            } else {
                Ok(meaning)
            };
        };
        let text = match &asked.question {
            Some(question) => question.as_str(),
            None if is_needed => search.query.trim(),
            None => return Ok(meaning),
        };
        match model.question(text, (self.settings.clock)()) {
            Ok(vector) => meaning.vector = Some(vector),
            Err(reason) if is_needed => return Err(Error::Meaningless { reason }),
            Err(reason) => meaning.trouble = Some(reason),
        }
        Ok(meaning)
    }

    /// What is said of meaning beside an answer.
    fn meant(&self, search: &SearchRequest, asked: &Asked, meaning: &Vector) -> Result<Meant> {
        let Some(model) = &self.settings.meaning.model else {
            return Ok(Meant::default());
        };
        let pending = self
            .index
            .read("count what is pending")?
            .pending(&asked.filter.projects)?;
        Ok(Meant {
            model: Some(model.name().to_owned()),
            is_counted: meaning.vector.is_some(),
            pending: pending.passages,
            passages: pending.of,
            trouble: meaning
                .trouble
                .clone()
                .filter(|_| search.by != SearchBy::Text),
        })
    }
}

/// A question's vector, or why there is none.
#[derive(Default)]
pub(super) struct Vector {
    pub(super) vector: Option<Vec<f32>>,
    trouble: Option<String>,
}

/// Which rows are wanted.
#[derive(Clone, Copy)]
struct Page {
    limit: usize,
    offset: usize,
}

impl RowRequest {
    fn is_for_notes(&self) -> bool {
        matches!(self.kinds.as_slice(), [] | [RowKind::Note])
    }
}
