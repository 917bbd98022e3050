//! Who has which stable id.
//!
//! Not who says so: that is whoever keeps the identities of notes. Invariant: no two files ever have one id.

use super::apply::Work;
use crate::ProjectId;
use cairn_note::NotePath;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

impl Work<'_> {
    /// Takes a stable id from the file that has it: who keeps identities says that it is another's.
    pub(super) fn release(&mut self, id: Uuid) -> rusqlite::Result<()> {
        let holder = self
            .connection
            .prepare_cached("SELECT id, project, path FROM note WHERE external_id = ?1")?
            .query_row([id.as_bytes()], |row| {
                Ok((row.get(0)?, ProjectId(row.get(1)?), row.get(2)?))
            })
            .optional()?;
        let Some((note, project, path)) = holder else {
            return Ok(());
        };
        let path: String = path;
        let other = free_external_id(self.connection, project, &path)?;
        self.identify(note, id, other)
    }

    /// Gives a file another stable id.
    pub(super) fn identify(&mut self, note: i64, old: Uuid, new: Uuid) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE note SET external_id = ?2 WHERE id = ?1")?
            .execute(params![note, new.as_bytes()])?;
        self.links.touched_id(old);
        self.links.touched_id(new);
        Ok(())
    }
}

/// Returns the first of a path's ids that no note has: one that moved away may still have what its old path gives.
pub(super) fn free_external_id(
    connection: &Connection,
    project: ProjectId,
    path: &str,
) -> rusqlite::Result<Uuid> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM note WHERE external_id = ?1")?;
    for id in ids(project, path) {
        if !taken.exists([id.as_bytes()])? {
            return Ok(id);
        }
    }
    unreachable!("the ids of a path do not end")
}

/// Returns the stable ids a new file may get, in the order in which they are tried: version 5 UUIDs (RFC 9562) of its
/// project and path. They do not end.
pub fn derived_ids(project: ProjectId, path: &NotePath) -> impl Iterator<Item = Uuid> + use<'_> {
    ids(project, path.as_str())
}

fn ids(project: ProjectId, path: &str) -> impl Iterator<Item = Uuid> + use<'_> {
    let space = Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("cairn:{}", project.0).as_bytes(),
    );
    let first = Uuid::new_v5(&space, path.as_bytes());
    std::iter::successors(Some(first), |last| {
        Some(Uuid::new_v5(last, path.as_bytes()))
    })
}
