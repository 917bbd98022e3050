//! Takes changes back: the last one, one of them, or all that somebody made since a time.
//!
//! What others changed afterwards stays: lines beside theirs are taken back, and where they changed the same ones the
//! revision is left as it is and named. A note is found where it is now, wherever it was. Invariant: an undo is a change
//! of its own, recorded and undoable; a dry run changes nothing, and tells what an undo would do.

mod merge;
mod rehearsal;

use crate::note_history::NoteRevision;
use crate::{Error, Project, Result};
use cairn_history::{ChangeId, Filter, Hash, Operation, Revision};
use cairn_index::Fault;
use cairn_note::NotePath;
use jiff::Timestamp;
use rehearsal::Rehearsal;

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
    /// Takes changes back. What is as if they had never been made already is passed over.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such change; what cannot be taken back is in the answer.
    pub fn undo(&self, request: &UndoRequest) -> Result<Undone> {
        let revisions = self.revisions_of(request)?;
        if revisions.is_empty() {
            return Err(Error::Invalid {
                message: "there is no change to undo".to_owned(),
                hint: Some("the history of a note lists its changes".to_owned()),
            });
        }
        let (mut answer, mut change) = (Undone::default(), None);
        let mut rehearsal = Rehearsal::new(*self);
        for revision in revisions {
            let is_taken_back = if request.dry_run {
                rehearsal.take_back(&revision)
            } else {
                self.take_back(&revision, &mut change)
            };
            match is_taken_back {
                Ok(true) => answer.undone.push(revision.into()),
                Ok(false) => {}
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
    fn revisions_of(&self, request: &UndoRequest) -> Result<Vec<Revision>> {
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

    /// Takes one revision back, as part of `change`; tells whether there was anything to do.
    fn take_back(&self, revision: &Revision, change: &mut Option<ChangeId>) -> Result<bool> {
        loop {
            let path = self.place_of(revision)?;
            let guard = self.lock(&path)?;
            if self.place_of(revision)? != path {
                // It was moved while the lock was waited for.
                continue;
            }
            let now = self.now(revision, path)?;
            let made = match self.step(revision, &now)? {
                Step::Nothing => return Ok(false),
                Step::Write(bytes) => self.replace_locked(
                    &now.path,
                    &revision.note,
                    &bytes,
                    Operation::Undo,
                    *change,
                )?,
                Step::Remove => {
                    let record = self.record_at(&now.path)?;
                    let record = record.ok_or_else(|| Error::NotIndexed {
                        path: now.path.to_string(),
                    })?;
                    self.delete_locked(&record, *change)?
                }
                // These take their own locks and look again at what is there.
                Step::BringBack(_) => {
                    drop(guard);
                    Some(self.bring_back(revision, Operation::Undo, *change)?.1)
                }
                Step::Move(to) => {
                    drop(guard);
                    let (_guard, made) = self.move_file(&now.path, &to, *change)?;
                    Some(made)
                }
            };
            *change = change.or(made);
            return Ok(true);
        }
    }

    /// Returns where the note of a revision is, or was last.
    fn place_of(&self, revision: &Revision) -> Result<NotePath> {
        let places = self.engine.history.places(self.id().0, &revision.note)?;
        let path = places.last().map_or(&revision.path, |place| &place.path);
        Ok(NotePath::from_disk(path)?)
    }

    /// Returns what the note of a revision, last known at `path`, says now.
    fn now(&self, revision: &Revision, path: NotePath) -> Result<Now> {
        let identity = self
            .engine
            .history
            .identity(self.id().0, path.as_str())?
            .filter(|identity| identity.note == revision.note);
        let bytes = match identity {
            Some(_) => self.found(&path)?.map(|found| found.bytes),
            None => None,
        };
        Ok(Now { path, bytes })
    }

    /// Tells how a revision is taken back from what its note is now.
    ///
    /// # Errors
    /// When others changed the same since, or what it takes is no longer kept.
    fn step(&self, revision: &Revision, now: &Now) -> Result<Step> {
        let changed_since = || changed_since(&now.path);
        if let Some(former) = &revision.former {
            return step_of_move(revision, former, now);
        }
        let hash_now = now.bytes.as_deref().map(Hash::of);
        match (revision.before, revision.after) {
            (Some(before), None) if hash_now == Some(before) => Ok(Step::Nothing),
            (_, None) if now.bytes.is_some() => Err(Error::Exists {
                path: now.path.to_string(),
            }),
            (Some(before), None) => Ok(Step::BringBack(self.kept(&before, &revision.path)?)),
            (None, None) => Err(Error::Invalid {
                message: format!("what {} said is not kept", revision.path),
                hint: None,
            }),
            (None, Some(_)) if revision.operation == Operation::External => Err(Error::Invalid {
                message: format!("what {} said before was never kept", now.path),
                hint: None,
            }),
            (None, Some(_)) if hash_now.is_none() => Ok(Step::Nothing),
            (None, Some(after)) if hash_now == Some(after) => Ok(Step::Remove),
            (None, Some(_)) => Err(changed_since()),
            (Some(before), Some(after)) => {
                let Some(bytes) = &now.bytes else {
                    return Err(deleted_since(&now.path));
                };
                if hash_now == Some(before) {
                    return Ok(Step::Nothing);
                }
                let what = |when| format!("{} {when} revision {}", now.path, revision.id.0);
                let old = self.kept(&before, &what("before"))?;
                if hash_now == Some(after) {
                    return Ok(Step::Write(old));
                }
                let new = self.kept(&after, &what("after"))?;
                merge::without(&old, &new, bytes)
                    .map(|merged| {
                        if merged == *bytes {
                            Step::Nothing
                        } else {
                            Step::Write(merged)
                        }
                    })
                    .ok_or_else(changed_since)
            }
        }
    }
}

/// What a note is before one revision of it is taken back.
struct Now {
    /// Where it is, or was last.
    path: NotePath,
    /// What it says; `None` when it is not there.
    bytes: Option<Vec<u8>>,
}

/// What is done to take one revision back.
enum Step {
    /// It is as if the revision had never been made.
    Nothing,
    /// The note says this again.
    Write(Vec<u8>),
    /// The note is again where it was.
    Move(NotePath),
    /// The note is not there again.
    Remove,
    /// The note is there again, and says this.
    BringBack(Vec<u8>),
}

fn step_of_move(revision: &Revision, former: &str, now: &Now) -> Result<Step> {
    if now.bytes.is_none() {
        return Err(deleted_since(&now.path));
    }
    match now.path.as_str() {
        path if path == former => Ok(Step::Nothing),
        path if path == revision.path => Ok(Step::Move(NotePath::from_disk(former)?)),
        path => Err(Error::Invalid {
            message: format!("it was moved since, to {path}"),
            hint: Some("undo the later move first".to_owned()),
        }),
    }
}

fn changed_since(path: &NotePath) -> Error {
    Error::Invalid {
        message: format!("{path} was changed since in the same place"),
        hint: Some("undo the later change first, or restore a revision".to_owned()),
    }
}

fn deleted_since(path: &NotePath) -> Error {
    Error::Invalid {
        message: format!("{path} was deleted since"),
        hint: Some("restore it first".to_owned()),
    }
}
