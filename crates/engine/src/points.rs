//! The named points between the steps of a change, where tests and torture runs interfere.
//!
//! A test makes a point fail or has something done there; a torture run (feature `torture`) dies there, and watches
//! what reaches the disk. The product does neither. Invariant: without tests and without the feature every function
//! here is nothing, and no switch can be turned.

use std::io;
use std::path::Path;

/// A point that every change passes with the absolute path of what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    not(feature = "torture"),
    expect(unreachable_pub, reason = "torture runs name it")
)]
pub enum Point {
    /// A folder is about to be listed.
    List,
    /// A file is about to be opened or looked at.
    Open,
    /// A file was read, and is about to be looked at a second time.
    Read,
    /// A note's lock is held, and its file is about to be compared.
    Locked,
    /// A change is about to be recorded in the history.
    Record,
    /// A folder is about to be made.
    MakeFolder,
    /// A temporary file is about to be made beside the target.
    Create,
    /// The temporary file is about to be written.
    Write,
    /// The temporary file is about to be synced.
    Sync,
    /// A new text is on the disk, and is about to replace a file, which is looked at once more.
    Replace,
    /// The file was looked at for the last time, and is about to be replaced.
    Rename,
    /// A file is about to lose a name, by a move or for good.
    Unname,
    /// A moved file is about to get its second name.
    Link,
    /// A file is about to lose the name it is deleted with, or the first of its two.
    Unlink,
    /// A folder that has new or fewer names is about to be synced.
    SyncFolder,
    /// A folder that holds nothing any more is about to be removed.
    RemoveFolder,
    /// The disk has the change, and the history is about to be told so.
    Settle,
    /// The index is about to be told.
    Tell,
    /// The index was told, and the answer is about to be given.
    Told,
    /// A sync is about to record what it saw.
    Observe,
    /// A sync is about to tell the index.
    Apply,
    /// A sync told the index.
    Applied,
}

/// A step of safety that a torture run can leave out, to prove that it would be missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "torture"),
    expect(unreachable_pub, reason = "torture runs name it")
)]
pub enum Switch {
    /// Writers of one note take turns.
    Lock,
    /// A file is compared with what the change is based on.
    Base,
    /// A new text is synced before it gets its name, and its folder afterwards.
    Fsync,
    /// What a note said is recorded before it changes.
    History,
}

/// Passes a point; only tests have it fail.
#[cfg_attr(
    not(test),
    expect(clippy::unnecessary_wraps, reason = "in tests it fails")
)]
pub(crate) fn failpoint(point: Point, path: &Path) -> io::Result<()> {
    #[cfg(feature = "torture")]
    torture::passed(point, path);
    #[cfg(test)]
    failpoints::passed(point, path)?;
    let _ = (point, path);
    Ok(())
}

/// Passes a point at which nothing can fail.
pub(crate) fn pass(point: Point, path: &Path) {
    drop(failpoint(point, path));
}

/// Passes a point and changes what is on the disk: something at `path`, by what is at `from` if that has a part in it.
pub(crate) fn disk<T>(
    point: Point,
    path: &Path,
    from: Option<&Path>,
    act: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    failpoint(point, path)?;
    #[cfg(feature = "torture")]
    return torture::witnessed(point, path, from, act);
    #[cfg(not(feature = "torture"))]
    {
        let _ = from;
        act()
    }
}

/// Whether a torture run leaves that step out.
#[cfg(not(feature = "torture"))]
pub(crate) fn leaves_out(_step: Switch) -> bool {
    false
}

#[cfg(feature = "torture")]
pub(crate) use torture::leaves_out;

/// What a torture run does with the points.
#[cfg(feature = "torture")]
pub(crate) mod torture {
    use super::{Point, Switch};
    use std::io;
    use std::path::Path;
    use std::sync::OnceLock;

    /// Who is at every point.
    pub trait Witness: Send + Sync {
        /// A change has come to this point.
        fn passed(&self, point: Point, path: &Path);
        /// Something on the disk changes when `act` is called, which tells whether it did.
        fn disk(
            &self,
            point: Point,
            path: &Path,
            from: Option<&Path>,
            act: &mut dyn FnMut() -> bool,
        );
    }

    static WITNESS: OnceLock<Box<dyn Witness>> = OnceLock::new();
    static LEFT_OUT: OnceLock<Switch> = OnceLock::new();

    /// Has `witness` see every point of this process from now on; the first one stays.
    pub fn install(witness: Box<dyn Witness>) {
        WITNESS.get_or_init(|| witness);
    }

    /// Leaves a step of safety out of everything this process does from now on; the first one stays.
    pub fn leave_out(step: Switch) {
        LEFT_OUT.get_or_init(|| step);
    }

    pub(crate) fn leaves_out(step: Switch) -> bool {
        LEFT_OUT.get() == Some(&step)
    }

    pub(super) fn passed(point: Point, path: &Path) {
        if let Some(witness) = WITNESS.get() {
            witness.passed(point, path);
        }
    }

    pub(super) fn witnessed<T>(
        point: Point,
        path: &Path,
        from: Option<&Path>,
        act: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let Some(witness) = WITNESS.get() else {
            return act();
        };
        let (mut act, mut result) = (Some(act), None);
        witness.disk(point, path, from, &mut || {
            let done = act.take().expect("a witness acts once")();
            let is_done = done.is_ok();
            result = Some(done);
            is_done
        });
        result.expect("a witness acts")
    }
}

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

    type Follower = Arc<dyn Fn(Point, &Path) -> io::Result<()> + Send + Sync>;

    /// Those who see every point passed below a folder.
    static FOLLOWERS: Mutex<Vec<(PathBuf, Follower)>> = Mutex::new(Vec::new());

    /// A hook that is removed when dropped.
    #[must_use]
    pub(crate) struct Hooked(Point, PathBuf);

    /// A hook for every point below a folder, removed when dropped.
    #[must_use]
    pub(crate) struct Following(PathBuf);

    /// Calls `follower` whenever a point is passed with a path in that folder, or with the folder.
    pub(crate) fn follow(
        folder: PathBuf,
        follower: impl Fn(Point, &Path) -> io::Result<()> + Send + Sync + 'static,
    ) -> Following {
        followers(|followers| followers.push((folder.clone(), Arc::new(follower))));
        Following(folder)
    }

    impl Drop for Following {
        fn drop(&mut self) {
            followers(|followers| followers.retain(|(folder, _)| *folder != self.0));
        }
    }

    fn followers<T>(f: impl FnOnce(&mut Vec<(PathBuf, Follower)>) -> T) -> T {
        f(&mut FOLLOWERS.lock().unwrap_or_else(PoisonError::into_inner))
    }

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

    pub(super) fn passed(point: Point, path: &Path) -> io::Result<()> {
        let follower = followers(|followers| {
            let mut here = followers
                .iter()
                .filter(|(folder, _)| path.starts_with(folder));
            here.next().map(|(_, follower)| Arc::clone(follower))
        });
        if let Some(follower) = follower {
            follower(point, path)?;
        }
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
