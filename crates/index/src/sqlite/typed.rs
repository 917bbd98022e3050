//! Many notes at a time, and where their relations lead.
//!
//! For questions about all notes of a type; not search. Invariant: every list has a defined order.

use super::Session;
use super::read::{RECORD, record};
use crate::error::StatementContext;
use crate::record::{NoteId, NoteRecord, ProjectId};
use crate::{Filter, Result};

/// A relation, and the type of the note it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedRelation {
    /// Its type.
    pub relation_type: String,
    /// Its target as written.
    pub target: String,
    /// The type of the note it resolves to, as its author spelled it; `None` where it resolves to nothing.
    pub target_type: Option<String>,
}

impl Session<'_> {
    /// Returns every file a filter lets through, by project and path.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn every(&self, filter: &Filter) -> Result<Vec<NoteRecord>> {
        let allowed = self.allowed(filter)?;
        let read = || -> rusqlite::Result<Vec<NoteRecord>> {
            let mut statement = self
                .lease
                .connection()
                .prepare_cached(&format!("SELECT {RECORD} FROM note ORDER BY project, path"))?;
            let mut rows = statement.query([])?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                let id = row.get(0)?;
                if allowed.as_ref().is_none_or(|set| set.has(id)) {
                    records.push(record(row)?);
                }
            }
            Ok(records)
        };
        read().action("list what a filter lets through")
    }

    /// Returns the notes whose frontmatter has a value under a key of its own (no dotted one), by path.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn with_key(&self, project: ProjectId, key: &str) -> Result<Vec<NoteRecord>> {
        self.rows(
            "list notes with a key",
            &format!(
                "SELECT {RECORD} FROM note WHERE project = ?1 AND is_note
                    AND coalesce(json_type(metadata, '$.' || json_quote(?2)), 'null') <> 'null' ORDER BY path"
            ),
            (project.0, key),
            record,
        )
    }

    /// Returns a note's relations in document order, and what they lead to.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn typed_relations(&self, note: NoteId) -> Result<Vec<TypedRelation>> {
        self.rows(
            "list relations and where they lead",
            "SELECT relation.type, target, target_note.type FROM relation
             LEFT JOIN note AS target_note ON target_note.id = resolved
             WHERE relation.note = ?1 ORDER BY position",
            [note.0],
            |row| {
                Ok(TypedRelation {
                    relation_type: row.get(0)?,
                    target: row.get(1)?,
                    target_type: row.get(2)?,
                })
            },
        )
    }
}
