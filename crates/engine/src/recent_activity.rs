//! What changed lately.
//!
//! Not what changed in it: a note counts by its own time of modification. Invariant: latest first.

use crate::accept::page_offset;
use crate::{Project, Result};
use cairn_index::{Filter, NoteRecord, RelationRecord, Session};
use cairn_note::{Observation, filter::canonical_type, timeframe};
use jiff::{Timestamp, Zoned};

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

/// What kinds of things are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecentKind {
    /// Notes.
    Note,
    /// Observations of recent notes.
    Observation,
    /// Relations of recent notes.
    Relation,
}

/// A note that changed lately, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum RecentItem {
    /// A note.
    Note(Box<NoteRecord>),
    /// An observation.
    Observation {
        /// The note it stands in.
        note: Box<NoteRecord>,
        /// The observation.
        observation: Observation,
    },
    /// A relation.
    Relation {
        /// The note it stands in.
        note: Box<NoteRecord>,
        /// The relation.
        relation: RelationRecord,
        /// The note it resolves to, if any.
        target: Option<Box<NoteRecord>>,
    },
}

impl RecentItem {
    /// Returns the note it is, or stands in.
    pub fn note(&self) -> &NoteRecord {
        match self {
            Self::Note(note) | Self::Observation { note, .. } | Self::Relation { note, .. } => note,
        }
    }
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
    /// Returns what was modified after `since`, latest first: of each note itself, its observations, its relations.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn recent_items(
        &self,
        since: Timestamp,
        kinds: &[RecentKind],
        offset: usize,
        limit: usize,
    ) -> Result<Vec<RecentItem>> {
        let filter = Filter {
            projects: vec![self.id()],
            after: Some(since),
            notes_only: true,
            ..Filter::default()
        };
        let session = self.session("list recent activity")?;
        if kinds == [RecentKind::Note] {
            let notes = session.recent(&filter, limit, offset)?.into_iter();
            return Ok(notes.map(|note| RecentItem::Note(Box::new(note))).collect());
        }
        let mut items = Vec::new();
        let mut first = 0;
        // Nobody knows how many parts a note has before it is looked at.
        while items.len() < offset + limit {
            let notes = session.recent(&filter, CHUNK, first)?;
            let is_last = notes.len() < CHUNK;
            first += notes.len();
            for note in notes {
                self.parts(&session, &note, kinds, &mut items)?;
            }
            if is_last {
                break;
            }
        }
        Ok(items.into_iter().skip(offset).take(limit).collect())
    }

    /// Adds what is wanted of a note.
    fn parts(
        &self,
        session: &Session<'_>,
        note: &NoteRecord,
        kinds: &[RecentKind],
        items: &mut Vec<RecentItem>,
    ) -> Result<()> {
        if kinds.contains(&RecentKind::Note) {
            items.push(RecentItem::Note(Box::new(note.clone())));
        }
        if kinds.contains(&RecentKind::Observation) {
            for observation in session.observations(note.id)? {
                items.push(RecentItem::Observation {
                    note: Box::new(note.clone()),
                    observation,
                });
            }
        }
        if kinds.contains(&RecentKind::Relation) {
            for mut relation in session.relations(note.id)? {
                let target = self.end_of(session, &mut relation)?;
                items.push(RecentItem::Relation {
                    note: Box::new(note.clone()),
                    relation,
                    target,
                });
            }
        }
        Ok(())
    }
}

/// Notes looked at before it is asked whether that was enough.
const CHUNK: usize = 200;
