//! Whether anybody changed the index, and whether the list of files is another one.
//!
//! Not what changed. Invariant: a stamp is as it was only if no other process committed anything since.

use super::pool::Begin;
use super::{Index, Session};
use crate::error::StatementContext;
use crate::{ProjectId, Result};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

impl Index {
    /// Returns a number that is another one after another process changed the index. What is done through this value
    /// does not change it.
    ///
    /// # Errors
    /// When this thread has a session open, a writer of this process does not end in time, or the statement fails.
    pub fn stamp(&self) -> Result<u64> {
        // SQLite counts for each connection what others committed; this one makes all of this process's commits.
        let lease = self
            .writer
            .lease(&self.nest, Begin::Read, "look for changes")?;
        let stamp: i64 = lease
            .connection()
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .action("look for changes")?;
        Ok(stamp.cast_unsigned())
    }
}

impl Session<'_> {
    /// Returns a number that stands for the paths of a project's files: another one once a file came, went or moved.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn listed(&self, project: ProjectId) -> Result<u64> {
        let hashes = self.rows(
            "look whether files came or went",
            "SELECT path FROM note WHERE project = ?1",
            [project.0],
            |row| {
                let mut hasher = DefaultHasher::new();
                row.get_ref(0)?.as_str()?.hash(&mut hasher);
                Ok(hasher.finish())
            },
        )?;
        // Whatever order they came in.
        Ok(hashes
            .iter()
            .fold(hashes.len() as u64, |sum, hash| sum.wrapping_add(*hash)))
    }
}
