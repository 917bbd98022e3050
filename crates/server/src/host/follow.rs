//! Who follows the folders: of all processes that share an index one leads, and the others wait to.
//!
//! Not what is done when files change (that is `catch_up`). Invariant: whoever leads follows every project of the
//! registry, whatever its own clients may reach; and the watch of a folder begins before the scan of it does, so that
//! no change is lost between the two.

use super::pulse::Beat;
use super::{Heard, Host, Opened, locked};
use cairn_engine::{Engine, Lead, Silent, Watch, WatchBy, Watched, Watching};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a host looks whether it may lead, and what others did.
const BEAT: Duration = Duration::from_secs(2);

/// Beats after which a leader thinks of old revisions: not while a client begins to work.
const UNHURRIED: u32 = 15;

/// How long until it thinks of them again.
const PRUNED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What the thread that follows keeps between two beats.
#[derive(Default)]
struct Following {
    standing: Standing,
    watching: Option<Begun>,
    /// The projects, each with its folder, whose first sync is under way or over.
    begun: BTreeSet<(String, PathBuf)>,
    /// The projects that are watched and were not scanned since, as long as a call indexes them.
    later: Vec<String>,
    /// Whether the engine was asked for.
    is_tried: bool,
    /// How the index was when it was last looked at.
    stamp: Option<u64>,
    beats: u32,
    pruned: Option<Timestamp>,
}

/// Whether this process leads.
#[derive(Default)]
enum Standing {
    /// It has no wish to.
    #[default]
    Apart,
    /// Another one does.
    Waits,
    /// It does; by itself where nobody shares the index, or where the lock cannot be used.
    Leads(Option<Lead>),
}

/// A watch, and what it was begun with.
struct Begun {
    folders: Vec<(String, PathBuf)>,
    how: Watching,
    watch: Watch,
}

impl Host {
    /// Follows the registry on a thread of its own, until the host is stopped or gone.
    pub(super) fn follow_behind(&self) {
        let (host, pulse) = (Weak::clone(&self.me), Arc::clone(&self.pulse));
        let spawned = std::thread::Builder::new()
            .name("cairn-lead".to_owned())
            .spawn(move || {
                let mut following = Following::default();
                loop {
                    let Some(host) = host.upgrade() else { return };
                    let beat = AssertUnwindSafe(|| host.beat(&mut following));
                    // A panic in one beat is no reason to stop following.
                    drop(std::panic::catch_unwind(beat));
                    drop(host);
                    if pulse.wait(BEAT) == Beat::Ended {
                        return;
                    }
                }
            });
        if let Err(error) = spawned {
            self.home.log(&format!("cannot begin to index: {error}"));
        }
    }

    fn beat(&self, following: &mut Following) {
        // An engine that could not be opened is tried again by the next call, or when the settings are other ones.
        let is_hopeless = following.is_tried && locked(&self.engine).is_none();
        if self.cancel.is_cancelled() || is_hopeless && !self.home.changed() {
            return;
        }
        following.is_tried = true;
        let opened = match self.opened() {
            Ok(opened) => opened,
            Err(failure) => return self.home.log(&failure.to_string()),
        };
        self.lead(following, &opened.whole);
        let watched = self.watch(following, &opened);
        self.compare(following, &opened);
        self.begin(following, &opened, watched);
        self.prune(following, &opened.whole);
        // Whoever looks at the history from elsewhere need not find out. What cannot be written now stays queued.
        opened.whole.settle().ok();
    }

    /// Takes the lead if nobody has it.
    fn lead(&self, following: &mut Following, engine: &Engine) {
        let is_wanted = match engine.settings().watching.by {
            WatchBy::Nothing => self.options.heard.is_some(),
            WatchBy::Events | WatchBy::Scans => !self.options.unwatched,
        };
        following.standing = match std::mem::take(&mut following.standing) {
            _ if !is_wanted => Standing::Apart,
            Standing::Leads(None) => Standing::Leads(None),
            Standing::Leads(Some(lead)) if lead.is_held() => Standing::Leads(Some(lead)),
            before => self.apply(engine, &before),
        };
        let is_leading = matches!(following.standing, Standing::Leads(_));
        if !is_leading {
            following.watching = None;
            following.beats = 0;
        }
        self.watches.store(is_leading, Ordering::SeqCst);
    }

    fn apply(&self, engine: &Engine, before: &Standing) -> Standing {
        let Some(path) = engine.watch_lock() else {
            return Standing::Leads(None);
        };
        match Lead::take(&path, &self.home.about()) {
            Ok(Some(lead)) => {
                self.home.note("follows the folders");
                Standing::Leads(Some(lead))
            }
            Ok(None) => {
                if !matches!(before, Standing::Waits) {
                    let holder = Lead::holder(&path).unwrap_or_default();
                    self.hear(Heard::Waits { holder });
                }
                Standing::Waits
            }
            Err(error) => {
                let line = format!("{error}; this process follows the folders by itself");
                self.home.log(&line);
                Standing::Leads(None)
            }
        }
    }

    /// Watches the folders of the registry as it is now, if this process leads. Returns the projects that were not
    /// watched before.
    fn watch(&self, following: &mut Following, opened: &Opened) -> Vec<String> {
        if !matches!(following.standing, Standing::Leads(_)) {
            return Vec::new();
        }
        let (engine, before) = (Self::followed(opened), following.watching.take());
        let (folders, how) = (folders(engine), engine.settings().watching);
        let replaced = match &before {
            Some(before) => before.watch.replaced(),
            None => Vec::new(),
        };
        let (same_folders, same_how) = match &before {
            Some(before) => (before.folders == folders, before.how == how),
            None => (false, false),
        };
        if same_folders && same_how && replaced.is_empty() {
            following.watching = before;
            return Vec::new();
        }
        let host = Weak::clone(&self.me);
        let (watch, failed) = Watch::start(folders.clone(), &how, move |watched: Watched| {
            if let Some(host) = host.upgrade() {
                host.follow(&watched);
            }
        });
        for (project, error) in failed {
            let is_there = folders
                .iter()
                .any(|(name, root)| *name == project && root.is_dir());
            // Of one that is not there its scan says so.
            if is_there {
                let line = format!("{error}; it is scanned every {} s", how.poll.as_secs());
                self.say(opened, &project, &line);
            }
        }
        let is_new = |folder: &&(String, PathBuf)| {
            let is_known = |before: &Begun| before.folders.contains(folder);
            !before.as_ref().is_some_and(is_known) || replaced.contains(&folder.0)
        };
        let new = folders.iter().filter(is_new);
        let new = new.map(|(name, _)| name.clone()).collect();
        if !same_folders {
            let projects = opened.reached.projects();
            let projects = projects.map(|project| project.settings().name.clone());
            self.hear(Heard::Leads {
                projects: projects.collect(),
            });
        }
        // Begun before the old one ends, so that nothing is missed between them.
        following.watching = Some(Begun {
            folders,
            how,
            watch,
        });
        new
    }

    /// Begins to bring projects in step, on a thread of its own: those watched from now on, for what changed before, and
    /// those clients may ask for that never were.
    fn begin(&self, following: &mut Following, opened: &Opened, watched: Vec<String>) {
        let reached: BTreeSet<_> = folders(&opened.reached).into_iter().collect();
        following.begun.retain(|folder| reached.contains(folder));
        let joining = locked(&self.joining).clone();
        let watched = following.later.drain(..).chain(watched);
        let (later, mut due) = watched.partition(|name| joining.contains(name));
        following.later = later;
        for folder in &reached {
            let name = &folder.0;
            let is_known = following.begun.contains(folder) || self.is_complete(name);
            if !is_known && !due.contains(name) {
                due.push(name.clone());
            }
        }
        // What somebody may ask for comes first.
        due.sort_by_key(|name| !reached.iter().any(|(reached, _)| reached == name));
        if due.is_empty() {
            return;
        }
        following.begun.extend(reached);
        self.catch_up_behind(due);
    }

    /// Looks whether another process changed the index, and tells those who listen here.
    fn compare(&self, following: &mut Following, opened: &Opened) {
        let Ok(stamp) = opened.whole.stamp() else {
            return;
        };
        let before = following.stamp.replace(stamp);
        if before.is_none_or(|before| before == stamp) {
            return;
        }
        for project in opened.reached.projects() {
            let name = &project.settings().name;
            let Ok(listed) = project.listed() else {
                continue;
            };
            let before = locked(&self.listed).insert(name.clone(), listed);
            self.tell_changed(name, before.is_some_and(|before| before != listed));
            if self.has_failed(name) {
                // Perhaps it can be read again.
                following.begun.retain(|(begun, _)| begun != name);
            }
        }
    }

    /// Takes out of the history what is too old, once a day, if this process leads.
    fn prune(&self, following: &mut Following, engine: &Arc<Engine>) {
        if !matches!(following.standing, Standing::Leads(_)) {
            return;
        }
        following.beats = following.beats.saturating_add(1);
        let now = (engine.settings().clock)();
        let is_due = following
            .pruned
            .is_none_or(|pruned| now.duration_since(pruned) >= PRUNED_FOR);
        let is_busy = self.catching_up.load(Ordering::SeqCst) > 0;
        let Some(host) = self.me.upgrade() else {
            return;
        };
        if following.beats < UNHURRIED || !is_due || is_busy {
            return;
        }
        following.pruned = Some(now);
        let engine = Arc::clone(engine);
        let spawned = std::thread::Builder::new()
            .name("cairn-prune".to_owned())
            .spawn(move || {
                let pruned = engine.prune_history(&Silent, &host.cancel);
                if let Err(error) = pruned
                    && !host.cancel.is_cancelled()
                {
                    host.home.log(&error.to_string());
                }
            });
        if let Err(error) = spawned {
            self.home.log(&format!("cannot prune the history: {error}"));
        }
    }

    /// The engine of what is followed: every project where processes share the index, else those that are reached,
    /// since nobody else has a use for more.
    pub(super) fn followed(opened: &Opened) -> &Arc<Engine> {
        match opened.whole.watch_lock() {
            Some(_) => &opened.whole,
            None => &opened.reached,
        }
    }

    /// Tells whoever wants to hear.
    pub(super) fn hear(&self, heard: Heard) {
        if let Some(sender) = &self.options.heard {
            // It may have heard enough.
            drop(sender.send(heard));
        }
    }
}

fn folders(engine: &Engine) -> Vec<(String, PathBuf)> {
    engine
        .projects()
        .map(|project| project.settings())
        .map(|settings| (settings.name.clone(), settings.root.clone()))
        .collect()
}
