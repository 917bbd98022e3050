//! Takes changes back: the last one, one of them, or all that somebody made since a time.
//!
//! What others changed afterwards stays: their changes are kept by merging where they touch other lines, and where they
//! touch the same ones the change is left as it is and named. Invariant: an undo is a change of its own, recorded and
//! undoable; a dry run changes nothing.

use crate::note_history::NoteRevision;
use crate::{Error, Project, Result};
use cairn_history::{ChangeId, Filter, Hash, Operation, Revision};
use cairn_index::Fault;
use cairn_note::NotePath;
use jiff::Timestamp;

/// Which changes are taken back.
#[derive(Debug, Clone, Default)]
pub struct UndoRequest {
    /// This change.
    pub change: Option<i64>,
    /// Those of this actor; of everybody when `None`.
    pub actor: Option<String>,
    /// Those made at this time or later. Without it and without `change`, only the last one.
    pub since: Option<Timestamp>,
    /// Only lists what would be taken back.
    pub dry_run: bool,
}

/// What was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    /// The revisions that were (or would be) taken back, newest first.
    pub undone: Vec<NoteRevision>,
    /// What was left, and why.
    pub conflicts: Vec<Fault>,
    /// The change this was, to undo it; `None` when nothing changed.
    pub change: Option<i64>,
}

/// How many changes are taken back at most.
const MOST: usize = 10_000;

impl Project<'_> {
    /// Takes changes back.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such change; what cannot be taken back is in the answer.
    pub fn undo(&self, request: &UndoRequest) -> Result<Undone> {
        let revisions = self.to_undo(request)?;
        if revisions.is_empty() {
            return Err(Error::Invalid {
                message: "there is no change to undo".to_owned(),
                hint: Some("note_history lists the changes of a note".to_owned()),
            });
        }
        let (mut answer, mut change) = (Undone::default(), None);
        for revision in revisions {
            let taken = if request.dry_run {
                self.undone_text(&revision).map(|_| None)
            } else {
                self.take_back(&revision, change)
            };
            match taken {
                Ok(made) => {
                    change = change.or(made);
                    answer.undone.push(revision.into());
                }
                Err(error) => answer.conflicts.push(Fault {
                    path: revision.path,
                    message: error.to_string(),
                }),
            }
        }
        answer.change = change.map(|change| change.0);
        Ok(answer)
    }

    /// The revisions a request speaks of, newest first.
    fn to_undo(&self, request: &UndoRequest) -> Result<Vec<Revision>> {
        let history = &self.engine.history;
        let filter = Filter {
            project: Some(self.id().0),
            actor: request.actor.clone(),
            since: request.since,
            change: request.change.map(ChangeId),
            ..Filter::default()
        };
        if request.change.is_some() || request.since.is_some() {
            return Ok(history.revisions(&filter, MOST)?);
        }
        let last = history.revisions(&filter, 1)?;
        let Some(last) = last.first() else {
            return Ok(Vec::new());
        };
        let whole = Filter {
            project: Some(self.id().0),
            change: Some(last.change),
            ..Filter::default()
        };
        Ok(history.revisions(&whole, MOST)?)
    }

    /// Takes one revision back.
    fn take_back(&self, revision: &Revision, change: Option<ChangeId>) -> Result<Option<ChangeId>> {
        let path = NotePath::from_disk(&revision.path)?;
        match (revision.operation, &revision.former, revision.after) {
            (_, Some(former), _) => {
                let former = NotePath::from_disk(former)?;
                let (_guard, made) = self.move_file(&path, &former, change)?;
                Ok(Some(made))
            }
            (_, None, None) => {
                let (_, made) = self.bring_back(revision, Operation::Undo, change)?;
                Ok(Some(made))
            }
            (_, None, Some(_)) => match self.undone_text(revision)? {
                Some(bytes) => self.replace(&path, &revision.note, &bytes, Operation::Undo, change),
                None => self.take_away(&path, revision, change),
            },
        }
    }

    /// Deletes a note that a change made, if it is still what that change left.
    fn take_away(
        &self,
        path: &NotePath,
        revision: &Revision,
        change: Option<ChangeId>,
    ) -> Result<Option<ChangeId>> {
        let _guard = self.lock(path)?;
        match self.record_at(path)? {
            Some(record) if Some(Hash::from(record.fingerprint.checksum)) == revision.after => {
                self.delete_locked(&record, change)
            }
            Some(_) => Err(changed_since(path)),
            None => Ok(change),
        }
    }

    /// Returns what the file of a revision would say without it; `None` when it would not be there.
    ///
    /// # Errors
    /// When others changed the same lines since, or what it takes is no longer kept.
    fn undone_text(&self, revision: &Revision) -> Result<Option<Vec<u8>>> {
        let path = NotePath::from_disk(&revision.path)?;
        let now = self.found(&path)?;
        let hash_now = now.as_ref().map(|found| Hash::of(&found.bytes));
        if revision.former.is_some() || revision.after.is_none() {
            // Moves and deletions say nothing new; their own steps look at what is there.
            return Ok(None);
        }
        if revision.before.is_none() && revision.operation == Operation::External {
            return Err(Error::Invalid {
                message: format!("what {path} said before was never kept"),
                hint: None,
            });
        }
        let Some(before) = revision.before else {
            return if hash_now == revision.after {
                Ok(None)
            } else {
                Err(changed_since(&path))
            };
        };
        let old = self.kept(
            &before,
            &format!("{path} before revision {}", revision.id.0),
        )?;
        let Some(now) = now else {
            return Err(Error::NotFound {
                identifier: path.to_string(),
                near: Vec::new(),
            });
        };
        let (Some(after), Some(hash_now)) = (revision.after, hash_now) else {
            return Err(changed_since(&path));
        };
        if hash_now == after {
            return Ok(Some(old));
        }
        let theirs = self.kept(&after, &format!("{path} after revision {}", revision.id.0))?;
        diffy::merge_bytes(&theirs, &now.bytes, &old)
            .map(Some)
            .map_err(|_| changed_since(&path))
    }
}

fn changed_since(path: &NotePath) -> Error {
    Error::Invalid {
        message: format!("{path} was changed since in the same place"),
        hint: Some("undo the later change first, or restore a revision".to_owned()),
    }
}
