//! What changed lately.
//!
//! Not what changed in it: a note counts by its own time of modification, unless it is asked what somebody did, which the
//! history knows. Invariant: latest first.

use crate::accept::page_offset;
use crate::lines::{self, Line};
use crate::search_notes::RowKind;
use crate::{NoteRevision, Project, Result};
use cairn_history::Touched;
use cairn_index::{Filter, NoteKey, NoteRecord, RelationRecord, Session};
use cairn_note::{NotePath, Observation, filter::canonical_type, timeframe};
use jiff::{Timestamp, Zoned};
use std::collections::HashMap;

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

/// What somebody did to a note.
#[derive(Debug, Clone, PartialEq)]
pub struct RecentChange {
    /// The note as it is now; `None` when it is gone.
    pub note: Option<Box<NoteRecord>>,
    /// The last of it.
    pub last: NoteRevision,
    /// Where the note was before, if that moved it.
    pub former: Option<String>,
}

impl RecentChange {
    /// Returns where the note is, or was.
    pub fn path(&self) -> &str {
        let note = self.note.as_ref();
        note.map_or(&self.last.path, |note| note.path.as_str())
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

    /// Returns the last change of each of these notes that the history knows one of, by path.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn last_changes<'n>(
        &self,
        notes: impl IntoIterator<Item = &'n NoteRecord>,
    ) -> Result<HashMap<String, NoteRevision>> {
        let paths = notes.into_iter().map(|note| note.path.as_str());
        let paths: Vec<&str> = paths.collect();
        let newest = self.engine.history.newest(self.id().0, &paths)?;
        let by_path = newest
            .into_iter()
            .map(|revision| (revision.path.clone(), NoteRevision::from(revision)));
        Ok(by_path.collect())
    }

    /// Returns the notes an actor did something to since a time, the last first; those that are gone since, too.
    ///
    /// # Errors
    /// When history or index cannot be read.
    pub fn recent_changes(
        &self,
        actor: &str,
        since: Timestamp,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<RecentChange>> {
        let touched = self
            .engine
            .history
            .touched(self.id().0, actor, since, (offset, limit))?;
        let session = self.session("list what somebody changed")?;
        let change = |touched: Touched| {
            let place = touched.place.as_deref().map(NotePath::from_disk);
            let note = match place.and_then(std::result::Result::ok) {
                Some(path) => session.note(self.id(), NoteKey::Path(&path))?,
                None => None,
            };
            let mut change = RecentChange {
                note: note.map(Box::new),
                last: touched.last.into(),
                former: touched.former,
            };
            if change.former.as_deref() == Some(change.path()) {
                change.former = None;
            }
            Ok(change)
        };
        touched.into_iter().map(change).collect()
    }

    /// Returns who changed the project since a time, by name.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn actors(&self, since: Timestamp) -> Result<Vec<String>> {
        Ok(self.engine.history.actors(self.id().0, since)?)
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
