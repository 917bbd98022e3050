//! Who watches, and who embeds: of all processes that share an index, one each.
//!
//! Not the watching itself. Invariant: the lock of the file is what counts, and the system ends it with its process,
//! whatever that died of; the text in it is for people.

use crate::error::IoContext;
use crate::{Engine, IndexLocation, Result};
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The right to watch, or to embed, for all processes that share an index, until dropped.
#[derive(Debug)]
#[must_use = "the lead ends when this is dropped"]
pub struct Lead {
    path: PathBuf,
    /// Closing it ends its lock.
    file: File,
}

impl Engine {
    /// Returns the file by which processes that share the index agree on who watches; `None` where nobody can share it.
    pub fn watch_lock(&self) -> Option<PathBuf> {
        match &self.settings.index {
            IndexLocation::File(index) => Some(index.with_file_name("watch.lock")),
            IndexLocation::Memory => None,
        }
    }

    /// Returns the file by which they agree on who embeds; `None` where nobody can share the index.
    pub fn embed_lock(&self) -> Option<PathBuf> {
        self.watch_lock()
            .map(|lock| lock.with_file_name("embed.lock"))
    }
}

impl Lead {
    /// Takes the lead, and writes `about` into the file so that people see who has it. `None` when another process has
    /// it; nothing is waited for.
    ///
    /// # Errors
    /// When the file cannot be opened or locked.
    pub fn take(path: &Path, about: &str) -> Result<Option<Self>> {
        let file = options().open(path).context("open", path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error).context("lock", path),
        }
        let lead = Self {
            path: path.to_owned(),
            file,
        };
        if !lead.is_held() {
            // Somebody removed the file between opening and locking it; the next try makes a new one.
            return Ok(None);
        }
        lead.write(about).context("write", path)?;
        Ok(Some(lead))
    }

    /// Whether the file is still the one that was locked. Another one in its place is locked by nobody, or by another
    /// process, which then leads.
    pub fn is_held(&self) -> bool {
        let there = std::fs::metadata(&self.path);
        let same = |there: &Metadata| Some(is_same(there, &self.file.metadata().ok()?));
        there.ok().as_ref().and_then(same) == Some(true)
    }

    /// Returns what the process wrote that has the lead; `None` when none has it.
    pub fn holder(path: &Path) -> Option<String> {
        let mut file = File::open(path).ok()?;
        // Locked for a moment where nobody has it: who tries to lead just then tries again soon.
        if file.try_lock_shared().is_ok() {
            return None;
        }
        let mut text = String::new();
        // Some systems let nobody read a locked file.
        file.read_to_string(&mut text).ok();
        Some(text.lines().collect::<Vec<_>>().join(", "))
    }

    fn write(&self, about: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).write_all(format!("{about}\n").as_bytes())
    }
}

fn options() -> OpenOptions {
    let mut options = File::options();
    // Not truncated: until it is locked what is in it is another process's.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leads_and_the_next_one_when_it_is_gone() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let path = folder.path().join("watch.lock");
        let take = |about| Lead::take(&path, about).expect("the folder is writable");
        assert_eq!(Lead::holder(&path), None);
        let first = take("first\nof all").expect("nobody leads");
        assert!(take("second").is_none());
        assert_eq!(Lead::holder(&path).as_deref(), Some("first, of all"));
        assert!(first.is_held());
        drop(first);
        assert_eq!(Lead::holder(&path), None);
        let second = take("second").expect("nobody leads any more");
        assert_eq!(Lead::holder(&path).as_deref(), Some("second"));
        drop(second);
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_file_that_was_removed_is_held_no_more() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let path = folder.path().join("watch.lock");
        let take = || Lead::take(&path, "me").expect("the folder is writable");
        let first = take().expect("nobody leads");
        std::fs::remove_file(&path).expect("it is there");
        assert!(!first.is_held());
        let second = take().expect("nobody leads by that file");
        assert!(!first.is_held() && second.is_held());
    }

    #[test]
    fn what_cannot_be_a_lock_is_named() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let path = folder.path().join("watch.lock");
        std::fs::create_dir(&path).expect("the name is free");
        let error = Lead::take(&path, "me").expect_err("it is a folder");
        assert!(error.to_string().contains("watch.lock"), "{error}");
    }
}
