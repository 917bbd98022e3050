//! Told by the system that files changed.
//!
//! Events are hints: they say where to look, never what is there; a sync finds that out. Invariant: an event is
//! never believed without looking at the file, and a folder that cannot be watched stops no other.

mod gather;

use crate::files::{Glance, Lookout};
use crate::ignore_rules::{IGNORE_FILES, PROJECT_PATTERNS};
use crate::{Cancel, Error, Project, Result, Silent, SyncReport};
use cairn_index::NoteKey;
use cairn_note::NotePath;
use gather::{Gathering, Root};
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Some files of a project may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The project's name.
    pub project: String,
    /// The files and folders events spoke of, absolute, each once.
    pub paths: Vec<PathBuf>,
    /// Whether events were lost, so that anything may have changed.
    pub overflow: bool,
}

/// What came of looking at what a watch saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// What a sync did; `None` when all of it was known already, as what this process itself wrote is.
    pub report: Option<SyncReport>,
    /// Whether some path the events spoke of is not there.
    pub missing: bool,
    /// How many files are known now.
    pub known: u64,
}

/// Watches the folders of projects until dropped.
#[derive(Debug)]
pub struct Watch {
    /// Dropped first, so that nothing arrives for a thread that is gone.
    _watcher: Option<RecommendedWatcher>,
    gathering: Arc<Gathering>,
    /// Every project, its folder, and which one that was when the watch began.
    folders: Vec<(String, PathBuf, Option<Which>)>,
}

/// Which folder it is of all that had its name.
type Which = (u64, u64, Option<SystemTime>);

/// Entries of new folders that are looked at one by one; where there are more a sync is as cheap.
const MOST_ENTRIES: usize = 1000;

impl Watch {
    /// Begins to watch; `seen` is called on a thread of the watch, with events that came close together gathered.
    ///
    /// A folder that cannot be watched is passed over and named in the second value: the others are watched all the
    /// same. Symbolic links are followed for the folder of a project alone, as in a listing.
    pub fn start(
        projects: Vec<(String, PathBuf)>,
        seen: impl Fn(Watched) + Send + 'static,
    ) -> (Self, Vec<(String, Error)>) {
        let (mut roots, mut failed) = (Vec::new(), Vec::new());
        let mut folders = Vec::with_capacity(projects.len());
        for (project, root) in projects {
            folders.push((project.clone(), root.clone(), which(&root)));
            // Events speak of where a folder really is.
            match root.canonicalize() {
                Ok(real) => roots.push(Root {
                    project,
                    root,
                    real,
                }),
                Err(source) => failed.push((project, cannot_watch(root, source))),
            }
        }
        let gathering = Arc::new(Gathering::new(roots));
        let watcher = watcher(&gathering, &mut failed).and_then(|watcher| {
            let gathering = Arc::clone(&gathering);
            std::thread::Builder::new()
                .name("cairn-watch".to_owned())
                .spawn(move || {
                    while let Some(watched) = gathering.next() {
                        for watched in watched {
                            // A panic in one call is no reason to stop watching.
                            drop(std::panic::catch_unwind(AssertUnwindSafe(|| seen(watched))));
                        }
                    }
                })
                .ok()
                .map(|_| watcher)
        });
        let watch = Self {
            _watcher: watcher,
            gathering,
            folders,
        };
        (watch, failed)
    }

    /// Returns the projects whose folder is not the one that is watched: it was made anew, or came back, as that of a
    /// disk does. One that is not there is none.
    pub fn replaced(&self) -> Vec<String> {
        let folders = self.folders.iter();
        folders
            .filter(|(_, root, watched)| {
                let now = which(root);
                now.is_some() && now != *watched
            })
            .map(|(project, _, _)| project.clone())
            .collect()
    }
}

fn which(root: &Path) -> Option<Which> {
    let metadata = std::fs::metadata(root).ok()?;
    #[cfg(unix)]
    let (device, number) = {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.dev(), metadata.ino())
    };
    #[cfg(not(unix))]
    let (device, number) = (0, 0);
    // A number is given again soon.
    Some((device, number, metadata.created().ok()))
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Its thread may be in the middle of a sync, and is not waited for.
        self.gathering.end();
    }
}

/// Returns a watcher of every root; those it cannot watch are added to `failed`.
fn watcher(
    gathering: &Arc<Gathering>,
    failed: &mut Vec<(String, Error)>,
) -> Option<RecommendedWatcher> {
    let roots = gathering.roots();
    if roots.is_empty() {
        return None;
    }
    let told = Arc::clone(gathering);
    let config = Config::default().with_follow_symlinks(false);
    let watcher = RecommendedWatcher::new(move |event| told.take(event), config);
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            let source = io_error(error);
            failed.extend(roots.iter().map(|root| {
                let source = std::io::Error::new(source.kind(), source.to_string());
                (
                    root.project.clone(),
                    cannot_watch(root.root.clone(), source),
                )
            }));
            return None;
        }
    };
    let mut watched = BTreeSet::new();
    for root in roots {
        if !watched.insert(&root.real) {
            continue;
        }
        if let Err(error) = watcher.watch(&root.real, RecursiveMode::Recursive) {
            failed.push((
                root.project.clone(),
                cannot_watch(root.root.clone(), io_error(error)),
            ));
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

fn io_error(error: notify::Error) -> std::io::Error {
    match error.kind {
        notify::ErrorKind::Io(source) => source,
        notify::ErrorKind::PathNotFound => std::io::ErrorKind::NotFound.into(),
        notify::ErrorKind::MaxFilesWatch => std::io::Error::other(
            "the system watches no more folders (on Linux, raise fs.inotify.max_user_watches)",
        ),
        _ => std::io::Error::other(error.to_string()),
    }
}

impl Project<'_> {
    /// Brings the index in step with what a watch saw. Nothing is scanned when all of it was known already, as what
    /// this process itself wrote is.
    pub fn follow(&self, watched: &Watched, cancel: &Cancel) -> Result<Followed> {
        let mut looking = Looking {
            project: *self,
            entries: 0,
            missing: false,
        };
        let is_news = watched.overflow || looking.is_any_news(&watched.paths)?;
        let missing = looking.missing;
        let report = match is_news {
            true => Some(self.sync(&Silent, cancel)?),
            false => None,
        };
        Ok(Followed {
            report,
            missing,
            known: self.known()?,
        })
    }

    /// Returns how many files the index knows.
    pub fn known(&self) -> Result<u64> {
        let statistics = self.session("count files")?.statistics(self.id())?;
        Ok(statistics.notes + statistics.files)
    }
}

/// What came of looking at a path.
enum Look {
    /// It is as the index knows it.
    Known,
    /// It is not.
    Other,
    /// It is a folder, and these are in it.
    Inside(Vec<NotePath>),
}

/// Looks at what events spoke of.
struct Looking<'a> {
    project: Project<'a>,
    entries: usize,
    missing: bool,
}

impl<'a> Looking<'a> {
    /// Whether any of the paths is not as the index knows it.
    fn is_any_news(&mut self, paths: &[PathBuf]) -> Result<bool> {
        let mut lookout = self.project.lookout();
        for path in paths {
            let Some(path) = self.relative(path) else {
                continue;
            };
            // A name nobody can read is a fault that a sync names; other rules hide other files.
            let Some(path) = path else { return Ok(true) };
            if self.is_news(&mut lookout, &path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The path inside the project; `None` inside when it is no path of a note.
    fn relative(&self, path: &Path) -> Option<Option<NotePath>> {
        let relative = path.strip_prefix(self.project.root()).ok()?;
        let mut text = String::new();
        for component in relative.components() {
            let Some(name) = component.as_os_str().to_str() else {
                return Some(None);
            };
            if !text.is_empty() {
                text.push('/');
            }
            text.push_str(name);
        }
        let path = NotePath::from_disk(&text).ok();
        Some(path.filter(|path| !is_rule(path.file_name())))
    }

    /// Whether a path is not as the index knows it; whoever writes it just now is waited for first.
    fn is_news(&mut self, lookout: &mut Lookout<'a>, path: &NotePath) -> Result<bool> {
        if !self.is_other(lookout, path)? {
            return Ok(false);
        }
        let Ok(_guard) = self.project.lock(path) else {
            return Ok(true);
        };
        self.is_other(&mut self.project.lookout(), path)
    }

    fn is_other(&mut self, lookout: &mut Lookout<'a>, path: &NotePath) -> Result<bool> {
        // Folders may be deeper than a stack.
        let mut waiting = vec![path.clone()];
        while let Some(path) = waiting.pop() {
            match self.look(lookout, &path)? {
                Look::Known => {}
                Look::Other => return Ok(true),
                Look::Inside(paths) => waiting.extend(paths),
            }
        }
        Ok(false)
    }

    /// Compares what is at a path with what the index knows.
    fn look(&mut self, lookout: &mut Lookout<'a>, path: &NotePath) -> Result<Look> {
        let glance = lookout.glance(path);
        if glance == Glance::Nothing {
            self.missing = true;
        }
        let (project, id) = (self.project, self.project.id());
        let known = project
            .session("look up a path")?
            .note(id, NoteKey::Path(path))?;
        let is_other = match (glance, known) {
            (Glance::File { size, modified_ns }, Some(known)) => {
                (size, modified_ns) != (known.fingerprint.size, known.fingerprint.modified_ns)
            }
            (Glance::File { .. } | Glance::Unknown, None) | (_, Some(_)) => true,
            (Glance::Hidden, None) => false,
            (Glance::Nothing, None) => !project
                .session("look below a path")?
                .below(id, path.as_str())?
                .is_empty(),
            (Glance::Folder(names), None) => return Ok(self.inside(path, &names)),
        };
        Ok(if is_other { Look::Other } else { Look::Known })
    }

    /// What is in a folder that came into being is told of by no event of its own.
    fn inside(&mut self, folder: &NotePath, names: &[String]) -> Look {
        self.entries += names.len();
        if self.entries > MOST_ENTRIES {
            return Look::Other;
        }
        let paths = names.iter().map(|name| {
            let path = NotePath::from_disk(&format!("{folder}/{name}")).ok();
            path.filter(|path| !is_rule(path.file_name()))
        });
        paths
            .collect::<Option<Vec<_>>>()
            .map_or(Look::Other, Look::Inside)
    }
}

/// Whether a file of that name says which other files are looked at.
pub(crate) fn is_rule(name: &str) -> bool {
    name == PROJECT_PATTERNS || IGNORE_FILES.contains(&name)
}
