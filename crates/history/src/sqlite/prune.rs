//! Taking away what retention no longer asks for.
//!
//! Not the rule (`retention.rs`). Invariant: a content goes only when nothing needs it, and what is based on it is packed
//! anew first; it happens in many short transactions, each of which leaves everything that is kept readable.

use super::read::timestamp;
use super::{History, content, identity, taken_back};
use crate::error::StatementContext;
use crate::retention::Moment;
use crate::{Error, Hash, Outcome, Pruned, Pruning, Result, Retention, RevisionId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Notes, contents and pages to a transaction: others wait for one at most.
const NOTES: usize = 64;
const CONTENTS: usize = 64;
const PAGES: u32 = 1_000;

/// A note: its project and external id.
type Note = (i64, String);

/// Who is told how far it is and says whether to go on; after a break, always to stop.
type Watch<'a> = &'a mut dyn FnMut(Pruning) -> ControlFlow<()>;

/// Takes away what may go; stops between two transactions when `watch` breaks.
pub(super) fn prune(
    history: &History,
    retention: &Retention,
    now: Timestamp,
    watch: Watch<'_>,
) -> Result<Pruned> {
    let revisions = take_revisions(history, retention, now, watch)?;
    let (contents, bytes) = take_contents(history, watch)?;
    give_space(history, watch)?;
    Ok(Pruned {
        revisions,
        contents,
        bytes,
    })
}

fn take_revisions(
    history: &History,
    retention: &Retention,
    now: Timestamp,
    watch: Watch<'_>,
) -> Result<u64> {
    let notes: Vec<Note> = history
        .read(|connection| expendable(connection, retention, now))?
        .into_iter()
        .map(|(note, _)| note)
        .collect();
    let mut taken = 0;
    let mut flow = watch(begins("revisions", Some(notes.len())));
    for chunk in notes.chunks(NOTES) {
        if flow.is_break() {
            break;
        }
        let (notes, retention) = (chunk.to_vec(), retention.clone());
        taken += history.write(move |connection| {
            notes.iter().try_fold(0, |count, note| {
                Ok(count + prune_note(connection, note, &retention, now)?)
            })
        })?;
        flow = watch(Pruning::Advances(chunk.len() as u64));
    }
    Ok(taken)
}

/// Takes contents away; returns how many, and how long they were.
fn take_contents(history: &History, watch: Watch<'_>) -> Result<(u64, u64)> {
    let unneeded = history.read(unneeded)?;
    let all: Arc<HashSet<i64>> = Arc::new(unneeded.iter().copied().collect());
    let mut taken = (0, 0);
    let mut flow = watch(begins("contents", Some(unneeded.len())));
    for chunk in unneeded.chunks(CONTENTS) {
        if flow.is_break() {
            break;
        }
        let (ids, all) = (chunk.to_vec(), Arc::clone(&all));
        let (contents, bytes) = history.write(move |connection| sweep(connection, &ids, &all))?;
        taken = (taken.0 + contents, taken.1 + bytes);
        flow = watch(Pruning::Advances(chunk.len() as u64));
    }
    Ok(taken)
}

/// Gives the pages that are empty now back to the system, and folds the log back so that the file is shorter.
fn give_space(history: &History, watch: Watch<'_>) -> Result<()> {
    let mut flow = watch(begins("space", None));
    while flow.is_continue() && history.write(give_back)? {
        flow = watch(Pruning::Advances(u64::from(PAGES)));
    }
    history.fold_back()
}

fn begins(phase: &'static str, steps: Option<usize>) -> Pruning {
    Pruning::Begins {
        phase,
        total: steps.map(|steps| steps as u64),
    }
}

/// Says what [`prune`] would take away.
pub(super) fn rehearse(
    connection: &Connection,
    retention: &Retention,
    now: Timestamp,
) -> Result<Pruned> {
    // One state for all questions.
    let transaction = connection.unchecked_transaction().action("begin to read")?;
    let gone: HashSet<RevisionId> = expendable(&transaction, retention, now)?
        .into_iter()
        .flat_map(|(_, revisions)| revisions)
        .collect();
    let count = || -> rusqlite::Result<Pruned> {
        let mut pruned = Pruned {
            revisions: gone.len() as u64,
            ..Pruned::default()
        };
        let mut needed = HashSet::new();
        let mut statement = transaction.prepare("SELECT id, before, after FROM revision")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !gone.contains(&RevisionId(row.get(0)?)) {
                needed.extend(row.get::<_, Option<i64>>(1)?);
                needed.extend(row.get::<_, Option<i64>>(2)?);
            }
        }
        let mut statement =
            transaction.prepare("SELECT id, size FROM content WHERE baseline = 0")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !needed.contains(&row.get::<_, i64>(0)?) {
                pruned.contents += 1;
                pruned.bytes += row.get::<_, i64>(1)?.unsigned_abs();
            }
        }
        Ok(pruned)
    };
    count().action("count what may go")
}

/// The notes with revisions that may go, and these.
fn expendable(
    connection: &Connection,
    retention: &Retention,
    now: Timestamp,
) -> Result<Vec<(Note, Vec<RevisionId>)>> {
    let notes: Vec<Note> = connection
        .prepare("SELECT DISTINCT project, note FROM revision ORDER BY project, note")
        .and_then(|mut statement| {
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .action("list the notes")?;
    let mut found = Vec::new();
    for note in notes {
        let revisions = retention.expendable(&moments(connection, &note)?, now);
        if !revisions.is_empty() {
            found.push((note, revisions));
        }
    }
    Ok(found)
}

fn moments(connection: &Connection, (project, note): &Note) -> Result<Vec<Moment>> {
    let moment = |row: &Row<'_>| {
        Ok(Moment {
            id: RevisionId(row.get(0)?),
            time: timestamp(row.get(1)?),
            outcome: match row.get::<_, Option<String>>(2)?.as_deref() {
                Some("done") => Some(Outcome::Done),
                Some("undone") => Some(Outcome::Undone),
                // What nothing here writes is left alone.
                _ => None,
            },
            is_present: row.get(3)?,
        })
    };
    connection
        .prepare_cached(
            "SELECT id, time, outcome, after IS NOT NULL FROM revision
             WHERE project = ?1 AND note = ?2 ORDER BY id DESC",
        )
        .and_then(|mut statement| statement.query_map((project, note), moment)?.collect())
        .action("list the revisions of a note")
}

fn prune_note(
    connection: &Connection,
    note: &Note,
    retention: &Retention,
    now: Timestamp,
) -> Result<u64> {
    // Again, since something may have been recorded meanwhile.
    let moments = moments(connection, note)?;
    let gone = retention.expendable(&moments, now);
    let take = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached("DELETE FROM revision WHERE id = ?1")?;
        for id in &gone {
            statement.execute([id.0])?;
            taken_back::forget(connection, *id)?;
        }
        if gone.len() == moments.len() {
            identity::forget(connection, note.0, &note.1)?;
        }
        Ok(())
    };
    take().action("take away revisions")?;
    Ok(gone.len() as u64)
}

const UNNEEDED: &str =
    "baseline = 0 AND NOT EXISTS (SELECT 1 FROM revision WHERE before = content.id)
     AND NOT EXISTS (SELECT 1 FROM revision WHERE after = content.id)";

/// Contents nothing needs; what is based on another comes before it.
fn unneeded(connection: &Connection) -> Result<Vec<i64>> {
    connection
        .prepare(&format!(
            "SELECT id FROM content WHERE {UNNEEDED} ORDER BY depth DESC, id"
        ))
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .action("list contents nothing needs")
}

/// Takes some contents away; `all` are those that go in the end, on which nothing should be based anew.
fn sweep(connection: &Connection, chunk: &[i64], all: &HashSet<i64>) -> Result<(u64, u64)> {
    let (mut contents, mut bytes) = (0, 0);
    for id in chunk {
        let size: Option<i64> = connection
            .prepare_cached(&format!(
                "SELECT size FROM content WHERE id = ?1 AND {UNNEEDED}"
            ))
            .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
            .action("look at a content")?;
        // It may be needed again, or gone.
        let Some(size) = size else { continue };
        if !free(connection, *id, all)? {
            continue;
        }
        connection
            .prepare_cached("DELETE FROM content WHERE id = ?1")
            .and_then(|mut statement| statement.execute([id]))
            .action("take away a content")?;
        contents += 1;
        bytes += size.unsigned_abs();
    }
    Ok((contents, bytes))
}

/// A content that is based on another.
struct Dependent {
    id: i64,
    hash: Hash,
    depth: i64,
}

/// Packs anew what is based on a content; false where that cannot be read, so that it must stay.
fn free(connection: &Connection, id: i64, all: &HashSet<i64>) -> Result<bool> {
    let dependents: Vec<Dependent> = connection
        .prepare_cached("SELECT id, hash, depth FROM content WHERE base = ?1")
        .and_then(|mut statement| {
            let dependent = |row: &Row<'_>| {
                Ok(Dependent {
                    id: row.get(0)?,
                    hash: Hash::from(row.get::<_, [u8; 32]>(1)?),
                    depth: row.get(2)?,
                })
            };
            statement.query_map([id], dependent)?.collect()
        })
        .action("list what is based on a content")?;
    for dependent in dependents {
        let bytes = match content::read(connection, &dependent.hash) {
            Err(Error::Corrupt { .. }) => return Ok(false),
            result => result?,
        };
        let Some(bytes) = bytes else { continue };
        rebase(
            connection,
            &dependent,
            &bytes,
            lasting_base(connection, id, all)?,
        )?;
    }
    Ok(true)
}

/// The nearest content below one that stays, if it can be read.
fn lasting_base(
    connection: &Connection,
    id: i64,
    all: &HashSet<i64>,
) -> Result<Option<(i64, i64, Vec<u8>)>> {
    let mut above = id;
    loop {
        let below: Option<(i64, i64, [u8; 32])> = connection
            .prepare_cached(
                "SELECT base.id, base.depth, base.hash FROM content JOIN content AS base ON base.id = content.base
                 WHERE content.id = ?1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row([above], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                    .optional()
            })
            .action("look for a base")?;
        let Some((base, depth, hash)) = below else {
            return Ok(None);
        };
        if !all.contains(&base) {
            let bytes = content::read(connection, &Hash::from(hash)).ok().flatten();
            return Ok(bytes.map(|bytes| (base, depth, bytes)));
        }
        above = base;
    }
}

fn rebase(
    connection: &Connection,
    dependent: &Dependent,
    bytes: &[u8],
    base: Option<(i64, i64, Vec<u8>)>,
) -> Result<()> {
    let below = base.as_ref().map(|(_, _, bytes)| bytes.as_slice());
    let packed = content::pack(&dependent.hash, bytes, below)?;
    let (base, depth) = base
        .filter(|_| packed.needs_base)
        .map_or((None, 0), |(id, depth, _)| (Some(id), depth + 1));
    let write = || -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE content SET base = ?2, packed = ?3 WHERE id = ?1")?
            .execute((dependent.id, base, &packed.bytes))?;
        connection
            .prepare_cached(
                "WITH RECURSIVE above (id) AS (
                     SELECT ?1 UNION ALL SELECT content.id FROM content JOIN above ON content.base = above.id
                 )
                 UPDATE content SET depth = depth - ?2 WHERE id IN above",
            )?
            .execute((dependent.id, dependent.depth - depth))?;
        Ok(())
    };
    write().action("pack a content anew")
}

/// Gives some empty pages back to the system; true while there may be more.
fn give_back(connection: &Connection) -> Result<bool> {
    let empty = || -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "freelist_count", |row| row.get(0))
    };
    let give = || -> rusqlite::Result<bool> {
        let before = empty()?;
        connection.execute_batch(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
        let after = empty()?;
        Ok(after > 0 && after < before)
    };
    give().action("give back empty pages")
}
