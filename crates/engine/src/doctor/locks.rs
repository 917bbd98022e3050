//! Locks of files beside the index, and who watches.
//!
//! A lock ends with its process, so none is ever dead; one that is held for long belongs to a process that writes much
//! or hangs. The files stay: whoever removed one while another process waits for it would let two in at once.
//! Invariant: a lock is tried for a moment and never kept.

use super::finding::{Check, Finding, are, count};
use crate::watch::Lead;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often a lock that is held is tried again, and how long between.
const TRIES: (u32, Duration) = (20, Duration::from_millis(50));

/// Checks the locks by which processes take turns at notes.
pub(super) fn locks(index: &Path) -> Vec<Finding> {
    let folder = index.with_extension("locks");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let (mut held, mut unopened) = (Vec::new(), Vec::new());
    for file in &files {
        match is_held(file) {
            Ok(false) => {}
            Ok(true) => held.push(file.display().to_string()),
            Err(error) => unopened.push(format!("{}: {error}", file.display())),
        }
    }
    let mut findings = Vec::new();
    if !unopened.is_empty() {
        findings.push(
            Finding::problem(
                Check::Locks,
                format!("{} cannot be opened", count(unopened.len(), "lock file")),
                "let this user write them, or remove them while nothing of Cairn runs",
            )
            .items(unopened),
        );
    }
    if !held.is_empty() {
        findings.push(
            Finding::warning(
                Check::Locks,
                format!(
                    "{} held for more than a second: a process writes much, or hangs",
                    are(held.len(), "lock")
                ),
                "wait, or end the process that hangs: its locks end with it",
            )
            .items(held),
        );
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            Check::Locks,
            match files.len() {
                0 => "nobody has written notes yet, so there is no lock".to_owned(),
                number => format!("{}, none held for long", count(number, "lock file")),
            },
        ));
    }
    findings
}

/// Says who watches, which is one process at most.
pub(super) fn watch(index: &Path) -> Finding {
    let file = index.with_file_name("watch.lock");
    match File::open(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Finding::ok(Check::Watch, "nobody has watched yet")
        }
        Err(error) => Finding::warning(
            Check::Watch,
            format!("{} cannot be opened: {error}", file.display()),
            "let this user write it; until then every server watches by itself",
        ),
        Ok(_) => match Lead::holder(&file) {
            None => Finding::ok(Check::Watch, "nobody watches now"),
            Some(who) if who.is_empty() => Finding::ok(Check::Watch, "one process watches"),
            Some(who) => Finding::ok(Check::Watch, format!("one process watches: {who}")),
        },
    }
}

/// Returns whether somebody has the lock of a file each time it is tried for about a second.
///
/// # Errors
/// When the file cannot be opened or locked.
pub fn is_held(file: &Path) -> std::io::Result<bool> {
    let (tries, pause) = TRIES;
    let file = File::open(file)?;
    for again in 0..tries {
        match file.try_lock_shared() {
            Ok(()) => return Ok(false),
            // Where nobody can lock, nobody has.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(false);
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if again + 1 < tries => thread::sleep(pause),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    Ok(true)
}
