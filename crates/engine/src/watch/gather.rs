//! Events of one project gathered until they pause, and the time to look without any.
//!
//! It looks at names only. Invariant: an event that is not dropped is handed over once, with those that came soon
//! after it, and waiting for one costs nothing.

use super::{Watched, Watching, is_rule};
use crate::ignore_rules::{is_hidden, is_transient};
use notify::event::{EventKind, ModifyKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long no event must come before what was gathered is handed over: after a single one, and once more of them came.
/// A save takes a few of them close together, and a file should not be read that is half written.
const PAUSES: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(50));

/// How long is waited at most while events keep coming.
const LONGEST: Duration = Duration::from_millis(150);

/// Paths kept; more are taken for "anything may have changed".
const MOST_PATHS: usize = 4096;

/// A watched folder.
#[derive(Debug, Clone)]
pub(super) struct Root {
    /// The project's name.
    pub(super) project: String,
    /// Its folder as the registry names it.
    pub(super) root: PathBuf,
    /// Its folder as events name it.
    pub(super) real: PathBuf,
}

/// Events of one project gathered until they pause.
#[derive(Debug)]
pub(super) struct Gathering {
    root: Root,
    /// How long is waited between two scans where no events come.
    poll: Duration,
    held: Mutex<Held>,
    arrived: Condvar,
}

#[derive(Debug)]
struct Held {
    paths: BTreeSet<PathBuf>,
    overflow: bool,
    /// How many events were kept so far.
    events: u64,
    /// How long is waited between two scans.
    every: Duration,
    /// When the next one comes; `None` until somebody waits for it.
    due: Option<Instant>,
    ended: bool,
}

impl Gathering {
    pub(super) fn new(root: Root, how: &Watching) -> Self {
        Self {
            root,
            poll: how.poll,
            held: Mutex::new(Held {
                paths: BTreeSet::new(),
                overflow: false,
                events: 0,
                every: how.scan,
                due: None,
                ended: false,
            }),
            arrived: Condvar::new(),
        }
    }

    pub(super) fn root(&self) -> &Root {
        &self.root
    }

    /// From here on no event is relied on.
    pub(super) fn poll(&self) {
        let mut held = self.held();
        held.every = self.poll.min(held.every);
        held.due = None;
        self.arrived.notify_all();
    }

    /// Takes an event.
    pub(super) fn take(&self, event: &notify::Result<notify::Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.overflow(),
            Ok(event) => self.keep(event),
            Err(error) => {
                // A new folder is not watched, and none that comes after it.
                if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
                    self.poll();
                }
                self.overflow();
            }
        }
    }

    /// Waits for events and then until they pause, or until it is time to scan; `None` when no more are wanted.
    pub(super) fn next(&self) -> Option<Watched> {
        let mut held = self.held();
        while !held.ended && held.is_empty() {
            let every = held.every;
            let due = *held.due.get_or_insert_with(|| Instant::now() + every);
            match due.saturating_duration_since(Instant::now()) {
                Duration::ZERO => held.overflow = true,
                left => held = self.wait(held, left),
            }
        }
        let (begun, mut pause) = (Instant::now(), PAUSES.0);
        while !held.ended && held.events > 0 && begun.elapsed() < LONGEST {
            let before = held.events;
            held = self
                .arrived
                .wait_timeout_while(held, pause, |held| !held.ended)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            if held.events == before {
                break;
            }
            pause = PAUSES.1;
        }
        if held.ended {
            return None;
        }
        held.events = 0;
        if held.overflow {
            held.due = None;
        }
        Some(Watched {
            project: self.root.project.clone(),
            paths: std::mem::take(&mut held.paths).into_iter().collect(),
            overflow: std::mem::take(&mut held.overflow),
        })
    }

    fn wait<'h>(&self, held: MutexGuard<'h, Held>, longest: Duration) -> MutexGuard<'h, Held> {
        self.arrived
            .wait_timeout(held, longest)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Wants no more events.
    pub(super) fn end(&self) {
        self.held().ended = true;
        self.arrived.notify_all();
    }

    fn keep(&self, event: &notify::Event) {
        // Being read changes nothing, and every sync reads.
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let mut held = self.held();
        let before = held.events;
        for path in &event.paths {
            let Ok(relative) = path.strip_prefix(&self.root.real) else {
                continue;
            };
            if relative.as_os_str().is_empty() {
                // The folder itself is gone, or is another one now.
                if matches!(
                    event.kind,
                    EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
                ) {
                    held.add(None);
                }
            } else if is_visible(relative) {
                held.add(Some(self.root.root.join(relative)));
            }
        }
        if held.events != before {
            self.arrived.notify_all();
        }
    }

    fn overflow(&self) {
        self.held().add(None);
        self.arrived.notify_all();
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.overflow
    }

    /// Adds a path; `None` is any.
    fn add(&mut self, path: Option<PathBuf>) {
        self.events += 1;
        match path {
            Some(path) if !self.overflow && self.paths.len() < MOST_PATHS => {
                self.paths.insert(path);
            }
            _ => {
                self.overflow = true;
                self.paths.clear();
            }
        }
    }
}

/// Whether a path may be that of a file that is looked at, or of one that says which are.
fn is_visible(relative: &Path) -> bool {
    let mut names = relative
        .components()
        .map(|component| component.as_os_str().to_string_lossy());
    let Some(last) = names.next_back() else {
        return false;
    };
    !names.any(|name| is_hidden(&name))
        && (is_rule(&last) || !is_hidden(&last) && !is_transient(&last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, CreateKind, Event, Flag, RemoveKind};

    /// Longer than any test runs.
    const NEVER: Duration = Duration::from_secs(100_000);

    fn gathering(real: &str, scan: Duration) -> Gathering {
        let root = Root {
            project: "main".to_owned(),
            root: PathBuf::from(real.replace("real", "named")),
            real: PathBuf::from(real),
        };
        let how = Watching {
            scan,
            poll: Duration::from_millis(1),
            ..Watching::default()
        };
        Gathering::new(root, &how)
    }

    fn create(path: &str) -> notify::Result<Event> {
        event(EventKind::Create(CreateKind::Any), path)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the system tells it")]
    fn event(kind: EventKind, path: &str) -> notify::Result<Event> {
        Ok(Event::new(kind).add_path(PathBuf::from(path)))
    }

    /// The paths, or `everything`.
    fn shown(gathering: &Gathering) -> String {
        let seen = gathering.next().expect("it has not ended");
        assert!(seen.paths.is_empty() || !seen.overflow);
        if seen.overflow {
            return "everything".to_owned();
        }
        let paths = seen.paths.iter().map(|path| path.display().to_string());
        paths.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_path_is_told_once_under_the_name_the_project_has() {
        let gathering = gathering("/real/in", NEVER);
        for path in [
            "/real/in/b.md",
            "/real/in/a.md",
            "/real/in/a.md",
            "/real/c.md",
        ] {
            gathering.take(&create(path));
        }
        assert_eq!(shown(&gathering), "/named/in/a.md /named/in/b.md");
    }

    #[test]
    fn what_no_listing_shows_is_dropped() {
        let gathering = gathering("/real", NEVER);
        for path in [
            "/real/.git/index",
            "/real/.a.md",
            "/real/a.md.swp",
            "/real/x/.cairn-1.tmp",
            "/real",
        ] {
            gathering.take(&create(path));
        }
        let read = EventKind::Access(AccessKind::Any);
        gathering.take(&event(read, "/real/read.md"));
        assert_eq!(gathering.held().events, 0);
        gathering.take(&create("/real/.gitignore"));
        assert_eq!(shown(&gathering), "/named/.gitignore");
    }

    #[test]
    fn lost_events_and_errors_mean_everything() {
        let lost = Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan));
        let error = Err(notify::Error::generic("broken"));
        let gone = event(EventKind::Remove(RemoveKind::Folder), "/real");
        for event in [lost, error, gone] {
            let gathering = gathering("/real", NEVER);
            gathering.take(&create("/real/a.md"));
            gathering.take(&event);
            gathering.take(&create("/real/b.md"));
            assert_eq!(shown(&gathering), "everything");
            gathering.take(&create("/real/c.md"));
            assert_eq!(shown(&gathering), "/named/c.md");
        }
        let gathering = gathering("/real", NEVER);
        for number in 0..=MOST_PATHS {
            gathering.take(&create(&format!("/real/{number}.md")));
        }
        assert_eq!(shown(&gathering), "everything");
    }

    #[test]
    fn everything_is_looked_at_from_time_to_time_without_an_event() {
        let gathering = gathering("/real", Duration::from_millis(1));
        assert_eq!(shown(&gathering), "everything");
        assert_eq!(shown(&gathering), "everything");
    }

    #[test]
    fn where_the_system_watches_no_more_folders_everything_is_looked_at_often() {
        let gathering = gathering("/real", NEVER);
        let full = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
        gathering.take(&Err(full));
        for _ in 0..3 {
            assert_eq!(shown(&gathering), "everything");
        }
    }

    #[test]
    fn after_the_end_nothing_is_waited_for() {
        let gathering = gathering("/real", NEVER);
        gathering.take(&create("/real/a.md"));
        gathering.end();
        assert_eq!(gathering.next(), None);
    }
}
