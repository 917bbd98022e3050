//! Writing, moving and removing files.
//!
//! It does not decide whether a write is wanted: the verbs compare checksums under the note's lock. Invariant:
//! when a function here returns an error, no temporary file stays and no other file was replaced.

use super::leftovers::temporary;
use super::names::{in_folder, sync_folder, sync_names, sync_young};
use super::reading::checksum;
use super::swap::{self, Swapped};
use super::{Point, failpoint};
use crate::error::IoContext;
use crate::points::{Switch, disk, leaves_out};
use crate::{Durability, Error, Result};
use cairn_index::Fingerprint;
use cairn_note::NotePath;
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Writes a file: temporary file in the same folder, sync, rename, sync of the folder. Folders are made.
///
/// A file that is there keeps its mode; a symbolic link keeps pointing where it did, and what it points to is
/// replaced as long as that lies inside the root. `last_look` comes after the disk was waited for, right before the
/// rename, and its failure leaves everything as it was.
pub(crate) fn write(
    root: &Path,
    path: &NotePath,
    bytes: &[u8],
    durability: Durability,
    last_look: impl FnOnce() -> Result<()>,
) -> Result<Fingerprint> {
    let (fingerprint, folder) = write_name(root, path, bytes, durability, last_look)?;
    sync_names(&[folder], durability)
        .map_err(|source| unsynced(path, "written", Arc::new(source)))?;
    Ok(fingerprint)
}

/// As [`write()`], but whoever calls syncs the folder.
pub(crate) fn write_name(
    root: &Path,
    path: &NotePath,
    bytes: &[u8],
    durability: Durability,
    last_look: impl FnOnce() -> Result<()>,
) -> Result<(Fingerprint, PathBuf)> {
    let target = target(root, path)?;
    let folder = target.parent().unwrap_or(root);
    let make = || {
        disk(Point::Create, &target, None, || temporary(folder)).context("create a file in", folder)
    };
    let (made, mut temporary) = in_folder(root, folder, durability, make)?;
    let existing = match fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(invalid(format!("{path} is a folder")));
        }
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).context("look at", &target),
    };
    sync_young(root, folder, durability)?;
    let name = temporary.path().to_owned();
    disk(Point::Write, &target, Some(&name), || {
        temporary.write_all(bytes)
    })
    .context("write", &target)?;
    if let Some(existing) = &existing {
        keep_owner(temporary.as_file(), existing);
        let mode = temporary.as_file().set_permissions(existing.permissions());
        mode.context("keep the permissions of", &target)?;
    }
    if durability == Durability::Fsync && !leaves_out(Switch::Fsync) {
        disk(Point::Sync, &target, Some(&name), || {
            temporary.as_file().sync_all()
        })
        .context("sync", &target)?;
    }
    let written = temporary.as_file().metadata().context("look at", &target)?;
    failpoint(Point::Replace, &target).context("replace", &target)?;
    let seen = swap::seen(&target).context("look at", &target)?;
    last_look()?;
    match swap::replace(temporary, &target, bytes, seen).context("replace", &target)? {
        Swapped::Done => {}
        Swapped::Other => return Err(other(root, path, seen)),
    }
    made.keep();
    let fingerprint = Fingerprint {
        size: bytes.len() as u64,
        modified_ns: super::reading::modified_ns(&written),
        checksum: checksum(bytes),
    };
    Ok((fingerprint, folder.to_owned()))
}

/// Moves a file without ever replacing another, if it is the expected one. Folders are made.
pub(crate) fn rename(
    root: &Path,
    from: &NotePath,
    to: &NotePath,
    expected: Option<&Fingerprint>,
    durability: Durability,
) -> Result<()> {
    let folders = rename_name(root, from, to, expected, durability)?;
    sync_names(&folders, durability).map_err(|source| unsynced(to, "moved", Arc::new(source)))
}

/// As [`rename`], but whoever calls syncs the folders.
pub(crate) fn rename_name(
    root: &Path,
    from: &NotePath,
    to: &NotePath,
    expected: Option<&Fingerprint>,
    durability: Durability,
) -> Result<Vec<PathBuf>> {
    let source = inside(root, from)?;
    let target = inside(root, to)?;
    let (source_folder, folder) = (
        source.parent().unwrap_or(root),
        target.parent().unwrap_or(root),
    );
    let (made, ()) = in_folder(root, folder, durability, || Ok(()))?;
    failpoint(Point::Unname, &source).context("move", &source)?;
    if is_other_spelling(&source, &target) {
        disk(Point::Rename, &target, Some(&source), || {
            fs::rename(&source, &target)
        })
        .context("move", &source)?;
    } else {
        let before_unlink = || {
            // The second name must last before the first one goes.
            sync_young(root, folder, durability)?;
            if source_folder == folder {
                Ok(())
            } else {
                sync_folder(folder, durability)
            }
        };
        let moved = in_folder(root, folder, durability, || {
            move_new(&source, &target, to, expected, before_unlink)
        });
        let moved = moved.map_err(|error| match error {
            Error::Io { source: cause, .. }
                if cause.kind() == ErrorKind::NotFound && folder.is_dir() =>
            {
                Error::FileGone {
                    path: from.to_string(),
                }
            }
            error => error,
        });
        let (again, moved) = moved?;
        if moved == Swapped::Other {
            return Err(other(
                root,
                from,
                expected.map(|expected| expected.checksum),
            ));
        }
        again.keep();
    }
    made.keep();
    Ok(vec![source_folder.to_owned()])
}

/// Takes the first name of a file away that has its second one already: a move that was interrupted between both.
pub(crate) fn finish_rename(
    root: &Path,
    from: &NotePath,
    to: &NotePath,
    durability: Durability,
) -> Result<()> {
    let (source, target) = (inside(root, from)?, inside(root, to)?);
    if is_same_file(&source, &target) && !is_other_spelling(&source, &target) {
        remove(root, from, None, durability)?;
    }
    Ok(())
}

/// Whether a file has both names.
pub(crate) fn has_both_names(root: &Path, one: &NotePath, other: &NotePath) -> bool {
    match (inside(root, one), inside(root, other)) {
        (Ok(one), Ok(other)) => is_same_file(&one, &other),
        _ => false,
    }
}

/// Whether both names are those of one file.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let inode = |path: &Path| {
            let metadata = fs::symlink_metadata(path).ok()?;
            Some((metadata.dev(), metadata.ino()))
        };
        inode(one).is_some_and(|inode_of_one| inode(other) == Some(inode_of_one))
    }
    #[cfg(not(unix))]
    {
        // Where nobody can tell, both stay.
        let _ = (one, other);
        false
    }
}

/// Removes a file, if it is the expected one; of a symbolic link, the link.
pub(crate) fn remove(
    root: &Path,
    path: &NotePath,
    expected: Option<&Fingerprint>,
    durability: Durability,
) -> Result<()> {
    let folder = remove_name(root, path, expected)?;
    sync_names(&[folder], durability).map_err(|source| unsynced(path, "deleted", Arc::new(source)))
}

/// As [`remove`], but whoever calls syncs the folder.
pub(crate) fn remove_name(
    root: &Path,
    path: &NotePath,
    expected: Option<&Fingerprint>,
) -> Result<PathBuf> {
    let target = inside(root, path)?;
    failpoint(Point::Unname, &target).context("remove", &target)?;
    let is_expected = |out: &Path| match expected {
        Some(expected) => swap::is_expected(out, expected),
        None => Ok(true),
    };
    match swap::remove(&target, is_expected) {
        Ok(Swapped::Done) => {}
        Ok(Swapped::Other) => {
            let expected = expected.map(|expected| expected.checksum);
            return Err(other(root, path, expected));
        }
        // It was there a moment ago, and somebody else took it away.
        Err(error) if error.kind() == ErrorKind::NotFound && expected.is_some() => {}
        Err(error) => return Err(error).context("remove", &target),
    }
    Ok(target.parent().unwrap_or(root).to_owned())
}

/// The error of a change that was made, while its folder could not be synced.
pub(crate) fn unsynced(path: &NotePath, done: &'static str, source: Arc<Error>) -> Error {
    Error::Unsynced {
        path: path.to_string(),
        done,
        source,
    }
}

/// Gives the file its second name before taking the first away: only a new link is refused by every system
/// when its name is taken, and a crash in between loses nothing.
fn move_new(
    source: &Path,
    target: &Path,
    to: &NotePath,
    expected: Option<&Fingerprint>,
    before_unlink: impl Fn() -> Result<()>,
) -> Result<Swapped> {
    let exists = || Error::Exists {
        path: to.to_string(),
    };
    let linked = disk(Point::Link, target, Some(source), || {
        fs::hard_link(source, target)
    });
    match linked {
        Ok(()) => take_away(source, target, expected, before_unlink),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(error).context("move", source),
        // It says that it failed, and was made all the same.
        Err(_) if is_same_file(source, target) => {
            take_away(source, target, expected, before_unlink)
        }
        // This file system has no links.
        Err(_) => match fs::symlink_metadata(target) {
            Ok(_) => Err(exists()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                disk(Point::Rename, target, Some(source), || {
                    fs::rename(source, target)
                })
                .context("move", source)?;
                Ok(Swapped::Done)
            }
            Err(error) => Err(error).context("look at", target),
        },
    }
}

/// Takes the first of two names away; or else the second one, also where the file is not the expected one.
fn take_away(
    source: &Path,
    target: &Path,
    expected: Option<&Fingerprint>,
    before_unlink: impl Fn() -> Result<()>,
) -> Result<Swapped> {
    let take_away = || {
        // A link may lead nowhere from its new place.
        let is_link = fs::symlink_metadata(target).is_ok_and(|found| found.is_symlink());
        if let Some(expected) = expected.filter(|_| !is_link)
            && !swap::is_expected(target, expected).context("look at", target)?
        {
            return Ok(Swapped::Other);
        }
        before_unlink()?;
        let is_moved = |out: &Path| swap::is_other_name(out, target, expected);
        match swap::remove(source, is_moved) {
            // Somebody else took it away.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Swapped::Done),
            result => result.context("move", source),
        }
    };
    let taken = take_away();
    // A system that says that it failed may have done it: then the second name is the only one.
    let is_ours = || {
        let is_expected = |expected| swap::is_expected(target, expected).unwrap_or_default();
        is_same_file(source, target) || expected.is_some_and(is_expected)
    };
    if !matches!(taken, Ok(Swapped::Done)) && fs::symlink_metadata(source).is_ok() && is_ours() {
        drop(disk(Point::Unlink, target, None, || {
            fs::remove_file(target)
        }));
    }
    taken
}

/// The error of a file that is not the expected one.
fn other(root: &Path, path: &NotePath, expected: Option<[u8; 32]>) -> Error {
    let Some(expected) = expected else {
        return Error::Exists {
            path: path.to_string(),
        };
    };
    let found = super::fingerprint(root, path).ok().flatten();
    let expected = Fingerprint {
        size: 0,
        modified_ns: 0,
        checksum: expected,
    };
    Error::Changed {
        path: path.to_string(),
        expected: expected.checksum_hex(),
        found: found.map(|found| found.checksum_hex()),
    }
}

/// Whether both paths name one directory entry, which happens where case is ignored.
fn is_other_spelling(source: &Path, target: &Path) -> bool {
    let folded = |path: &Path| path.to_string_lossy().to_lowercase();
    source != target
        && folded(source) == folded(target)
        && fs::symlink_metadata(target).is_ok()
        && !super::reading::is_spelled(target)
}

/// Returns where the file of that path is, refusing a folder that is a symbolic link out of the root, and a path that
/// no file can have: nobody makes half of its folders first.
pub(super) fn inside(root: &Path, path: &NotePath) -> Result<PathBuf> {
    let absolute = root.join(path.as_str());
    if path.parent().is_empty() {
        return Ok(absolute);
    }
    // A name is looked at only where its folder is there, as the root is.
    for probe in [&absolute, &root.join(path.file_name())] {
        match fs::symlink_metadata(probe) {
            Err(error) if error.kind() == ErrorKind::InvalidFilename => {
                return Err(error).context("look at", &absolute);
            }
            _ => {}
        }
    }
    let real_root = fs::canonicalize(root).context("open", root)?;
    let folder = absolute.parent().unwrap_or(root);
    // Asking whether it is there costs one call; canonicalizing costs one for each folder, there or not.
    let existing = folder
        .ancestors()
        .filter(|ancestor| fs::metadata(ancestor).is_ok())
        .find_map(|ancestor| fs::canonicalize(ancestor).ok());
    match existing {
        Some(real) if !real.starts_with(&real_root) => Err(leads_out(path)),
        _ => Ok(absolute),
    }
}

/// Returns the file a write replaces: the path itself, or what a symbolic link there points to.
pub(super) fn target(root: &Path, path: &NotePath) -> Result<PathBuf> {
    let absolute = inside(root, path)?;
    let is_link = fs::symlink_metadata(&absolute).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link {
        return Ok(absolute);
    }
    let real = fs::canonicalize(&absolute).context("follow", &absolute)?;
    if real.starts_with(fs::canonicalize(root).context("open", root)?) {
        Ok(real)
    } else {
        Err(leads_out(path))
    }
}

fn leads_out(path: &NotePath) -> Error {
    invalid(format!(
        "{path} leads out of the project through a symbolic link"
    ))
}

fn invalid(message: String) -> Error {
    Error::Invalid {
        message,
        hint: None,
    }
}

/// Gives the file the owner of the one it replaces, where the system lets us.
fn keep_owner(file: &File, existing: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let differs = file
            .metadata()
            .is_ok_and(|own| (own.uid(), own.gid()) != (existing.uid(), existing.gid()));
        if differs {
            // Only root may give files away; for anyone else the writer owns what he wrote.
            drop(fchown(file, Some(existing.uid()), Some(existing.gid())));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, existing);
}
