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
    let places = places(connection, model, &mut table)?;
    let mut statement =
        connection.prepare("SELECT hash, scale, bytes FROM vector NOT INDEXED WHERE model = ?1")?;
    let mut rows = statement.query([model.id])?;
    while let Some(row) = rows.next()? {
        let hash = PassageHash::from_bytes(row.get(0)?);
        for place in places.of(&hash) {
            let scale: f64 = row.get(1)?;
            table.fill(place, row.get_ref(2)?.as_blob()?, scale as f32);
        }
    }
    Ok(table)
}

/// Makes a row for each passage that has a vector.
fn places(connection: &Connection, model: &Model, table: &mut Table) -> rusqlite::Result<Places> {
    let mut places = Vec::new();
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
        let first = places.len();
        for (position, span) in (0..).zip(spans) {
            if pending == 0 || model.has(connection, &span.hash)? {
                kept.push(position);
                places.push((halves(&span.hash), 0));
            }
        }
        let begin = table.begin(row.get(0)?, kept.iter().copied());
        for (row, (_, place)) in (begin..).zip(&mut places[first..]) {
            *place = u32::try_from(row).unwrap_or(u32::MAX);
        }
    }
    Ok(Places::new(places))
}

/// Which rows the vector of a passage belongs in.
struct Places {
    /// By hash, then by row.
    sorted: Vec<([u64; 2], u32)>,
    /// Where the hashes with each first two bytes begin: hashes are spread evenly, so few are left to search.
    starts: Vec<u32>,
}

impl Places {
    fn new(mut places: Vec<([u64; 2], u32)>) -> Self {
        places.sort_unstable();
        let mut starts = vec![0; usize::from(u16::MAX) + 2];
        for (hash, _) in &places {
            starts[first_bytes(hash) + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            sorted: places,
            starts,
        }
    }

    fn of(&self, hash: &PassageHash) -> impl Iterator<Item = usize> {
        let hash = halves(hash);
        let first = first_bytes(&hash);
        let near = self.starts[first] as usize..self.starts[first + 1] as usize;
        let near = self.sorted[near].iter();
        let before = near.skip_while(move |(other, _)| *other < hash);
        let same = before.take_while(move |(other, _)| *other == hash);
        same.map(|(_, place)| *place as usize)
    }
}

fn halves(hash: &PassageHash) -> [u64; 2] {
    let (first, second) = hash.as_bytes().split_at(8);
    [first, second].map(|half| {
        let half = half.first_chunk().expect("it is half of 16 bytes");
        u64::from_be_bytes(*half)
    })
}

fn first_bytes(hash: &[u64; 2]) -> usize {
    (hash[0] >> 48) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_hash_is_found() {
        let hash = |number: u32| PassageHash::of(&(number / 3).to_string());
        let mut places: Vec<_> = (0..30_000).map(|row| (halves(&hash(row)), row)).collect();
        places.reverse();
        let places = Places::new(places);
        for row in 0..30_000 {
            let first = (row / 3 * 3) as usize;
            let found: Vec<usize> = places.of(&hash(row)).collect();
            assert_eq!(found, [first, first + 1, first + 2]);
        }
        for number in 30_000..31_000 {
            assert_eq!(places.of(&hash(number)).count(), 0);
        }
        let none = Places::new(Vec::new());
        assert_eq!(none.of(&hash(1)).count(), 0);
        let (least, most) = ([0; 16], [255; 16]);
        let ends = Places::new(
            [least, most]
                .map(|bytes| (halves(&PassageHash::from_bytes(bytes)), 7))
                .to_vec(),
        );
        assert_eq!(ends.of(&PassageHash::from_bytes(most)).count(), 1);
        assert_eq!(ends.of(&PassageHash::from_bytes(least)).count(), 1);
    }
}
