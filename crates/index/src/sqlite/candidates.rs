//! The notes a link or an identifier may mean, read by its coarse keys.
//!
//! Not which of them it means (`resolve`). Invariant: whatever rule makes a link find a note, the note is among them.

use super::Session;
use super::resolve::{Candidate, Choice, choose};
use crate::Result;
use crate::error::StatementContext;
use crate::record::{NoteId, NoteRecord, Resolution, Scope};
use cairn_note::NotePath;
use cairn_note::link::{self, LinkTarget};
use rusqlite::{Connection, Row};

impl Session<'_> {
    /// Says what a link or identifier means, nearest to `source` when that is given; never fuzzy.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn resolve(
        &self,
        scope: &Scope<'_>,
        source: Option<&NotePath>,
        target: &LinkTarget,
    ) -> Result<Resolution> {
        let candidates =
            candidates(self.lease.connection(), target).action("look for a link's target")?;
        let record = |place: usize| self.by_id(NoteId(candidates[place].id));
        Ok(match choose(scope, source, target, &candidates) {
            Choice::One(place) => record(place)?.map_or(Resolution::Missing, |record| {
                Resolution::Found(Box::new(record))
            }),
            Choice::Several(places) => {
                let records: Result<Vec<Option<NoteRecord>>> =
                    places.into_iter().map(record).collect();
                Resolution::Ambiguous(records?.into_iter().flatten().collect())
            }
            Choice::Nothing => Resolution::Missing,
        })
    }
}

/// Returns the notes that share a bucket of the target, of every project.
fn candidates(connection: &Connection, target: &LinkTarget) -> rusqlite::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for bucket in target.buckets() {
        join(&mut found, &of_bucket(connection, &bucket)?);
    }
    if let Some(id) = link::uuid(&target.name) {
        join(&mut found, &of_external_id(connection, &id)?);
    }
    Ok(found)
}

/// Adds candidates that are not there yet.
pub(super) fn join(found: &mut Vec<Candidate>, more: &[Candidate]) {
    for candidate in more {
        if found.iter().all(|known| known.id != candidate.id) {
            found.push(candidate.clone());
        }
    }
}

/// Returns the note with a stable id, if there is one.
pub(super) fn of_external_id(
    connection: &Connection,
    id: &str,
) -> rusqlite::Result<Vec<Candidate>> {
    query(connection, "external_id = ?1", id)
}

/// Returns the notes of a bucket, by path.
pub(super) fn of_bucket(connection: &Connection, bucket: &str) -> rusqlite::Result<Vec<Candidate>> {
    query(
        connection,
        "(path_bucket = ?1 OR title_bucket = ?1 OR permalink_bucket = ?1)",
        bucket,
    )
}

fn query(connection: &Connection, condition: &str, key: &str) -> rusqlite::Result<Vec<Candidate>> {
    connection
        .prepare_cached(&format!(
            "SELECT id, project, path, title, permalink, alias, external_id FROM note WHERE {condition} ORDER BY path"
        ))?
        .query_map([key], candidate)?
        .filter_map(rusqlite::Result::transpose)
        .collect()
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Option<Candidate>> {
    let path: String = row.get(2)?;
    let Ok(path) = NotePath::from_disk(&path) else {
        return Ok(None);
    };
    Ok(Some(Candidate {
        id: row.get(0)?,
        project: row.get(1)?,
        path,
        title: row.get(3)?,
        permalink: row.get(4)?,
        alias: row.get(5)?,
        external_id: row.get(6)?,
    }))
}
