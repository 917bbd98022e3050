//! Every file, page by page, and every name.
//!
//! Not search: nothing is ranked. Invariant: pages follow the path, so that going on from the last path skips nothing
//! that stays.

use super::Session;
use super::read::{RECORD, record};
use crate::Result;
use crate::record::{Name, NoteRecord, ProjectId};
use cairn_note::NotePath;
use rusqlite::params;

impl Session<'_> {
    /// Returns the files whose path comes after `after`, sorted by path (bytes).
    ///
    /// # Errors
    /// When a statement fails.
    pub fn files_after(
        &self,
        project: ProjectId,
        after: Option<&NotePath>,
        limit: usize,
    ) -> Result<Vec<NoteRecord>> {
        self.rows(
            "list files",
            &format!(
                "SELECT {RECORD} FROM note WHERE project = ?1 AND path > ?2 ORDER BY path LIMIT ?3"
            ),
            params![
                project.0,
                after.map_or("", NotePath::as_str),
                i64::try_from(limit).unwrap_or(i64::MAX)
            ],
            record,
        )
    }

    /// Returns the names of every file, latest first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn every_name(&self, project: ProjectId) -> Result<Vec<Name>> {
        self.rows(
            "list names",
            "SELECT title, permalink, path FROM note WHERE project = ?1 ORDER BY modified DESC, path",
            [project.0],
            |row| {
                Ok(Name {
                    title: row.get(0)?,
                    permalink: row.get(1)?,
                    path: row.get(2)?,
                })
            },
        )
    }

    /// Returns the notes that came to be last, latest first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn created(&self, project: ProjectId, limit: usize) -> Result<Vec<NoteRecord>> {
        self.rows(
            "list new notes",
            &format!(
                "SELECT {RECORD} FROM note WHERE project = ?1 AND is_note ORDER BY created DESC, path LIMIT ?2"
            ),
            params![project.0, i64::try_from(limit).unwrap_or(i64::MAX)],
            record,
        )
    }
}
