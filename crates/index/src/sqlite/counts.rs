//! How many there are of what.
//!
//! Not which (`read`). Invariant: everything is counted in one project and in one state of the index.

use super::Session;
use crate::Result;
use crate::error::StatementContext;
use crate::record::{Connected, Count, Name, ProjectId, Statistics};
use rusqlite::params;

impl Session<'_> {
    /// Returns tags with the number of notes that have them, most frequent first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn tags(&self, project: ProjectId) -> Result<Vec<Count>> {
        self.counts(
            project,
            "SELECT value, count(*) FROM property JOIN note ON note.id = property.note
             WHERE key = 'tags' AND project = ?1 GROUP BY value ORDER BY 2 DESC, 1",
        )
    }

    /// Returns types with the number of notes that have them, most frequent first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn types(&self, project: ProjectId) -> Result<Vec<Count>> {
        self.counts(
            project,
            "SELECT type, count(*) FROM note WHERE project = ?1 AND is_note GROUP BY type ORDER BY 2 DESC, 1",
        )
    }

    /// Returns observation categories with the number of observations in them, most frequent first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn categories(&self, project: ProjectId) -> Result<Vec<Count>> {
        self.counts(
            project,
            "SELECT category, count(*) FROM observation JOIN note ON note.id = observation.note WHERE project = ?1
             GROUP BY category ORDER BY 2 DESC, 1",
        )
    }

    /// Returns types of relations with the number of relations of them, most frequent first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn relation_types(&self, project: ProjectId) -> Result<Vec<Count>> {
        self.counts(
            project,
            "SELECT relation.type, count(*) FROM relation JOIN note ON note.id = relation.note WHERE project = ?1
             GROUP BY relation.type ORDER BY 2 DESC, 1",
        )
    }

    /// Returns the notes at which most relations begin or end, most first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn most_connected(&self, project: ProjectId, limit: usize) -> Result<Vec<Connected>> {
        self.rows(
            "count connections",
            "SELECT title, permalink, path, count(*) FROM
                (SELECT note AS id FROM relation
                 UNION ALL SELECT resolved FROM relation WHERE resolved IS NOT NULL)
             JOIN note USING (id) WHERE project = ?1 GROUP BY id ORDER BY 4 DESC, path LIMIT ?2",
            params![project.0, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                Ok(Connected {
                    name: Name {
                        title: row.get(0)?,
                        permalink: row.get(1)?,
                        path: row.get(2)?,
                    },
                    relations: row.get::<_, i64>(3)?.cast_unsigned(),
                })
            },
        )
    }

    /// Returns how many notes no relation begins or ends at.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn isolated(&self, project: ProjectId) -> Result<u64> {
        let counts = self.rows(
            "count isolated notes",
            "SELECT count(*) FROM note WHERE project = ?1 AND is_note
                AND id NOT IN (SELECT note FROM relation)
                AND id NOT IN (SELECT resolved FROM relation WHERE resolved IS NOT NULL)",
            [project.0],
            |row| row.get::<_, i64>(0),
        )?;
        Ok(counts.first().map_or(0, |count| count.cast_unsigned()))
    }

    fn counts(&self, project: ProjectId, sql: &str) -> Result<Vec<Count>> {
        self.rows("count", sql, [project.0], |row| {
            Ok(Count {
                value: row.get(0)?,
                count: row.get::<_, i64>(1)?.cast_unsigned(),
            })
        })
    }

    /// Returns what the project holds.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn statistics(&self, project: ProjectId) -> Result<Statistics> {
        let [notes, files, observations, relations, unresolved] = self
            .lease
            .connection()
            .prepare_cached(
                "SELECT (SELECT count(*) FROM note WHERE project = ?1 AND is_note),
                        (SELECT count(*) FROM note WHERE project = ?1 AND NOT is_note),
                        (SELECT count(*) FROM observation JOIN note ON note.id = note WHERE project = ?1),
                        (SELECT count(*) FROM relation JOIN note ON note.id = note WHERE project = ?1),
                        (SELECT count(*) FROM relation JOIN note ON note.id = note
                         WHERE project = ?1 AND resolved IS NULL)",
            )
            .and_then(|mut statement| {
                statement.query_row([project.0], |row| {
                    Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<_, i64>(4)?])
                })
            })
            .action("count a project")?
            .map(i64::cast_unsigned);
        Ok(Statistics {
            notes,
            files,
            observations,
            relations,
            unresolved,
        })
    }
}
