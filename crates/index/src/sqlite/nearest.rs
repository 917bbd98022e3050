//! The passages nearest to a vector.
//!
//! Not the arithmetic (`vector`) nor keeping vectors in memory (`follow`). Invariant: nothing is found that the filter does
//! not let through, nor a passage the session does not know.

use super::Session;
use super::models::Model;
use super::passages::PACKED;
use crate::error::StatementContext;
use crate::record::NoteId;
use crate::vector::{Near, Quantised, Wanted};
use crate::{Filter, NearNote, Nearest, Result};
use rusqlite::{OptionalExtension, params};

impl Session<'_> {
    /// Returns the nearest passages, best first: those of at most `limit` notes, and of each its best `per_note`. There
    /// are none when the model is not the one in use, or the vector is not of its dimensions.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn nearest(
        &self,
        model: &str,
        vector: &[f32],
        filter: &Filter,
        limit: usize,
        per_note: usize,
    ) -> Result<Nearest> {
        let used = Model::in_use(self.lease.connection()).action("look for the model in use")?;
        let is_it = |used: &Model| used.name == model && used.dimensions == vector.len();
        let Some(used) = used.filter(is_it) else {
            return Ok(Nearest::default());
        };
        let allowed = self.allowed(filter)?;
        let rows = self.vectors(&used)?;
        let question = Quantised::direction(vector);
        let wanted = Wanted {
            notes: limit,
            per_note,
        };
        let is_allowed = |note| allowed.as_ref().is_none_or(|set| set.has(note));
        let mut notes = Vec::new();
        for near in rows.nearest(&question, wanted, is_allowed) {
            notes.extend(self.known_passages(near)?);
        }
        Ok(Nearest { notes })
    }

    /// What the session knows of a note's passages: the vectors may be those of a later state.
    fn known_passages(&self, near: Near) -> Result<Option<NearNote>> {
        let count: Option<u32> = self
            .lease
            .connection()
            .prepare_cached("SELECT length(spans) / ?2 FROM passages WHERE note = ?1")
            .and_then(|mut statement| {
                let values = params![near.note, PACKED as i64];
                statement.query_row(values, |row| row.get(0)).optional()
            })
            .action("look for passages")?;
        let count = count.unwrap_or(0);
        let passages = near.passages.into_iter();
        let passages: Vec<(usize, f32)> = passages
            .filter(|(position, _)| *position < count)
            .map(|(position, score)| (position as usize, score))
            .collect();
        Ok((!passages.is_empty()).then_some(NearNote {
            note: NoteId(near.note),
            passages,
        }))
    }
}
