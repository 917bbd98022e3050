//! An undo that is only played through.
//!
//! It reads and changes nothing. Invariant: each revision is looked at as if all before it had been taken back.

use super::{Now, Step};
use crate::{Error, Project, Result};
use cairn_history::Revision;
use cairn_note::NotePath;
use std::collections::{HashMap, HashSet};

/// What the notes would be by now.
pub(super) struct Rehearsal<'a> {
    project: Project<'a>,
    /// By their ids.
    notes: HashMap<String, Now>,
    /// Where there is a note that would not be there any more.
    left: HashSet<NotePath>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(project: Project<'a>) -> Self {
        Self {
            project,
            notes: HashMap::new(),
            left: HashSet::new(),
        }
    }

    /// Tells whether there would be anything to do.
    pub(super) fn take_back(&mut self, revision: &Revision) -> Result<bool> {
        let project = self.project;
        let mut now = match self.notes.remove(&revision.note) {
            Some(now) => now,
            None => project.now(revision, project.place_of(revision)?)?,
        };
        let step = project.step(revision, &now);
        let is_taken_back = step.and_then(|step| self.play(step, revision, &mut now));
        self.notes.insert(revision.note.clone(), now);
        is_taken_back
    }

    fn play(&mut self, step: Step, revision: &Revision, now: &mut Now) -> Result<bool> {
        match step {
            Step::Nothing => return Ok(false),
            Step::Write(bytes) => now.bytes = Some(bytes),
            Step::Move(to) => {
                self.take_place(&to)?;
                self.left.insert(std::mem::replace(&mut now.path, to));
            }
            Step::Remove => {
                self.left.insert(now.path.clone());
                now.bytes = None;
            }
            Step::BringBack(bytes) => {
                let path = NotePath::from_disk(&revision.path)?;
                self.take_place(&path)?;
                *now = Now {
                    path,
                    bytes: Some(bytes),
                };
            }
        }
        Ok(true)
    }

    /// Refuses a place where something is.
    fn take_place(&mut self, path: &NotePath) -> Result<()> {
        let mut others = self.notes.values();
        let is_taken = others.any(|other| other.bytes.is_some() && other.path == *path)
            || (!self.left.contains(path) && self.project.found(path)?.is_some());
        if is_taken {
            return Err(Error::Exists {
                path: path.to_string(),
            });
        }
        Ok(())
    }
}
