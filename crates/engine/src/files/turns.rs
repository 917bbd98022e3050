//! Turns at a note between processes.
//!
//! Threads of one process take turns at a note in `locks`; here stand the files beside the index that other processes
//! lock too, and since notes share files, a queue before each of them, so that of one process only one thread asks the
//! file, and they come in their order. Invariant: a lock ends with its process, whatever that process died of, and the files hold nothing, so that
//! they may be removed at any time nobody writes.

use crate::error::IoContext;
use crate::{Error, Result};
use cairn_index::ProjectId;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Lock files of an index. Few, since they are never removed; not one, since a writer waits for the disk.
const FILES: u8 = 16;

/// The pauses between two looks at a lock that is held: the first, and the longest they grow to.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));

/// Where processes that share an index take turns.
#[derive(Debug)]
pub(crate) struct Turns {
    folder: PathBuf,
    patience: Duration,
    /// For each file, the threads of this process that hold it or wait for it, in the order they came.
    queues: Mutex<Queues>,
    /// For each file, where they wait.
    opened: [Condvar; FILES as usize],
}

/// The threads at each file, by the number each got when it came; the first of a queue holds the file.
#[derive(Debug, Default)]
struct Queues {
    waiting: [VecDeque<u64>; FILES as usize],
    next: u64,
}

/// The right of this process to write some notes, until dropped.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub(crate) struct Turn<'t> {
    turns: &'t Turns,
    /// Closing a file ends its lock. This thread is the first in the queue of each number.
    held: Vec<(u8, Option<File>)>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        for (number, file) in self.held.drain(..) {
            drop(file);
            queues.waiting[usize::from(number)].pop_front();
            self.turns.opened[usize::from(number)].notify_all();
        }
    }
}

impl Turns {
    /// Takes turns beside the index `index`, waiting for at most `patience`.
    pub(crate) fn beside(index: &Path, patience: Duration) -> Self {
        Self {
            folder: index.with_extension("locks"),
            patience,
            queues: Mutex::default(),
            opened: Default::default(),
        }
    }

    /// Waits until no other process writes any of the notes. `name` is what a failure calls them.
    pub(crate) fn take(&self, keys: &[(ProjectId, String)], name: &str) -> Result<Turn<'_>> {
        fs::create_dir_all(&self.folder).context("create the folder", &self.folder)?;
        // In ascending order, so that no two processes and no two threads wait for each other.
        let numbers: BTreeSet<u8> = keys.iter().map(number).collect();
        let mut waited = Duration::ZERO;
        let mut turn = Turn {
            turns: self,
            held: Vec::with_capacity(numbers.len()),
        };
        for number in numbers {
            self.pass(number, name, waited)?;
            turn.held.push((number, None));
            let file = self.wait(&self.folder.join(format!("{number:02}")), name, &mut waited)?;
            turn.held.pop();
            turn.held.push((number, Some(file)));
        }
        Ok(turn)
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until this thread is the first of this process at the file.
    fn pass(&self, number: u8, name: &str, waited: Duration) -> Result<()> {
        let (at, left) = (usize::from(number), self.patience.saturating_sub(waited));
        let mut queues = self.queues();
        let mine = queues.next;
        queues.next += 1;
        queues.waiting[at].push_back(mine);
        let is_behind = |queues: &mut Queues| queues.waiting[at].front() != Some(&mine);
        let (mut queues, _) = self.opened[at]
            .wait_timeout_while(queues, left, is_behind)
            .unwrap_or_else(PoisonError::into_inner);
        if queues.waiting[at].front() == Some(&mine) {
            return Ok(());
        }
        queues.waiting[at].retain(|other| *other != mine);
        Err(self.too_long(name))
    }

    fn too_long(&self, name: &str) -> Error {
        Error::BeingWritten {
            path: name.to_owned(),
            waited: self.patience,
        }
    }

    fn wait(&self, path: &Path, name: &str, waited: &mut Duration) -> Result<File> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = options.open(path).context("open", path)?;
        let (mut pause, longest) = PAUSES;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                // No process can lock here, so nobody waits for anybody, and checksums alone keep writers apart.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    return Ok(file);
                }
                Err(TryLockError::Error(error)) => return Err(error).context("lock", path),
                Err(TryLockError::WouldBlock) if *waited < self.patience => {
                    thread::sleep(pause);
                    *waited += pause;
                    pause = longest.min(pause * 2);
                }
                Err(TryLockError::WouldBlock) => return Err(self.too_long(name)),
            }
        }
    }
}

/// Returns the lock file of a note, the same in every process.
fn number((project, path): &(ProjectId, String)) -> u8 {
    let mut hash = Sha256::new();
    hash.update(project.0.to_be_bytes());
    hash.update(path.as_bytes());
    hash.finalize()[0] % FILES
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_testkit::Vault;

    fn key(path: &str) -> (ProjectId, String) {
        (ProjectId(1), path.to_owned())
    }

    #[test]
    fn a_held_turn_ends_the_patience_of_another_process_and_is_free_when_dropped() {
        let vault = Vault::new("");
        // Another process has its own value, as here.
        let turns = || Turns::beside(&vault.path("index.db"), Duration::from_millis(4));
        let (one, other) = (turns(), turns());
        let first = one.take(&[key("a.md")], "a.md").expect("it is free");
        for turns in [&one, &other] {
            let error = turns
                .take(&[key("b.md"), key("a.md")], "a.md")
                .expect_err("it is held");
            assert_eq!(error.kind(), crate::Kind::Busy);
            assert!(error.to_string().starts_with("a.md is being written"));
        }
        drop(first);
        let again = other.take(&[key("a.md"), key("a.md")], "a.md");
        drop(again.expect("it is free again"));
        let again = one.take(&[key("a.md"), key("b.md")], "a.md");
        drop(again.expect("a turn that was refused left no place taken"));
    }

    #[test]
    fn threads_come_one_at_a_time_and_all_of_them_do() {
        let vault = Vault::new("");
        let turns = Turns::beside(&vault.path("index.db"), Duration::from_secs(30));
        let inside = Mutex::new(());
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let turn = turns.take(&[key("a.md")], "a.md").expect("it comes");
                        drop(inside.try_lock().expect("nobody else is inside"));
                        drop(turn);
                    }
                });
            }
        });
    }
}
