//! Folders that verbs ask about or leave behind.
//!
//! Nobody makes a folder here: writing and moving make what they need. Invariant: only a folder that holds nothing is
//! ever removed, and never the project's own.

use super::atomic::inside;
use crate::error::IoContext;
use crate::points::{Point, disk};
use crate::{Error, Result};
use cairn_note::NotePath;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Whether a folder is there.
pub(crate) fn has_folder(root: &Path, folder: &NotePath) -> bool {
    inside(root, folder).is_ok_and(|absolute| absolute.is_dir())
}

/// Whether the project's own folder holds nothing at all, as that of a disk that is not mounted does.
pub(crate) fn is_bare(root: &Path) -> Result<bool> {
    let mut entries = fs::read_dir(root).map_err(|source| Error::Root {
        path: root.to_owned(),
        source,
    })?;
    Ok(entries.next().is_none())
}

/// Returns what stands where a path has a folder and is none: a file, or a symbolic link, which no listing follows.
pub(crate) fn no_folder<'p>(root: &Path, path: &'p NotePath) -> Option<&'p str> {
    let text = path.as_str();
    text.match_indices('/')
        .map(|(slash, _)| &text[..slash])
        .find(|folder| {
            fs::symlink_metadata(root.join(folder)).is_ok_and(|metadata| !metadata.is_dir())
        })
}

/// Removes a folder, and the folders below it, as far as they hold nothing any more. One that cannot be removed stays:
/// no note is in it.
pub(crate) fn remove_empty_folders(root: &Path, folder: &NotePath) {
    let Ok(absolute) = inside(root, folder) else {
        return;
    };
    // What a symbolic link leads to is not the project's to tidy.
    if fs::symlink_metadata(&absolute).is_ok_and(|metadata| metadata.is_dir()) {
        remove_if_empty(&absolute).ok();
    }
}

/// Removes a folder that a note has left, and those above it, as far as they hold nothing at all. What cannot be removed
/// stays: no note is in it.
pub(crate) fn remove_if_left(root: &Path, folder: &NotePath) {
    let Ok(absolute) = inside(root, folder) else {
        return;
    };
    let below = |folder: &&Path| *folder != root && folder.starts_with(root);
    for folder in absolute.ancestors().take_while(below) {
        if disk(Point::RemoveFolder, folder, None, || fs::remove_dir(folder)).is_err() {
            break;
        }
    }
}

/// Returns whether the folder is gone.
fn remove_if_empty(folder: &Path) -> Result<bool> {
    let mut is_empty = true;
    for entry in fs::read_dir(folder).context("list", folder)? {
        let entry = entry.context("list", folder)?;
        let is_folder = entry.file_type().context("look at", entry.path())?.is_dir();
        is_empty &= is_folder && remove_if_empty(&entry.path())?;
    }
    if is_empty {
        match disk(Point::RemoveFolder, folder, None, || fs::remove_dir(folder)) {
            Ok(()) => {}
            // Someone put something there, or removed it, meanwhile.
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => return Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("remove", folder),
        }
    }
    Ok(is_empty)
}
