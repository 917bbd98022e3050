//! What the history is told of a change, before a file changes.
//!
//! It touches no note file. Invariant: a revision is on the disk before its change begins, and whoever recorded it says
//! what became of it: a revision nobody settled belongs to a process that died in between.

use crate::accept::Found;
use crate::error::IoContext as _;
use crate::points::{Point, Switch, failpoint, leaves_out};
use crate::{Error, Project, Result, files};
use cairn_history::{ChangeId, Content, Entry, Hash, History, Operation, Outcome, RevisionId};
use cairn_index::NoteRecord;
use cairn_note::NotePath;
use std::sync::Arc;

/// A change of one note that is about to be made.
pub(crate) struct Planned<'t> {
    /// The note's stable id.
    pub(crate) note: String,
    /// Where it will be; of one that is deleted, where it is.
    pub(crate) path: &'t NotePath,
    /// Where it is, if elsewhere.
    pub(crate) former: Option<&'t NotePath>,
    /// What is done.
    pub(crate) operation: Operation,
    /// What the file says.
    pub(crate) before: Option<Content>,
    /// What it will say.
    pub(crate) after: Option<Content>,
    /// The permalink it keeps from where it was.
    pub(crate) permalink: Option<String>,
}

/// A recorded change that is being made; dropped before anybody says what came of it, it never happened.
#[must_use = "a change that is made must be said to be done"]
pub(crate) struct Recorded<'a> {
    history: &'a History,
    change: ChangeId,
    revisions: Vec<RevisionId>,
    /// `None` when only a later look at the file can tell.
    outcome: Option<Outcome>,
}

/// A change that was made.
#[must_use = "whether the disk has it must be told, too"]
pub(crate) struct Made {
    /// What it is part of.
    pub(crate) change: ChangeId,
    /// What the disk said that may not keep it.
    pub(crate) unsynced: Result<()>,
}

impl Drop for Recorded<'_> {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome {
            let outcomes = self.revisions.iter().map(|revision| (*revision, outcome));
            self.history.settle(&outcomes.collect::<Vec<_>>());
        }
    }
}

impl<'a> Project<'a> {
    /// Records a change of one note, as part of `change` if it is one of many.
    pub(crate) fn record(
        &self,
        planned: Planned<'_>,
        change: Option<ChangeId>,
    ) -> Result<Recorded<'a>> {
        self.may_record(planned.path)?;
        let recorded = self.record_all(vec![(self.recordable(planned), Vec::new())], change)?;
        Ok(Recorded {
            history: &self.engine.history,
            change: recorded.change,
            revisions: recorded.revisions,
            outcome: Some(Outcome::Undone),
        })
    }

    /// Passes the point at which a change of that file is about to be recorded.
    pub(super) fn may_record(&self, path: &NotePath) -> Result<()> {
        let file = self.root().join(path.as_str());
        failpoint(Point::Record, &file).context("record a change of", &file)
    }

    /// Records changes of many notes in one step, all or none, as part of `change` if there is one; each with the
    /// revisions it takes back.
    pub(super) fn record_all(
        &self,
        mut entries: Vec<(Entry, Vec<RevisionId>)>,
        change: Option<ChangeId>,
    ) -> cairn_history::Result<cairn_history::Recorded> {
        if leaves_out(Switch::History) {
            entries.clear();
        }
        self.record_connected(change, entries)
    }

    /// Returns a change as the history takes it.
    pub(super) fn recordable(&self, planned: Planned<'_>) -> Entry {
        Entry {
            project: self.id().0,
            note: planned.note,
            path: planned.path.to_string(),
            former: planned.former.map(NotePath::to_string),
            operation: planned.operation,
            actor: self.actor.to_owned(),
            time: (self.engine.settings.clock)(),
            before: planned.before,
            after: planned.after,
            permalink: planned.permalink,
        }
    }

    /// Says what came of a recorded change when the file was to be changed.
    ///
    /// # Errors
    /// The error of the file, unless the change is made all the same.
    pub(crate) fn made<T>(&self, mut recorded: Recorded<'_>, changed: Result<T>) -> Result<Made> {
        let (change, revision) = (recorded.change, recorded.revisions.first());
        let (outcome, told) = self.came_of(revision.copied(), changed);
        recorded.outcome = outcome;
        let unsynced = told?;
        Ok(Made { change, unsynced })
    }

    /// Tells what came of a recorded change when the file was to be changed, for the history and for whoever asked:
    /// an error, or that it is made, with what the disk said of it.
    pub(super) fn came_of<T>(
        &self,
        revision: Option<RevisionId>,
        changed: Result<T>,
    ) -> (Option<Outcome>, Result<Result<()>>) {
        match changed {
            Ok(_) => (Some(Outcome::Done), Ok(Ok(()))),
            Err(error @ Error::Unsynced { .. }) => (Some(Outcome::Done), Ok(Err(error))),
            // A system that says that it failed may have done it all the same, or one half of it.
            Err(error @ Error::Io { .. }) => match revision.map(|id| self.seen(id)) {
                Some(Ok(Some((path, done)))) => {
                    let error = files::unsynced(&path, done, Arc::new(error));
                    (Some(Outcome::Done), Ok(Err(error)))
                }
                Some(Ok(None)) | None => (Some(Outcome::Undone), Err(error)),
                Some(Err(_)) => (None, Err(error)),
            },
            Err(error) => (Some(Outcome::Undone), Err(error)),
        }
    }

    /// Returns what a file shows of a change to have been done, and where; `None` when it is as it was.
    ///
    /// # Errors
    /// When nobody can tell now. The next sync finds out.
    fn seen(&self, id: RevisionId) -> Result<Option<(NotePath, &'static str)>> {
        let Some(revision) = self.engine.history.revision(id)? else {
            return Ok(None);
        };
        let path = NotePath::from_disk(&revision.path)?;
        let now = self.found(&path)?.map(|found| Hash::of(&found.bytes));
        let Some(former) = &revision.former else {
            let done = if now.is_some() { "written" } else { "deleted" };
            return Ok((now == revision.after).then_some((path, done)));
        };
        let former = NotePath::from_disk(former)?;
        match (now, self.found(&former)?) {
            (Some(_), None) => Ok(Some((path, "moved"))),
            (Some(_), Some(_)) if files::has_both_names(self.root(), &former, &path) => {
                Err(Error::Exists {
                    path: path.to_string(),
                })
            }
            _ => Ok(None),
        }
    }

    /// Returns what a file that is no text, too, says now; it is read only if the history has not seen it.
    pub(crate) fn content_of(&self, record: &NoteRecord) -> Result<Option<Content>> {
        let hash = Hash::from(record.fingerprint.checksum);
        if self.engine.history.has(&hash)? {
            return Ok(Some(Content::Known(hash)));
        }
        let found = self.found(&record.path)?;
        Ok(found.map(|found| Content::Bytes(found.bytes)))
    }
}

impl Found {
    /// Returns the bytes as the history takes them.
    pub(crate) fn content(&self) -> Content {
        Content::Bytes(self.bytes.clone())
    }
}
