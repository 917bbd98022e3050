//! The history of a project that has another key now.
//!
//! Not who decides that it is the same project. Invariant: revisions of two projects are never mixed, and all of them
//! change hands or none.

use super::History;
use crate::error::StatementContext;
use crate::{Adoption, Result};
use rusqlite::Connection;

impl History {
    /// Makes all that was recorded of the project `from` that of the project `to`, if nothing was recorded of that yet.
    ///
    /// # Errors
    /// When another process holds the file for too long, or the disk fails. Nothing changes hands then.
    pub fn adopt(&self, from: i64, to: i64) -> Result<Adoption> {
        self.write(move |connection| {
            if from == to || !knows(connection, from).action("look for a project")? {
                return Ok(Adoption::Nothing);
            }
            if knows(connection, to).action("look for a project")? {
                return Ok(Adoption::Occupied);
            }
            hand_over(connection, from, to).action("hand a history over")?;
            Ok(Adoption::Done)
        })
    }
}

fn knows(connection: &Connection, project: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM revision INDEXED BY revision_note WHERE project = ?1")?
        .exists([project])
}

fn hand_over(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<()> {
    for table in ["revision", "identity", "place"] {
        connection.execute(
            &format!("UPDATE {table} SET project = ?2 WHERE project = ?1"),
            [from, to],
        )?;
    }
    Ok(())
}
