//! Who may write which note now.
//!
//! Threads of this process take turns at a note by a table, processes that share an index by [`Turns`]; everyone else
//! is met by checksums, not here. Invariant: the table holds a key only while a guard does, and a sync learns of
//! every note that was written while it ran.

use super::turns::{Turn, Turns};
use crate::Result;
use cairn_index::ProjectId;
use cairn_note::NotePath;
use std::collections::{HashMap, HashSet};
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
    /// For each sync under way, what was written since it began.
    scans: HashMap<u64, HashSet<Key>>,
    next_scan: u64,
}

/// The right to write some notes, until dropped.
#[derive(Debug)]
#[must_use = "the lock is given back when the guard is dropped"]
pub(crate) struct NoteGuard<'a> {
    locks: &'a NoteLocks,
    keys: Vec<Key>,
    /// What other processes see of it.
    turn: Option<Turn>,
}

/// A sync under way.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    locks: &'a NoteLocks,
    id: u64,
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

    /// Begins to note down what is written, for a sync.
    pub(crate) fn scan(&self) -> Scan<'_> {
        let mut table = self.table();
        let id = table.next_scan;
        table.next_scan += 1;
        table.scans.insert(id, HashSet::new());
        Scan { locks: self, id }
    }

    /// The table holds whole values at every moment, so a panic of another thread left nothing half done.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scan<'_> {
    /// Returns which of the notes were written since the scan began, or are being written now: what was read
    /// of them before is stale, and their writer tells the index itself.
    pub(crate) fn written<'p>(
        &self,
        project: ProjectId,
        paths: impl Iterator<Item = &'p NotePath>,
    ) -> HashSet<&'p NotePath> {
        let table = self.locks.table();
        let written = table.scans.get(&self.id);
        if table.held.is_empty() && written.is_none_or(HashSet::is_empty) {
            return HashSet::new();
        }
        paths
            .filter(|path| {
                let key = (project, path.alias_key());
                table.held.contains(&key) || written.is_some_and(|written| written.contains(&key))
            })
            .collect()
    }
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        self.locks.table().scans.remove(&self.id);
    }
}

impl Drop for NoteGuard<'_> {
    fn drop(&mut self) {
        drop(self.turn.take());
        let mut table = self.locks.table();
        for key in &self.keys {
            table.held.remove(key);
        }
        for written in table.scans.values_mut() {
            written.extend(self.keys.iter().cloned());
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

    #[test]
    fn a_scan_knows_what_was_written_since_it_began() {
        let locks = NoteLocks::default();
        let (before, during, held, other) = (
            path("before.md"),
            path("during.md"),
            path("held.md"),
            path("other.md"),
        );
        drop(locks.lock(ProjectId(1), &before).expect(ALONE));
        let scan = locks.scan();
        drop(locks.lock(ProjectId(1), &during).expect(ALONE));
        drop(locks.lock(ProjectId(2), &other).expect(ALONE));
        let guard = locks.lock(ProjectId(1), &held).expect(ALONE);
        let all = [&before, &during, &held, &other];
        assert_eq!(
            scan.written(ProjectId(1), all.into_iter()),
            HashSet::from([&during, &held])
        );
        drop(guard);
        drop(scan);
        assert!(locks.table().scans.is_empty());
    }
}
