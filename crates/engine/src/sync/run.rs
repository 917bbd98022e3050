//! One run of a sync, from the plan to the report.
//!
//! It decides what a loaded file means for the index. Invariant: deletions come before everything else and
//! never after a request to stop; every few batches are one transaction, and what was applied stays.

use super::SyncReport;
use super::diff::{Known, Move, Plan, diff};
use super::external::External;
use super::load::{self, Done, Job, Task};
use crate::files::Listing;
use crate::points::{Point, pass};
use crate::{Cancel, Progress, Project, Result};
use cairn_history::RevisionId;
use cairn_index::{Applied, Change, Fault, Fingerprint, NoteKey};
use cairn_note::NotePath;
use std::collections::{BTreeSet, HashSet};
use std::thread;

/// Batches in a transaction. Many, since each transaction writes anew every page of the index that it touches; not
/// all, since nobody else reads an index in memory meanwhile, and stopping should keep what was done.
const TRANSACTION_BATCHES: usize = 16;

/// Which of the files that can be read are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those that changed.
    Changed,
    /// All of them.
    All,
}

/// One run of a sync.
pub(super) struct Run<'a> {
    project: &'a Project<'a>,
    listing: &'a Listing,
    extent: Extent,
    /// The newest revision before anything was looked at.
    horizon: RevisionId,
    known: Vec<Known>,
    /// What the last sync could not read.
    old_faults: Vec<Fault>,
}

impl<'a> Run<'a> {
    /// Asks the index what it knows.
    pub(super) fn new(
        project: &'a Project<'a>,
        listing: &'a Listing,
        extent: Extent,
        horizon: RevisionId,
    ) -> Result<Self> {
        let id = project.settings.id();
        let session = project.engine.index.read("sync")?;
        let (known, old_faults) = (session.fingerprints(id)?, session.faults(id)?);
        Ok(Self {
            project,
            listing,
            extent,
            horizon,
            known,
            old_faults,
        })
    }

    /// Does what has to be done.
    pub(super) fn finish(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<SyncReport> {
        let mut plan = diff(self.listing, &self.known);
        if self.extent == Extent::All {
            let as_they_were = std::mem::take(&mut plan.unchanged);
            plan.changed.extend(
                as_they_were
                    .into_iter()
                    .filter_map(|file| Some((file, self.known(&file.path)?))),
            );
        }
        let gone = self.project.confirmed(self.listing, &plan.gone);
        let moves = self.project.moves(&plan, &gone)?;
        let jobs = jobs(&plan, &moves);
        let mut outcome = Outcome {
            report: SyncReport {
                unchanged: plan.unchanged.len(),
                ..SyncReport::default()
            },
            faults: self.listing.faults.iter().cloned().collect(),
        };
        self.keep_faults(&plan, &mut outcome)?;
        let left = gone.iter().map(|known| &known.0);
        let mut external =
            External::new(self.project, self.horizon, jobs.len() + gone.len(), left)?;
        if !cancel.is_cancelled() {
            let moved: HashSet<&NotePath> = moves.iter().map(|step| step.from).collect();
            let mut gone = gone.clone();
            gone.retain(|known| !moved.contains(&known.0));
            external.gone(&mut gone)?;
            self.drop_gone(gone.iter().map(|known| &known.0), &mut outcome)?;
        }
        progress.begin("index", Some(jobs.len() as u64));
        let done = self.load_and_apply(&jobs, external, progress, cancel, &mut outcome)?;
        for job in &jobs[done..] {
            // Stopped before these were read: what was said of them still holds.
            let path = job.file.path.as_str();
            outcome.faults.extend(
                self.old_faults
                    .iter()
                    .filter(|fault| fault.path == path)
                    .cloned(),
            );
        }
        outcome.report.cancelled = done < jobs.len() || cancel.is_cancelled();
        outcome.report.faults = outcome.faults.into_iter().collect();
        if outcome.report.faults != self.old_faults {
            self.apply([vec![Change::Faults(outcome.report.faults.clone())]])?;
        }
        Ok(outcome.report)
    }

    /// Returns what the index knew of a file when the run began.
    fn known(&self, path: &NotePath) -> Option<&Fingerprint> {
        let place = self
            .known
            .binary_search_by(|(known, _)| known.as_str().cmp(path.as_str()))
            .ok()?;
        Some(&self.known[place].1)
    }

    /// Keeps what the last sync said of files nobody read this time: those that cannot be looked at, and
    /// those that are as they were and no notes in spite of their names.
    fn keep_faults(&self, plan: &Plan<'_>, outcome: &mut Outcome) -> Result<()> {
        if self.old_faults.is_empty() {
            return Ok(());
        }
        let session = self.project.engine.index.read("sync")?;
        for fault in &self.old_faults {
            let is_same = |path: &str| {
                plan.unchanged
                    .binary_search_by(|file| file.path.as_str().cmp(path))
                    .ok()
            };
            let keep = match is_same(&fault.path) {
                Some(at) => {
                    let key = NoteKey::Path(&plan.unchanged[at].path);
                    let note = session.note(self.project.settings.id(), key)?;
                    note.is_some_and(|note| !note.is_note)
                }
                None => {
                    self.listing.is_unknown(&fault.path)
                        && !self.listing.unreadable.contains(&fault.path)
                }
            };
            if keep {
                outcome.faults.insert(fault.clone());
            }
        }
        Ok(())
    }

    fn drop_gone<'p>(
        &self,
        gone: impl Iterator<Item = &'p NotePath>,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let changes: Vec<Change> = gone
            .map(|path| Change::Drop { path: path.clone() })
            .collect();
        if !changes.is_empty() {
            outcome.report.touch(&changes);
            outcome.report.deleted += self.apply([self.guarded(changes)])?.dropped;
        }
        Ok(())
    }

    /// Loads batch after batch on other threads and applies them on this one. Returns how many files were
    /// applied; fewer than all when asked to stop.
    fn load_and_apply<'j>(
        &self,
        jobs: &'j [Job<'j>],
        mut external: External<'j>,
        progress: &dyn Progress,
        cancel: &Cancel,
        outcome: &mut Outcome,
    ) -> Result<usize> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let loader = self.project.loader()?;
        let batches = load::batches(jobs);
        if let [only] = batches.as_slice() {
            let Some(mut batch) = loader.batch(only, cancel) else {
                return Ok(0);
            };
            external.batch(&mut batch)?;
            let count = batch.len();
            self.apply([self.changes(batch, progress, outcome)])?;
            return Ok(count);
        }
        // One batch is loaded and one waits while a third is applied.
        let (sender, receiver) = crossbeam_channel::bounded(1);
        thread::scope(|scope| {
            let loader = &loader;
            let loading = scope.spawn(move || -> Result<()> {
                for batch in batches {
                    let Some(mut batch) = loader.batch(batch, cancel) else {
                        return Ok(());
                    };
                    external.batch(&mut batch)?;
                    // Nobody listens any more when applying failed.
                    if sender.send(batch).is_err() {
                        return Ok(());
                    }
                }
                Ok(())
            });
            let mut done = 0;
            let mut loaded = receiver
                .into_iter()
                .take_while(|_| !cancel.is_cancelled())
                .peekable();
            while loaded.peek().is_some() {
                let transaction = loaded.by_ref().take(TRANSACTION_BATCHES).map(|batch| {
                    done += batch.len();
                    self.changes(batch, progress, outcome)
                });
                self.apply(transaction)?;
            }
            drop(loaded);
            loading.join().unwrap_or(Ok(()))?;
            Ok(done)
        })
    }

    /// Tells what a loaded batch means for the index. Runs while the index is written, and so asks it nothing.
    fn changes(
        &self,
        batch: Vec<Done<'_>>,
        progress: &dyn Progress,
        outcome: &mut Outcome,
    ) -> Vec<Change> {
        let count = batch.len();
        let mut changes = Vec::with_capacity(count);
        for done in batch.into_iter().filter(|done| !done.is_late) {
            let Done {
                job, entry, fault, ..
            } = done;
            let failed = fault.is_some();
            outcome.faults.extend(fault);
            let path = || job.file.path.clone();
            match (entry, job.task) {
                (Some(entry), Task::New) => {
                    outcome.report.new += 1;
                    changes.push(Change::Put(entry));
                }
                (Some(entry), Task::Changed(known))
                    if self.extent == Extent::Changed
                        && entry.fingerprint.checksum == known.checksum =>
                {
                    outcome.report.unchanged += 1;
                    changes.push(Change::Touch {
                        path: entry.path,
                        fingerprint: entry.fingerprint,
                        created: entry.created,
                        modified: entry.modified,
                    });
                }
                (Some(entry), Task::Changed(_)) => {
                    outcome.report.modified += 1;
                    changes.push(Change::Put(entry));
                }
                (Some(entry), Task::Moved(from)) => {
                    outcome.report.moved += 1;
                    changes.push(Change::Move {
                        from: from.clone(),
                        entry,
                    });
                }
                // What cannot be read stays as it was known; what was never known is gone again.
                (None, Task::New) => {}
                (None, _) if failed => {}
                (None, Task::Changed(_)) => {
                    outcome.report.deleted += 1;
                    changes.push(Change::Drop { path: path() });
                }
                (None, Task::Moved(from)) => {
                    outcome.report.deleted += 1;
                    changes.push(Change::Drop { path: from.clone() });
                }
            }
        }
        outcome.report.touch(&changes);
        progress.advance(count as u64);
        self.guarded(changes)
    }

    /// Has changes done only where the index still knows what it knew when the run began: a verb, of this process or
    /// another, that wrote a note meanwhile has told the index itself, and newer things.
    fn guarded(&self, changes: Vec<Change>) -> Vec<Change> {
        let guard = |change: Change| {
            let known = change.path().and_then(|path| self.known(path));
            Change::IfSeen {
                seen: known.map(|known| known.checksum),
                change: Box::new(change),
            }
        };
        changes.into_iter().map(guard).collect()
    }

    /// Applies batches in one transaction.
    fn apply(&self, batches: impl IntoIterator<Item = Vec<Change>>) -> Result<Applied> {
        pass(Point::Apply, self.project.root());
        let applied = self
            .project
            .with_scope(|scope| self.project.engine.index.apply_all(scope, batches))?;
        pass(Point::Applied, self.project.root());
        Ok(applied)
    }
}

/// What a run came to so far.
struct Outcome {
    report: SyncReport,
    faults: BTreeSet<Fault>,
}

/// The files to load, sorted by path.
fn jobs<'a>(plan: &Plan<'a>, moves: &[Move<'a>]) -> Vec<Job<'a>> {
    let mut moves = moves.iter().peekable();
    let new = plan.new.iter().map(|&file| {
        let step = moves.next_if(|step| *step.to == file.path);
        Job {
            file,
            task: step.map_or(Task::New, |step| Task::Moved(step.from)),
        }
    });
    let mut jobs: Vec<Job<'a>> = new.collect();
    jobs.extend(plan.changed.iter().map(|&(file, known)| Job {
        file,
        task: Task::Changed(known),
    }));
    jobs.sort_by(|a, b| a.file.path.as_str().cmp(b.file.path.as_str()));
    jobs
}
