//! Questions about revisions.
//!
//! Not about contents or identities. Invariant: a revision that was undone never happened, and no list has it; lists
//! are in the order of recording, the newest first.

use crate::error::StatementContext;
use crate::{
    ChangeId, Error, Filter, Hash, Operation, Outcome, Result, Revision, RevisionId, Statistics,
};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use super::record::nanoseconds;

const REVISION: &str = "revision.id, revision.change, revision.project, revision.note, revision.path, revision.former,
     revision.operation, revision.actor, revision.time, before.hash, after.hash, revision.permalink, revision.outcome
     FROM revision LEFT JOIN content AS before ON before.id = revision.before
     LEFT JOIN content AS after ON after.id = revision.after";

/// Revisions a filter lets through.
pub(super) fn revisions(
    connection: &Connection,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Revision>> {
    let mut conditions = Conditions::default();
    conditions.add("project = ?", filter.project);
    conditions.add("note = ?", filter.note.clone());
    if let Some(path) = &filter.path {
        conditions.at(filter.project, path);
    }
    conditions.add("actor = ?", filter.actor.clone());
    conditions.add("time >= ?", filter.since.map(nanoseconds));
    conditions.add("time <= ?", filter.until.map(nanoseconds));
    conditions.add("id < ?", filter.before.map(|id| id.0));
    conditions.add("change = ?", filter.change.map(|id| id.0));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {REVISION} WHERE revision.id IN
             (SELECT id FROM revision {} WHERE outcome IS NOT 'undone'{} ORDER BY id DESC LIMIT {limit})
         ORDER BY revision.id DESC",
        index(filter),
        conditions.sql
    );
    list(connection, &sql, &conditions.values)
}

/// The shortest way to the revisions of a filter. Left to itself SQLite takes the whole project for a few rows.
fn index(filter: &Filter) -> &'static str {
    if filter.change.is_some() {
        "INDEXED BY revision_change"
    } else if filter.project.is_some() && filter.note.is_some() {
        "INDEXED BY revision_note"
    } else if filter.path.is_none() && filter.since.is_some() {
        "INDEXED BY revision_time"
    } else {
        "NOT INDEXED"
    }
}

/// The revision with a number, also one that was undone.
pub(super) fn revision(connection: &Connection, id: RevisionId) -> Result<Option<Revision>> {
    connection
        .prepare_cached(&format!("SELECT {REVISION} WHERE revision.id = ?1"))
        .and_then(|mut statement| statement.query_row([id.0], read).optional())
        .action("read a revision")?
        .transpose()
}

/// The revision that says what a note was at a time.
pub(super) fn as_of(
    connection: &Connection,
    project: i64,
    note: &str,
    time: Timestamp,
) -> Result<Option<Revision>> {
    let filter = Filter {
        until: Some(time),
        ..Filter::of_note(project, note)
    };
    Ok(revisions(connection, &filter, 1)?.pop())
}

/// Revisions of which nobody has said what became of them.
pub(super) fn pending(connection: &Connection, project: i64) -> Result<Vec<Revision>> {
    let sql = format!(
        "SELECT {REVISION} WHERE revision.project = ? AND revision.outcome IS NULL ORDER BY revision.id DESC"
    );
    list(connection, &sql, &[project.into()])
}

/// The deletions of notes that are still deleted.
pub(super) fn trash(connection: &Connection, project: i64) -> Result<Vec<Revision>> {
    let sql = format!(
        "SELECT {REVISION} WHERE revision.id IN
             (SELECT revision FROM identity WHERE project = ? AND is_present = 0) ORDER BY revision.id DESC"
    );
    list(connection, &sql, &[project.into()])
}

/// The newest revisions of the notes at some paths, the oldest first.
pub(super) fn newest(
    connection: &Connection,
    project: i64,
    paths: &[&str],
) -> Result<Vec<Revision>> {
    let marks = vec!["?"; paths.len()].join(", ");
    let sql = format!(
        "SELECT {REVISION} WHERE revision.id IN
             (SELECT revision FROM identity INDEXED BY identity_path
              WHERE project = ? AND path IN ({marks}) AND is_present = 1)
         ORDER BY revision.id"
    );
    let paths = paths.iter().map(|path| Value::from((*path).to_owned()));
    let values: Vec<Value> = [project.into()].into_iter().chain(paths).collect();
    list(connection, &sql, &values)
}

/// How much is kept.
pub(super) fn statistics(connection: &Connection) -> Result<Statistics> {
    connection
        .query_row(
            "SELECT (SELECT count(*) FROM revision), (SELECT count(*) FROM content),
                    (SELECT coalesce(sum(size), 0) FROM content), (SELECT min(time) FROM revision),
                    (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)",
            [],
            |row| {
                let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                Ok(Statistics {
                    revisions: number(0)?,
                    contents: number(1)?,
                    unpacked: number(2)?,
                    oldest: row.get::<_, Option<i64>>(3)?.map(timestamp),
                    bytes: number(4)?,
                })
            },
        )
        .action("count what it keeps")
}

/// Conditions put together with their values.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.push(condition, [value.into()]);
        }
    }

    /// Adds what was at a path, came to it or left it.
    fn at(&mut self, project: Option<i64>, path: &str) {
        let path = Value::from(path.to_owned());
        match project.map(Value::from) {
            Some(project) => self.push(
                "id IN (SELECT id FROM revision INDEXED BY revision_path WHERE project = ? AND path = ?
                        UNION ALL
                        SELECT id FROM revision INDEXED BY revision_former WHERE project = ? AND former = ?)",
                [project.clone(), path.clone(), project, path],
            ),
            None => self.push("(path = ? OR former = ?)", [path.clone(), path]),
        }
    }

    fn push(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }
}

fn list(connection: &Connection, sql: &str, values: &[Value]) -> Result<Vec<Revision>> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement
                .query_map(params_from_iter(values), read)?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .action("list revisions")?
        .into_iter()
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Revision>> {
    let (operation, outcome): (String, Option<String>) = (row.get(6)?, row.get(12)?);
    let Some(operation) = Operation::named(&operation) else {
        return Ok(Err(Error::Unreadable { what: "operation" }));
    };
    let outcome = match outcome.as_deref() {
        None => None,
        Some("done") => Some(Outcome::Done),
        Some("undone") => Some(Outcome::Undone),
        Some(_) => return Ok(Err(Error::Unreadable { what: "outcome" })),
    };
    let hash = |column| {
        row.get::<_, Option<[u8; 32]>>(column)
            .map(|hash| hash.map(Hash::from))
    };
    Ok(Ok(Revision {
        id: RevisionId(row.get(0)?),
        change: ChangeId(row.get(1)?),
        project: row.get(2)?,
        note: row.get(3)?,
        path: row.get(4)?,
        former: row.get(5)?,
        operation,
        actor: row.get(7)?,
        time: timestamp(row.get(8)?),
        before: hash(9)?,
        after: hash(10)?,
        permalink: row.get(11)?,
        outcome,
    }))
}

/// A time as it was stored; every number of nanoseconds that fits is one.
pub(super) fn timestamp(nanoseconds: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}
