//! Opening, making and remaking the database.
//!
//! Not what is in it (`schema.sql`). Invariant: a database that is opened has exactly this version's schema; one
//! that only another process keeps busy is never thrown away.

use super::follow::Followed;
use super::pool::{Begin, Link, Nest, Pool};
use super::{Index, Options};
use crate::{Error, Result, error::StatementContext};
use cairn_note::{chunk, words};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bumped when `schema.sql` or the meaning of a column changes, or the version below does; the word splitter and the
/// cutter of passages have their own.
const SCHEMA_VERSION: u32 = 4;

/// The version of `kept.sql`, and the tables in it.
const KEPT_VERSION: i64 = 1;
const KEPT: [&str; 3] = ["kept", "model", "vector"];

/// Sessions reading at once; more wait.
const READERS: usize = 32;

/// Memory a connection may keep pages in, KiB: the writer's holds the inner pages of every index of a large vault,
/// the readers' little, since the system keeps the file's pages. Mapping the file instead answered no question faster
/// at 100,000 notes, and counted as more than 1 GiB of memory with eight readers.
const WRITER_CACHE_KIB: u32 = 64 * 1024;
pub(super) const READER_CACHE_KIB: u32 = 2 * 1024;

/// Memory a scratch index may take before it goes to the disk, KiB.
const SCRATCH_CACHE_KIB: u32 = 256 * 1024;

/// How FTS5 gathers and merges. It writes a segment for each 16 MiB of terms: with the 1 MiB it takes by default a
/// first indexing merges twice as much. It never merges by itself, since a single small write may then have to merge
/// all that a large sync left, for seconds; `full_text` merges step by step as soon as sixteen segments of one size
/// have piled up.
const FTS_OPTIONS: [(&str, u32); 4] = [
    ("hashsize", 16 * 1024 * 1024),
    ("automerge", 0),
    ("usermerge", 16),
    ("crisismerge", 1_000),
];

/// Pages of 4 KiB the write-ahead log may grow to before a commit folds it back: few for a commit of few changes, which
/// somebody waits for; many for one of many, so that no page is folded back again and again.
const CHECKPOINT_PAGES: (u32, u32) = (2_000, 16_000);

/// What counts as many changes.
const MANY: usize = 256;

/// Says how far the log may grow at the commit of so many changes.
pub(super) fn set_checkpoint(connection: &Connection, changes: usize) -> rusqlite::Result<()> {
    let pages = if changes < MANY {
        CHECKPOINT_PAGES.0
    } else {
        CHECKPOINT_PAGES.1
    };
    connection.pragma_update(None, "wal_autocheckpoint", pages)
}

pub(super) fn version() -> u32 {
    SCHEMA_VERSION * 1_000_000 + chunk::VERSION * 1_000 + words::VERSION
}

pub(super) fn file(path: &Path, options: &Options) -> Result<Index> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| Error::Io {
            action: "make the folder of the index",
            path: folder.to_owned(),
            source,
        })?;
    }
    let timeout = options.checkout_timeout;
    let first = match writer(path, timeout) {
        Err(error) if is_no_database(&error) => {
            // It is a cache: whatever this file is, the index can be made again, and the file is kept aside.
            let aside = aside(path);
            std::fs::rename(path, &aside).map_err(|source| Error::Io {
                action: "put aside the damaged index",
                path: path.to_owned(),
                source,
            })?;
            writer(path, timeout)?
        }
        result => result?,
    };
    let (write_path, read_path) = (path.to_owned(), path.to_owned());
    let pool = Pool::new(1, timeout, Box::new(move || writer(&write_path, timeout)));
    pool.stock(first);
    let readers = Pool::new(
        READERS,
        timeout,
        Box::new(move || reader(&read_path, timeout)),
    );
    Ok(Index {
        nest: Nest::new(),
        writer: pool,
        readers: Some(readers),
        begin: (Begin::Read, Begin::Write),
        followed: Followed::default(),
    })
}

pub(super) fn memory(options: &Options) -> Result<Index> {
    let connection = Connection::open_in_memory().action("open an index in memory")?;
    alone(connection, options)
}

pub(super) fn scratch(options: &Options) -> Result<Index> {
    // SQLite keeps a database without a name in memory as far as its cache goes, and the rest in a file that has no
    // name either once it is open.
    let connection = Connection::open("").action("open a scratch index")?;
    connection
        .pragma_update(None, "cache_size", -i64::from(SCRATCH_CACHE_KIB))
        .action("open a scratch index")?;
    alone(connection, options)
}

/// An index whose one connection serves every session.
fn alone(mut connection: Connection, options: &Options) -> Result<Index> {
    set_up(&mut connection)?;
    let pool = Pool::new(
        1,
        options.checkout_timeout,
        Box::new(|| {
            Err(Error::Corrupt {
                what: "connection in memory that was lost",
            })
        }),
    );
    pool.stock(Link::new(connection)?);
    Ok(Index {
        nest: Nest::new(),
        writer: pool,
        readers: None,
        begin: (Begin::Read, Begin::Write),
        followed: Followed::default(),
    })
}

pub(super) fn writer(path: &Path, timeout: Duration) -> Result<Link> {
    let mut connection = connect(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        WRITER_CACHE_KIB,
        timeout,
    )?;
    let open = |source| Error::Open {
        path: path.to_owned(),
        source,
    };
    connection
        .pragma_update(None, "synchronous", "NORMAL")
        .map_err(open)?;
    let found: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(open)?;
    if found != version() {
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(open)?;
        set_up(&mut connection)?;
    }
    Link::new(connection)
}

fn reader(path: &Path, timeout: Duration) -> Result<Link> {
    let connection = connect(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY,
        READER_CACHE_KIB,
        timeout,
    )?;
    Link::new(connection)
}

pub(super) fn connect(
    path: &Path,
    access: OpenFlags,
    cache_kib: u32,
    timeout: Duration,
) -> Result<Connection> {
    let open = |source| Error::Open {
        path: path.to_owned(),
        source,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(open)?;
    connection.busy_timeout(timeout).map_err(open)?;
    connection
        .pragma_update(None, "cache_size", -i64::from(cache_kib))
        .map_err(open)?;
    connection
        .pragma_update(None, "temp_store", "MEMORY")
        .map_err(open)?;
    Ok(connection)
}

/// Makes the schema, dropping whatever another version left, in one transaction.
pub(super) fn set_up(connection: &mut Connection) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .action("lock the index")?;
    // Another process may have set it up while this one waited.
    let found: u32 = transaction
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .action("read the index's version")?;
    if found != version() {
        let is_kept = keeps(&transaction);
        for table in tables(&transaction).action("list the tables of an old index")? {
            if is_kept && KEPT.contains(&table.as_str()) {
                continue;
            }
            transaction
                .execute_batch(&format!("DROP TABLE IF EXISTS \"{table}\""))
                .action("drop an old table")?;
        }
        transaction
            .execute_batch(concat!(
                include_str!("schema.sql"),
                include_str!("kept.sql")
            ))
            .action("make the schema")?;
        transaction
            .execute(
                "INSERT OR IGNORE INTO kept VALUES ('version', ?1), ('generation', 0)",
                [KEPT_VERSION],
            )
            .and_then(|_| next_generation(&transaction))
            .action("begin a generation of vectors")?;
        for (option, value) in FTS_OPTIONS {
            transaction
                .execute(
                    "INSERT INTO words (words, rank) VALUES (?1, ?2)",
                    params![option, value],
                )
                .action("configure full-text search")?;
        }
        transaction
            .pragma_update(None, "user_version", version())
            .action("set the index's version")?;
    }
    transaction.commit().action("make the schema")
}

/// Whether the tables of `kept.sql` are there, of this version.
pub(super) fn keeps(connection: &Connection) -> bool {
    let version =
        connection.query_row("SELECT value FROM kept WHERE name = 'version'", [], |row| {
            row.get(0)
        });
    matches!(version, Ok(KEPT_VERSION))
}

/// Has everybody who follows vectors read all of them again.
pub(super) fn next_generation(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE kept SET value = value + 1 WHERE name = 'generation'",
            [],
        )
        .map(|_| ())
}

/// The tables a person or an extension made, full-text tables (which drop their own) first.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', name",
        )?
        .query_map([], |row| row.get(0))?
        .collect()
}

pub(super) fn is_no_database(error: &Error) -> bool {
    let (Error::Open { source, .. } | Error::Statement { source, .. }) = error else {
        return false;
    };
    matches!(
        source.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    )
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".damaged");
    PathBuf::from(name)
}
