//! What events spoke of, looked at; and a sync where it is news.
//!
//! Not where events come from. Invariant: a file is known only when its size and time are those the index has, which
//! for what this process wrote is at once.

use super::Watched;
use crate::files::{Glance, Lookout};
use crate::ignore_rules::{IGNORE_FILES, PROJECT_PATTERNS};
use crate::{Cancel, Engine, Project, Result, Silent, SyncReport};
use cairn_index::NoteKey;
use cairn_note::NotePath;
use std::path::{Path, PathBuf};

/// What came of looking at what a watch saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// What a sync did; `None` when all of it was known already, as what this process itself wrote is.
    pub report: Option<SyncReport>,
    /// As [`Project::listed`].
    pub listed: u64,
}

/// Entries of new folders that are looked at one by one; where there are more a sync is as cheap.
const MOST_ENTRIES: usize = 1000;

impl Engine {
    /// Returns a number that is another one after another process changed the index; cheap enough for every second.
    pub fn stamp(&self) -> Result<u64> {
        Ok(self.index.stamp()?)
    }
}

impl Project<'_> {
    /// Brings the index in step with what a watch saw. Nothing is scanned when all of it was known already, as what
    /// this process itself wrote is.
    pub fn follow(&self, watched: &Watched, cancel: &Cancel) -> Result<Followed> {
        let mut looking = Looking {
            project: *self,
            entries: 0,
        };
        let is_news = watched.overflow || looking.is_any_news(&watched.paths)?;
        let report = match is_news {
            true => Some(self.sync(&Silent, cancel)?),
            false => None,
        };
        Ok(Followed {
            report,
            listed: self.listed()?,
        })
    }

    /// Returns how many files the index knows.
    pub fn known(&self) -> Result<u64> {
        let statistics = self.session("count files")?.statistics(self.id())?;
        Ok(statistics.notes + statistics.files)
    }

    /// Returns a number that stands for the paths of the files the index knows: another one once a file came, went or
    /// moved.
    pub fn listed(&self) -> Result<u64> {
        Ok(self.session("look for files")?.listed(self.id())?)
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
