//! Temporary files of writes, and those that a killed process left behind.
//!
//! Not how a write uses them (`atomic.rs`). Invariant: only a file with a name of ours is removed, and only when it is
//! old and nobody holds it.

use jiff::{SignedDuration, Timestamp};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use tempfile::{Builder, NamedTempFile, TempPath};

/// The name begins with a dot and ends in `.tmp`, each of which hides it from every scan.
const PREFIX: &str = ".cairn-";
const SUFFIX: &str = ".tmp";

/// A write is through long before.
const OLD: SignedDuration = SignedDuration::from_hours(1);

/// Makes a temporary file in a folder; it is held until it is closed.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any program asks for; the umask takes from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    // Elsewhere a lock keeps others from reading, and the file has its name before it is closed. Where nobody can
    // lock, its age alone tells.
    #[cfg(unix)]
    drop(file.as_file().try_lock());
    Ok(file)
}

/// Gives a file a temporary name, with which it is removed when that is dropped.
pub(super) fn take_out(path: &Path) -> io::Result<TempPath> {
    let folder = path.parent().unwrap_or(path);
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    let out = builder.make_in(folder, |name| fs::rename(path, name))?;
    Ok(out.into_temp_path())
}

/// Whether a file has the name of a temporary one of ours.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Removes temporary files that are old and that nobody holds. What cannot be removed is tried again by the next sync.
pub(crate) fn remove_leftovers(root: &Path, paths: &[String], now: Timestamp) {
    for path in paths.iter().map(|path| root.join(path)) {
        if is_abandoned(&path, now).unwrap_or_default() {
            drop(fs::remove_file(path));
        }
    }
}

/// Returns those of the temporary files that are old and that nobody holds.
pub(crate) fn abandoned(root: &Path, paths: &[String], now: Timestamp) -> Vec<String> {
    let abandoned = |path: &&String| is_abandoned(&root.join(path), now).unwrap_or_default();
    paths.iter().filter(abandoned).cloned().collect()
}

fn is_abandoned(path: &Path, now: Timestamp) -> io::Result<bool> {
    let modified = fs::symlink_metadata(path)?.modified()?;
    let Ok(modified) = Timestamp::try_from(modified) else {
        return Ok(false);
    };
    if now.duration_since(modified) <= OLD {
        return Ok(false);
    }
    let is_held = matches!(File::open(path)?.try_lock(), Err(TryLockError::WouldBlock));
    Ok(!is_held)
}
