//! Told by the system that files changed.
//!
//! Events are hints: they say where to look, never what is there; a sync finds that out. Invariant: an event is
//! never believed without looking at the file.

use crate::{Cancel, Project, Result, Silent, SyncReport};
use std::path::PathBuf;

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

/// Watches the folders of projects until dropped.
#[derive(Debug)]
pub struct Watch {}

impl Watch {
    /// Begins to watch; `seen` is called on a thread of the watch, with events that came close together gathered.
    ///
    /// A folder that cannot be watched is passed over and named in the second value: the others are watched all the
    /// same.
    pub fn start(
        projects: Vec<(String, PathBuf)>,
        seen: impl Fn(Watched) + Send + 'static,
    ) -> (Self, Vec<(String, crate::Error)>) {
        let _ = (projects, seen);
        (Self {}, Vec::new())
    }
}

impl Project<'_> {
    /// Brings the index in step with what a watch saw; `None` when all of it was known already, as what this
    /// process itself wrote is.
    pub fn follow(&self, watched: &Watched, cancel: &Cancel) -> Result<Option<SyncReport>> {
        let _ = watched;
        self.sync(&Silent, cancel).map(Some)
    }
}
