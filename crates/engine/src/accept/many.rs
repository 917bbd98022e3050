//! Changes of many files: compared, recorded, written and told as each alone would be, but together.
//!
//! Which changes are wanted is the verbs' to say. Invariant: each file is as it was or as it was asked to be, and every
//! change is recorded before its file changes; only the waiting for history, disk and index is shared.

mod batch;
mod ready;

use crate::files::NoteGuard;
use crate::points::Point;
use crate::{Cancel, Error, Progress, Project, Result};
use batch::Batch;
use cairn_history::{ChangeId, Content, Hash, Operation, RevisionId};
use cairn_note::NotePath;
use std::collections::HashSet;
use std::io;

/// Files that are changed together at most, and locked together.
pub(crate) const GROUP: usize = 256;

/// Bytes that are held of them at most, unless a single file has more.
const GROUP_BYTES: usize = 16 << 20;

/// Files that are compared at a time.
const COMPARED: usize = 64;

/// What is to be done with one file.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// The file.
    pub(crate) path: NotePath,
    /// What.
    pub(crate) act: Act,
    /// The revisions that this takes back.
    pub(crate) takes_back: Vec<RevisionId>,
}

/// What is done with a file.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// It says this, and is made where it is not there.
    Write {
        /// The id of the note.
        note: String,
        /// What it is to say.
        text: Content,
        /// What it says now; `None` where nothing is.
        base: Option<Hash>,
    },
    /// It has another path.
    Move(NotePath),
    /// It is not there any more.
    Remove {
        /// What it says now; `None` whatever that is.
        base: Option<Hash>,
    },
}

/// What came of tasks.
#[derive(Debug, Default)]
pub(crate) struct Did {
    /// For each task that was come to, in their order.
    pub(crate) each: Vec<Result<()>>,
    /// The change they are; `None` when nothing changed.
    pub(crate) change: Option<ChangeId>,
}

impl Task {
    /// Returns a task that takes nothing back.
    pub(crate) fn new(path: NotePath, act: Act) -> Self {
        Self {
            path,
            act,
            takes_back: Vec::new(),
        }
    }

    /// The paths whose locks it needs.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &NotePath> {
        let to = match &self.act {
            Act::Move(to) => Some(to),
            Act::Write { .. } | Act::Remove { .. } => None,
        };
        [&self.path].into_iter().chain(to)
    }
}

impl<'a> Project<'a> {
    /// Does tasks of different files, group by group, each under its locks. When it is asked to stop, the rest is
    /// missing from the answer.
    pub(crate) fn change_in_groups(
        &self,
        tasks: &[Task],
        operation: Operation,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Did {
        let mut did = Did::default();
        for group in groups(tasks) {
            if cancel.is_cancelled() {
                break;
            }
            let paths: Vec<&NotePath> = group.iter().flat_map(Task::paths).collect();
            match self.lock_all(&paths) {
                Ok(_guard) => self.change_together(group, operation, &mut did),
                Err(error) => did
                    .each
                    .extend(group.iter().map(|task| Err(held(task, &error)))),
            }
            progress.advance(group.len() as u64);
        }
        did
    }

    /// Waits until nobody else writes any of the notes.
    pub(crate) fn lock_all(&self, paths: &[&NotePath]) -> Result<NoteGuard<'a>> {
        let guard = self.engine.locks.lock_all(self.id(), paths)?;
        for path in paths {
            self.pass(Point::Locked, path);
        }
        Ok(guard)
    }

    /// Does tasks of different files whose locks are held, as more of the change in `did`.
    pub(crate) fn change_together(&self, tasks: &[Task], operation: Operation, did: &mut Did) {
        let mut batch = Batch::new(self, operation, did.change);
        for tasks in tasks.chunks(COMPARED) {
            batch.compare(tasks);
            if batch.bytes() > GROUP_BYTES {
                batch.change();
            }
        }
        batch.change();
        batch.end(did);
    }
}

/// Cuts tasks into groups in which no path occurs twice: one may want the place another one leaves.
fn groups(mut tasks: &[Task]) -> Vec<&[Task]> {
    let mut groups = Vec::new();
    while !tasks.is_empty() {
        let mut paths = HashSet::new();
        let fits = tasks
            .iter()
            .take(GROUP)
            .take_while(|task| task.paths().all(|path| paths.insert(path)));
        let (group, rest) = tasks.split_at(fits.count().max(1));
        groups.push(group);
        tasks = rest;
    }
    groups
}

/// The error of a task whose group could not be locked.
fn held(task: &Task, error: &Error) -> Error {
    match error {
        Error::BeingWritten { waited, .. } => Error::BeingWritten {
            path: task.path.to_string(),
            waited: *waited,
        },
        error => Error::Io {
            action: "lock",
            path: task.path.as_str().into(),
            source: io::Error::other(error.to_string()),
        },
    }
}
