//! Whether a file may be changed as its task says.
//!
//! It changes nothing. Invariant: what is ready was compared with what the index last saw and with what the task is
//! based on.

use super::{Act, Task};
use crate::accept::compare::Found;
use crate::accept::record::Planned;
use crate::files::Lookout;
use crate::{Error, Project, Result};
use cairn_history::{Content, Entry, Hash, Operation, RevisionId};
use cairn_index::{Fingerprint, NoteKey, NoteRecord};
use cairn_note::NotePath;

/// A task that may be done.
pub(super) struct Ready<'t> {
    pub(super) path: &'t NotePath,
    pub(super) takes_back: &'t [RevisionId],
    /// What the history is told; `None` when the file is gone already.
    pub(super) entry: Option<Entry>,
    pub(super) job: Job<'t>,
}

/// What is done with the file.
pub(super) enum Job<'t> {
    Write { old: Option<Found>, bytes: Vec<u8> },
    Move(&'t NotePath, Fingerprint),
    Remove(Fingerprint),
    Forget,
}

impl Ready<'_> {
    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
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
            Job::Move(..) | Job::Remove(_) | Job::Forget => 0,
        }
    }

    /// Where the file is afterwards, or was.
    pub(super) fn place(&self) -> &NotePath {
        match &self.job {
            Job::Move(to, _) => to,
            Job::Write { .. } | Job::Remove(_) | Job::Forget => self.path,
        }
    }

    /// What was done with the file, once it was.
    pub(super) fn done(&self) -> &'static str {
        match &self.job {
            Job::Write { .. } => "written",
            Job::Move(..) => "moved",
            Job::Remove(_) | Job::Forget => "deleted",
        }
    }
}

impl Project<'_> {
    /// Returns what the index knows at each task's paths.
    pub(super) fn records(&self, tasks: &[Task]) -> Result<Vec<[Option<NoteRecord>; 2]>> {
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

    /// Refuses a move to where no sync would list the file.
    pub(super) fn refuse_hidden_target(
        &self,
        lookout: &mut Lookout<'_>,
        task: &Task,
    ) -> Result<()> {
        match &task.act {
            Act::Move(to) if lookout.hides(to) => self.refuse_hidden(to),
            _ => Ok(()),
        }
    }

    /// Compares a file with what its task is based on; `None` when there is nothing to do.
    pub(super) fn ready<'t>(
        &self,
        task: &'t Task,
        [record, target]: [Option<NoteRecord>; 2],
        operation: Operation,
    ) -> Result<Option<Ready<'t>>> {
        let path = &task.path;
        let (planned, job) = match &task.act {
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
                (Some(planned), Job::Write { old, bytes })
            }
            Act::Move(to) => {
                let record = record.ok_or_else(|| Error::gone(path))?;
                if target.is_some() {
                    return Err(Error::Exists {
                        path: to.to_string(),
                    });
                }
                let planned = self.planned_move(path, to, &record, operation)?;
                (Some(planned), Job::Move(to, record.fingerprint))
            }
            // Someone else deleted it meanwhile, which is what was asked for.
            Act::Remove { .. } if record.is_none() => return Ok(None),
            Act::Remove { base } => {
                let record = record.ok_or_else(|| Error::gone(path))?;
                match self.planned_removal(path, *base, &record, operation)? {
                    Some(planned) => (Some(planned), Job::Remove(record.fingerprint)),
                    None => (None, Job::Forget),
                }
            }
        };
        Ok(Some(Ready {
            path,
            takes_back: &task.takes_back,
            entry: planned.map(|planned| self.recordable(planned)),
            job,
        }))
    }

    fn planned_move<'t>(
        &self,
        path: &'t NotePath,
        to: &'t NotePath,
        record: &NoteRecord,
        operation: Operation,
    ) -> Result<Planned<'t>> {
        if !self.is_there_unchanged(record)? {
            return Err(Error::FileGone {
                path: path.to_string(),
            });
        }
        let content = self.content_of(record)?;
        Ok(Planned {
            note: self.history_id(record)?,
            path: to,
            former: Some(path),
            operation,
            before: content.clone(),
            after: content,
            permalink: self.permalink_to_keep(record)?,
        })
    }

    /// `None` when the file is gone already.
    fn planned_removal<'t>(
        &self,
        path: &'t NotePath,
        base: Option<Hash>,
        record: &NoteRecord,
        operation: Operation,
    ) -> Result<Option<Planned<'t>>> {
        if !self.is_there_unchanged(record)? {
            return Ok(None);
        }
        refuse_other(path, base, Hash::from(record.fingerprint.checksum))?;
        Ok(Some(Planned {
            note: self.history_id(record)?,
            path,
            former: None,
            operation,
            before: self.content_of(record)?,
            after: None,
            permalink: None,
        }))
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
