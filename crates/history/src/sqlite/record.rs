//! Recording revisions: made ready by whoever asks, beside the others; written by whoever leads.
//!
//! Not when it is written (`queue.rs`). Invariant: a revision's contents are kept before the revision is.

use super::content::{self, Base, Ready};
use super::identity;
use crate::error::StatementContext;
use crate::packing::LONGEST_CHAIN;
use crate::{ChangeId, Content, Entry, Hash, Observed, Recorded, Result, RevisionId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// An entry whose contents are ready.
pub(super) struct ReadyEntry {
    /// Without its contents.
    entry: Entry,
    before: Option<Ready>,
    after: Option<Ready>,
}

/// Makes an entry ready to be written.
pub(super) fn ready(connection: &Connection, mut entry: Entry) -> Result<ReadyEntry> {
    let before = entry.before.take();
    let after = match entry.after.take() {
        Some(after) => Some(ready_after(connection, &entry, before.as_ref(), after)?),
        None => None,
    };
    let before = before
        .map(|before| content::ready(connection, before, None))
        .transpose()?;
    Ok(ReadyEntry {
        entry,
        before,
        after,
    })
}

/// Makes what a note says after a change ready, as its difference from what it said before if that can be had.
fn ready_after(
    connection: &Connection,
    entry: &Entry,
    before: Option<&Content>,
    after: Content,
) -> Result<Ready> {
    let known = match before {
        Some(Content::Bytes(bytes)) => {
            let hash = Hash::of(bytes);
            let base = Base { hash, bytes };
            let base = has_room(connection, &hash)?.then_some(&base);
            return content::ready(connection, after, base);
        }
        Some(Content::Known(hash)) => Some(*hash),
        None => last_said(connection, entry)?,
    };
    let after_is_new =
        matches!(&after, Content::Bytes(_)) && content::find(connection, &after.hash())?.is_none();
    let base = match known {
        // A base that is damaged is no reason not to keep what comes after it.
        Some(hash) if after_is_new && has_room(connection, &hash)? => {
            content::read(connection, &hash)
                .ok()
                .flatten()
                .map(|bytes| (hash, bytes))
        }
        _ => None,
    };
    let base = base
        .as_ref()
        .map(|(hash, bytes)| Base { hash: *hash, bytes });
    content::ready(connection, after, base.as_ref())
}

/// Whether something may be based on a content; one that is not kept yet will be.
fn has_room(connection: &Connection, hash: &Hash) -> Result<bool> {
    let kept = content::find(connection, hash)?;
    Ok(kept.is_none_or(|kept| kept.depth < LONGEST_CHAIN))
}

/// The content a note had last, as far as is recorded.
fn last_said(connection: &Connection, entry: &Entry) -> Result<Option<Hash>> {
    connection
        .prepare_cached(
            "SELECT content.hash FROM revision JOIN content ON content.id = coalesce(after, before)
             WHERE project = ?1 AND note = ?2 ORDER BY revision.id DESC LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row((entry.project, &entry.note), |row| {
                    row.get::<_, [u8; 32]>(0)
                })
                .optional()
        })
        .map(|hash| hash.map(Hash::from))
        .action("look for what a note said")
}

/// Writes revisions of one change, a new one where none is given.
pub(super) fn write(
    connection: &Connection,
    change: Option<ChangeId>,
    entries: &[ReadyEntry],
) -> Result<Recorded> {
    let first = RevisionId(next(connection)?);
    let change = change.unwrap_or(ChangeId(first.0));
    let mut revisions = Vec::with_capacity(entries.len());
    for ready in entries {
        let before = row(connection, ready.before.as_ref())?;
        revisions.push(write_one(connection, change, ready, before)?);
    }
    Ok(Recorded { change, revisions })
}

/// Writes what is news: of a note that has a revision after the horizon nothing, nor what its newest revision says
/// already.
pub(super) fn observe(
    connection: &Connection,
    change: Option<ChangeId>,
    horizon: RevisionId,
    entries: &[ReadyEntry],
) -> Result<Observed> {
    let first = RevisionId(next(connection)?);
    let mut observed = Observed {
        change: change.unwrap_or(ChangeId(first.0)),
        revisions: Vec::new(),
        late: Vec::new(),
    };
    for (place, ready) in entries.iter().enumerate() {
        let before = match newest(connection, ready)? {
            None => row(connection, ready.before.as_ref())?,
            Some(newest) => {
                let after = ready.after.as_ref().map(|after| after.hash);
                if (&newest.path, newest.hash) == (&ready.entry.path, after) {
                    continue;
                }
                if newest.id > horizon {
                    observed.late.push(place);
                    continue;
                }
                // Whoever looked may not have known of it: the index is told after the history.
                newest.after
            }
        };
        let revision = write_one(connection, observed.change, ready, before)?;
        observed.revisions.push(revision);
    }
    Ok(observed)
}

/// Writes a revision whose content before has that number.
fn write_one(
    connection: &Connection,
    change: ChangeId,
    ready: &ReadyEntry,
    before: Option<i64>,
) -> Result<RevisionId> {
    let contents = (before, row(connection, ready.after.as_ref())?);
    let permalink = identity::permalink(connection, &ready.entry)?;
    let permalink = permalink.as_deref();
    let id = insert(connection, change, &ready.entry, permalink, contents)?;
    let is_present = contents.1.is_some();
    identity::follow(connection, id, &ready.entry, permalink, is_present)?;
    Ok(id)
}

/// Keeps a content, and returns its number.
fn row(connection: &Connection, content: Option<&Ready>) -> Result<Option<i64>> {
    content
        .map(|content| content::keep(connection, content))
        .transpose()
}

/// The newest revision of a note, as far as observing asks.
struct Newest {
    id: RevisionId,
    path: String,
    /// The number of what it says, and its hash.
    after: Option<i64>,
    hash: Option<Hash>,
}

fn newest(connection: &Connection, ready: &ReadyEntry) -> Result<Option<Newest>> {
    connection
        .prepare_cached(
            "SELECT revision.id, path, after, hash FROM revision LEFT JOIN content ON content.id = after
             WHERE project = ?1 AND note = ?2 AND outcome IS NOT 'undone'
             ORDER BY revision.id DESC LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row((ready.entry.project, &ready.entry.note), |row| {
                    Ok(Newest {
                        id: RevisionId(row.get(0)?),
                        path: row.get(1)?,
                        after: row.get(2)?,
                        hash: row.get::<_, Option<[u8; 32]>>(3)?.map(Hash::from),
                    })
                })
                .optional()
        })
        .action("look for the newest revision of a note")
}

/// The number of the revision that is written next.
fn next(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached(
            "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'revision'",
        )
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .action("number a change")
}

fn insert(
    connection: &Connection,
    change: ChangeId,
    entry: &Entry,
    permalink: Option<&str>,
    (before, after): (Option<i64>, Option<i64>),
) -> Result<RevisionId> {
    connection
        .prepare_cached(
            "INSERT INTO revision (change, project, note, path, former, operation, actor, time, before, after, permalink)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )
        .and_then(|mut statement| {
            statement.insert(params![
                change.0,
                entry.project,
                entry.note,
                entry.path,
                entry.former,
                entry.operation.name(),
                entry.actor,
                nanoseconds(entry.time),
                before,
                after,
                permalink,
            ])
        })
        .map(RevisionId)
        .action("record a revision")
}

/// A time as it is stored; the years before 1678 and after 2261 do not fit.
pub(super) fn nanoseconds(time: Timestamp) -> i64 {
    let clamped = time
        .as_nanosecond()
        .clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(clamped).expect("it was clamped")
}
