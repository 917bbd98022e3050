//! Plain questions: one note, many notes, counts.
//!
//! Not search (`lexical`) nor walks (`around`). Invariant: every list has a defined order.

use super::Session;
use super::links::key_of_id;
use crate::error::StatementContext;
use crate::record::{NoteId, NoteKey, NoteRecord, ProjectId, RelationRecord};
use crate::{Fault, Filter, Fingerprint, Result};
use cairn_note::link::{self, Glob};
use cairn_note::query::{Expr, Query, Word};
use cairn_note::{NotePath, Observation};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The columns a [`NoteRecord`] is made of, in the order `record` reads them.
pub(super) const RECORD: &str = "note.id, note.project, note.external_id, note.path, note.title, note.permalink, \
     note.type, note.is_note, note.checksum, note.size, note.modified_ns, note.created, note.modified, note.metadata";

/// Reads a [`NoteRecord`] from the columns of [`RECORD`].
pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<NoteRecord> {
    let metadata: String = row.get(13)?;
    Ok(NoteRecord {
        id: NoteId(row.get(0)?),
        project: ProjectId(row.get(1)?),
        external_id: Uuid::from_bytes(row.get(2)?).to_string(),
        path: path(row, 3)?,
        title: row.get(4)?,
        permalink: row.get(5)?,
        note_type: row.get(6)?,
        is_note: row.get(7)?,
        fingerprint: fingerprint(row, 8)?,
        created: time(row, 11)?,
        modified: time(row, 12)?,
        metadata: serde_json::from_str(&metadata).unwrap_or_default(),
    })
}

fn path(row: &Row<'_>, column: usize) -> rusqlite::Result<NotePath> {
    let text = row.get_ref(column)?.as_str()?;
    NotePath::from_disk(text).map_err(|error| conversion(column, error))
}

fn fingerprint(row: &Row<'_>, first: usize) -> rusqlite::Result<Fingerprint> {
    Ok(Fingerprint {
        checksum: row.get(first)?,
        size: row.get::<_, i64>(first + 1)?.cast_unsigned(),
        modified_ns: row.get(first + 2)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|error| conversion(column, error))
}

fn conversion(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

fn relation(row: &Row<'_>) -> rusqlite::Result<RelationRecord> {
    Ok(RelationRecord {
        source: NoteId(row.get(0)?),
        position: row.get(5)?,
        relation_type: row.get(1)?,
        target: row.get(2)?,
        context: row.get(3)?,
        resolved: row.get::<_, Option<i64>>(4)?.map(NoteId),
    })
}

/// The columns `relation` reads.
const RELATION: &str = "relation.note, relation.type, relation.target, relation.context, relation.resolved, relation.position";

impl Session<'_> {
    /// Runs a query and reads all of its rows.
    pub(super) fn rows<T>(
        &self,
        action: &'static str,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.lease
            .connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, read)?.collect())
            .action(action)
    }

    /// Returns what the index believes is on disk, sorted by path (bytes).
    ///
    /// # Errors
    /// When a statement fails, as for every method of a session.
    pub fn fingerprints(&self, project: ProjectId) -> Result<Vec<(NotePath, Fingerprint)>> {
        self.rows(
            "list the files of a project",
            "SELECT path, checksum, size, modified_ns FROM note WHERE project = ?1 ORDER BY path",
            [project.0],
            |row| Ok((path(row, 0)?, fingerprint(row, 1)?)),
        )
    }

    /// Returns what the last scan could not read, sorted by path.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn faults(&self, project: ProjectId) -> Result<Vec<Fault>> {
        self.rows(
            "list faults",
            "SELECT path, message FROM fault WHERE project = ?1 ORDER BY path, message",
            [project.0],
            |row| {
                Ok(Fault {
                    path: row.get(0)?,
                    message: row.get(1)?,
                })
            },
        )
    }

    /// Returns the note of that row, of whichever project.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn by_id(&self, id: NoteId) -> Result<Option<NoteRecord>> {
        self.one("id = ?1", params![id.0])
    }

    /// Returns the note with that key.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn note(&self, project: ProjectId, key: NoteKey<'_>) -> Result<Option<NoteRecord>> {
        let project = project.0;
        match key {
            NoteKey::Path(path) => self.one(
                "project = ?1 AND path = ?2",
                params![project, path.as_str()],
            ),
            NoteKey::Permalink(permalink) => self.one(
                "project = ?1 AND permalink = ?2",
                params![project, permalink],
            ),
            NoteKey::ExternalId(id) => match Uuid::try_parse(id) {
                Ok(id) => self.one(
                    "project = ?1 AND external_id = ?2",
                    params![project, id.as_bytes()],
                ),
                Err(_) => Ok(None),
            },
        }
    }

    fn one(&self, condition: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Option<NoteRecord>> {
        self.lease
            .connection()
            .prepare_cached(&format!("SELECT {RECORD} FROM note WHERE {condition}"))
            .and_then(|mut statement| statement.query_row(values, record).optional())
            .action("look a note up")
    }

    /// Returns notes whose title, headings or names match any word of `text`, for suggestions, best first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn near(&self, project: ProjectId, text: &str, limit: usize) -> Result<Vec<NoteRecord>> {
        let mut words = Vec::new();
        gather_words(Query::parse(text).expr, &mut words);
        // A typo is rarely in the first letters of a word.
        for word in &mut words {
            if let [term] = word.terms.as_mut_slice() {
                let kept = term
                    .char_indices()
                    .nth(3)
                    .map_or(term.len(), |(end, _)| end);
                term.truncate(kept);
                word.prefix = true;
            }
        }
        let filter = Filter {
            projects: vec![project],
            ..Filter::default()
        };
        Ok(self
            .names(&words, &filter, limit)?
            .into_iter()
            .map(|hit| hit.note)
            .collect())
    }

    /// Returns every file below a folder (`""` is the root), sorted by path.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn below(&self, project: ProjectId, folder: &str) -> Result<Vec<NoteRecord>> {
        let (first, end) = range_of(folder);
        self.rows(
            "list a folder",
            &format!(
                "SELECT {RECORD} FROM note WHERE project = ?1 AND path >= ?2 AND (?3 IS NULL OR path < ?3) ORDER BY path"
            ),
            params![project.0, first, end],
            record,
        )
    }

    /// Returns notes whose permalink matches, sorted by permalink.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn matching(
        &self,
        project: ProjectId,
        glob: &Glob,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<NoteRecord>> {
        let prefix = glob.literal_prefix();
        let ids: Vec<(i64, String)> = self.rows(
            "match permalinks",
            "SELECT id, permalink FROM note WHERE project = ?1 AND permalink >= ?2 AND permalink IS NOT NULL
             ORDER BY permalink",
            params![project.0, prefix],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let matching = ids
            .into_iter()
            .take_while(|(_, permalink)| permalink.starts_with(prefix))
            .filter(|(_, permalink)| glob.matches(permalink));
        let mut records = Vec::new();
        for (id, _) in matching.skip(offset).take(limit) {
            records.extend(self.by_id(NoteId(id))?);
        }
        Ok(records)
    }

    /// Returns a note's observations in document order.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn observations(&self, note: NoteId) -> Result<Vec<Observation>> {
        self.rows(
            "list observations",
            "SELECT category, content, tags, context FROM observation WHERE note = ?1 ORDER BY position",
            [note.0],
            |row| {
                let tags: String = row.get(2)?;
                Ok(Observation {
                    category: Some(row.get(0)?),
                    content: row.get(1)?,
                    tags: serde_json::from_str(&tags).unwrap_or_default(),
                    context: row.get(3)?,
                })
            },
        )
    }

    /// Returns a note's relations in document order.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn relations(&self, note: NoteId) -> Result<Vec<RelationRecord>> {
        self.rows(
            "list relations",
            &format!("SELECT {RELATION} FROM relation WHERE note = ?1 ORDER BY position"),
            [note.0],
            relation,
        )
    }

    /// Returns the relations that resolve to a note, by the path of the note they stand in.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn backlinks(&self, note: NoteId) -> Result<Vec<RelationRecord>> {
        let Some(record) = self.by_id(note)? else {
            return Ok(Vec::new());
        };
        // Whatever name a relation found the note by, they share a bucket.
        let names = [record.path.as_str(), &record.title];
        let names = names.into_iter().chain(record.permalink.as_deref());
        let mut buckets: BTreeSet<String> = names.map(link::bucket).collect();
        let id = Uuid::try_parse(&record.external_id).ok();
        buckets.extend(id.as_ref().map(key_of_id));
        let mut buckets = buckets.into_iter();
        let mut next = || buckets.next();
        self.rows(
            "list backlinks",
            &format!(
                "SELECT {RELATION} FROM relation JOIN note ON note.id = relation.note
                 WHERE relation.resolved = ?1 AND (relation.note, relation.position) IN
                    (SELECT note, position FROM link_bucket WHERE bucket IN (?2, ?3, ?4, ?5))
                 ORDER BY note.path, relation.position"
            ),
            params![note.0, next(), next(), next(), next()],
            relation,
        )
    }

    /// Returns relations nothing answers, with the path of the note they stand in, sorted by it.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn unresolved(
        &self,
        project: ProjectId,
        limit: usize,
    ) -> Result<Vec<(NotePath, RelationRecord)>> {
        self.rows(
            "list unresolved links",
            &format!(
                "SELECT {RELATION}, note.path FROM note JOIN relation ON relation.note = note.id
                 WHERE note.project = ?1 AND relation.resolved IS NULL ORDER BY note.path, relation.position LIMIT ?2"
            ),
            params![project.0, limit.min(i64::MAX as usize) as i64],
            |row| Ok((path(row, 6)?, relation(row)?)),
        )
    }

    /// Returns what was modified after `filter.after`, latest first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn recent(&self, filter: &Filter, limit: usize, offset: usize) -> Result<Vec<NoteRecord>> {
        let mut records = Vec::new();
        for id in self.latest_of(filter, limit, offset)? {
            records.extend(self.by_id(id)?);
        }
        Ok(records)
    }
}

/// The range of paths below a folder: from the first value, and before the second where there is one.
pub(super) fn range_of(folder: &str) -> (String, Option<String>) {
    let folder = folder.trim_matches('/');
    // `0` is the character after `/`.
    if folder.is_empty() {
        (String::new(), None)
    } else {
        (format!("{folder}/"), Some(format!("{folder}0")))
    }
}

/// Gathers the words of a query, wherever they stand in it.
fn gather_words(expr: Option<Expr>, words: &mut Vec<Word>) {
    match expr {
        None => {}
        Some(Expr::Any(any)) => words.extend(any.into_iter().filter(|word| !word.stop)),
        Some(Expr::Word(word)) => words.push(word),
        Some(Expr::And(parts) | Expr::Or(parts)) => {
            parts
                .into_iter()
                .for_each(|part| gather_words(Some(part), words));
        }
        Some(Expr::Not(wanted, _)) => gather_words(wanted.map(|wanted| *wanted), words),
    }
}
