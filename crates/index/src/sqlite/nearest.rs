//! The passages nearest to a vector.
//!
//! Not the arithmetic (`vector`). Invariant: nothing is found that the session's filter does not let through.

use super::Session;
use super::models::Model;
use super::passages::unpack;
use crate::error::StatementContext;
use crate::record::NoteId;
use crate::vector::Quantised;
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
        let connection = self.lease.connection();
        let used = Model::in_use(connection).action("look for the model in use")?;
        let Some(used) = used.filter(|used| used.name == model && used.dimensions == vector.len())
        else {
            return Ok(Nearest::default());
        };
        let allowed = self.allowed(filter)?;
        let query = Quantised::direction(vector);
        let rows = self.rows(
            "read passages",
            "SELECT note, spans FROM passages",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )?;
        let mut notes = Vec::new();
        for (note, spans) in rows {
            if allowed.as_ref().is_some_and(|set| !set.has(note)) {
                continue;
            }
            let mut passages = Vec::new();
            for (position, span) in unpack(&spans).enumerate() {
                let found: Option<(f64, Vec<u8>)> = connection
                    .prepare_cached(
                        "SELECT scale, bytes FROM vector WHERE model = ?1 AND hash = ?2",
                    )
                    .and_then(|mut statement| {
                        statement
                            .query_row(params![used.id, span.hash.as_bytes()], |row| {
                                Ok((row.get(0)?, row.get(1)?))
                            })
                            .optional()
                    })
                    .action("read a vector")?;
                if let Some((scale, bytes)) = found {
                    let dot: i32 = bytes
                        .iter()
                        .zip(&query.values)
                        .map(|(a, b)| i32::from(a.cast_signed()) * i32::from(*b))
                        .sum();
                    passages.push((position, dot as f32 * (scale as f32 * query.scale)));
                }
            }
            passages.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            passages.truncate(per_note);
            if !passages.is_empty() {
                notes.push(NearNote {
                    note: NoteId(note),
                    passages,
                });
            }
        }
        notes.sort_by(|one, other| {
            let by_score = other.passages[0].1.total_cmp(&one.passages[0].1);
            by_score.then(one.note.cmp(&other.note))
        });
        notes.truncate(limit);
        Ok(Nearest { notes })
    }
}
