//! Opening, making and migrating the database.
//!
//! Not what is in it (`schema.sql`). Invariant: the data cannot be made again, so a file that is not understood is
//! refused and left as it is, and a migration happens in one transaction or not at all.

use super::{Durability, Options};
use crate::error::{StatementContext, is_busy, is_damaged};
use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The SQL that leads from each format to the next one; a file with nothing in it has format 0. Never change a step
/// that has been released: add one.
const STEPS: &[&str] = &[include_str!("schema.sql"), include_str!("schema-2.sql")];

/// Says in the file's header what it is: "CaHi".
const APPLICATION: i32 = 0x4361_4869;

/// Pages of 4 KiB the write-ahead log may grow to before a commit folds it back.
const CHECKPOINT_PAGES: u32 = 2_000;

/// SQLite's number of the mode in which empty pages are given back on request.
const INCREMENTAL: i64 = 2;

/// How long to sleep before trying again what SQLite refuses without waiting.
const NAP: Duration = Duration::from_millis(5);

/// Opens the connection that writes, making or migrating the database first.
pub(super) fn writer(path: &Path, options: &Options) -> Result<Connection> {
    make_private(path)?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    is_ours(&connection, path)?;
    use_log(&connection, path, options)?;
    let synchronous = match options.durability {
        Durability::Fsync => "FULL",
        Durability::Os => "NORMAL",
    };
    connection
        .pragma_update(None, "synchronous", synchronous)
        .action("set how durable it is")?;
    connection
        .pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
        .action("set the length of its log")?;
    prepare(&mut connection, STEPS)?;
    Ok(connection)
}

/// Opens a connection that only looks, if there is anything to look at; what is there is neither made nor migrated.
pub(super) fn looker(path: &Path, options: &Options) -> Result<Option<Connection>> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Ok(metadata) if metadata.len() == 0 => return Ok(None),
        _ => {}
    }
    let connection = reader(path, options)?;
    is_ours(&connection, path)?;
    is_known(&connection)?;
    let (found, known) = (version(&connection)?, newest(STEPS));
    if found < known {
        return Err(Error::Older { found, known });
    }
    Ok(Some(connection))
}

/// Opens a connection that reads.
pub(super) fn reader(path: &Path, options: &Options) -> Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Makes a history in memory.
pub(super) fn memory() -> Result<Connection> {
    let mut connection = Connection::open_in_memory().action("open in memory")?;
    prepare(&mut connection, STEPS)?;
    Ok(connection)
}

/// Refuses a database that a newer version has migrated since it was opened here.
pub(super) fn is_known(connection: &Connection) -> Result<()> {
    let found = version(connection)?;
    let known = newest(STEPS);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    Ok(())
}

/// Makes the file if it is missing, for nobody else to read: it holds what all notes ever said.
fn make_private(path: &Path) -> Result<()> {
    let failed = |action| {
        move |source| Error::Io {
            action,
            path: path.to_owned(),
            source: Arc::new(source),
        }
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed("make the folder of"))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(failed("make")(error))
        }
        _ => Ok(()),
    }
}

fn connect(path: &Path, access: OpenFlags, options: &Options) -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(options.busy_timeout)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    };
    open().map_err(|source| cannot_open(path, source))
}

fn cannot_open(path: &Path, source: rusqlite::Error) -> Error {
    Error::Open {
        path: path.to_owned(),
        source: Arc::new(source),
    }
}

/// Looks whether the file is a history, or empty.
fn is_ours(connection: &Connection, path: &Path) -> Result<()> {
    let look = || -> rusqlite::Result<bool> {
        // One transaction: another process may be making it right now.
        let transaction = connection.unchecked_transaction()?;
        let application: i32 =
            transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 =
            transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(application == APPLICATION || (application == 0 && tables == 0))
    };
    match look() {
        Ok(true) => Ok(()),
        Err(source) if !is_damaged(&source) => Err(cannot_open(path, source)),
        Ok(false) | Err(_) => Err(Error::Foreign {
            path: path.to_owned(),
        }),
    }
}

/// Turns on the write-ahead log, for which SQLite does not wait where another connection is in the way.
fn use_log(connection: &Connection, path: &Path, options: &Options) -> Result<()> {
    let set = || -> rusqlite::Result<()> {
        // Pages that a prune has emptied can then be given back. Saying so again would write each time it is opened.
        let mode: i64 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
        if mode != INCREMENTAL {
            connection.pragma_update(None, "auto_vacuum", INCREMENTAL)?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")
    };
    let mut slept = Duration::ZERO;
    loop {
        match set() {
            Err(error) if is_busy(&error) && slept < options.busy_timeout => {
                std::thread::sleep(NAP);
                slept += NAP;
            }
            result => return result.map_err(|source| cannot_open(path, source)),
        }
    }
}

/// Brings the database to the newest format, in one transaction.
fn prepare(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection
        .pragma_update(None, "foreign_keys", true)
        .action("have references checked")?;
    let known = newest(steps);
    if version(connection)? != known {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .action("lock it")?;
        // Another process may have done it while this one waited.
        migrate(&transaction, steps)?;
        transaction.commit().action("migrate")?;
    }
    Ok(())
}

fn migrate(transaction: &Transaction<'_>, steps: &[&str]) -> Result<()> {
    let (found, known) = (version(transaction)?, newest(steps));
    if found > known {
        return Err(Error::Newer { found, known });
    }
    for step in steps.iter().skip(found as usize) {
        transaction.execute_batch(step).action("migrate")?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION)
        .action("say what it is")?;
    transaction
        .pragma_update(None, "user_version", known)
        .action("set its format")
}

fn version(connection: &Connection) -> Result<u32> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .action("read its format")
}

fn newest(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).expect("there are few formats")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::types::Value;

    fn notes(connection: &Connection) -> String {
        let read = || -> rusqlite::Result<String> {
            connection.query_row("SELECT group_concat(note) FROM place", [], |row| row.get(0))
        };
        read().unwrap_or_else(|error| error.to_string())
    }

    fn of_format_one() -> Connection {
        let mut connection = Connection::open_in_memory().expect("it opens");
        prepare(&mut connection, &STEPS[..1]).expect("it is made");
        connection
            .execute("INSERT INTO place VALUES (1, 'tea', 1, 'tea.md', NULL)", [])
            .expect("it is written");
        connection
    }

    #[test]
    fn what_is_committed_is_on_the_disk_unless_told_otherwise() {
        for (durability, wanted) in [(Durability::Fsync, 2), (Durability::Os, 1)] {
            let folder = tempfile::TempDir::new().expect("it can be made");
            let options = Options {
                durability,
                ..Options::default()
            };
            let connection = writer(&folder.path().join("a.db"), &options).expect("it opens");
            let pragma = |name| -> String {
                connection
                    .pragma_query_value(None, name, |row| row.get::<_, Value>(0))
                    .map(|value| format!("{value:?}"))
                    .expect("it can be asked")
            };
            assert_eq!(pragma("synchronous"), format!("Integer({wanted})"));
            assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
            assert_eq!(pragma("foreign_keys"), "Integer(1)");
            assert_eq!(pragma("auto_vacuum"), "Integer(2)");
        }
    }

    #[test]
    fn a_history_of_the_first_format_goes_on() {
        let mut connection = of_format_one();
        prepare(&mut connection, STEPS).expect("it migrates");
        assert_eq!(version(&connection).expect("it has one"), newest(STEPS));
        assert_eq!(notes(&connection), "tea");
        let taken: i64 = connection
            .query_row("SELECT count(*) FROM taken_back", [], |row| row.get(0))
            .expect("it can be asked what was taken back");
        assert_eq!(taken, 0);
    }

    #[test]
    fn a_later_format_keeps_what_an_older_one_held() {
        let mut connection = of_format_one();
        let steps = [
            STEPS[0],
            "ALTER TABLE place ADD COLUMN colour TEXT",
            "UPDATE place SET note = 'green tea'",
        ];
        prepare(&mut connection, &steps).expect("it migrates");
        assert_eq!(version(&connection).expect("it has one"), 3);
        assert_eq!(notes(&connection), "green tea");
        prepare(&mut connection, &steps).expect("nothing is left to do");
    }

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let mut connection = of_format_one();
        let steps = [
            STEPS[0],
            "UPDATE place SET note = 'lost'",
            "DROP TABLE nothing",
        ];
        assert!(prepare(&mut connection, &steps).is_err());
        assert_eq!(version(&connection).expect("it has one"), 1);
        assert_eq!(notes(&connection), "tea");
    }

    #[test]
    fn a_newer_format_is_refused_whole() {
        let mut connection = of_format_one();
        let steps = [STEPS, &["SELECT 1"]].concat();
        prepare(&mut connection, &steps).expect("it migrates");
        let refused = prepare(&mut connection, STEPS).expect_err("it is newer");
        assert!(
            matches!(refused, Error::Newer { found: 3, known: 2 }),
            "{refused}"
        );
        assert!(matches!(is_known(&connection), Err(Error::Newer { .. })));
        assert_eq!(notes(&connection), "tea");
    }
}
