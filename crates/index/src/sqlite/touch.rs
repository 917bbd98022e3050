//! Changes that leave what notes say alone.
//!
//! Not those that do not (`apply`). Invariant: nothing else is touched.

use super::apply::Work;
use crate::{Change, Fault};
use rusqlite::params;

impl Work<'_> {
    pub(super) fn touch(&self, change: &Change) -> rusqlite::Result<()> {
        let Change::Touch {
            path,
            fingerprint,
            created,
            modified,
        } = change
        else {
            return Ok(());
        };
        self.connection
            .prepare_cached(
                "UPDATE note SET size = ?3, modified_ns = ?4, created = ?5, modified = ?6
                 WHERE project = ?1 AND path = ?2",
            )?
            .execute(params![
                self.scope.project.0,
                path.as_str(),
                fingerprint.size.cast_signed(),
                fingerprint.modified_ns,
                created.as_microsecond(),
                modified.as_microsecond(),
            ])
            .map(|_| ())
    }

    pub(super) fn set_faults(&self, faults: &[Fault]) -> rusqlite::Result<()> {
        let project = self.scope.project.0;
        self.connection
            .prepare_cached("DELETE FROM fault WHERE project = ?1")?
            .execute([project])?;
        let mut insert = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO fault VALUES (?1, ?2, ?3)")?;
        for fault in faults {
            insert.execute(params![project, fault.path, fault.message])?;
        }
        Ok(())
    }
}
