//! Tasks that are done together: what may be done, recorded in one step, done by many threads, told in one step.
//!
//! Whether a task may be done is `ready`'s. Invariant: what a task could not do is said of it alone, and the history is
//! told what came of every revision.

use super::ready::{Job, Ready};
use super::{Did, Task};
use crate::error::IoContext as _;
use crate::files;
use crate::points::{Point, failpoint, pass};
use crate::{Error, Project, Result};
use cairn_history::{ChangeId, Operation, Outcome, RevisionId};
use cairn_index::Change;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Threads that wait for the disk: it syncs many files in the time of a few.
const WAITING: usize = 16;

/// Tasks that are done together.
pub(super) struct Batch<'p, 'a, 't> {
    project: &'p Project<'a>,
    operation: Operation,
    change: Option<ChangeId>,
    /// What came of each task, in their order; what waits to be done is well so far.
    each: Vec<Result<()>>,
    /// What waits, with its place in `each`.
    ready: Vec<(usize, Ready<'t>)>,
    bytes: usize,
}

impl<'p, 'a, 't> Batch<'p, 'a, 't> {
    pub(super) fn new(
        project: &'p Project<'a>,
        operation: Operation,
        change: Option<ChangeId>,
    ) -> Self {
        Self {
            project,
            operation,
            change,
            each: Vec::new(),
            ready: Vec::new(),
            bytes: 0,
        }
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Says what came of the tasks.
    pub(super) fn end(self, did: &mut Did) {
        did.change = self.change;
        did.each.extend(self.each);
    }

    /// Looks which tasks may be done.
    pub(super) fn compare(&mut self, tasks: &'t [Task]) {
        let project = self.project;
        let Ok(records) = project.records(tasks) else {
            // Asked one by one, each says what is the matter.
            return self.refuse_unknown(tasks);
        };
        let mut lookout = project.lookout();
        let hidden: Vec<_> = tasks
            .iter()
            .map(|task| project.refuse_hidden_target(&mut lookout, task))
            .collect();
        let compared: Vec<_> = tasks
            .par_iter()
            .zip(records)
            .zip(hidden)
            .map(|((task, records), visible)| {
                visible?;
                project.ready(task, records, self.operation)
            })
            .collect();
        for ready in compared {
            let place = self.each.len();
            self.each.push(ready.map(|ready| {
                if let Some(ready) = ready {
                    self.bytes += ready.bytes();
                    self.ready.push((place, ready));
                }
            }));
        }
    }

    fn refuse_unknown(&mut self, tasks: &'t [Task]) {
        for task in tasks {
            let known = self.project.record_at(&task.path);
            self.each.push(known.and_then(|_| {
                Err(Error::NotIndexed {
                    path: task.path.to_string(),
                })
            }));
        }
    }

    /// Does what waits.
    pub(super) fn change(&mut self) {
        self.bytes = 0;
        let mut ready = std::mem::take(&mut self.ready);
        let revisions = self.record(&mut ready);
        let changed = spread(&ready, |(_, ready)| self.project.change_file(ready));
        let mut changed: Vec<Result<Vec<PathBuf>>> = changed;
        self.sync(&ready, &mut changed);
        let is_made = self.settle(&ready, &revisions, changed);
        let told: Vec<_> = ready
            .iter()
            .zip(is_made)
            .filter_map(|((place, ready), is_made)| is_made.then_some((*place, ready)))
            .collect();
        self.tell(&told);
    }

    /// Records what waits, and leaves out what cannot be recorded.
    fn record(&mut self, ready: &mut Vec<(usize, Ready<'t>)>) -> Vec<Option<RevisionId>> {
        let mut entries = Vec::with_capacity(ready.len());
        ready.retain_mut(|(place, ready)| {
            let Some(entry) = ready.entry.take() else {
                entries.push(None);
                return true;
            };
            match self.project.may_record(ready.path) {
                Ok(()) => {
                    entries.push(Some((entry, ready.takes_back.to_vec())));
                    true
                }
                Err(error) => {
                    self.each[*place] = Err(error);
                    false
                }
            }
        });
        let is_told: Vec<bool> = entries.iter().map(Option::is_some).collect();
        let entries: Vec<_> = entries.into_iter().flatten().collect();
        if entries.is_empty() {
            return vec![None; is_told.len()];
        }
        match self.project.record_all(entries, self.change) {
            Ok(recorded) => {
                self.change = Some(recorded.change);
                let mut revisions = recorded.revisions.into_iter();
                is_told
                    .into_iter()
                    .map(|is_told| is_told.then(|| revisions.next()).flatten())
                    .collect()
            }
            Err(error) => {
                let mut is_told = is_told.into_iter();
                ready.retain(|(place, _)| {
                    let is_told = is_told.next().unwrap_or_default();
                    if is_told {
                        self.each[*place] = Err(error.clone().into());
                    }
                    !is_told
                });
                vec![None; ready.len()]
            }
        }
    }

    /// Syncs each folder whose names changed, once.
    fn sync(&self, ready: &[(usize, Ready<'t>)], changed: &mut [Result<Vec<PathBuf>>]) {
        let folders: BTreeSet<&PathBuf> = changed.iter().flatten().flatten().collect();
        let folders: Vec<&PathBuf> = folders.into_iter().collect();
        let durability = self.project.engine.settings.durability;
        let synced = spread(&folders, |folder| {
            files::sync_names(std::slice::from_ref(*folder), durability)
        });
        let failed: BTreeMap<PathBuf, Arc<Error>> = folders
            .into_iter()
            .zip(synced)
            .filter_map(|(folder, synced)| Some((folder.clone(), Arc::new(synced.err()?))))
            .collect();
        for ((_, ready), changed) in ready.iter().zip(changed) {
            let folders = changed.iter().flatten();
            let error = folders.filter_map(|folder| failed.get(folder)).next();
            if let Some(error) = error {
                let error = files::unsynced(ready.place(), ready.done(), Arc::clone(error));
                *changed = Err(error);
            }
        }
    }

    /// Says what came of each change, and returns which were made.
    fn settle(
        &mut self,
        ready: &[(usize, Ready<'t>)],
        revisions: &[Option<RevisionId>],
        changed: Vec<Result<Vec<PathBuf>>>,
    ) -> Vec<bool> {
        let mut outcomes: Vec<(RevisionId, Outcome)> = Vec::with_capacity(ready.len());
        let mut is_made = Vec::with_capacity(ready.len());
        for (((place, ready), revision), changed) in ready.iter().zip(revisions).zip(changed) {
            self.project.pass(Point::Settle, ready.place());
            let (outcome, made) = self.project.came_of(*revision, changed);
            outcomes.extend(revision.zip(outcome));
            is_made.push(made.is_ok());
            self.each[*place] = made.and_then(|unsynced| unsynced);
        }
        self.project.engine.history.settle(&outcomes);
        is_made
    }

    /// Tells the index of what was made.
    fn tell(&mut self, made: &[(usize, &Ready<'t>)]) {
        let project = self.project;
        let changes: Vec<_> = made
            .par_iter()
            .map(|(_, ready)| project.news_of(ready))
            .collect();
        let (mut known, mut apply) = (Vec::new(), Vec::new());
        for ((place, ready), change) in made.iter().zip(changes) {
            match change {
                Ok(change) => {
                    known.push((*place, *ready));
                    apply.push(change);
                }
                Err(error) => self.each[*place] = Err(untold(ready, Arc::new(error))),
            }
        }
        if apply.is_empty() {
            return;
        }
        let applied = project.with_scope(|scope| project.engine.index.apply(scope, apply));
        if let Err(error) = applied {
            let source = Arc::new(Error::from(error));
            for (place, ready) in known {
                self.each[place] = Err(untold(ready, Arc::clone(&source)));
            }
            return;
        }
        for (_, ready) in known {
            pass(Point::Told, &project.root().join(ready.place().as_str()));
        }
    }
}

fn untold(ready: &Ready<'_>, source: Arc<Error>) -> Error {
    Error::Untold {
        path: ready.place().to_string(),
        done: ready.done(),
        source,
    }
}

impl Project<'_> {
    /// Changes one file, and returns the folders that are to be synced.
    fn change_file(&self, ready: &Ready<'_>) -> Result<Vec<PathBuf>> {
        let (root, durability) = (self.root(), self.engine.settings.durability);
        match &ready.job {
            Job::Write { old, bytes } => {
                let (_, folder) = files::write_name(root, ready.path, bytes, durability, || {
                    self.still(ready.path, old.as_ref())
                })?;
                Ok(vec![folder])
            }
            Job::Move(to, expected) => {
                files::rename_name(root, ready.path, to, Some(expected), durability)
            }
            Job::Remove(expected) => {
                Ok(vec![files::remove_name(root, ready.path, Some(expected))?])
            }
            Job::Forget => self.record_gone(ready.path).map(|()| Vec::new()),
        }
    }

    /// Returns what the index is told of a change that was made.
    fn news_of(&self, ready: &Ready<'_>) -> Result<Change> {
        let file = self.root().join(ready.place().as_str());
        failpoint(Point::Tell, &file).context("index", &file)?;
        let path = ready.path.clone();
        Ok(match &ready.job {
            Job::Write { bytes, .. } => Change::Put(Box::new(self.entry_saying(&path, bytes)?)),
            Job::Move(to, expected) => Change::Move {
                from: path,
                entry: Box::new(self.entry_moved(to, expected)?),
            },
            Job::Remove(_) | Job::Forget => Change::Drop { path },
        })
    }
}

/// Does something with each item, on as many threads as may wait for the disk at once.
fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if let [item] = items {
        return vec![work(item)];
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..WAITING.min(items.len()) {
            scope.spawn(|| {
                while let Some((place, item)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    items.get(place).map(|item| (place, item))
                } {
                    let result = work(item);
                    done.lock()
                        .expect("no thread fails while it holds this")
                        .push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread has failed");
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
