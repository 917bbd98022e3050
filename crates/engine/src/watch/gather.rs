//! Events gathered until they pause.
//!
//! It looks at names only. Invariant: an event that is not dropped is handed over once, with those that came soon
//! after it, and waiting for one costs nothing.

use super::{Watched, is_rule};
use crate::ignore_rules::{is_hidden, is_transient};
use notify::event::{EventKind, ModifyKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long no event must come before what was gathered is handed over.
const PAUSE: Duration = Duration::from_millis(50);

/// How many pauses are waited for while events keep coming.
const MOST_PAUSES: usize = 10;

/// Paths kept of one project; more are taken for "anything may have changed".
const MOST_PATHS: usize = 4096;

/// A watched folder.
#[derive(Debug)]
pub(super) struct Root {
    /// The project's name.
    pub(super) project: String,
    /// Its folder as the registry names it.
    pub(super) root: PathBuf,
    /// Its folder as events name it.
    pub(super) real: PathBuf,
}

/// Events gathered until they pause.
#[derive(Debug)]
pub(super) struct Gathering {
    roots: Vec<Root>,
    held: Mutex<Held>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    /// What was gathered, for each root.
    gathered: Vec<Gathered>,
    /// How many events were kept so far.
    events: u64,
    ended: bool,
}

#[derive(Debug, Default, Clone)]
struct Gathered {
    paths: BTreeSet<PathBuf>,
    overflow: bool,
}

impl Gathering {
    pub(super) fn new(roots: Vec<Root>) -> Self {
        let held = Held {
            gathered: vec![Gathered::default(); roots.len()],
            ..Held::default()
        };
        Self {
            roots,
            held: Mutex::new(held),
            arrived: Condvar::new(),
        }
    }

    pub(super) fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Takes an event.
    pub(super) fn take(&self, event: notify::Result<notify::Event>) {
        match event {
            Ok(event) if event.need_rescan() => self.overflow(),
            Ok(event) => self.keep(&event),
            Err(_) => self.overflow(),
        }
    }

    /// Waits for events, then until they pause; `None` when no more are wanted.
    pub(super) fn next(&self) -> Option<Vec<Watched>> {
        let mut held = self
            .arrived
            .wait_while(self.held(), |held| !held.ended && held.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        for _ in 0..MOST_PAUSES {
            let before = held.events;
            held = self
                .arrived
                .wait_timeout_while(held, PAUSE, |held| !held.ended)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            if held.ended || held.events == before {
                break;
            }
        }
        if held.ended {
            return None;
        }
        let gathered = self.roots.iter().zip(&mut held.gathered);
        let seen = gathered.filter(|(_, gathered)| !gathered.is_empty());
        Some(
            seen.map(|(root, gathered)| {
                let gathered = std::mem::take(gathered);
                Watched {
                    project: root.project.clone(),
                    paths: gathered.paths.into_iter().collect(),
                    overflow: gathered.overflow,
                }
            })
            .collect(),
        )
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
        let (mut held, mut kept) = (self.held(), false);
        for path in &event.paths {
            for (root, gathered) in self.roots.iter().zip(&mut held.gathered) {
                let Ok(relative) = path.strip_prefix(&root.real) else {
                    continue;
                };
                if relative.as_os_str().is_empty() {
                    // The folder itself is gone, or is another one now.
                    if matches!(
                        event.kind,
                        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
                    ) {
                        gathered.overflow = true;
                        kept = true;
                    }
                } else if is_visible(relative) {
                    if gathered.paths.len() >= MOST_PATHS {
                        gathered.paths.clear();
                        gathered.overflow = true;
                    }
                    if !gathered.overflow {
                        gathered.paths.insert(root.root.join(relative));
                    }
                    kept = true;
                }
            }
        }
        if kept {
            held.events += 1;
            self.arrived.notify_all();
        }
    }

    fn overflow(&self) {
        let mut held = self.held();
        for gathered in &mut held.gathered {
            gathered.overflow = true;
            gathered.paths.clear();
        }
        held.events += 1;
        self.arrived.notify_all();
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is_empty(&self) -> bool {
        self.gathered.iter().all(Gathered::is_empty)
    }
}

impl Gathered {
    fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.overflow
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

    fn gathering() -> Gathering {
        let root = |project: &str, real: &str| Root {
            project: project.to_owned(),
            root: PathBuf::from(real.replace("real", "named")),
            real: PathBuf::from(real),
        };
        Gathering::new(vec![root("outer", "/real"), root("inner", "/real/in")])
    }

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(PathBuf::from(path))
    }

    const CREATE: EventKind = EventKind::Create(CreateKind::Any);

    /// `project: paths`, or `project: everything`.
    fn shown(gathering: &Gathering) -> Vec<String> {
        let seen = gathering.next().expect("it has not ended");
        let line = |seen: Watched| {
            let paths: Vec<String> = seen
                .paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            let what = if seen.overflow {
                "everything".to_owned()
            } else {
                paths.join(" ")
            };
            format!("{}: {what}", seen.project)
        };
        seen.into_iter().map(line).collect()
    }

    #[test]
    fn a_path_is_told_to_every_project_it_is_in_under_the_name_the_project_has() {
        let gathering = gathering();
        gathering.take(Ok(event(CREATE, "/real/in/a.md")));
        gathering.take(Ok(event(CREATE, "/real/b.md")));
        gathering.take(Ok(event(CREATE, "/real/b.md")));
        gathering.take(Ok(event(CREATE, "/elsewhere/c.md")));
        assert_eq!(
            shown(&gathering),
            ["outer: /named/b.md /named/in/a.md", "inner: /named/in/a.md"]
        );
    }

    #[test]
    fn what_no_listing_shows_is_dropped() {
        let gathering = gathering();
        for path in [
            "/real/.git/index",
            "/real/.a.md",
            "/real/a.md.swp",
            "/real/x/.cairn-1.tmp",
        ] {
            gathering.take(Ok(event(CREATE, path)));
        }
        gathering.take(Ok(event(
            EventKind::Access(AccessKind::Any),
            "/real/read.md",
        )));
        gathering.take(Ok(event(CREATE, "/real")));
        assert_eq!(gathering.held().events, 0);
        gathering.take(Ok(event(CREATE, "/real/.gitignore")));
        assert_eq!(shown(&gathering), ["outer: /named/.gitignore"]);
    }

    #[test]
    fn lost_events_and_errors_mean_everything() {
        let lost = Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan));
        let error = Err(notify::Error::generic("broken"));
        for event in [lost, error] {
            let gathering = gathering();
            gathering.take(event);
            assert_eq!(
                shown(&gathering),
                ["outer: everything", "inner: everything"]
            );
        }
        let gathering = gathering();
        for number in 0..=MOST_PATHS {
            gathering.take(Ok(event(CREATE, &format!("/real/{number}.md"))));
        }
        assert_eq!(shown(&gathering), ["outer: everything"]);
        gathering.take(Ok(event(EventKind::Remove(RemoveKind::Folder), "/real/in")));
        assert_eq!(shown(&gathering), ["outer: /named/in", "inner: everything"]);
    }

    #[test]
    fn after_the_end_nothing_is_waited_for() {
        let gathering = gathering();
        gathering.take(Ok(event(CREATE, "/real/a.md")));
        gathering.end();
        assert_eq!(gathering.next(), None);
    }
}
