//! Which model is in use, and the vectors that are kept of it.
//!
//! What makes vectors is not known here: a model is a name and a number of dimensions. Invariant: at most one model is in
//! use, and `vectors` is how many rows it has.

use super::passages::{recount_all, unpack};
use super::{Index, Session, WriteSession};
use crate::Result;
use crate::error::StatementContext;
use crate::vector::Quantised;
use cairn_note::chunk::PassageHash;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashSet;

/// A model as it is stored.
#[derive(Clone)]
pub(super) struct Model {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) dimensions: usize,
    pub(super) vectors: i64,
}

const MODEL: &str = "SELECT id, name, dimensions, vectors FROM model";

fn model(row: &Row<'_>) -> rusqlite::Result<Model> {
    Ok(Model {
        id: row.get(0)?,
        name: row.get(1)?,
        dimensions: row.get::<_, u32>(2)? as usize,
        vectors: row.get(3)?,
    })
}

impl Model {
    /// Returns the model in use.
    pub(super) fn in_use(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(&format!("{MODEL} WHERE in_use"))?
            .query_row([], model)
            .optional()
    }

    fn named(connection: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(&format!("{MODEL} WHERE name = ?1"))?
            .query_row([name], model)
            .optional()
    }

    /// Whether a passage has a vector.
    pub(super) fn has(
        &self,
        connection: &Connection,
        hash: &PassageHash,
    ) -> rusqlite::Result<bool> {
        connection
            .prepare_cached("SELECT 1 FROM vector WHERE model = ?1 AND hash = ?2")?
            .exists(params![self.id, hash.as_bytes()])
    }

    /// Stores a vector, unless the passage has one; returns how many there are more.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        hash: &PassageHash,
        vector: &[f32],
    ) -> rusqlite::Result<i64> {
        let Quantised { values, scale } = Quantised::direction(vector);
        let bytes: Vec<u8> = values.iter().map(|value| value.cast_unsigned()).collect();
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO vector (model, hash, scale, bytes) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![self.id, hash.as_bytes(), f64::from(scale), bytes])
            .map(|count| count as i64)
    }

    fn clear(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.execute("DELETE FROM vector WHERE model = ?1", [self.id])?;
        connection.execute("UPDATE model SET vectors = 0 WHERE id = ?1", [self.id])?;
        Ok(())
    }
}

impl Index {
    /// Makes `model` the one whose vectors are kept and searched; passages it has no vectors of are pending. The vectors
    /// of other models stay until nothing is pending any more, for whoever changes their mind.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn use_model(&self, model: &str, dimensions: usize) -> Result<()> {
        let is_used = |connection: &Connection| {
            let used = Model::in_use(connection).action("look for the model in use")?;
            Ok(used.is_some_and(|used| used.name == model && used.dimensions == dimensions))
        };
        if is_used(self.read("look for the model in use")?.lease.connection())? {
            return Ok(());
        }
        let session = self.write("use a model")?;
        if !is_used(session.lease.connection())? {
            session.use_model(model, dimensions).action("use a model")?;
        }
        session.commit()
    }

    /// Drops what is of no use once nothing is pending: vectors of other models than the one in use, and those of passages
    /// that no note has when there are many. Returns how many were dropped.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn sweep_vectors(&self) -> Result<usize> {
        let is_due = self.read("look for old vectors")?.is_sweep_due()?;
        if !is_due {
            return Ok(0);
        }
        let session = self.write("drop old vectors")?;
        let dropped = session.sweep_vectors().action("drop old vectors")?;
        session.commit()?;
        Ok(dropped)
    }
}

impl Session<'_> {
    /// Returns the model in use.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn model_in_use(&self) -> Result<Option<String>> {
        let model = Model::in_use(self.lease.connection()).action("look for the model in use")?;
        Ok(model.map(|model| model.name))
    }

    /// Whether there may be enough to drop.
    fn is_sweep_due(&self) -> Result<bool> {
        let pending = self.pending(&[])?;
        let others = self.rows(
            "look for old vectors",
            "SELECT vectors FROM model WHERE NOT in_use",
            [],
            |row| row.get::<_, i64>(0),
        )?;
        let used = Model::in_use(self.lease.connection()).action("look for the model in use")?;
        let is_full = used.is_some_and(|model| is_many(model.vectors, pending.of));
        Ok(pending.passages == 0 && (!others.is_empty() || is_full))
    }
}

/// Whether so many vectors are many more than there are passages.
fn is_many(vectors: i64, passages: u64) -> bool {
    vectors.cast_unsigned() > passages + passages / 4 + 1_000
}

impl WriteSession<'_> {
    fn use_model(&self, name: &str, dimensions: usize) -> rusqlite::Result<()> {
        let connection = self.lease.connection();
        let stored = i64::try_from(dimensions).unwrap_or(i64::MAX);
        connection.execute(
            "INSERT OR IGNORE INTO model (name, dimensions, in_use, vectors) VALUES (?1, ?2, 0, 0)",
            params![name, stored],
        )?;
        let Some(mut model) = Model::named(connection, name)? else {
            return Ok(());
        };
        if model.dimensions != dimensions {
            model.clear(connection)?;
            model.vectors = 0;
        }
        connection.execute(
            "UPDATE model SET in_use = (name = ?1), dimensions = iif(name = ?1, ?2, dimensions)",
            params![name, stored],
        )?;
        recount_all(connection, &model)
    }

    fn sweep_vectors(&self) -> rusqlite::Result<usize> {
        let connection = self.lease.connection();
        let mut dropped = connection.execute(
            "DELETE FROM vector WHERE model IN (SELECT id FROM model WHERE NOT in_use)",
            [],
        )?;
        connection.execute("DELETE FROM model WHERE NOT in_use", [])?;
        let passages = connection
            .query_row("SELECT sum(passages) FROM passage_total", [], |row| {
                row.get::<_, Option<i64>>(0)
            })?
            .unwrap_or(0);
        if let Some(model) = Model::in_use(connection)?
            && is_many(model.vectors, passages.cast_unsigned())
        {
            let orphans = self.orphans(&model)?;
            let mut delete = connection.prepare("DELETE FROM vector WHERE id = ?1")?;
            for id in &orphans {
                delete.execute([id])?;
            }
            connection.execute(
                "UPDATE model SET vectors = vectors - ?1 WHERE in_use",
                [orphans.len() as i64],
            )?;
            dropped += orphans.len();
        }
        Ok(dropped)
    }

    /// The vectors whose passages no note has.
    fn orphans(&self, model: &Model) -> rusqlite::Result<Vec<i64>> {
        let connection = self.lease.connection();
        let mut used: HashSet<PassageHash> = HashSet::new();
        let mut statement = connection.prepare("SELECT spans FROM passages")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            used.extend(unpack(row.get_ref(0)?.as_blob()?).map(|span| span.hash));
        }
        let mut orphans = Vec::new();
        let mut statement = connection.prepare("SELECT id, hash FROM vector WHERE model = ?1")?;
        let mut rows = statement.query([model.id])?;
        while let Some(row) = rows.next()? {
            if !used.contains(&PassageHash::from_bytes(row.get(1)?)) {
                orphans.push(row.get(0)?);
            }
        }
        Ok(orphans)
    }
}
