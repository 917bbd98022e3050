//! What a running server holds: the engine once it is open, the first sync and the embedding behind it, who is told of
//! changes.
//!
//! It knows no protocol. Invariant: nothing is opened until it is needed or [`Host::start`] is called, and whoever asks
//! meanwhile is told how far it is.

mod calls;
mod catch_up;
mod embed;
mod follow;
mod pulse;
#[cfg(test)]
mod tests;

use cairn_engine::{Cancel, Engine, Settings, SyncReport};
use calls::{Answering, Calls};
use jiff::Zoned;
use pulse::Pulse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// What the server asks of the machine it runs on; the binary answers, and tests do.
pub trait Home: Send + Sync + 'static {
    /// Returns the settings as they are now.
    fn settings(&self) -> Result<Settings, HomeError>;
    /// Whether the settings may have changed since they were last read; cheap enough for every call.
    fn changed(&self) -> bool;
    /// Registers a folder (made if it is missing) as a project.
    fn add_project(&self, name: &str, folder: &Path, is_default: bool) -> Result<(), HomeError>;
    /// Takes a project out of the registry; its files stay.
    fn remove_project(&self, name: &str) -> Result<(), HomeError>;
    /// Returns the time and zone.
    fn now(&self) -> Zoned;
    /// Returns what a report of a fault needs to know, without secrets.
    fn diagnostics(&self) -> Diagnostics;
    /// Writes one line into the server's log; stdout belongs to the protocol.
    fn log(&self, line: &str) {
        // Nobody is left to be told that stderr is closed.
        drop(writeln!(std::io::stderr(), "cairn: {line}"));
    }
    /// Writes one line into the log that nobody who talks to the server is to see, if there is such a log.
    fn note(&self, _line: &str) {}
    /// Says which process this is, for people who ask who watches.
    fn about(&self) -> String {
        "cairn".to_owned()
    }
}

/// Why the registry could not be read or changed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct HomeError {
    /// One sentence without a trailing period.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

/// What a report of a fault needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// Where the configuration is.
    pub config_path: PathBuf,
    /// Its text without secrets; `None` when there is no file.
    pub config: Option<String>,
    /// The operating system.
    pub platform: String,
    /// The processor.
    pub architecture: String,
}

/// How a server behaves.
#[derive(Debug, Clone, Default)]
pub struct HostOptions {
    /// The only project that may be reached.
    pub project: Option<String>,
    /// Whether the folders are left unwatched.
    pub unwatched: bool,
    /// Who wants to hear what is followed. Then it is followed even where servers are set not to.
    pub heard: Option<Sender<Heard>>,
}

/// What is heard of who follows the folders, and of what was followed in those that may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Another process follows them; this one takes over when that ends.
    Waits {
        /// What is known of it.
        holder: String,
    },
    /// This process follows these projects from now on.
    Leads {
        /// Their names.
        projects: Vec<String>,
    },
    /// Files changed, and the index knows.
    Followed {
        /// The project's name.
        project: String,
        /// What was done.
        report: SyncReport,
    },
    /// A project could not be brought in step. Said once until something else is wrong.
    Failed {
        /// The project's name.
        project: String,
        /// One sentence without a trailing period.
        message: String,
    },
}

/// How far the first sync of a project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indexing {
    /// It has not begun or goes on.
    Running {
        /// Files done.
        done: u64,
        /// Files in all, once they are counted.
        total: Option<u64>,
    },
    /// It is done.
    Complete,
    /// It failed, or some files could not be read.
    Failed(String),
}

/// Something changed in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Its name; `None` when it may have been any.
    pub(crate) project: Option<String>,
    /// Whether notes came, went or moved, rather than only changed.
    pub(crate) list: bool,
}

/// A running server's state.
pub struct Host {
    me: Weak<Self>,
    home: Box<dyn Home>,
    options: HostOptions,
    engine: Mutex<Option<Opened>>,
    indexing: Mutex<BTreeMap<String, Indexing>>,
    indexed: Condvar,
    /// The projects that a call registers and indexes just now.
    joining: Mutex<BTreeSet<String>>,
    /// Whether this process watches the folders.
    watches: AtomicBool,
    /// How many threads bring projects in step that were not before.
    catching_up: AtomicUsize,
    /// For each project, one sync that nobody asked for at a time: what a watch sees during the first one is looked at
    /// after it.
    turns: Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
    /// Which files each project had when listeners were last told.
    listed: Mutex<BTreeMap<String, u64>>,
    /// What was last said to be wrong with a project.
    wrong: Mutex<BTreeMap<String, String>>,
    pulse: Arc<Pulse>,
    /// The beat of whoever embeds; it comes when notes change.
    embedding: Arc<Pulse>,
    /// Whether the settings are other ones than when somebody last embedded.
    renewed: AtomicBool,
    calls: Calls,
    changes: broadcast::Sender<Changed>,
    cancel: Cancel,
    stopped: CancellationToken,
    started: AtomicBool,
}

/// An open engine.
#[derive(Clone)]
struct Opened {
    /// As verbs and clients see it: kept to the server's project where there is one.
    reached: Arc<Engine>,
    /// Of every project. Only what follows the folders, for all processes that share the index, may have it.
    whole: Arc<Engine>,
}

impl Host {
    /// Returns a server that has opened nothing yet.
    pub fn new(home: impl Home, options: HostOptions) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            home: Box::new(home),
            options,
            engine: Mutex::default(),
            indexing: Mutex::default(),
            indexed: Condvar::new(),
            joining: Mutex::default(),
            watches: AtomicBool::new(false),
            catching_up: AtomicUsize::new(0),
            turns: Mutex::default(),
            listed: Mutex::default(),
            wrong: Mutex::default(),
            pulse: Arc::default(),
            embedding: Arc::default(),
            renewed: AtomicBool::new(false),
            calls: Calls::default(),
            changes: broadcast::channel(1024).0,
            cancel: Cancel::new(),
            stopped: CancellationToken::new(),
            started: AtomicBool::new(false),
        })
    }

    /// Returns the machine.
    pub fn home(&self) -> &dyn Home {
        self.home.as_ref()
    }

    /// Returns the only project that may be reached, if there is one.
    pub fn constraint(&self) -> Option<&str> {
        self.options.project.as_deref()
    }

    /// Returns the engine, opened if it is not, with the registry as it is now.
    ///
    /// # Errors
    /// When the settings cannot be used or the index cannot be opened; the next call tries again.
    pub fn engine(&self) -> Result<Arc<Engine>, super::Failure> {
        Ok(self.opened()?.reached)
    }

    fn opened(&self) -> Result<Opened, super::Failure> {
        let mut held = locked(&self.engine);
        if let Some(opened) = held.as_ref()
            && !self.home.changed()
        {
            return Ok(opened.clone());
        }
        let opened = match held.as_ref() {
            // A registry that cannot be read now leaves the last good one in place.
            Some(opened) => match self.home.settings() {
                Ok(settings) => self.confined(opened.whole.with_settings(settings)),
                Err(_) => opened.clone(),
            },
            None => self.confined(Engine::open(self.home.settings()?)?),
        };
        let before = held.replace(opened.clone());
        drop(held);
        if let Some(before) = before {
            self.forget_moved(&before.whole, &opened.whole);
            self.renewed.store(true, Ordering::SeqCst);
            self.pulse.wake();
        }
        self.embedding.wake();
        Ok(opened)
    }

    /// Forgets that projects were indexed whose folder is another one now, so that calls wait until the new one is.
    fn forget_moved(&self, before: &Engine, now: &Engine) {
        for project in &before.settings().projects {
            let mut projects = now.settings().projects.iter();
            if projects.any(|other| other.name == project.name && other.root != project.root) {
                locked(&self.indexing).remove(&project.name);
            }
        }
    }

    /// The one place where a server is kept to its project: no verb and no answer has an engine that reaches more.
    fn confined(&self, engine: Engine) -> Opened {
        let whole = Arc::new(engine);
        let reached = match self.constraint() {
            Some(only) => {
                let same = whole.with_settings(whole.settings().clone());
                Arc::new(same.confined(only))
            }
            None => Arc::clone(&whole),
        };
        Opened { reached, whole }
    }

    /// Begins the first sync of every project, and to watch them and to embed what is pending or wait for the right to,
    /// on threads of their own. Once only.
    pub fn start(&self) {
        if !self.started.swap(true, Ordering::SeqCst) {
            self.follow_behind();
            self.embed_behind();
        }
    }

    /// Counts a call until it is answered, so that what runs behind makes room for it.
    pub(crate) fn answering(&self) -> Answering<'_> {
        self.calls.begin()
    }

    /// Asks whatever runs behind, and every transport, to stop.
    pub fn stop(&self) {
        self.cancel.cancel();
        self.stopped.cancel();
        self.pulse.end();
        self.embedding.end();
    }

    /// Waits until [`Self::stop`] is called.
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }

    /// Returns how far the first sync of a project is; `None` when the server was not started, as for one call of the
    /// command line.
    pub fn indexing(&self, project: &str) -> Option<Indexing> {
        if !self.started.load(Ordering::SeqCst) {
            return None;
        }
        let known = locked(&self.indexing).get(project).cloned();
        Some(known.unwrap_or(Indexing::Running {
            done: 0,
            total: None,
        }))
    }

    /// Waits until the first sync of a project has ended, at most so long.
    pub(crate) fn wait(&self, project: &str, longest: Duration) {
        if !self.started.load(Ordering::SeqCst) {
            return;
        }
        let is_running = |known: &mut BTreeMap<String, Indexing>| !matches!(known.get(project), Some(state) if !matches!(state, Indexing::Running { .. }));
        let held = locked(&self.indexing);
        drop(self.indexed.wait_timeout_while(held, longest, is_running));
    }

    /// Returns a receiver of what changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Tells everyone who listens that a project changed.
    pub(crate) fn tell_changed(&self, project: &str, list: bool) {
        self.tell(Some(project.to_owned()), list);
    }

    /// Tells everyone who listens that a call changed something. A watch, where there is one, finds out whether notes
    /// came or went.
    pub(crate) fn tell_called(&self) {
        self.tell(None, !self.watches.load(Ordering::SeqCst));
    }

    fn tell(&self, project: Option<String>, list: bool) {
        self.embedding.wake();
        // Nobody may be listening.
        drop(self.changes.send(Changed { project, list }));
    }

    /// Leaves the first sync of a project that is being registered to whoever registers it.
    pub(crate) fn joining(&self, project: &str) {
        locked(&self.joining).insert(project.to_owned());
        self.set(project, Indexing::Complete);
    }

    /// Watches a project that was registered and indexed just now.
    pub(crate) fn joined(&self, project: &str) {
        self.set(project, Indexing::Complete);
        locked(&self.joining).remove(project);
        self.pulse.wake();
        self.tell_changed(project, true);
    }

    /// Forgets a project that left the registry just now, and watches the others.
    pub(crate) fn left(&self, project: &str) {
        locked(&self.joining).remove(project);
        locked(&self.indexing).remove(project);
        self.pulse.wake();
    }

    fn set(&self, project: &str, state: Indexing) {
        locked(&self.indexing).insert(project.to_owned(), state);
        self.indexed.notify_all();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.pulse.end();
        self.embedding.end();
    }
}

/// A lock that a panic cannot poison: every value behind one is whole between two statements.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
