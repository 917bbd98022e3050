//! Contents by hash: packing, keeping and reading back.
//!
//! Not whose they are. Invariant: a content that is read back hashes to what it was asked for by, or is an error.

use crate::error::{StatementContext, is_damaged};
use crate::packing::{self, LONGEST_CHAIN};
use crate::{Content, Error, Hash, Result};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::collections::HashSet;

/// A content that is ready to be kept: hashed and packed, where nobody waits for it.
pub(super) struct Ready {
    pub(super) hash: Hash,
    /// `None` for one that must be kept already.
    new: Option<New>,
}

struct New {
    bytes: Vec<u8>,
    packed: Vec<u8>,
    base: Option<Hash>,
}

/// Where a content is kept.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) id: i64,
    pub(super) depth: i64,
}

/// Bytes a content may be close to.
pub(super) struct Base<'a> {
    pub(super) hash: Hash,
    pub(super) bytes: &'a [u8],
}

/// Finds where a content is kept.
pub(super) fn find(connection: &Connection, hash: &Hash) -> Result<Option<Kept>> {
    connection
        .prepare_cached("SELECT id, depth FROM content WHERE hash = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([hash.as_bytes()], |row| {
                    Ok(Kept {
                        id: row.get(0)?,
                        depth: row.get(1)?,
                    })
                })
                .optional()
        })
        .action("look for a content")
}

/// Makes a content ready; packs nothing that is kept already.
pub(super) fn ready(
    connection: &Connection,
    content: Content,
    base: Option<&Base<'_>>,
) -> Result<Ready> {
    let hash = content.hash();
    let bytes = match content {
        Content::Bytes(bytes) if find(connection, &hash)?.is_none() => bytes,
        // What vanishes between now and then is missed then.
        Content::Bytes(_) | Content::Known(_) => return Ok(Ready { hash, new: None }),
    };
    let packed = pack(&hash, &bytes, base.map(|base| base.bytes))?;
    Ok(Ready {
        hash,
        new: Some(New {
            base: base.filter(|_| packed.needs_base).map(|base| base.hash),
            packed: packed.bytes,
            bytes,
        }),
    })
}

/// Keeps a content and returns its row; one that is kept already stays as it is.
pub(super) fn keep(connection: &Connection, ready: &Ready) -> Result<i64> {
    if let Some(kept) = find(connection, &ready.hash)? {
        return Ok(kept.id);
    }
    let hash = ready.hash;
    let new = ready.new.as_ref().ok_or(Error::Unknown { hash })?;
    let base = match &new.base {
        Some(base) => find(connection, base)?,
        None => None,
    };
    match base {
        Some(base) if base.depth < LONGEST_CHAIN => {
            insert(connection, &hash, &new.bytes, &new.packed, Some(base))
        }
        // The base has gone meanwhile, or its chain has grown.
        _ if new.base.is_some() => {
            let whole = pack(&hash, &new.bytes, None)?;
            insert(connection, &hash, &new.bytes, &whole.bytes, None)
        }
        _ => insert(connection, &hash, &new.bytes, &new.packed, None),
    }
}

fn insert(
    connection: &Connection,
    hash: &Hash,
    bytes: &[u8],
    packed: &[u8],
    base: Option<Kept>,
) -> Result<i64> {
    let (base, depth) = base.map_or((None, 0), |base| (Some(base.id), base.depth + 1));
    let size = i64::try_from(bytes.len()).expect("what is in memory is shorter");
    connection
        .prepare_cached(
            "INSERT INTO content (hash, size, base, depth, baseline, packed)
             VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        )
        .and_then(|mut statement| statement.insert((hash.as_bytes(), size, base, depth, packed)))
        .action("keep a content")
}

/// Keeps a content until it is released, and returns its hash.
pub(super) fn keep_baseline(connection: &Connection, ready: &Ready) -> Result<Hash> {
    let id = keep(connection, ready)?;
    connection
        .prepare_cached("UPDATE content SET baseline = 1 WHERE id = ?1 AND baseline <> 1")
        .and_then(|mut statement| statement.execute([id]))
        .action("keep a content")?;
    Ok(ready.hash)
}

/// How long a content must not have been in use until it is released: whoever keeps one is about to say that it is.
const UNUSED: SignedDuration = SignedDuration::from_hours(24);

/// What is to be said of a content that is kept without a revision: what was said of it, and what is true now.
pub(super) struct Use {
    id: i64,
    was: i64,
    is: i64,
}

/// Compares the contents that are kept so with those in use.
pub(super) fn uses(
    connection: &Connection,
    in_use: &HashSet<Hash>,
    now: Timestamp,
) -> Result<Vec<Use>> {
    let row = |row: &Row<'_>| {
        let (id, hash, was): (i64, [u8; 32], i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let is = match was {
            _ if in_use.contains(&Hash::from(hash)) => 1,
            // What is smaller means something else.
            1 => now.as_second().max(2),
            seen if now.as_second() - seen > UNUSED.as_secs() => 0,
            seen => seen,
        };
        Ok(Use { id, was, is })
    };
    connection
        .prepare("SELECT id, hash, baseline FROM content WHERE baseline <> 0")
        .and_then(|mut statement| {
            let changed =
                |row: &rusqlite::Result<Use>| !matches!(row, Ok(row) if row.was == row.is);
            statement.query_map([], row)?.filter(changed).collect()
        })
        .action("look which contents are in use")
}

/// Says which contents are in use, and releases those that have not been for long.
pub(super) fn release(connection: &Connection, uses: &[Use]) -> Result<()> {
    let write = || -> rusqlite::Result<()> {
        let mut statement = connection
            .prepare_cached("UPDATE content SET baseline = ?3 WHERE id = ?1 AND baseline = ?2")?;
        for Use { id, was, is } in uses {
            statement.execute((id, was, is))?;
        }
        Ok(())
    };
    write().action("release contents")
}

/// Packs a content under its name in errors.
pub(super) fn pack(hash: &Hash, bytes: &[u8], base: Option<&[u8]>) -> Result<packing::Packed> {
    packing::pack(bytes, base).map_err(|reason| Error::Compress {
        hash: *hash,
        reason,
    })
}

/// One content of a chain, as it is stored.
struct Link {
    size: usize,
    packed: Vec<u8>,
    has_base: bool,
}

/// Reads a content back.
pub(super) fn read(connection: &Connection, hash: &Hash) -> Result<Option<Vec<u8>>> {
    let chain = match chain(connection, hash) {
        Err(error) if is_damaged(&error) => return Err(corrupt(connection, hash)),
        result => result.action("read a content")?,
    };
    if chain.is_empty() {
        return Ok(None);
    }
    let content = unpack(&chain).filter(|content| Hash::of(content) == *hash);
    content.map(Some).ok_or_else(|| corrupt(connection, hash))
}

/// A content and what it is based on, down to the one that is kept whole: one statement, so that no prune comes between.
fn chain(connection: &Connection, hash: &Hash) -> rusqlite::Result<Vec<Link>> {
    let link = |row: &Row<'_>| {
        Ok(Link {
            size: usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX),
            packed: row.get(1)?,
            has_base: row.get(2)?,
        })
    };
    connection
        .prepare_cached(
            "WITH RECURSIVE chain (step, base, size, packed) AS (
                 SELECT 0, base, size, packed FROM content WHERE hash = ?1
                 UNION ALL
                 SELECT step + 1, content.base, content.size, content.packed
                 FROM chain JOIN content ON content.id = chain.base
                 WHERE step < ?2
             )
             SELECT size, packed, base IS NOT NULL FROM chain ORDER BY step",
        )?
        .query_map((hash.as_bytes(), LONGEST_CHAIN), link)?
        .collect()
}

fn unpack(chain: &[Link]) -> Option<Vec<u8>> {
    let (root, rest) = chain.split_last()?;
    if root.has_base {
        return None;
    }
    let whole = packing::unpack(&root.packed, root.size, &[])?;
    rest.iter().rev().try_fold(whole, |base, link| {
        packing::unpack(&link.packed, link.size, &base)
    })
}

fn corrupt(connection: &Connection, hash: &Hash) -> Error {
    Error::Corrupt {
        owner: owner(connection, hash),
        hash: *hash,
    }
}

/// Says which note a content belongs to, as well as a damaged database can.
pub(super) fn owner(connection: &Connection, hash: &Hash) -> String {
    let find = || -> rusqlite::Result<Option<String>> {
        connection
            .query_row(
                "SELECT path || ' (note ' || note || ')' FROM revision
                 WHERE after = (SELECT id FROM content WHERE hash = ?1)
                    OR before = (SELECT id FROM content WHERE hash = ?1)
                 ORDER BY id DESC LIMIT 1",
                [hash.as_bytes()],
                |row| row.get(0),
            )
            .optional()
    };
    match find() {
        Ok(Some(owner)) => owner,
        Ok(None) => "a note that was never changed".to_owned(),
        Err(_) => "an unknown note".to_owned(),
    }
}
