//! What changed lately.
//!
//! Not what changed in it: a note counts by its own time of modification. Invariant: latest first.

use crate::accept::page_offset;
use crate::lines::{self, Line};
use crate::search_notes::RowKind;
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
        kinds: &[RowKind],
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
        if kinds == [RowKind::Note] {
            let notes = session.recent(&filter, limit, offset)?.into_iter();
            return Ok(notes.map(|note| RecentItem::Note(Box::new(note))).collect());
        }
        let notes = session.latest(&filter)?;
        let (lines, _) = lines::page(&session, &notes, kinds, &[], limit, offset)?;
        let mut items = Vec::with_capacity(lines.len());
        for of_note in lines.chunk_by(|one, other| one.rank == other.rank) {
            if let Some(note) = session.by_id(notes[of_note[0].rank])? {
                self.items(&session, &note, of_note, &mut items)?;
            }
        }
        Ok(items)
    }

    /// Adds what stands at some lines of one note.
    fn items(
        &self,
        session: &Session<'_>,
        note: &NoteRecord,
        lines: &[Line],
        items: &mut Vec<RecentItem>,
    ) -> Result<()> {
        // Lines of a kind that are on one page stand together.
        let of_kind = |kind| {
            let mut lines = lines.iter().filter(|line| line.kind == kind);
            let first = lines.next();
            first.map(|first| (first.nth, 1 + lines.count()))
        };
        let boxed = || Box::new(note.clone());
        if of_kind(RowKind::Note).is_some() {
            items.push(RecentItem::Note(boxed()));
        }
        if let Some((first, count)) = of_kind(RowKind::Observation) {
            let observations = session.observations(note.id)?.into_iter();
            items.extend(observations.skip(first).take(count).map(|observation| {
                RecentItem::Observation {
                    note: boxed(),
                    observation,
                }
            }));
        }
        if let Some((first, count)) = of_kind(RowKind::Relation) {
            let relations = session.relations(note.id)?.into_iter();
            for mut relation in relations.skip(first).take(count) {
                items.push(RecentItem::Relation {
                    note: boxed(),
                    target: self.end_of(session, &mut relation)?,
                    relation,
                });
            }
        }
        Ok(())
    }
}
