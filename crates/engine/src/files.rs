//! The only module that touches note files.
//!
//! It lists, reads, writes, moves and removes files below a project's root, and knows nothing of what they say
//! or of the index. Invariant: a file is either as it was or as it was asked to be, never between; nothing
//! outside the root is touched; a failure names its file.

mod atomic;
mod folders;
mod leftovers;
mod listing;
mod locks;
mod lookout;
mod reading;
#[cfg(test)]
mod tests;
mod turns;

pub(crate) use atomic::{finish_rename, remove, rename, write};
pub(crate) use folders::{has_folder, is_bare, no_folder, remove_empty_folders};
pub(crate) use leftovers::remove_leftovers;
pub(crate) use listing::{Listed, Listing, list};
pub(crate) use locks::{NoteGuard, NoteLocks};
pub(crate) use lookout::{Glance, Lookout, Presence};
pub(crate) use reading::{LARGEST_NOTE, Loaded, Reader, fingerprint, read, reason};
pub(crate) use turns::Turns;

/// Where tests can make the file system fail, and change files under a reader's feet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// A folder is about to be listed.
    List,
    /// A file is about to be opened or looked at.
    Open,
    /// A file was read, and is about to be looked at a second time.
    Read,
    /// A new text is on the disk, and is about to replace a file.
    Replace,
    /// A file is about to lose a name, by a move or for good.
    Unname,
}

/// Does nothing: only tests have something to do here.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it fails")]
fn failpoint(_point: Point, _path: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
use failpoints::failpoint;

/// Faults a test cannot cause from outside, since permission bits do not stop root.
#[cfg(test)]
pub(crate) mod failpoints {
    use super::Point;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex, PoisonError};

    type Hook = Arc<dyn Fn() -> io::Result<()> + Send + Sync>;

    /// Paths are absolute and below the temporary folder of one test, so tests do not meet here.
    static HOOKS: Mutex<Vec<(Point, PathBuf, Hook)>> = Mutex::new(Vec::new());

    /// A hook that is removed when dropped.
    #[must_use]
    pub(crate) struct Hooked(Point, PathBuf);

    /// Calls `hook` whenever the point is passed with that path.
    pub(crate) fn at(
        point: Point,
        path: PathBuf,
        hook: impl Fn() -> io::Result<()> + Send + Sync + 'static,
    ) -> Hooked {
        hooks(|hooks| hooks.push((point, path.clone(), Arc::new(hook))));
        Hooked(point, path)
    }

    /// Fails with that kind of error whenever the point is passed with that path.
    pub(crate) fn fail(point: Point, path: PathBuf, kind: io::ErrorKind) -> Hooked {
        at(point, path, move || Err(kind.into()))
    }

    impl Drop for Hooked {
        fn drop(&mut self) {
            hooks(|hooks| hooks.retain(|(point, path, _)| (point, path) != (&self.0, &self.1)));
        }
    }

    pub(super) fn failpoint(point: Point, path: &Path) -> io::Result<()> {
        // A listed folder below the root has a slash at its end; components compare without it.
        let found = hooks(|hooks| {
            let mut here = hooks
                .iter()
                .filter(|hook| hook.0 == point && hook.1 == path);
            here.next().map(|hook| Arc::clone(&hook.2))
        });
        found.map_or(Ok(()), |hook| hook())
    }

    fn hooks<T>(f: impl FnOnce(&mut Vec<(Point, PathBuf, Hook)>) -> T) -> T {
        f(&mut HOOKS.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
