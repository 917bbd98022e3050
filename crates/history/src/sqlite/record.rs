//! Recording revisions: made ready by whoever asks, beside the others; written by whoever leads.
//!
//! Not when it is written (`queue.rs`). Invariant: a revision's contents are kept before the revision is.

use super::content::{self, Base, Ready};
use super::identity;
use crate::error::StatementContext;
use crate::packing::LONGEST_CHAIN;
use crate::{ChangeId, Content, Entry, Hash, Recorded, Result, RevisionId};
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

/// Writes revisions of one change, a new one where none is given. With a `horizon`, only what is news: of a note that
/// has a revision after it nothing, nor what its newest revision says already.
pub(super) fn write(
    connection: &Connection,
    change: Option<ChangeId>,
    horizon: Option<RevisionId>,
    entries: &[ReadyEntry],
) -> Result<Recorded> {
    let first = RevisionId(next(connection)?);
    let change = change.unwrap_or(ChangeId(first.0));
    let mut revisions = Vec::with_capacity(entries.len());
    for ready in entries {
        if let Some(horizon) = horizon
            && !is_news(connection, horizon, ready)?
        {
            continue;
        }
        let row = |content: &Option<Ready>| -> Result<Option<i64>> {
            content
                .as_ref()
                .map(|content| content::keep(connection, content))
                .transpose()
        };
        let contents = (row(&ready.before)?, row(&ready.after)?);
        let permalink = identity::permalink(connection, &ready.entry)?;
        let id = insert(
            connection,
            change,
            &ready.entry,
            permalink.as_deref(),
            contents,
        )?;
        identity::follow(
            connection,
            id,
            &ready.entry,
            permalink.as_deref(),
            contents.1.is_some(),
        )?;
        revisions.push(id);
    }
    Ok(Recorded { change, revisions })
}

fn is_news(connection: &Connection, horizon: RevisionId, ready: &ReadyEntry) -> Result<bool> {
    let newest = connection
        .prepare_cached(
            "SELECT revision.id, path, hash FROM revision LEFT JOIN content ON content.id = after
             WHERE project = ?1 AND note = ?2 AND outcome IS NOT 'undone'
             ORDER BY revision.id DESC LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row((ready.entry.project, &ready.entry.note), |row| {
                    let hash = row.get::<_, Option<[u8; 32]>>(2)?.map(Hash::from);
                    Ok((RevisionId(row.get(0)?), row.get::<_, String>(1)?, hash))
                })
                .optional()
        })
        .action("look for the newest revision of a note")?;
    Ok(newest.is_none_or(|(id, path, hash)| {
        let after = ready.after.as_ref().map(|after| after.hash);
        id <= horizon && (path, hash) != (ready.entry.path.clone(), after)
    }))
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
