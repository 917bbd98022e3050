//! Who did what since when, note by note.
//!
//! Not revision by revision (`read.rs`). Invariant: what was undone did not happen, and the last that happened comes
//! first.

use super::read::revision;
use super::record::nanoseconds;
use crate::error::StatementContext;
use crate::{Result, RevisionId, Touched};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

/// What an actor did to each note.
pub(super) fn touched(
    connection: &Connection,
    project: i64,
    actor: &str,
    since: Timestamp,
    (offset, limit): (usize, usize),
) -> Result<Vec<Touched>> {
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let row = |row: &Row<'_>| -> rusqlite::Result<(RevisionId, Option<String>, Option<String>)> {
        Ok((RevisionId(row.get(0)?), row.get(1)?, row.get(2)?))
    };
    let notes: Vec<_> = connection
        .prepare_cached(
            "SELECT last, (SELECT former FROM revision WHERE id = moved), identity.path
             FROM (SELECT note, max(id) AS last, min(CASE WHEN former IS NOT NULL THEN id END) AS moved
                   FROM revision INDEXED BY revision_time
                   WHERE project = ?1 AND actor = ?2 AND time >= ?3 AND outcome IS NOT 'undone'
                   GROUP BY note ORDER BY last DESC LIMIT ?5 OFFSET ?4) AS own
             LEFT JOIN identity ON identity.project = ?1 AND identity.note = own.note AND is_present = 1
             ORDER BY last DESC",
        )
        .and_then(|mut statement| {
            let since = nanoseconds(since);
            let values = (project, actor, since, number(offset), number(limit));
            statement.query_map(values, row)?.collect()
        })
        .action("list what somebody changed")?;
    let mut touched = Vec::with_capacity(notes.len());
    for (last, former, place) in notes {
        // It may have been pruned in between.
        if let Some(last) = revision(connection, last)? {
            touched.push(Touched {
                last,
                former,
                place,
            });
        }
    }
    Ok(touched)
}

/// Who changed a project since a time.
pub(super) fn actors(
    connection: &Connection,
    project: i64,
    since: Timestamp,
) -> Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT DISTINCT actor FROM revision INDEXED BY revision_time
             WHERE project = ?1 AND time >= ?2 AND outcome IS NOT 'undone' ORDER BY actor",
        )
        .and_then(|mut statement| {
            statement
                .query_map((project, nanoseconds(since)), |row| row.get(0))?
                .collect()
        })
        .action("list who changed something")
}
