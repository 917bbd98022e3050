//! Changes of many files: compared, recorded, written and told as each alone would be, but together.
//!
//! Which changes are wanted is the verbs' to say. Invariant: each file is as it was or as it was asked to be, and every
//! change is recorded before its file changes; only the waiting for history, disk and index is shared.

use super::compare::Found;
use super::record::Planned;
use crate::error::IoContext as _;
use crate::files::{self, Lookout, NoteGuard};
use crate::points::{Point, failpoint, pass};
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_history::{ChangeId, Content, Entry, Hash, Operation, Outcome, RevisionId};
use cairn_index::{Change, NoteKey, NoteRecord};
use cairn_note::NotePath;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Files that are changed together at most, and locked together.
pub(crate) const GROUP: usize = 256;

/// Bytes that are held of them at most, unless a single file has more.
const GROUP_BYTES: usize = 16 << 20;

/// Files that are compared at a time.
const COMPARED: usize = 64;

/// Threads that wait for the disk: it syncs many files in the time of a few.
const WAITING: usize = 16;

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
            if batch.bytes > GROUP_BYTES {
                batch.change();
            }
        }
        batch.change();
        did.change = batch.change;
        did.each.append(&mut batch.each);
    }

    fn records(&self, tasks: &[Task]) -> Result<Vec<[Option<NoteRecord>; 2]>> {
        let session = self.session("change many notes")?;
        let known = |path| session.note(self.id(), NoteKey::Path(path));
        tasks
            .iter()
            .map(|task| {
                let mut records = [const { None }; 2];
                for (record, path) in records.iter_mut().zip(task.paths()) {
                    *record = known(path)?;
                }
                Ok(records)
            })
            .collect()
    }

    /// Compares a file with what its task is based on; `None` when there is nothing to do.
    fn ready<'t>(
        &self,
        task: &'t Task,
        [record, target]: [Option<NoteRecord>; 2],
        operation: Operation,
    ) -> Result<Option<Ready<'t>>> {
        let path = &task.path;
        match &task.act {
            Act::Write { note, text, base } => {
                let old = self.replaced_by(path, record.as_ref(), *base)?;
                let bytes = match text {
                    Content::Bytes(bytes) => bytes.clone(),
                    Content::Known(hash) => self.kept(hash, path.as_str())?,
                };
                if old.as_ref().is_some_and(|old| old.bytes == bytes) {
                    return Ok(None);
                }
                let planned = Planned {
                    note: note.clone(),
                    path,
                    former: None,
                    operation,
                    before: old.as_ref().map(Found::content),
                    after: Some(text.clone()),
                    permalink: None,
                };
                Ok(Some(Ready {
                    path,
                    takes_back: &task.takes_back,
                    entry: Some(self.to_record(planned)),
                    job: Job::Write { old, bytes },
                }))
            }
            Act::Move(to) => {
                let record = record.ok_or_else(|| Error::gone(path))?;
                if target.is_some() {
                    return Err(Error::Exists {
                        path: to.to_string(),
                    });
                }
                if !self.is_there_unchanged(&record)? {
                    return Err(Error::FileGone {
                        path: path.to_string(),
                    });
                }
                let content = self.content_of(&record)?;
                let planned = Planned {
                    note: self.history_id(&record)?,
                    path: to,
                    former: Some(path),
                    operation,
                    before: content.clone(),
                    after: content,
                    permalink: self.permalink_to_keep(&record)?,
                };
                Ok(Some(Ready {
                    path,
                    takes_back: &task.takes_back,
                    entry: Some(self.to_record(planned)),
                    job: Job::Move(to),
                }))
            }
            Act::Remove { base } => {
                // Someone else deleted it meanwhile, which is what was asked for.
                let Some(record) = record else {
                    return Ok(None);
                };
                let entry = if self.is_there_unchanged(&record)? {
                    refuse_other(path, *base, Hash::from(record.fingerprint.checksum))?;
                    Some(self.to_record(Planned {
                        note: self.history_id(&record)?,
                        path,
                        former: None,
                        operation,
                        before: self.content_of(&record)?,
                        after: None,
                        permalink: None,
                    }))
                } else {
                    None
                };
                Ok(Some(Ready {
                    path,
                    takes_back: &task.takes_back,
                    job: if entry.is_some() {
                        Job::Remove
                    } else {
                        Job::Forget
                    },
                    entry,
                }))
            }
        }
    }

    /// Returns what a written file says now, if that is what the index saw and the task is based on.
    fn replaced_by(
        &self,
        path: &NotePath,
        record: Option<&NoteRecord>,
        base: Option<Hash>,
    ) -> Result<Option<Found>> {
        let Some(base) = base else {
            return if record.is_some() || self.found(path)?.is_some() {
                Err(Error::Exists {
                    path: path.to_string(),
                })
            } else {
                Ok(None)
            };
        };
        let record = record.ok_or_else(|| Error::NotIndexed {
            path: path.to_string(),
        })?;
        let found = self.unchanged(record, None)?;
        refuse_other(path, Some(base), Hash::of(&found.bytes))?;
        Ok(Some(found))
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
    let waited = match error {
        Error::BeingWritten { waited, .. } => *waited,
        _ => std::time::Duration::ZERO,
    };
    Error::BeingWritten {
        path: task.path.to_string(),
        waited,
    }
}

/// Refuses to change a file that says something else than was thought.
fn refuse_other(path: &NotePath, base: Option<Hash>, found: Hash) -> Result<()> {
    match base {
        Some(base) if base != found => Err(Error::Changed {
            path: path.to_string(),
            expected: base.to_string(),
            found: Some(found.to_string()),
        }),
        _ => Ok(()),
    }
}

/// A task that may be done.
struct Ready<'t> {
    path: &'t NotePath,
    takes_back: &'t [RevisionId],
    /// What the history is told; `None` when the file is gone already.
    entry: Option<Entry>,
    job: Job<'t>,
}

enum Job<'t> {
    Write { old: Option<Found>, bytes: Vec<u8> },
    Move(&'t NotePath),
    Remove,
    Forget,
}

impl Ready<'_> {
    fn bytes(&self) -> usize {
        let of = |content: &Option<Content>| match content {
            Some(Content::Bytes(bytes)) => bytes.len(),
            _ => 0,
        };
        let told = self.entry.as_ref();
        let told = told.map_or(0, |entry| of(&entry.before) + of(&entry.after));
        told + match &self.job {
            Job::Write { old, bytes } => {
                bytes.len() + old.as_ref().map_or(0, |old| old.bytes.len())
            }
            Job::Move(_) | Job::Remove | Job::Forget => 0,
        }
    }

    /// Where the file is afterwards, or was.
    fn place(&self) -> &NotePath {
        match &self.job {
            Job::Move(to) => to,
            Job::Write { .. } | Job::Remove | Job::Forget => self.path,
        }
    }

    fn done(&self) -> &'static str {
        match &self.job {
            Job::Write { .. } => "written",
            Job::Move(_) => "moved",
            Job::Remove | Job::Forget => "deleted",
        }
    }
}

/// Tasks that are done together.
struct Batch<'p, 'a, 't> {
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
    fn new(project: &'p Project<'a>, operation: Operation, change: Option<ChangeId>) -> Self {
        Self {
            project,
            operation,
            change,
            each: Vec::new(),
            ready: Vec::new(),
            bytes: 0,
        }
    }

    fn compare(&mut self, tasks: &'t [Task]) {
        let project = self.project;
        let records = match project.records(tasks) {
            Ok(records) => records,
            // Asked one by one, each says what is the matter.
            Err(_) => return self.refuse_unknown(tasks),
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
    fn change(&mut self) {
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
            .map(|(_, ready)| project.to_tell(ready))
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
    /// Refuses a move to where no sync would list the file.
    fn refuse_hidden_target(&self, lookout: &mut Lookout<'_>, task: &Task) -> Result<()> {
        match &task.act {
            Act::Move(to) if lookout.hides(to) => self.refuse_hidden(to),
            _ => Ok(()),
        }
    }

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
            Job::Move(to) => files::rename_name(root, ready.path, to, durability),
            Job::Remove => Ok(vec![files::remove_name(root, ready.path)?]),
            Job::Forget => Ok(Vec::new()),
        }
    }

    /// Returns what the index is told of a change that was made.
    fn to_tell(&self, ready: &Ready<'_>) -> Result<Change> {
        let file = self.root().join(ready.place().as_str());
        failpoint(Point::Tell, &file).context("index", &file)?;
        let path = ready.path.clone();
        Ok(match &ready.job {
            Job::Write { .. } => Change::Put(Box::new(self.entry(&path)?)),
            Job::Move(to) => Change::Move {
                from: path,
                entry: Box::new(self.entry(to)?),
            },
            Job::Remove | Job::Forget => Change::Drop { path },
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
