//! Whether an index file is whole, and emptying one that is not.
//!
//! Not whether it says what the files say (`dump`). Invariant: looking makes, migrates and puts aside nothing, and
//! emptying leaves the file in its place, so that whoever has it open goes on with it.

use super::open;
use super::salvage::Saved;
use super::{Index, Options};
use crate::error::StatementContext;
use crate::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, InterruptHandle, OpenFlags};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How much SQLite is asked to say of a damaged database.
const FINDINGS: u32 = 20;

/// Between two looks at whether somebody wants it to end.
const LOOK: Duration = Duration::from_millis(50);

/// What an index file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is not there, or nothing was ever written to it.
    Missing,
    /// It is whole, and of this version.
    Sound,
    /// Another version made it; opening it makes it anew.
    OtherVersion,
    /// It is no database; opening it puts it aside and makes a new one.
    NoDatabase,
    /// It is damaged, and this is what SQLite says of it.
    Damaged(Vec<String>),
}

impl Index {
    /// Reads an index file whole and says what it is. Nothing is made or changed. `stop` is asked now and then, and
    /// ends the check with an error.
    ///
    /// # Errors
    /// When the file cannot be read, another process holds it for too long, or `stop` said so.
    pub fn check(
        path: &Path,
        options: &Options,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Condition> {
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Condition::Missing);
            }
            Ok(metadata) if metadata.len() == 0 => return Ok(Condition::Missing),
            _ => {}
        }
        match look(path, options, stop) {
            Err(error) if open::is_no_database(&error) => Ok(damage(&error)),
            result => result,
        }
    }

    /// Empties an index in its place, however damaged it is, for it to be filled again from the files. Vectors stay as far
    /// as they can be read. Whoever has it open goes on with an empty one.
    ///
    /// # Errors
    /// When the file cannot be opened or written, or another process holds it for too long.
    pub fn reset(path: &Path, options: &Options) -> Result<()> {
        // Nothing more is set: SQLite would read the damaged file for it.
        let open = || {
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
                .and_then(|connection| {
                    connection.busy_timeout(options.checkout_timeout)?;
                    Ok(connection)
                })
                .map_err(|source| Error::Open {
                    path: path.to_owned(),
                    source,
                })
        };
        let connection = open()?;
        let saved = Saved::from(&open()?)?;
        let reset = |on| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, on);
        reset(true)
            .and_then(|_| connection.execute_batch("VACUUM"))
            .and_then(|()| reset(false))
            .action("empty itself")?;
        drop(connection);
        let mut link = open::writer(path, options.checkout_timeout)?;
        saved.restore(&mut link.connection)
    }
}

fn look(path: &Path, options: &Options, stop: &(dyn Fn() -> bool + Sync)) -> Result<Condition> {
    let connection = open::connect(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY,
        open::READER_CACHE_KIB,
        options.checkout_timeout,
    )?;
    let version: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .action("read its version")?;
    if version != open::version() {
        return Ok(Condition::OtherVersion);
    }
    if stop() {
        let interrupted = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
        return Err(rusqlite::Error::SqliteFailure(interrupted, None)).action("check itself");
    }
    let found = until(stop, connection.get_interrupt_handle(), || {
        integrity(&connection)
    })
    .action("check itself")?;
    Ok(if found.is_empty() {
        Condition::Sound
    } else {
        Condition::Damaged(found)
    })
}

/// Has SQLite check the database, and FTS5 its own structure with it.
fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found: Vec<String> = connection
        .prepare(&format!("PRAGMA integrity_check({FINDINGS})"))?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    found.retain(|sentence| sentence != "ok");
    Ok(found)
}

fn damage(error: &Error) -> Condition {
    let (Error::Open { source, .. } | Error::Statement { source, .. }) = error else {
        return Condition::Damaged(vec![error.to_string()]);
    };
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => Condition::NoDatabase,
        _ => Condition::Damaged(vec![source.to_string()]),
    }
}

/// Does something that an interrupt ends as soon as `stop` says so.
fn until<T>(
    stop: &(dyn Fn() -> bool + Sync),
    handle: InterruptHandle,
    work: impl FnOnce() -> T,
) -> T {
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while is_done.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if stop() {
                    handle.interrupt();
                }
            }
        });
        let result = work();
        drop(done);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_by_itself_is_ended() {
        let connection = Connection::open_in_memory().expect("memory can be had");
        let count = || {
            connection.query_row(
                "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT max(n) FROM number",
                [],
                |row| row.get::<_, i64>(0),
            )
        };
        let ended = until(&|| true, connection.get_interrupt_handle(), count);
        let code = ended.expect_err("it never ends").sqlite_error_code();
        assert_eq!(code, Some(rusqlite::ErrorCode::OperationInterrupted));
    }
}
