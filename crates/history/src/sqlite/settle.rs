//! What became of revisions that were recorded before the change was made.
//!
//! Not who finds out. Invariant: who says that a change was made knows better than who says that it was not, since only
//! the one who made it, or one who saw the file, says so.

use super::identity;
use crate::error::StatementContext;
use crate::{Outcome, Result, RevisionId};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Writes outcomes; one that is known stays, except that what was thought undone may turn out to be done.
pub(super) fn write(
    connection: &Connection,
    outcomes: &BTreeMap<RevisionId, Outcome>,
) -> Result<()> {
    for (id, outcome) in outcomes {
        match outcome {
            Outcome::Done => done(connection, *id),
            Outcome::Undone => undone(connection, *id),
        }
        .action("settle a revision")?;
    }
    Ok(())
}

fn done(connection: &Connection, id: RevisionId) -> rusqlite::Result<()> {
    let changed = connection
        .prepare_cached("UPDATE revision SET outcome = 'done' WHERE id = ?1 AND outcome IS NULL")?
        .execute([id.0])?;
    if changed == 0 {
        let changed = connection
            .prepare_cached(
                "UPDATE revision SET outcome = 'done' WHERE id = ?1 AND outcome = 'undone'",
            )?
            .execute([id.0])?;
        if changed == 1 {
            identity::return_to(connection, id)?;
        }
    }
    Ok(())
}

fn undone(connection: &Connection, id: RevisionId) -> rusqlite::Result<()> {
    let changed = connection.execute(
        "UPDATE revision SET outcome = 'undone' WHERE id = ?1 AND outcome IS NULL",
        [id.0],
    )?;
    if changed == 1 {
        // The file still says what it said before, and this revision may be the only one to need that.
        connection.execute(
            "UPDATE content SET baseline = 1 WHERE id = (SELECT before FROM revision WHERE id = ?1)",
            [id.0],
        )?;
        identity::retract(connection, id)?;
    }
    Ok(())
}
