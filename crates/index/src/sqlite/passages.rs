//! Where passages are stored, how many of them lack a vector, and whose vectors changed.
//!
//! Not which model is in use (`models`). Invariant: when a transaction ends, each note's `pending` is the number of its
//! passages without a vector of the model in use, the totals are the sums of the rows, and whoever follows the log and
//! the generation knows every note whose vectors changed.

use super::apply::Work;
use super::models::Model;
use super::open;
use crate::Span;
use cairn_note::chunk::PassageHash;
use cairn_note::{NotePath, link};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Bytes of a packed passage.
pub(super) const PACKED: usize = PassageHash::LENGTH + 8;

/// Entries of the log that are kept; who is further behind reads everything again.
const LOG: i64 = 10_000;

/// When the vectors of more notes than this change at once, reading all of them again is faster than following.
const BULK: usize = 1_000;

/// What a transaction changes about passages.
#[derive(Default)]
pub(super) struct Passages {
    /// The model in use, once it was looked for.
    model: Option<Option<Model>>,
    /// How the totals of projects change.
    totals: BTreeMap<i64, Totals>,
    /// Vectors the model got.
    vectors: i64,
    /// Notes whose vectors changed.
    changed: Vec<i64>,
}

#[derive(Default)]
struct Totals {
    passages: i64,
    pending: i64,
    notes: i64,
}

/// A note's row.
struct Stored {
    spans: Vec<u8>,
    pending: i64,
}

impl Stored {
    fn len(&self) -> i64 {
        (self.spans.len() / PACKED) as i64
    }
}

pub(super) fn pack(spans: &[Span]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(spans.len() * PACKED);
    for span in spans {
        packed.extend_from_slice(span.hash.as_bytes());
        packed.extend_from_slice(&span.start.to_le_bytes());
        packed.extend_from_slice(&span.end.to_le_bytes());
    }
    packed
}

/// Reads packed passages; a rest that is none is left out.
pub(super) fn unpack(packed: &[u8]) -> impl ExactSizeIterator<Item = Span> {
    let (passages, _) = packed.as_chunks::<PACKED>();
    passages.iter().map(|passage| {
        let (hash, range) = passage.split_first_chunk().expect("it is longer");
        let (start, end) = range.split_first_chunk().expect("it is longer");
        let end = end.first_chunk().expect("four bytes are left");
        Span {
            hash: PassageHash::from_bytes(*hash),
            start: u32::from_le_bytes(*start),
            end: u32::from_le_bytes(*end),
        }
    })
}

impl Work<'_> {
    /// Stores the passages of a note in the place of those it had.
    pub(super) fn write_passages(
        &mut self,
        note: i64,
        is_new: bool,
        spans: &[Span],
    ) -> rusqlite::Result<()> {
        let before = if is_new {
            None
        } else {
            self.passages_of(note)?
        };
        if before.is_none() && spans.is_empty() {
            return Ok(());
        }
        let packed = pack(spans);
        if before.as_ref().is_some_and(|row| row.spans == packed) {
            return Ok(());
        }
        let pending = self.lacking(spans, before.as_ref())?;
        let after = Stored {
            spans: packed,
            pending,
        };
        if spans.is_empty() {
            self.connection
                .prepare_cached("DELETE FROM passages WHERE note = ?1")?
                .execute([note])?;
        } else {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO passages VALUES (?1, ?2, ?3)")?
                .execute(params![note, after.spans, after.pending])?;
        }
        let project = self.scope.project.0;
        self.count(project, note, before.as_ref(), Some(&after));
        Ok(())
    }

    /// Removes the passages of a note.
    pub(super) fn drop_passages(&mut self, note: i64) -> rusqlite::Result<()> {
        self.write_passages(note, false, &[])
    }

    /// Stores the vectors of a note's passages.
    pub(super) fn embed(
        &mut self,
        path: &NotePath,
        model: &str,
        vectors: &[(PassageHash, Vec<f32>)],
    ) -> rusqlite::Result<()> {
        let Some(model) = self.model()?.filter(|used| used.name == model).cloned() else {
            return Ok(());
        };
        let Some(known) = self.known(path)? else {
            return Ok(());
        };
        let Some(before) = self.passages_of(known.id)? else {
            return Ok(());
        };
        let mut new = 0;
        for (hash, vector) in vectors {
            let is_wanted = unpack(&before.spans).any(|span| span.hash == *hash);
            if is_wanted && vector.len() == model.dimensions {
                new += model.insert(self.connection, hash, vector)?;
            }
        }
        if new > 0 {
            self.passages.vectors += new;
            if let Some(Some(model)) = &mut self.passages.model {
                model.vectors += new;
            }
        }
        self.recount(self.scope.project.0, known.id, &before)?;
        if new > 0 {
            for (project, note, row) in self.twins(known.id, &known.title)? {
                self.recount(project, note, &row)?;
            }
        }
        Ok(())
    }

    /// Counts a note's pending passages again.
    fn recount(&mut self, project: i64, note: i64, before: &Stored) -> rusqlite::Result<()> {
        let spans: Vec<Span> = unpack(&before.spans).collect();
        let pending = self.lacking(&spans, None)?;
        if pending == before.pending {
            return Ok(());
        }
        self.connection
            .prepare_cached("UPDATE passages SET pending = ?2 WHERE note = ?1")?
            .execute([note, pending])?;
        let after = Stored {
            spans: before.spans.clone(),
            pending,
        };
        self.count(project, note, Some(before), Some(&after));
        Ok(())
    }

    /// The notes that may have passages in common with a note and lack vectors: those of its title.
    fn twins(&self, note: i64, title: &str) -> rusqlite::Result<Vec<(i64, i64, Stored)>> {
        self.connection
            .prepare_cached(
                "SELECT note.project, note.id, passages.spans, passages.pending
                 FROM note CROSS JOIN passages ON passages.note = note.id
                 WHERE (path_bucket = ?1 OR title_bucket = ?1) AND title = ?2 AND id <> ?3 AND +pending > 0",
            )?
            .query_map(params![link::bucket(title), title, note], |row| {
                let stored = Stored {
                    spans: row.get(2)?,
                    pending: row.get(3)?,
                };
                Ok((row.get(0)?, row.get(1)?, stored))
            })?
            .collect()
    }

    fn passages_of(&self, note: i64) -> rusqlite::Result<Option<Stored>> {
        self.connection
            .prepare_cached("SELECT spans, pending FROM passages WHERE note = ?1")?
            .query_row([note], |row| {
                Ok(Stored {
                    spans: row.get(0)?,
                    pending: row.get(1)?,
                })
            })
            .optional()
    }

    /// How many passages have no vector; those of `before`, when none of its was lacking, need not be looked for.
    fn lacking(&mut self, spans: &[Span], before: Option<&Stored>) -> rusqlite::Result<i64> {
        let connection = self.connection;
        let Some(model) = self.model()? else {
            return Ok(0);
        };
        if model.vectors == 0 {
            return Ok(spans.len() as i64);
        }
        let before = before.filter(|row| row.pending == 0);
        let mut lacking = 0;
        for span in spans {
            let had =
                before.is_some_and(|row| unpack(&row.spans).any(|other| other.hash == span.hash));
            if !had && !model.has(connection, &span.hash)? {
                lacking += 1;
            }
        }
        Ok(lacking)
    }

    /// The model in use.
    fn model(&mut self) -> rusqlite::Result<Option<&Model>> {
        if self.passages.model.is_none() {
            self.passages.model = Some(Model::in_use(self.connection)?);
        }
        Ok(self.passages.model.as_ref().and_then(Option::as_ref))
    }

    /// Adds a change to the totals and to the notes whose vectors changed.
    fn count(&mut self, project: i64, note: i64, before: Option<&Stored>, after: Option<&Stored>) {
        let totals = self.passages.totals.entry(project).or_default();
        for (row, sign) in [(before, -1), (after, 1)] {
            if let Some(row) = row {
                totals.passages += sign * row.len();
                totals.pending += sign * row.pending;
                totals.notes += sign * i64::from(row.pending > 0);
            }
        }
        let has_vectors = |row: Option<&Stored>| row.is_some_and(|row| row.pending < row.len());
        let has_model = self.passages.model.as_ref().is_some_and(Option::is_some);
        if has_model && (has_vectors(before) || has_vectors(after)) {
            self.passages.changed.push(note);
        }
    }

    /// Stores what was gathered.
    pub(super) fn settle_passages(&mut self) -> rusqlite::Result<()> {
        let Passages {
            totals,
            vectors,
            changed,
            ..
        } = std::mem::take(&mut self.passages);
        for (project, totals) in totals {
            self.connection
                .prepare_cached(
                    "INSERT INTO passage_total VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (project) DO UPDATE SET passages = passages + excluded.passages,
                        pending = pending + excluded.pending, notes = notes + excluded.notes",
                )?
                .execute([project, totals.passages, totals.pending, totals.notes])?;
        }
        if vectors > 0 {
            self.connection
                .prepare_cached("UPDATE model SET vectors = vectors + ?1 WHERE in_use")?
                .execute([vectors])?;
        }
        if changed.len() > BULK {
            return open::next_generation(self.connection);
        }
        tell(self.connection, &changed)
    }
}

/// Adds notes to the log.
fn tell(connection: &Connection, notes: &[i64]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO passage_log (note) VALUES (?1)")?;
    for note in notes {
        insert.execute([note])?;
    }
    if !notes.is_empty() {
        connection
            .prepare_cached("DELETE FROM passage_log WHERE seq <= ?1")?
            .execute([connection.last_insert_rowid() - LOG])?;
    }
    Ok(())
}

/// Counts everything again, when another model is used.
pub(super) fn recount_all(connection: &Connection, model: &Model) -> rusqlite::Result<()> {
    if model.vectors == 0 {
        connection.execute(
            "UPDATE passages SET pending = length(spans) / ?1",
            [PACKED as i64],
        )?;
    } else {
        let mut last = i64::MIN;
        while let Some((note, row)) = after(connection, last)? {
            last = note;
            let mut pending = 0;
            for span in unpack(&row.spans) {
                pending += i64::from(!model.has(connection, &span.hash)?);
            }
            if pending != row.pending {
                connection
                    .prepare_cached("UPDATE passages SET pending = ?2 WHERE note = ?1")?
                    .execute([note, pending])?;
            }
        }
    }
    connection.execute_batch("DELETE FROM passage_total")?;
    connection.execute(
        "INSERT INTO passage_total
         SELECT project, sum(length(spans) / ?1), sum(pending), sum(pending > 0)
         FROM passages JOIN note ON note.id = passages.note GROUP BY project",
        [PACKED as i64],
    )?;
    open::next_generation(connection)
}

/// The row of the first note after one.
fn after(connection: &Connection, note: i64) -> rusqlite::Result<Option<(i64, Stored)>> {
    connection
        .prepare_cached(
            "SELECT note, spans, pending FROM passages WHERE note > ?1 ORDER BY note LIMIT 1",
        )?
        .query_row([note], |row| {
            let stored = Stored {
                spans: row.get(1)?,
                pending: row.get(2)?,
            };
            Ok((row.get(0)?, stored))
        })
        .optional()
}
