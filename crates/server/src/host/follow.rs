//! What runs behind the wire: the first sync of every project, and the watch that keeps index and folder together.
//!
//! Invariant: the watch begins before the first sync does, and what it sees meanwhile is looked at after it, so that
//! no change is lost between the two.

use super::{Host, Indexing, locked};
use cairn_engine::{Progress, Project, SyncReport, Watch, Watched};
use std::path::PathBuf;
use std::sync::Weak;
use std::sync::atomic::Ordering;

/// The watch, and the folders it was begun with.
pub(super) struct Watching {
    folders: Vec<(String, PathBuf)>,
    watch: Watch,
    /// Whether another one is begun because a folder was made anew.
    is_stale: bool,
}

impl Host {
    /// Follows the registry as it is now, on a thread of its own.
    pub(super) fn follow_behind(&self) {
        let Some(host) = self.me.upgrade() else {
            return;
        };
        let spawned = std::thread::Builder::new()
            .name("cairn-sync".to_owned())
            .spawn(move || host.follow());
        if let Err(error) = spawned {
            self.home.log(&format!("cannot begin to index: {error}"));
        }
    }

    /// Begins anew with the projects whose folder was made anew, or came back, since the watch began: nothing tells
    /// of changes in them.
    pub(super) fn follow_replaced(&self) {
        // Nobody waits for a watch that is being begun.
        let Ok(mut watching) = self.watch.try_lock() else {
            return;
        };
        let Some(watching_now) = watching.as_mut().filter(|watching| !watching.is_stale) else {
            return;
        };
        let replaced = watching_now.watch.replaced();
        watching_now.is_stale = !replaced.is_empty();
        drop(watching);
        if !replaced.is_empty() {
            locked(&self.indexing).retain(|project, _| !replaced.contains(project));
            self.follow_behind();
        }
    }

    /// Watches every project, and syncs those that never were.
    fn follow(&self) {
        let engine = match self.engine() {
            Ok(engine) => engine,
            Err(failure) => return self.home.log(&failure.to_string()),
        };
        // Watching first: what changes during the sync is seen afterwards.
        self.watch_again();
        for (name, _) in Self::reached(&engine) {
            let _turn = locked(&self.turn);
            if self.cancel.is_cancelled() {
                return;
            }
            let is_known = matches!(
                locked(&self.indexing).get(&name),
                Some(Indexing::Complete | Indexing::Failed(_))
            );
            if let (false, Ok(project)) = (is_known, engine.project(Some(&name))) {
                self.index(&project, &name);
            }
        }
    }

    /// Syncs a project for the first time.
    fn index(&self, project: &Project<'_>, name: &str) {
        let counting = Counting {
            host: self,
            project: name,
        };
        let (state, list) = match project.sync(&counting, &self.cancel) {
            Ok(report) if report.cancelled => return,
            Ok(report) => (Indexing::Complete, is_listed_anew(&report)),
            Err(error) => (Indexing::Failed(error.to_string()), false),
        };
        if self.cancel.is_cancelled() {
            return;
        }
        if let Indexing::Failed(message) = &state {
            self.home.log(&format!("{name}: {message}"));
        }
        if let Ok(known) = project.known() {
            locked(&self.counted).insert(name.to_owned(), known);
        }
        self.set(name, state);
        self.tell_changed(name, list);
    }

    /// Watches the folders of the registry as it is now.
    pub(super) fn watch_again(&self) {
        if self.options.unwatched || !self.started.load(Ordering::SeqCst) {
            return;
        }
        let Ok(engine) = self.engine() else { return };
        let folders = Self::reached(&engine);
        let mut watching = locked(&self.watch);
        if self.cancel.is_cancelled()
            || watching
                .as_ref()
                .is_some_and(|watching| watching.folders == folders && !watching.is_stale)
        {
            return;
        }
        let host = Weak::clone(&self.me);
        let (watch, failed) = Watch::start(folders.clone(), move |watched| {
            if let Some(host) = host.upgrade() {
                host.seen(&watched);
            }
        });
        if self.cancel.is_cancelled() {
            return;
        }
        for (project, error) in failed {
            self.home.log(&format!("{project}: {error}"));
        }
        // Begun before the old one ends, so that nothing is missed between them.
        *watching = Some(Watching {
            folders,
            watch,
            is_stale: false,
        });
        drop(watching);
        if self.cancel.is_cancelled() {
            self.stop();
        }
    }

    fn seen(&self, watched: &Watched) {
        let _turn = locked(&self.turn);
        if self.cancel.is_cancelled() {
            return;
        }
        let Ok(engine) = self.engine() else { return };
        let Ok(project) = engine.project(Some(&watched.project)) else {
            return;
        };
        let followed = match project.follow(watched, &self.cancel) {
            Ok(followed) => followed,
            Err(_) if self.cancel.is_cancelled() => return,
            Err(error) => return self.home.log(&format!("{}: {error}", watched.project)),
        };
        if followed.report.is_some() {
            self.set(&watched.project, Indexing::Complete);
        }
        let before = locked(&self.counted).insert(watched.project.clone(), followed.known);
        let list = followed.missing
            || before.is_some_and(|before| before != followed.known)
            || followed.report.as_ref().is_some_and(is_listed_anew);
        self.tell_changed(&watched.project, list);
    }
}

/// Whether a sync found that notes came, went or moved.
fn is_listed_anew(report: &SyncReport) -> bool {
    report.new + report.moved + report.deleted > 0
}

/// Counts the files of a first sync.
struct Counting<'a> {
    host: &'a Host,
    project: &'a str,
}

impl Progress for Counting<'_> {
    fn begin(&self, _phase: &'static str, total: Option<u64>) {
        self.host
            .set(self.project, Indexing::Running { done: 0, total });
    }

    fn advance(&self, steps: u64) {
        if let Some(Indexing::Running { done, .. }) =
            locked(&self.host.indexing).get_mut(self.project)
        {
            *done += steps;
        }
    }
}
