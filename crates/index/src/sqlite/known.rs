//! What the index knows of a file before a change of it is applied.
//!
//! Not what callers may ask (`read`). Invariant: it is read in the transaction that changes it.

use super::apply::Work;
use cairn_note::NotePath;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

/// What `apply` has to know of a file's row before it changes it.
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) external_id: Uuid,
    pub(super) title: String,
    pub(super) claim: Option<String>,
    /// A [`Ground`](super::row::Ground), as it is stored.
    pub(super) ground: i64,
    pub(super) permalink: Option<String>,
    pub(super) words: i64,
    pub(super) length: i64,
    pub(super) is_note: bool,
}

impl Work<'_> {
    pub(super) fn checksum(&self, path: Option<&NotePath>) -> rusqlite::Result<Option<[u8; 32]>> {
        self.connection
            .prepare_cached("SELECT checksum FROM note WHERE project = ?1 AND path = ?2")?
            .query_row(
                params![self.scope.project.0, path.map(NotePath::as_str)],
                |row| row.get(0),
            )
            .optional()
    }

    pub(super) fn known(&self, path: &NotePath) -> rusqlite::Result<Option<Known>> {
        self.connection
            .prepare_cached(
                "SELECT id, external_id, title, claim, ground, permalink, words, length, is_note
                 FROM note WHERE project = ?1 AND path = ?2",
            )?
            .query_row(params![self.scope.project.0, path.as_str()], |row| {
                Ok(Known {
                    id: row.get(0)?,
                    external_id: Uuid::from_bytes(row.get(1)?),
                    title: row.get(2)?,
                    claim: row.get(3)?,
                    ground: row.get(4)?,
                    permalink: row.get(5)?,
                    words: row.get(6)?,
                    length: row.get(7)?,
                    is_note: row.get(8)?,
                })
            })
            .optional()
    }
}
