//! What is saved from a damaged index before it is emptied: vectors, which take long to make again.
//!
//! Not the emptying (`check`). Invariant: a vector is saved only if its length proves that no byte of it changed, since
//! nothing would ever find out that it is a wrong one.

use super::models::Model;
use super::open;
use super::passages::recount_all;
use crate::Result;
use crate::error::StatementContext;
use crate::vector::Quantised;
use cairn_note::chunk::PassageHash;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

/// Vectors in a database that is in memory as far as there is room, and goes with the value.
pub(super) struct Saved {
    scratch: Connection,
    generation: i64,
}

impl Saved {
    /// Reads what can be read.
    pub(super) fn from(damaged: &Connection) -> Result<Self> {
        let scratch = Connection::open("").action("make room for vectors")?;
        scratch
            .execute_batch(concat!(
                include_str!("kept.sql"),
                "PRAGMA journal_mode = OFF; BEGIN"
            ))
            .action("make room for vectors")?;
        if !open::keeps(damaged) {
            return Ok(Self {
                scratch,
                generation: 0,
            });
        }
        let generation = damaged.query_row(
            "SELECT value FROM kept WHERE name = 'generation'",
            [],
            |row| row.get(0),
        );
        // Where the file is damaged reading ends, and what was read until then is good.
        copy(damaged, &scratch).ok();
        Ok(Self {
            scratch,
            generation: generation.unwrap_or(0),
        })
    }

    /// Stores what was read in an index that was made anew.
    pub(super) fn restore(&self, index: &mut Connection) -> Result<()> {
        let store = || -> rusqlite::Result<()> {
            let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
            copy(&self.scratch, &transaction)?;
            transaction.execute(
                "UPDATE model SET vectors = (SELECT count(*) FROM vector WHERE vector.model = model.id)",
                [],
            )?;
            if let Some(model) = Model::in_use(&transaction)? {
                recount_all(&transaction, &model)?;
            }
            // Whoever follows the old index must not take this one for it.
            transaction.execute(
                "UPDATE kept SET value = value + ?1 WHERE name = 'generation'",
                [self.generation],
            )?;
            transaction.commit()
        };
        let mut store = store;
        store().action("store the vectors that were saved")
    }
}

fn copy(from: &Connection, to: &Connection) -> rusqlite::Result<()> {
    let mut statement = from.prepare("SELECT id, name, dimensions, in_use FROM model")?;
    let models: Vec<(i64, String, i64, bool)> = statement
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (id, name, dimensions, in_use) in models {
        to.execute(
            "INSERT OR IGNORE INTO model (name, dimensions, in_use, vectors)
             VALUES (?1, ?2, ?3 AND NOT EXISTS (SELECT 1 FROM model WHERE in_use), 0)",
            params![name, dimensions, in_use],
        )?;
        let same = to
            .prepare_cached("SELECT id FROM model WHERE name = ?1 AND dimensions = ?2")?
            .query_row(params![name, dimensions], |row| row.get(0))
            .optional()?;
        if let Some(same) = same {
            copy_vectors(from, to, id, same, dimensions)?;
        }
    }
    Ok(())
}

fn copy_vectors(
    from: &Connection,
    to: &Connection,
    old: i64,
    new: i64,
    dimensions: i64,
) -> rusqlite::Result<()> {
    let mut statement =
        from.prepare("SELECT hash, scale, bytes FROM vector NOT INDEXED WHERE model = ?1")?;
    let mut insert = to.prepare(
        "INSERT OR IGNORE INTO vector (model, hash, scale, bytes) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut rows = statement.query([old])?;
    while let Some(row) = rows.next()? {
        let hash = row.get_ref(0)?.as_blob()?;
        let scale: f64 = row.get(1)?;
        let bytes = row.get_ref(2)?.as_blob()?;
        let is_whole = hash.len() == PassageHash::LENGTH
            && bytes.len() as i64 == dimensions
            && f64::from(Quantised::scale_of(bytes)).to_bits() == scale.to_bits();
        if is_whole {
            insert.execute(params![new, hash, scale, bytes])?;
        }
    }
    Ok(())
}
