//! The vectors of the model in use in memory, in step with the database.
//!
//! Not comparing them (`vector`). Invariant: after a session has looked, memory holds what that session would read, or
//! what a later one read; a note is read again only when the log says that its vectors changed, and everything only when
//! the generation is another one or the log no longer reaches back.

use super::Session;
use super::models::Model;
use super::passages::unpack;
use crate::Result;
use crate::error::StatementContext;
use crate::vector::{Row, Rows, Table};
use cairn_note::chunk::PassageHash;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

/// The vectors of an index, once somebody asked for those nearest to something.
///
/// Whoever searches takes what there is and lets go before comparing, so that this is held for reading alone.
#[derive(Default)]
pub(super) struct Followed(Mutex<Option<Following>>);

struct Following {
    state: State,
    table: Table,
}

/// Up to where the database was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    generation: i64,
    model: i64,
    seq: i64,
}

impl Followed {
    fn lock(&self) -> MutexGuard<'_, Option<Following>> {
        self.0.lock().unwrap_or_else(|poisoned| {
            // Whatever was being read may be there by halves.
            let mut following = poisoned.into_inner();
            *following = None;
            self.0.clear_poison();
            following
        })
    }
}

impl Session<'_> {
    /// Returns the vectors of the model in use.
    pub(super) fn vectors(&self, model: &Model) -> Result<Rows> {
        let connection = self.lease.connection();
        let now = state(connection, model).action("look whether vectors changed")?;
        let mut following = self.followed.lock();
        let mut known = following.take().filter(|known| {
            (known.state.generation, known.state.model) == (now.generation, now.model)
        });
        if let Some(known) = &mut known
            && known.state.seq < now.seq
            && !known
                .catch_up(connection, model, now)
                .action("read vectors that changed")?
        {
            // The log no longer reaches back.
            known.table = Table::default();
            known.state.seq = i64::MAX;
        }
        let known = match known {
            Some(known) if known.state.seq < i64::MAX => known,
            known => {
                // What is there makes room first.
                drop(known);
                Following {
                    state: now,
                    table: load(connection, model).action("read vectors")?,
                }
            }
        };
        Ok(following.insert(known).table.rows())
    }
}

fn state(connection: &Connection, model: &Model) -> rusqlite::Result<State> {
    connection
        .prepare_cached(
            "SELECT (SELECT value FROM kept WHERE name = 'generation'),
                    (SELECT coalesce(max(seq), 0) FROM passage_log)",
        )?
        .query_row([], |row| {
            Ok(State {
                generation: row.get(0)?,
                model: model.id,
                seq: row.get(1)?,
            })
        })
}

impl Following {
    /// Reads what changed since; `false` when the log does not tell.
    fn catch_up(
        &mut self,
        connection: &Connection,
        model: &Model,
        now: State,
    ) -> rusqlite::Result<bool> {
        let mut statement = connection
            .prepare_cached("SELECT seq, note FROM passage_log WHERE seq > ?1 ORDER BY seq")?;
        let mut rows = statement.query([self.state.seq])?;
        let mut notes = BTreeSet::new();
        let mut expected = self.state.seq + 1;
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(0)? != expected {
                return Ok(false);
            }
            expected += 1;
            notes.insert(row.get(1)?);
        }
        for note in notes {
            read_note(&mut self.table, connection, model, note)?;
        }
        self.state = now;
        Ok(true)
    }
}

/// Reads the vectors of one note again.
fn read_note(
    table: &mut Table,
    connection: &Connection,
    model: &Model,
    note: i64,
) -> rusqlite::Result<()> {
    let spans: Option<Vec<u8>> = connection
        .prepare_cached("SELECT spans FROM passages WHERE note = ?1")?
        .query_row([note], |row| row.get(0))
        .optional()?;
    let mut vectors: Vec<(u32, f64, Vec<u8>)> = Vec::new();
    for (position, span) in (0..).zip(unpack(&spans.unwrap_or_default())) {
        let vector = connection
            .prepare_cached("SELECT scale, bytes FROM vector WHERE model = ?1 AND hash = ?2")?
            .query_row(params![model.id, span.hash.as_bytes()], |row| {
                Ok((position, row.get(0)?, row.get(1)?))
            })
            .optional()?;
        vectors.extend(vector);
    }
    let rows: Vec<Row<'_>> = vectors
        .iter()
        .map(|(position, scale, bytes)| Row {
            position: *position,
            bytes,
            scale: *scale as f32,
        })
        .collect();
    table.put(note, &rows);
    Ok(())
}

/// Reads all vectors: first which passages have one, then the vectors in the order in which they lie in the file.
fn load(connection: &Connection, model: &Model) -> rusqlite::Result<Table> {
    let mut table = Table::new(model.dimensions);
    let mut wanted = wanted(connection, model, &mut table)?;
    wanted.sort_unstable();
    let mut statement =
        connection.prepare("SELECT hash, scale, bytes FROM vector NOT INDEXED WHERE model = ?1")?;
    let mut rows = statement.query([model.id])?;
    while let Some(row) = rows.next()? {
        let hash = row.get_ref(0)?.as_blob()?;
        let first = wanted.partition_point(|(other, _)| other.as_slice() < hash);
        let same = wanted[first..].iter();
        for (_, place) in same.take_while(|(other, _)| other.as_slice() == hash) {
            let scale: f64 = row.get(1)?;
            table.fill(*place as usize, row.get_ref(2)?.as_blob()?, scale as f32);
        }
    }
    Ok(table)
}

/// Makes a row for each passage that has a vector.
fn wanted(
    connection: &Connection,
    model: &Model,
    table: &mut Table,
) -> rusqlite::Result<Vec<([u8; PassageHash::LENGTH], u32)>> {
    let mut wanted = Vec::new();
    let mut statement = connection.prepare("SELECT note, spans, pending FROM passages")?;
    let mut rows = statement.query([])?;
    let mut kept: Vec<u32> = Vec::new();
    while let Some(row) = rows.next()? {
        let spans = unpack(row.get_ref(1)?.as_blob()?);
        let (count, pending) = (spans.len() as i64, row.get::<_, i64>(2)?);
        if pending == count {
            continue;
        }
        kept.clear();
        let first = wanted.len();
        for (position, span) in (0..).zip(spans) {
            if pending == 0 || model.has(connection, &span.hash)? {
                kept.push(position);
                wanted.push((*span.hash.as_bytes(), 0));
            }
        }
        let begin = table.begin(row.get(0)?, kept.iter().copied());
        for (place, (_, number)) in (begin..).zip(&mut wanted[first..]) {
            *number = u32::try_from(place).unwrap_or(u32::MAX);
        }
    }
    Ok(wanted)
}
