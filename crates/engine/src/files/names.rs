//! Names in folders, and folders for them: made, and kept by the disk.
//!
//! Not what has the names. Invariant: when a change is done, so is the making of every folder it needs, whoever makes
//! that.

use crate::error::IoContext;
use crate::points::{Point, Switch, disk, leaves_out};
use crate::{Durability, Error, Result};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A disk that is waited for this long is not going to answer.
const YOUNG: Duration = Duration::from_secs(10);

/// Makes new and removed names in folders durable.
pub(crate) fn sync_names(folders: &[PathBuf], durability: Durability) -> Result<()> {
    folders
        .iter()
        .try_for_each(|folder| sync_folder(folder, durability))
}

/// Syncs what holds a folder that has just got an entry and is not much older than that: whoever made it may still wait
/// for the disk.
pub(super) fn sync_young(root: &Path, folder: &Path, durability: Durability) -> Result<()> {
    let mut folder = folder;
    while folder != root && folder.starts_with(root) && is_young(folder) {
        folder = folder.parent().unwrap_or(root);
        sync_folder(folder, durability)?;
    }
    Ok(())
}

/// Whether the last entry of a folder came soon after the folder itself; where nobody knows, it is taken for old.
fn is_young(folder: &Path) -> bool {
    let age = fs::metadata(folder).and_then(|found| {
        let (made, changed) = (found.created()?, found.modified()?);
        Ok(changed.duration_since(made).unwrap_or_default())
    });
    age.is_ok_and(|age| age < YOUNG)
}

/// Folders that were made for a file; those that hold nothing go again unless the file came.
#[must_use = "the folders are removed when this is dropped"]
pub(super) struct MadeFolders<'p>(Vec<&'p Path>);

impl MadeFolders<'_> {
    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for MadeFolders<'_> {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that holds something by now stays.
            drop(fs::remove_dir(folder));
        }
    }
}

/// How often a folder may go again that has just been made or found: whoever made it for a file that could not be
/// written takes it away.
const ATTEMPTS: usize = 4;

/// Does something in a folder that is made first, as often as it vanishes.
pub(super) fn in_folder<'p, T>(
    root: &Path,
    folder: &'p Path,
    durability: Durability,
    act: impl Fn() -> Result<T>,
) -> Result<(MadeFolders<'p>, T)> {
    let attempt = || {
        let made = make_folders(root, folder, durability)?;
        Ok((made, act()?))
    };
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(Error::Io { source, .. })
                if matches!(
                    source.kind(),
                    ErrorKind::NotFound | ErrorKind::AlreadyExists
                ) => {}
            result => return result,
        }
    }
    attempt()
}

/// Makes the folder and those above it, and syncs each folder that got a new entry.
fn make_folders<'p>(
    root: &Path,
    folder: &'p Path,
    durability: Durability,
) -> Result<MadeFolders<'p>> {
    let mut made = MadeFolders(Vec::new());
    if folder.is_dir() {
        return Ok(made);
    }
    let missing = |folder: &&Path| folder.starts_with(root) && *folder != root && !folder.is_dir();
    let new: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    for folder in new.into_iter().rev() {
        match disk(Point::MakeFolder, folder, None, || fs::create_dir(folder)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            result => {
                result.context("create the folder", folder)?;
                made.0.push(folder);
            }
        }
        sync_folder(folder.parent().unwrap_or(root), durability)?;
    }
    Ok(made)
}

/// Makes new and removed names in a folder durable.
pub(super) fn sync_folder(folder: &Path, durability: Durability) -> Result<()> {
    // Windows has no handle on a folder that could be synced; its file systems journal names.
    if durability == Durability::Fsync && cfg!(unix) && !leaves_out(Switch::Fsync) {
        disk(Point::SyncFolder, folder, None, || {
            File::open(folder)?.sync_all()
        })
        .context("sync the folder", folder)?;
    }
    Ok(())
}
