//! The history on SQLite.
//!
//! `open` makes or migrates the database of `schema.sql`, `connections` hands out its connections, `queue` lets one
//! thread write for all that wait; `record` and `settle` write, the rest read. It knows no rule of retention.
//! Invariant: every change goes through the queue, in a transaction with the changes of all who came meanwhile.

mod connections;
mod open;
mod options;
mod queue;

mod adopt;
mod content;
mod identity;
mod record;
mod settle;
mod taken_back;

mod check;
mod prune;
mod read;
mod touched;

pub use options::{Durability, Options};

use crate::error::StatementContext;
use crate::{
    ChangeId, Content, Entry, Filter, Hash, Identity, Observed, Outcome, Place, Problem, Pruned,
    Pruning, Recorded, Result, Retention, Revision, RevisionId, Statistics, Touched,
};
use connections::Connections;
use jiff::Timestamp;
use queue::Queue;
use rusqlite::Connection;
use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

/// What every note of every project was.
///
/// Any number of threads and processes may use one file at once: readers never wait for writers, and writers wait for
/// each other, in one process for one transaction together.
pub struct History {
    connections: Connections,
    queue: Queue,
    options: Options,
}

impl fmt::Debug for History {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("History")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Opening and writing.
impl History {
    /// Opens the history file, making it (for its owner alone) where it is missing.
    ///
    /// # Errors
    /// When the file cannot be made or opened, is something else, or was written by a newer version. It is then left
    /// as it is.
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        Ok(Self::with(Connections::file(path, options)?, options))
    }

    /// Opens a history file to look at it: nothing is made, migrated or written, and every record fails. `None` where
    /// nothing was ever recorded.
    ///
    /// # Errors
    /// When the file cannot be opened, is something else, or was written by another version.
    pub fn open_to_look(path: &Path, options: &Options) -> Result<Option<Self>> {
        let connections = Connections::to_look(path, options)?;
        Ok(connections.map(|connections| Self::with(connections, options)))
    }

    /// Returns a history that lives in memory and dies with the value.
    ///
    /// # Errors
    /// When SQLite cannot be set up.
    pub fn in_memory() -> Result<Self> {
        Ok(Self::with(Connections::memory()?, &Options::default()))
    }

    fn with(connections: Connections, options: &Options) -> Self {
        Self {
            connections,
            queue: Queue::default(),
            options: options.clone(),
        }
    }

    /// Records entries as one change, all or none; they are kept durably when this returns, and pending until
    /// [`Self::settle`]. No entries are no change, and get the number 0.
    ///
    /// # Errors
    /// When an entry names an unknown content, another process holds the file for too long, or the disk fails. Nothing
    /// of this call is recorded then.
    pub fn record(&self, entries: Vec<Entry>) -> Result<Recorded> {
        self.record_with(None, entries)
    }

    /// Records what somebody saw who looked after `horizon`, as more of `change` if there is one: nothing of notes that
    /// have later revisions, and nothing that the newest revision of a note says already. So what many processes see is
    /// recorded once, and what one saw late does not follow what came after it. What a note said before is what its
    /// newest revision says, whatever the entry believes. Where nothing is news the change has the number it was given,
    /// or 0.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn observe(
        &self,
        change: Option<ChangeId>,
        horizon: RevisionId,
        entries: Vec<Entry>,
    ) -> Result<Observed> {
        let ready = self.ready(entries)?;
        let mut observed =
            self.write(move |connection| record::observe(connection, change, horizon, &ready))?;
        if observed.revisions.is_empty() {
            observed.change = change.unwrap_or(ChangeId(0));
        }
        Ok(observed)
    }

    fn record_with(&self, change: Option<ChangeId>, entries: Vec<Entry>) -> Result<Recorded> {
        if entries.is_empty() {
            return Ok(Recorded {
                change: change.unwrap_or(ChangeId(0)),
                revisions: Vec::new(),
            });
        }
        let ready = self.ready(entries)?;
        self.write(move |connection| record::write(connection, change, &ready))
    }

    fn ready(&self, entries: Vec<Entry>) -> Result<Vec<record::ReadyEntry>> {
        self.read(|connection| {
            entries
                .into_iter()
                .map(|entry| record::ready(connection, entry))
                .collect()
        })
    }

    /// Says what became of revisions. That they are done is written with the next record, or by [`Self::flush`], or
    /// when the history is closed; that they are undone at once if that is possible, and with the next record if not.
    pub fn settle(&self, outcomes: &[(RevisionId, Outcome)]) {
        self.queue.settle(outcomes);
        if outcomes
            .iter()
            .any(|(_, outcome)| *outcome == Outcome::Undone)
        {
            // What could not be written stays queued.
            self.flush().ok();
        }
    }

    /// Writes the outcomes that are not written yet.
    ///
    /// # Errors
    /// When another process holds the file for too long, or the disk fails. They stay queued then.
    pub fn flush(&self) -> Result<()> {
        if self.queue.has_settled() {
            self.write(|_| Ok(()))?;
        }
        Ok(())
    }

    /// Keeps contents without a revision: what notes say before anything was recorded of them. Doing so again changes
    /// nothing. They stay until [`Self::release`].
    ///
    /// # Errors
    /// When another process holds the file for too long, or the disk fails. None is kept then.
    pub fn keep(&self, contents: Vec<Vec<u8>>) -> Result<Vec<Hash>> {
        let ready = self.read(|connection| {
            contents
                .into_iter()
                .map(|bytes| content::ready(connection, Content::Bytes(bytes), None))
                .collect::<Result<Vec<_>>>()
        })?;
        self.write(move |connection| {
            ready
                .iter()
                .map(|ready| content::keep_baseline(connection, ready))
                .collect()
        })
    }

    /// Lets [`Self::prune`] take the contents of [`Self::keep`] that are not in use any more and were not a day ago, as
    /// far as no revision needs them.
    ///
    /// # Errors
    /// As [`Self::keep`]. What was released until then is.
    pub fn release(&self, in_use: &HashSet<Hash>, now: Timestamp) -> Result<()> {
        const STEP: usize = 1_000;
        let mut uses = self.read(|connection| content::uses(connection, in_use, now))?;
        while !uses.is_empty() {
            let step = uses.split_off(uses.len().saturating_sub(STEP));
            self.write(move |connection| content::release(connection, &step))?;
        }
        Ok(())
    }

    /// Returns what [`Self::prune`] would take away.
    ///
    /// # Errors
    /// As [`Self::prune`], since what is settled is written first.
    pub fn rehearse_prune(&self, retention: &Retention, now: Timestamp) -> Result<Pruned> {
        self.flush()?;
        self.read(|connection| prune::rehearse(connection, retention, now))
    }

    /// Takes away what `retention` no longer asks for, in short transactions between those of others.
    ///
    /// # Errors
    /// When another process holds the file for too long, or the disk fails. What went until then is gone, and
    /// everything else is whole.
    pub fn prune(&self, retention: &Retention, now: Timestamp) -> Result<Pruned> {
        self.prune_watched(retention, now, &mut |_| ControlFlow::Continue(()))
    }

    /// As [`Self::prune`], for `watch` to be told how far it is. When that breaks, and breaks whenever it is asked
    /// again, it stops after the transaction it is at; the next prune goes on from there.
    ///
    /// # Errors
    /// As [`Self::prune`].
    pub fn prune_watched(
        &self,
        retention: &Retention,
        now: Timestamp,
        watch: &mut dyn FnMut(Pruning) -> ControlFlow<()>,
    ) -> Result<Pruned> {
        self.flush()?;
        prune::prune(self, retention, now, watch)
    }

    /// Writes the log into the file as far as nobody reads it, without waiting for anybody.
    fn fold_back(&self) -> Result<()> {
        let connection = self.connections.write();
        connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .action("fold back its log")
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.queue.submit(&self.connections, &self.options, work)
    }
}

/// Asking. Every question fails when its statement does.
#[expect(
    clippy::missing_errors_doc,
    reason = "the reasons are the same for all of them"
)]
impl History {
    /// Returns whether a content is kept.
    pub fn has(&self, hash: &Hash) -> Result<bool> {
        Ok(self
            .read(|connection| content::find(connection, hash))?
            .is_some())
    }

    /// Returns a content, if it is kept. One that is damaged is [`crate::Error::Corrupt`], which names the note.
    pub fn content(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.read(|connection| content::read(connection, hash))
    }

    /// Returns the newest revisions a filter lets through, newest first; none that were undone.
    pub fn revisions(&self, filter: &Filter, limit: usize) -> Result<Vec<Revision>> {
        let revisions = self.read(|connection| read::revisions(connection, filter, limit))?;
        let mut revisions = self.settled(revisions);
        revisions.retain(|revision| revision.outcome != Some(Outcome::Undone));
        Ok(revisions)
    }

    /// Returns the revision with a number, also one that was undone.
    pub fn revision(&self, id: RevisionId) -> Result<Option<Revision>> {
        let revision = self.read(|connection| read::revision(connection, id))?;
        Ok(self.settled(revision.into_iter().collect()).pop())
    }

    /// Returns the revision that says what a note was at a time; after a deletion it is that.
    pub fn as_of(&self, project: i64, note: &str, time: Timestamp) -> Result<Option<Revision>> {
        let revision = self.read(|connection| read::as_of(connection, project, note, time))?;
        Ok(self.settled(revision.into_iter().collect()).pop())
    }

    /// Returns the revisions of which nobody has said what became of them, newest first: their writers are at it, or
    /// were interrupted.
    pub fn pending(&self, project: i64) -> Result<Vec<Revision>> {
        let revisions = self.read(|connection| read::pending(connection, project))?;
        let mut revisions = self.settled(revisions);
        revisions.retain(|revision| revision.outcome.is_none());
        Ok(revisions)
    }

    /// Returns the newest revision of the note at each of these paths, as far as there is one; the oldest first, and where
    /// two notes claim a path both of theirs.
    pub fn newest(&self, project: i64, paths: &[&str]) -> Result<Vec<Revision>> {
        let revisions = self.read(|connection| read::newest(connection, project, paths))?;
        Ok(self.settled(revisions))
    }

    /// Returns what an actor did to each note of a project since a time, the last first: `limit` notes after the first
    /// `offset`.
    pub fn touched(
        &self,
        project: i64,
        actor: &str,
        since: Timestamp,
        (offset, limit): (usize, usize),
    ) -> Result<Vec<Touched>> {
        let page = (offset, limit);
        self.read(|connection| touched::touched(connection, project, actor, since, page))
    }

    /// Returns who changed a project since a time, by name.
    pub fn actors(&self, project: i64, since: Timestamp) -> Result<Vec<String>> {
        self.read(|connection| touched::actors(connection, project, since))
    }

    /// Returns the deletions of notes that were not restored since, newest first. Each one's `before` is what the note
    /// said.
    pub fn trash(&self, project: i64) -> Result<Vec<Revision>> {
        let revisions = self.read(|connection| read::trash(connection, project))?;
        Ok(self.settled(revisions))
    }

    /// Returns the note that is at a path, as far as was recorded.
    pub fn identity(&self, project: i64, path: &str) -> Result<Option<Identity>> {
        self.read(|connection| identity::at(connection, project, path))
    }

    /// Returns the notes of a project that were ever recorded and are there, by path.
    pub fn identities(&self, project: i64) -> Result<Vec<Identity>> {
        self.read(|connection| identity::all(connection, project))
    }

    /// Returns the paths a note had over time, oldest first; the last one is where it is, or was when it was deleted.
    pub fn places(&self, project: i64, note: &str) -> Result<Vec<Place>> {
        self.read(|connection| identity::places(connection, project, note))
    }

    /// Returns how much is kept.
    pub fn statistics(&self) -> Result<Statistics> {
        self.read(read::statistics)
    }

    /// Reads everything that is kept, and returns what is damaged.
    pub fn check(&self) -> Result<Vec<Problem>> {
        check::check(self, &|_, _| true)
    }

    /// As [`Self::check`], telling `goes_on` before each content how many are read and how many there are, and ending
    /// where it says no.
    pub fn check_while(&self, goes_on: &dyn Fn(usize, usize) -> bool) -> Result<Vec<Problem>> {
        check::check(self, goes_on)
    }

    fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.connections.read(question)
    }

    /// Adds outcomes that are not written yet.
    fn settled(&self, mut revisions: Vec<Revision>) -> Vec<Revision> {
        if self.queue.has_settled() {
            let settled = self.queue.settled();
            for revision in &mut revisions {
                if revision.outcome.is_none() {
                    revision.outcome = settled.get(&revision.id).copied();
                }
            }
        }
        revisions
    }
}

/// What is settled and not written yet is written.
impl Drop for History {
    fn drop(&mut self) {
        // Whoever opens it next finds out again what became of them.
        self.flush().ok();
    }
}
