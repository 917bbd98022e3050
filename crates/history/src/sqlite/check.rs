//! Whether everything that is kept can be read back.
//!
//! It finds and never mends. Invariant: a damage is a problem in the list, and not an error of the check.

use super::{History, content};
use crate::error::StatementContext;
use crate::{Error, Hash, Problem, Result};
use rusqlite::Connection;

/// How much SQLite is asked to say of a damaged database.
const FINDINGS: u32 = 20;

/// Reads everything once, as long as `goes_on` says so.
pub(super) fn check(
    history: &History,
    goes_on: &dyn Fn(usize, usize) -> bool,
) -> Result<Vec<Problem>> {
    let mut problems: Vec<Problem> = match history.read(integrity) {
        Err(error @ Error::Statement { .. }) => vec![Problem::Database(error.to_string())],
        result => result?.into_iter().map(Problem::Database).collect(),
    };
    let hashes = match history.read(hashes) {
        Err(error @ Error::Statement { .. }) => {
            problems.push(Problem::Database(error.to_string()));
            return Ok(problems);
        }
        result => result?,
    };
    for (done, hash) in hashes.iter().enumerate() {
        if !goes_on(done, hashes.len()) {
            break;
        }
        // One question each: a long one would keep the log from being folded back.
        match history.read(|connection| content::read(connection, hash)) {
            // What is gone was pruned meanwhile.
            Ok(_) => {}
            Err(Error::Corrupt { owner, hash }) => problems.push(Problem::Content { owner, hash }),
            Err(error) => return Err(error),
        }
    }
    Ok(problems)
}

fn integrity(connection: &Connection) -> Result<Vec<String>> {
    let ask = |sql: &str| -> rusqlite::Result<Vec<String>> {
        connection
            .prepare(sql)?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    let mut found = ask(&format!("PRAGMA integrity_check({FINDINGS})")).action("check itself")?;
    found.retain(|sentence| sentence != "ok");
    let missing = ask(
        "SELECT 'a row of ' || \"table\" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check
         UNION SELECT 'note ' || note || ' has an identity without a revision' FROM identity
         WHERE revision NOT IN (SELECT id FROM revision)",
    );
    found.extend(missing.action("check its references")?);
    Ok(found)
}

fn hashes(connection: &Connection) -> Result<Vec<Hash>> {
    connection
        .prepare("SELECT hash FROM content ORDER BY id")
        .and_then(|mut statement| {
            statement
                .query_map([], |row| row.get::<_, [u8; 32]>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .action("list the contents")
        .map(|hashes| hashes.into_iter().map(Hash::from).collect())
}
