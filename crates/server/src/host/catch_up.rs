//! Projects brought in step: for the first time, and when files change.
//!
//! Not when that is (that is `follow`). Invariant: clients hear of no project they may not reach, neither by a message
//! nor by a line on stderr.

use super::{Heard, Host, Indexing, Opened, locked};
use cairn_engine::{Progress, Project, SyncReport, Watched};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

impl Host {
    /// Brings projects in step one after the other, on a thread of its own.
    pub(super) fn catch_up_behind(&self, projects: Vec<String>) {
        let Some(host) = self.me.upgrade() else {
            return;
        };
        self.catching_up.fetch_add(1, Ordering::SeqCst);
        let spawned = std::thread::Builder::new()
            .name("cairn-sync".to_owned())
            .spawn(move || {
                let _done = CatchingUp(&host);
                for project in projects {
                    host.catch_up(project);
                }
            });
        if let Err(error) = spawned {
            self.catching_up.fetch_sub(1, Ordering::SeqCst);
            self.home.log(&format!("cannot begin to index: {error}"));
        }
    }

    fn catch_up(&self, name: String) {
        let Ok(opened) = self.opened() else { return };
        let state = locked(&self.indexing).get(&name).cloned();
        let is_first = !matches!(state, Some(Indexing::Complete | Indexing::Failed(_)));
        if is_first && let Ok(project) = opened.reached.project(Some(&name)) {
            let turn = self.turn(&name);
            let _turn = locked(&turn);
            if !self.cancel.is_cancelled() {
                self.index(&opened, &project, &name);
            }
        } else {
            self.follow(&Watched {
                project: name,
                paths: Vec::new(),
                overflow: true,
            });
        }
    }

    /// Syncs a project for the first time.
    fn index(&self, opened: &Opened, project: &Project<'_>, name: &str) {
        let counting = Counting {
            host: self,
            project: name,
        };
        let (state, list) = match project.sync(&counting, &self.cancel) {
            Ok(report) if report.cancelled => return,
            Ok(report) => {
                let list = is_listed_anew(&report);
                self.heard_of(name, report);
                (Indexing::Complete, list)
            }
            Err(error) => (Indexing::Failed(error.to_string()), false),
        };
        if self.cancel.is_cancelled() {
            return;
        }
        if let Indexing::Failed(message) = &state {
            self.fail(opened, name, message.clone());
        }
        if let Ok(listed) = project.listed() {
            locked(&self.listed).insert(name.to_owned(), listed);
        }
        self.set(name, state);
        self.tell_changed(name, list);
    }

    /// Brings a project in step with what a watch saw.
    pub(super) fn follow(&self, watched: &Watched) {
        let name = &watched.project;
        let turn = self.turn(name);
        let _turn = locked(&turn);
        if self.cancel.is_cancelled() {
            return;
        }
        let Ok(opened) = self.opened() else { return };
        // It may have left the registry meanwhile.
        let Ok(project) = Self::followed(&opened).project(Some(name)) else {
            return;
        };
        let followed = match project.follow(watched, &self.cancel) {
            Ok(followed) => followed,
            Err(_) if self.cancel.is_cancelled() => return,
            Err(error) => return self.fail(&opened, name, error.to_string()),
        };
        locked(&self.wrong).remove(name);
        // Of every project: this process may embed for those its clients do not reach.
        self.embedding.wake();
        if !is_reached(&opened, name) {
            return;
        }
        if followed.report.is_some() {
            self.set(name, Indexing::Complete);
        }
        let before = locked(&self.listed).insert(name.clone(), followed.listed);
        let list = before.is_some_and(|before| before != followed.listed)
            || followed.report.as_ref().is_some_and(is_listed_anew);
        // A scan for which there was no reason often finds nothing.
        let is_news = followed.report.as_ref().is_none_or(is_any);
        if let Some(report) = followed.report {
            self.heard_of(name, report);
        }
        if list || is_news {
            self.tell_changed(name, list);
        }
    }

    fn heard_of(&self, project: &str, report: SyncReport) {
        if is_any(&report) {
            self.hear(Heard::Followed {
                project: project.to_owned(),
                report,
            });
        }
    }

    /// Says what is wrong with a project, once.
    fn fail(&self, opened: &Opened, name: &str, message: String) {
        let before = locked(&self.wrong).insert(name.to_owned(), message.clone());
        if before.as_ref() == Some(&message) {
            return;
        }
        self.say(opened, name, &message);
        if is_reached(opened, name) {
            self.hear(Heard::Failed {
                project: name.to_owned(),
                message,
            });
        }
    }

    /// Writes a line about a project into the log.
    pub(super) fn say(&self, opened: &Opened, name: &str, message: &str) {
        let line = format!("{name}: {message}");
        match is_reached(opened, name) {
            true => self.home.log(&line),
            false => self.home.note(&line),
        }
    }

    /// Whether the first sync of a project is done, as is one that a call did.
    pub(super) fn is_complete(&self, project: &str) -> bool {
        locked(&self.indexing).get(project) == Some(&Indexing::Complete)
    }

    /// Whether the first sync of a project failed.
    pub(super) fn has_failed(&self, project: &str) -> bool {
        matches!(
            locked(&self.indexing).get(project),
            Some(Indexing::Failed(_))
        )
    }

    fn turn(&self, project: &str) -> Arc<Mutex<()>> {
        Arc::clone(locked(&self.turns).entry(project.to_owned()).or_default())
    }
}

/// Whether clients may know of a project.
fn is_reached(opened: &Opened, name: &str) -> bool {
    opened.reached.project(Some(name)).is_ok()
}

/// Whether a sync found that notes came, went or moved.
fn is_listed_anew(report: &SyncReport) -> bool {
    report.new + report.moved + report.deleted > 0
}

/// Whether a sync found anything.
fn is_any(report: &SyncReport) -> bool {
    is_listed_anew(report) || report.modified > 0
}

/// A thread that brings projects in step; it is one less when it ends, however it does.
struct CatchingUp<'a>(&'a Host);

impl Drop for CatchingUp<'_> {
    fn drop(&mut self) {
        self.0.catching_up.fetch_sub(1, Ordering::SeqCst);
        self.0.embedding.wake();
    }
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
