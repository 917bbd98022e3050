//! Which note is where, and where it was.
//!
//! Not what notes say. Invariant: a note's identity is what its newest revision that was not undone says of it, also
//! when older ones are pruned.

use super::History;
use super::read::timestamp;
use super::record::nanoseconds;
use crate::error::StatementContext;
use crate::{Entry, Identity, Operation, Place, Result, RevisionId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Left to itself SQLite compares every note of the project with every other.
const IDENTITY: &str = "note, path, permalink, is_present FROM identity AS own INDEXED BY identity_path
     WHERE project = ?1 AND is_present = 1
       AND NOT EXISTS (SELECT 1 FROM identity AS other INDEXED BY identity_path
                       WHERE other.project = own.project AND other.path = own.path AND other.is_present = 1
                         AND other.revision > own.revision)";

/// Returns the permalink a note was given by the time of a revision that is about to be recorded: the one it brings, else
/// the one the note has, unless that is another note that was at the path before.
pub(super) fn permalink(connection: &Connection, entry: &Entry) -> Result<Option<String>> {
    if entry.permalink.is_some() || entry.operation == Operation::Create {
        return Ok(entry.permalink.clone());
    }
    connection
        .prepare_cached("SELECT permalink FROM identity WHERE project = ?1 AND note = ?2")
        .and_then(|mut statement| {
            statement
                .query_row((entry.project, &entry.note), |row| row.get(0))
                .optional()
        })
        .map(Option::flatten)
        .action("look for the permalink a note was given")
}

/// Lets a note's identity follow a revision that was just recorded.
pub(super) fn follow(
    connection: &Connection,
    id: RevisionId,
    entry: &Entry,
    permalink: Option<&str>,
    is_present: bool,
) -> Result<()> {
    let write = || -> rusqlite::Result<()> {
        let place: Option<String> = connection
            .prepare_cached("SELECT path FROM identity WHERE project = ?1 AND note = ?2")?
            .query_row((entry.project, &entry.note), |row| row.get(0))
            .optional()?;
        if place.is_none()
            && let Some(former) = &entry.former
        {
            reach(connection, entry.project, &entry.note, id, former, None)?;
        }
        if place.as_ref() != Some(&entry.path) {
            let since = Some(nanoseconds(entry.time));
            reach(
                connection,
                entry.project,
                &entry.note,
                id,
                &entry.path,
                since,
            )?;
        }
        connection
            .prepare_cached(
                "INSERT INTO identity (project, note, path, permalink, revision, is_present)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET path = excluded.path, permalink = excluded.permalink,
                     revision = excluded.revision, is_present = excluded.is_present",
            )?
            .execute(params![
                entry.project,
                entry.note,
                entry.path,
                permalink,
                id.0,
                is_present,
            ])?;
        Ok(())
    };
    write().action("say where a note is")
}

fn reach(
    connection: &Connection,
    project: i64,
    note: &str,
    id: RevisionId,
    path: &str,
    since: Option<i64>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO place (project, note, revision, path, since) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![project, note, id.0, path, since])?;
    Ok(())
}

/// Takes back what a revision that was undone has said of a note.
pub(super) fn retract(connection: &Connection, id: RevisionId) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM place WHERE (project, note) = (SELECT project, note FROM revision WHERE id = ?1)
            AND revision = ?1",
        [id.0],
    )?;
    refresh(connection, id)
}

/// Says again what a revision that was undone, and then was not, says of a note.
pub(super) fn return_to(connection: &Connection, id: RevisionId) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO place (project, note, revision, path, since)
         SELECT project, note, id, path, time FROM revision WHERE id = ?1
            AND NOT EXISTS (SELECT 1 FROM place WHERE (project, note, path) =
                            (revision.project, revision.note, revision.path))",
        [id.0],
    )?;
    refresh(connection, id)
}

/// Makes the identity of a revision's note what the newest revision says that was not undone.
fn refresh(connection: &Connection, id: RevisionId) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM identity WHERE (project, note) = (SELECT project, note FROM revision WHERE id = ?1)",
        [id.0],
    )?;
    connection.execute(
        "INSERT INTO identity (project, note, path, permalink, revision, is_present)
         SELECT project, note, path, permalink, id, after IS NOT NULL FROM revision
         WHERE (project, note) = (SELECT project, note FROM revision WHERE id = ?1)
           AND outcome IS NOT 'undone'
         ORDER BY id DESC LIMIT 1",
        [id.0],
    )?;
    Ok(())
}

/// Forgets a note whose last revision is pruned.
pub(super) fn forget(connection: &Connection, project: i64, note: &str) -> rusqlite::Result<()> {
    for table in ["identity", "place"] {
        connection
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE project = ?1 AND note = ?2"
            ))?
            .execute((project, note))?;
    }
    Ok(())
}

/// The note at a path; where two claim it, the one that came last.
pub(super) fn at(connection: &Connection, project: i64, path: &str) -> Result<Option<Identity>> {
    connection
        .prepare_cached(&format!("SELECT {IDENTITY} AND path = ?2"))
        .and_then(|mut statement| statement.query_row((project, path), identity).optional())
        .action("look for a note by its path")
}

/// All notes of a project, by path.
pub(super) fn all(connection: &Connection, project: i64) -> Result<Vec<Identity>> {
    connection
        .prepare_cached(&format!("SELECT {IDENTITY} ORDER BY path"))
        .and_then(|mut statement| statement.query_map([project], identity)?.collect())
        .action("list the notes")
}

/// Asking who was where. Every question fails when its statement does.
#[expect(
    clippy::missing_errors_doc,
    reason = "the reasons are the same for all of them"
)]
impl History {
    /// Returns the note that is at a path, else the last one that was deleted there, as far as was recorded.
    pub fn last_at(&self, project: i64, path: &str) -> Result<Option<Identity>> {
        self.one(
            "identity INDEXED BY identity_path WHERE project = ?1 AND path = ?2
             ORDER BY is_present DESC, revision DESC LIMIT 1",
            (project, path),
        )
    }

    /// Returns where a note is, or was when it was deleted, as far as was recorded.
    pub fn identity_of(&self, project: i64, note: &str) -> Result<Option<Identity>> {
        self.one("identity WHERE project = ?1 AND note = ?2", (project, note))
    }

    /// Returns the notes of a project that were ever recorded, those in the trash too, by path; of those with one path
    /// the one [`Self::last_at`] gives comes first.
    pub fn ever(&self, project: i64) -> Result<Vec<Identity>> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT note, path, permalink, is_present FROM identity
                     WHERE project = ?1 ORDER BY path, is_present DESC, revision DESC",
                )
                .and_then(|mut statement| statement.query_map([project], identity)?.collect())
                .action("list the notes")
        })
    }

    fn one(&self, from: &str, values: (i64, &str)) -> Result<Option<Identity>> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT note, path, permalink, is_present FROM {from}"
                ))
                .and_then(|mut statement| statement.query_row(values, identity).optional())
                .action("look for a note")
        })
    }
}

fn identity(row: &Row<'_>) -> rusqlite::Result<Identity> {
    Ok(Identity {
        note: row.get(0)?,
        path: row.get(1)?,
        permalink: row.get(2)?,
        is_present: row.get(3)?,
    })
}

/// The paths of a note over time.
pub(super) fn places(connection: &Connection, project: i64, note: &str) -> Result<Vec<Place>> {
    let place = |row: &Row<'_>| {
        Ok(Place {
            path: row.get(0)?,
            since: row.get::<_, Option<i64>>(1)?.map(timestamp),
        })
    };
    connection
        .prepare_cached(
            "SELECT path, since FROM place WHERE project = ?1 AND note = ?2
             ORDER BY revision, since IS NOT NULL",
        )
        .and_then(|mut statement| statement.query_map((project, note), place)?.collect())
        .action("list where a note was")
}
