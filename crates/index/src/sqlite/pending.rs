//! Which passages there are, and which of them lack a vector.
//!
//! Not counting them (`passages`). Invariant: how many are pending is read, never counted.

use super::Session;
use super::models::Model;
use super::passages::unpack;
use crate::error::StatementContext;
use crate::record::{NoteId, ProjectId};
use crate::{Pending, PendingNote, Result, Span};
use cairn_note::NotePath;
use cairn_note::chunk::PassageHash;
use rusqlite::OptionalExtension;
use std::collections::HashSet;

impl Session<'_> {
    /// Returns how many passages of these projects, or of every one when none is named, lack a vector of the model in use.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn pending(&self, projects: &[ProjectId]) -> Result<Pending> {
        let totals = self.rows(
            "count pending passages",
            "SELECT project, passages, pending, notes FROM passage_total",
            [],
            |row| {
                let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
                let pending = Pending {
                    of: number(1)?,
                    passages: number(2)?,
                    notes: number(3)?,
                };
                Ok((ProjectId(row.get(0)?), pending))
            },
        )?;
        let mut sum = Pending::default();
        for (project, pending) in totals {
            if projects.is_empty() || projects.contains(&project) {
                sum.passages += pending.passages;
                sum.notes += pending.notes;
                sum.of += pending.of;
            }
        }
        Ok(sum)
    }

    /// Returns notes with passages that lack a vector of the model in use, latest modified first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn pending_notes(&self, limit: usize) -> Result<Vec<PendingNote>> {
        let connection = self.lease.connection();
        let Some(model) = Model::in_use(connection).action("look for the model in use")? else {
            return Ok(Vec::new());
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Where many are pending the latest are soon found among the latest of all notes.
        let from = if self.pending(&[])?.notes > limit.cast_unsigned() * 8 {
            "note INDEXED BY note_modified CROSS JOIN passages ON passages.note = note.id"
        } else {
            "passages CROSS JOIN note ON note.id = passages.note"
        };
        let rows = self.rows(
            "list pending notes",
            &format!(
                "SELECT project, path, spans FROM {from} WHERE pending > 0
                 ORDER BY modified DESC, note.id DESC LIMIT ?1"
            ),
            [limit],
            |row| {
                let path: String = row.get(1)?;
                Ok((ProjectId(row.get(0)?), path, row.get::<_, Vec<u8>>(2)?))
            },
        )?;
        let mut notes = Vec::with_capacity(rows.len());
        for (project, path, spans) in rows {
            let Ok(path) = NotePath::from_disk(&path) else {
                continue;
            };
            let (mut missing, mut seen) = (Vec::new(), HashSet::new());
            for Span { hash, .. } in unpack(&spans) {
                let is_missing = seen.insert(hash)
                    && !model.has(connection, &hash).action("look for a vector")?;
                if is_missing {
                    missing.push(hash);
                }
            }
            notes.push(PendingNote {
                project,
                path,
                missing,
            });
        }
        Ok(notes)
    }

    /// Returns the passages of a note that lack a vector of the model in use, each once; all of them when none is.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn missing(&self, note: NoteId) -> Result<Vec<PassageHash>> {
        let connection = self.lease.connection();
        let model = Model::in_use(connection).action("look for the model in use")?;
        let (mut missing, mut seen) = (Vec::new(), HashSet::new());
        for Span { hash, .. } in self.spans(note)? {
            let is_missing = seen.insert(hash)
                && match &model {
                    Some(model) => !model.has(connection, &hash).action("look for a vector")?,
                    None => true,
                };
            if is_missing {
                missing.push(hash);
            }
        }
        Ok(missing)
    }

    /// Returns the passages of a note, in their order.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn spans(&self, note: NoteId) -> Result<Vec<Span>> {
        let spans: Option<Vec<u8>> = self
            .lease
            .connection()
            .prepare_cached("SELECT spans FROM passages WHERE note = ?1")
            .and_then(|mut statement| statement.query_row([note.0], |row| row.get(0)).optional())
            .action("read the passages of a note")?;
        Ok(unpack(&spans.unwrap_or_default()).collect())
    }
}
