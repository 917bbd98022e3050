//! Told by the system that files changed, or looking again and again where it does not tell.
//!
//! Events are hints: they say where to look, never what is there; a sync finds that out. Invariant: an event is
//! never believed without looking at the file, every folder is scanned from time to time whatever events say, and a
//! folder that cannot be watched stops no other.

mod gather;
mod lead;
mod look;
pub(crate) mod place;

pub use lead::Lead;
pub use look::Followed;
pub(crate) use look::is_rule;

use crate::Error;
use gather::{Gathering, Root};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use place::Which;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Some files of a project may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The project's name.
    pub project: String,
    /// The files and folders events spoke of, absolute, each once.
    pub paths: Vec<PathBuf>,
    /// Whether anything may have changed: events were lost, or it is time to scan.
    pub overflow: bool,
}

/// How folders are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watching {
    /// By what changes are noticed.
    pub by: WatchBy,
    /// How often a folder is scanned of which the system tells changes.
    pub scan: Duration,
    /// How often one is scanned of which it does not.
    pub poll: Duration,
}

/// By what changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchBy {
    /// What the system tells, where it can; scans on network drives.
    Events,
    /// Scans alone.
    Scans,
    /// Nothing: a server leaves that to others.
    Nothing,
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            by: WatchBy::Events,
            scan: Duration::from_secs(300),
            poll: Duration::from_secs(10),
        }
    }
}

/// Watches the folders of projects until dropped.
#[derive(Debug)]
pub struct Watch {
    /// Dropped first, so that nothing arrives for a thread that is gone.
    _watcher: Option<RecommendedWatcher>,
    folders: Vec<Folder>,
}

/// The folder of a project.
#[derive(Debug)]
struct Folder {
    project: String,
    root: PathBuf,
    /// Which one it was when the watch began.
    which: Option<Which>,
    /// Whether it was not there meanwhile.
    was_missing: AtomicBool,
    /// `None` where there is nothing to watch.
    gathering: Option<Arc<Gathering>>,
}

impl Watch {
    /// Begins to watch; `seen` is called with events that came close together gathered, and without any when it is time
    /// to scan, for each project on a thread of its own, so that a drive that hangs holds up no other.
    ///
    /// A folder of which the system does not tell changes is named in the second value: it is scanned every
    /// `how.poll`, or, when it is not there, passed over until [`Self::replaced`] names it. Symbolic links are followed
    /// for the folder of a project alone, as in a listing.
    pub fn start(
        projects: Vec<(String, PathBuf)>,
        how: &Watching,
        seen: impl Fn(Watched) + Send + Sync + 'static,
    ) -> (Self, Vec<(String, Error)>) {
        let (mut folders, mut failed) = (Vec::with_capacity(projects.len()), Vec::new());
        for (project, root) in projects {
            let gathering = match root.canonicalize() {
                // Events speak of where a folder really is.
                Ok(real) => Some(Arc::new(Gathering::new(
                    Root {
                        project: project.clone(),
                        root: root.clone(),
                        real,
                    },
                    how,
                ))),
                Err(source) => {
                    failed.push((project.clone(), cannot_watch(root.clone(), source)));
                    None
                }
            };
            folders.push(Folder {
                project,
                which: place::which(&root),
                root,
                was_missing: AtomicBool::new(false),
                gathering,
            });
        }
        let gatherings: Vec<_> = folders
            .iter()
            .filter_map(|folder| folder.gathering.clone())
            .collect();
        let watcher = watcher(&gatherings, how, &mut failed);
        let seen = Arc::new(seen);
        for gathering in gatherings {
            let (seen, root) = (Arc::clone(&seen), gathering.root().clone());
            let spawned = std::thread::Builder::new()
                .name("cairn-follow".to_owned())
                .spawn(move || {
                    while let Some(watched) = gathering.next() {
                        // A panic in one call is no reason to stop watching.
                        drop(std::panic::catch_unwind(AssertUnwindSafe(|| seen(watched))));
                    }
                });
            if let Err(source) = spawned {
                failed.push((root.project, cannot_watch(root.root, source)));
            }
        }
        let watch = Self {
            _watcher: watcher,
            folders,
        };
        (watch, failed)
    }

    /// Returns the projects whose folder is not the one that is watched: it was made anew, or came back, as that of a
    /// disk does. One that is not there is none.
    pub fn replaced(&self) -> Vec<String> {
        let is_another = |folder: &&Folder| {
            let now = place::which(&folder.root);
            if now.is_none() {
                folder.was_missing.store(true, Ordering::Relaxed);
                return false;
            }
            // The very same disk may have been taken away and brought back: events ended when it went.
            now != folder.which || folder.was_missing.load(Ordering::Relaxed)
        };
        let replaced = self.folders.iter().filter(is_another);
        replaced.map(|folder| folder.project.clone()).collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A thread may be in the middle of a sync, and is not waited for.
        for gathering in self.folders.iter().filter_map(|it| it.gathering.as_ref()) {
            gathering.end();
        }
    }
}

/// Returns a watcher of every folder of which the system tells changes; the others are polled, and those it should
/// have told of are added to `failed`.
fn watcher(
    gatherings: &[Arc<Gathering>],
    how: &Watching,
    failed: &mut Vec<(String, Error)>,
) -> Option<RecommendedWatcher> {
    let (told, polled): (Vec<_>, Vec<_>) = gatherings.iter().cloned().partition(|gathering| {
        // Where servers are set not to watch, who does all the same is told what can be told.
        how.by != WatchBy::Scans && !place::is_remote(&gathering.root().real)
    });
    for gathering in polled {
        gathering.poll();
    }
    if told.is_empty() {
        return None;
    }
    let mut fail = |gathering: &Gathering, error: &notify::Error| {
        gathering.poll();
        let root = gathering.root();
        let error = cannot_watch(root.root.clone(), io_error(error));
        failed.push((root.project.clone(), error));
    };
    let listeners = told.clone();
    let config = notify::Config::default().with_follow_symlinks(false);
    let watcher = RecommendedWatcher::new(
        move |event: notify::Result<notify::Event>| {
            for listener in &listeners {
                listener.take(&event);
            }
        },
        config,
    );
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            for gathering in &told {
                fail(gathering, &error);
            }
            return None;
        }
    };
    let mut watched = BTreeSet::new();
    for gathering in &told {
        let real = &gathering.root().real;
        if watched.insert(real)
            && let Err(error) = watcher.watch(real, RecursiveMode::Recursive)
        {
            for gathering in told.iter().filter(|it| it.root().real == *real) {
                fail(gathering, &error);
            }
        }
    }
    Some(watcher)
}

fn cannot_watch(path: PathBuf, source: std::io::Error) -> Error {
    Error::Io {
        action: "watch",
        path,
        source,
    }
}

fn io_error(error: &notify::Error) -> std::io::Error {
    match &error.kind {
        notify::ErrorKind::Io(source) => std::io::Error::new(source.kind(), source.to_string()),
        notify::ErrorKind::PathNotFound => std::io::ErrorKind::NotFound.into(),
        notify::ErrorKind::MaxFilesWatch => std::io::Error::other(
            "the system watches no more folders (on Linux, raise fs.inotify.max_user_watches)",
        ),
        _ => std::io::Error::other(error.to_string()),
    }
}
