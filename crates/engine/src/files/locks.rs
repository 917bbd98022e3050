//! Who may write which note now.
//!
//! Threads of this process take turns at a note by a table, processes that share an index by [`Turns`]; everyone else
//! is met by checksums, not here. Invariant: the table holds a key only while a guard does.

use super::turns::{Turn, Turns};
use crate::Result;
use crate::points::{Switch, leaves_out};
use cairn_index::ProjectId;
use cairn_note::NotePath;
use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A note as locks know it: spellings many file systems and links treat as one share a lock.
type Key = (ProjectId, String);

/// One lock for each note, so that two writers of one note take turns.
#[derive(Debug, Default)]
pub(crate) struct NoteLocks {
    table: Mutex<Table>,
    released: Condvar,
    /// `None` when no other process can share the index.
    turns: Option<Turns>,
}

#[derive(Debug, Default)]
struct Table {
    held: HashSet<Key>,
}

/// The right to write some notes, until dropped.
#[derive(Debug)]
#[must_use = "the lock is given back when the guard is dropped"]
pub(crate) struct NoteGuard<'a> {
    locks: &'a NoteLocks,
    keys: Vec<Key>,
    /// What other processes see of it.
    turn: Option<Turn<'a>>,
}

impl NoteLocks {
    /// Locks for an index that other processes may share.
    pub(crate) fn shared(turns: Turns) -> Self {
        Self {
            turns: Some(turns),
            ..Self::default()
        }
    }

    /// Waits until nobody writes the note.
    pub(crate) fn lock(&self, project: ProjectId, path: &NotePath) -> Result<NoteGuard<'_>> {
        self.lock_all(project, &[path])
    }

    /// Waits until nobody writes any of the notes, and takes all of them in one step, so that nobody waits for
    /// one while holding another.
    ///
    /// # Errors
    /// [`crate::Error::BeingWritten`] when another process does not finish.
    pub(crate) fn lock_all(
        &self,
        project: ProjectId,
        paths: &[&NotePath],
    ) -> Result<NoteGuard<'_>> {
        let mut keys: Vec<Key> = paths
            .iter()
            .map(|path| (project, path.alias_key()))
            .collect();
        keys.sort();
        keys.dedup();
        if leaves_out(Switch::Lock) {
            keys.clear();
        }
        let mut table = self
            .released
            .wait_while(self.table(), |table| {
                keys.iter().any(|key| table.held.contains(key))
            })
            .unwrap_or_else(PoisonError::into_inner);
        table.held.extend(keys.iter().cloned());
        drop(table);
        // From here on the keys are given back whatever happens.
        let mut guard = NoteGuard {
            locks: self,
            keys,
            turn: None,
        };
        if let Some(turns) = &self.turns {
            let name = paths.first().map_or("", |path| path.as_str());
            guard.turn = Some(turns.take(&guard.keys, name)?);
        }
        Ok(guard)
    }

    /// The table holds whole values at every moment, so a panic of another thread left nothing half done.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for NoteGuard<'_> {
    fn drop(&mut self) {
        drop(self.turn.take());
        let mut table = self.locks.table();
        for key in &self.keys {
            table.held.remove(key);
        }
        drop(table);
        self.locks.released.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    const ALONE: &str = "no other process shares these";

    fn path(text: &str) -> NotePath {
        NotePath::from_disk(text).expect("a good path")
    }

    #[test]
    fn spellings_of_one_note_share_a_lock_and_the_table_empties() {
        let locks = NoteLocks::default();
        let project = ProjectId(1);
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for spelling in [
                "a/My Note.md",
                "a/my note.md",
                "A/MY NOTE.md",
                "a/My Note.md",
            ] {
                let (locks, inside) = (&locks, &inside);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let guard = locks.lock(project, &path(spelling)).expect(ALONE);
                        assert_eq!(
                            inside.fetch_add(1, Ordering::SeqCst),
                            0,
                            "alone with the note"
                        );
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(guard);
                    }
                });
            }
        });
        assert!(locks.table().held.is_empty());
    }

    #[test]
    fn two_movers_in_opposite_directions_never_wait_for_each_other() {
        let locks = NoteLocks::default();
        let (one, two) = (path("one.md"), path("two.md"));
        thread::scope(|scope| {
            for pair in [[&one, &two], [&two, &one], [&one, &one]] {
                let locks = &locks;
                scope.spawn(move || {
                    for _ in 0..500 {
                        drop(locks.lock_all(ProjectId(1), &pair).expect(ALONE));
                    }
                });
            }
        });
        assert!(locks.table().held.is_empty());
    }
}
