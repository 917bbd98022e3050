//! Brings back what a note was: a revision of it, a deleted note, a deleted folder.
//!
//! A restoration is a change like any other, recorded and undoable. Invariant: nothing that is there is replaced but the
//! note itself, and that only when it is what the index last saw.

use crate::accept::{Act, Found, Task};
use crate::{Cancel, Error, Project, Result, Silent};
use cairn_history::{ChangeId, Content, Operation, Revision};
use cairn_index::{Fault, NoteRecord};
use cairn_note::NotePath;

/// What is brought back.
#[derive(Debug, Clone)]
pub struct RestoreRequest {
    /// The note; a deleted one by the path or title it had; a deleted folder by its path.
    pub identifier: String,
    /// The revision the note is to be again; `None` brings back what was deleted.
    pub revision: Option<i64>,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// The notes, as they are indexed now.
    pub notes: Vec<NoteRecord>,
    /// What could not be brought back, and why.
    pub failed: Vec<Fault>,
    /// The change this was, to undo it; `None` when nothing changed.
    pub change: Option<i64>,
}

impl Project<'_> {
    /// Restores a revision, a deleted note, or every deleted note below a folder.
    ///
    /// # Errors
    /// As [`Project::note_history`]; [`Error::Exists`] when something else is where a deleted note was;
    /// [`Error::Changed`] when the note is not what the index last saw; [`Error::Invalid`] when there is nothing to
    /// restore. Of a folder, what fails for one note is in the answer.
    pub fn restore_note(&self, request: &RestoreRequest) -> Result<Restored> {
        if let Some(id) = request.revision {
            return self.restore_revision(&request.identifier, id);
        }
        match self.remembered(&request.identifier) {
            Ok(remembered) if remembered.note.is_some() => Err(Error::Invalid {
                message: format!("{} is not deleted", remembered.path),
                hint: Some("name a revision of it; its history lists them".to_owned()),
            }),
            Ok(remembered) => {
                let deleted = self.engine.history.trash(self.id().0)?;
                let revision = deleted
                    .into_iter()
                    .find(|revision| revision.note == remembered.id);
                match revision {
                    Some(revision) => self.restored(vec![revision], true),
                    None => Err(Error::NotFound {
                        identifier: request.identifier.clone(),
                        near: Vec::new(),
                    }),
                }
            }
            Err(missing @ Error::NotFound { .. }) => {
                let below = self.deleted_below(&request.identifier)?;
                if below.is_empty() {
                    return Err(missing);
                }
                self.restored(below, false)
            }
            Err(error) => Err(error),
        }
    }

    fn restore_revision(&self, identifier: &str, id: i64) -> Result<Restored> {
        let remembered = self.remembered(identifier)?;
        let revision = self.revision_of(&remembered, id)?;
        let what = format!("revision {id}");
        let Some(hash) = revision.after.or(revision.before) else {
            return Err(Error::Invalid {
                message: format!("{what} says nothing that could be restored"),
                hint: None,
            });
        };
        let bytes = self.kept(&hash, &what)?;
        let path = NotePath::from_disk(&remembered.path)?;
        let change = self.replace(&path, &remembered.id, &bytes)?;
        Ok(Restored {
            notes: self.record_at(&path)?.into_iter().collect(),
            failed: Vec::new(),
            change: change.map(|change| change.0),
        })
    }

    fn deleted_below(&self, folder: &str) -> Result<Vec<Revision>> {
        let folder = crate::identify::without_scheme(folder).trim_matches('/');
        let mut deleted = self.engine.history.trash(self.id().0)?;
        deleted.retain(|revision| {
            let rest = revision.path.strip_prefix(folder);
            !folder.is_empty() && rest.is_some_and(|rest| rest.starts_with('/'))
        });
        Ok(deleted)
    }

    /// Brings back what deletions took, as one change.
    fn restored(&self, deletions: Vec<Revision>, strict: bool) -> Result<Restored> {
        let mut answer = Restored::default();
        let mut tasks = Vec::with_capacity(deletions.len());
        for deletion in deletions {
            match task(&deletion) {
                Ok(task) => tasks.push(task),
                Err(error) if strict => return Err(error),
                Err(error) => answer.failed.push(Fault {
                    path: deletion.path,
                    message: error.to_string(),
                }),
            }
        }
        let did = self.change_in_groups(&tasks, Operation::Restore, &Silent, &Cancel::new());
        for (task, came) in tasks.iter().zip(did.each) {
            match came {
                Ok(()) => answer.notes.extend(self.record_at(&task.path)?),
                Err(error) if strict => return Err(error),
                Err(error) => answer.failed.push(Fault {
                    path: task.path.to_string(),
                    message: error.to_string(),
                }),
            }
        }
        answer.change = did.change.map(|change| change.0);
        Ok(answer)
    }

    /// Has a note say something else, if it is what the index last saw; `None` when it says that already.
    fn replace(&self, path: &NotePath, note: &str, bytes: &[u8]) -> Result<Option<ChangeId>> {
        let _guard = self.lock(path)?;
        let old: Option<Found> = match self.record_at(path)? {
            Some(record) => Some(self.unchanged(&record, None)?),
            None if self.found(path)?.is_some() => {
                return Err(Error::NotIndexed {
                    path: path.to_string(),
                });
            }
            None => None,
        };
        if old.as_ref().is_some_and(|old| old.bytes == bytes) {
            return Ok(None);
        }
        let (note, operation) = (note.to_owned(), Operation::Restore);
        self.put_in(path, note, old.as_ref(), bytes, operation, None)
            .map(Some)
    }
}

/// Returns how the file a deletion took is written again, where nothing is.
fn task(deletion: &Revision) -> Result<Task> {
    let path = NotePath::from_disk(&deletion.path)?;
    let text = deletion.before.ok_or_else(|| Error::Invalid {
        message: format!("what {path} said is not kept"),
        hint: None,
    })?;
    let act = Act::Write {
        note: deletion.note.clone(),
        text: Content::Known(text),
        base: None,
    };
    Ok(Task::new(path, act))
}
