//! Turns at a note between processes.
//!
//! Threads of one process take turns in `locks`; here stand the files beside the index that other processes lock
//! too. Invariant: a lock ends with its process, whatever that process died of, and the files hold nothing, so
//! that they may be removed at any time nobody writes.

use crate::error::IoContext;
use crate::{Error, Result};
use cairn_index::ProjectId;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
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
}

/// The right of this process to write some notes, until dropped.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub(crate) struct Turn {
    /// Closing a file ends its lock.
    _files: Vec<File>,
}

impl Turns {
    /// Takes turns beside the index `index`, waiting for at most `patience`.
    pub(crate) fn beside(index: &Path, patience: Duration) -> Self {
        Self {
            folder: index.with_extension("locks"),
            patience,
        }
    }

    /// Waits until no other process writes any of the notes. `name` is what a failure calls them.
    pub(crate) fn take(&self, keys: &[(ProjectId, String)], name: &str) -> Result<Turn> {
        fs::create_dir_all(&self.folder).context("create the folder", &self.folder)?;
        // In ascending order, so that no two processes wait for each other.
        let numbers: BTreeSet<u8> = keys.iter().map(number).collect();
        let mut waited = Duration::ZERO;
        let mut files = Vec::with_capacity(numbers.len());
        for number in numbers {
            files.push(self.wait(&self.folder.join(format!("{number:02}")), name, &mut waited)?);
        }
        Ok(Turn { _files: files })
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
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::BeingWritten {
                        path: name.to_owned(),
                        waited: *waited,
                    });
                }
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
        let first = turns().take(&[key("a.md")], "a.md").expect("it is free");
        let error = turns()
            .take(&[key("b.md"), key("a.md")], "a.md")
            .expect_err("it is held");
        assert_eq!(error.kind(), crate::Kind::Busy);
        assert!(error.to_string().starts_with("a.md is being written"));
        drop(first);
        let again = turns().take(&[key("a.md"), key("a.md")], "a.md");
        drop(again.expect("it is free again"));
    }
}
