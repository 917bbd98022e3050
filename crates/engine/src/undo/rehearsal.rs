//! An undo that is only played through.
//!
//! It changes nothing. Invariant: each revision is looked at as if all before it had been taken back.

use super::merge;
use crate::{Error, Project, Result};
use cairn_history::{Hash, Operation, Revision};
use cairn_note::NotePath;
use std::collections::{BTreeMap, HashSet};

/// What the notes would be by now.
pub(super) struct Rehearsal<'a> {
    project: Project<'a>,
    /// By their ids.
    notes: BTreeMap<String, Played>,
    /// Where a note would have gone away, whether another one would be there since or not.
    left: HashSet<NotePath>,
    /// Where there would be one that is not there now.
    taken: HashSet<NotePath>,
}

/// A note as it is, and as it would be.
pub(super) struct Played {
    /// As it is.
    pub(super) is: Now,
    /// As it would be.
    pub(super) would_be: Now,
}

/// What a note is before one revision of it is taken back.
#[derive(Debug, Clone)]
pub(super) struct Now {
    /// Where it is, or was last.
    pub(super) path: NotePath,
    /// What it says; `None` when it is not there.
    pub(super) text: Option<Text>,
}

/// What a note says, and where that is to be had.
#[derive(Debug, Clone)]
pub(super) enum Text {
    /// Its file says it.
    File(NotePath, Hash),
    /// The history keeps it.
    Kept(Hash),
    /// It was put together.
    Merged(Vec<u8>),
}

impl Text {
    /// Returns its hash.
    pub(super) fn hash(&self) -> Hash {
        match self {
            Self::File(_, hash) | Self::Kept(hash) => *hash,
            Self::Merged(bytes) => Hash::of(bytes),
        }
    }

    fn bytes(&self, project: &Project<'_>) -> Result<Vec<u8>> {
        match self {
            Self::File(path, hash) => {
                let found = project.found(path)?.map(|found| found.bytes);
                found
                    .filter(|bytes| Hash::of(bytes) == *hash)
                    .ok_or_else(|| changed_since(path))
            }
            Self::Kept(hash) => project.kept(hash, "it"),
            Self::Merged(bytes) => Ok(bytes.clone()),
        }
    }
}

/// What is done to take one revision back.
enum Step {
    /// It is as if the revision had never been made.
    Nothing,
    /// The note says this again.
    Write(Text),
    /// The note is again where it was.
    Move(NotePath),
    /// The note is not there again.
    Remove,
    /// The note is there again, and says this.
    BringBack(Text),
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(project: Project<'a>) -> Self {
        Self {
            project,
            notes: BTreeMap::new(),
            left: HashSet::new(),
            taken: HashSet::new(),
        }
    }

    /// Returns what was played, by the ids of the notes.
    pub(super) fn into_notes(self) -> BTreeMap<String, Played> {
        self.notes
    }

    /// Whether a note would be as it is.
    pub(super) fn leaves(&self, note: &str) -> bool {
        let hash = |now: &Now| now.text.as_ref().map(Text::hash);
        self.notes.get(note).is_some_and(|played| {
            let (is, would_be) = (&played.is, &played.would_be);
            let is_gone = is.text.is_none() && would_be.text.is_none();
            is_gone || (is.path == would_be.path && hash(is) == hash(would_be))
        })
    }

    /// Tells whether there would be anything to do.
    pub(super) fn take_back(&mut self, revision: &Revision) -> Result<bool> {
        let mut played = match self.notes.remove(&revision.note) {
            Some(played) => played,
            None => {
                let is = self.now(revision)?;
                let would_be = is.clone();
                Played { is, would_be }
            }
        };
        let step = self.project.step(revision, &played.would_be);
        let is_taken_back = step.and_then(|step| self.play(step, revision, &mut played.would_be));
        self.notes.insert(revision.note.clone(), played);
        is_taken_back
    }

    /// Returns what the note of a revision is.
    fn now(&self, revision: &Revision) -> Result<Now> {
        let project = &self.project;
        let path = project.place_of(revision)?;
        let identity = project
            .engine
            .history
            .identity(project.id().0, path.as_str())?
            .filter(|identity| identity.note == revision.note);
        let found = match identity {
            Some(_) => project.found(&path)?,
            None => None,
        };
        let text = found.map(|found| Text::File(path.clone(), Hash::of(&found.bytes)));
        Ok(Now { path, text })
    }

    fn play(&mut self, step: Step, revision: &Revision, now: &mut Now) -> Result<bool> {
        match step {
            Step::Nothing => return Ok(false),
            Step::Write(text) => now.text = Some(text),
            Step::Move(to) => {
                self.take_place(&to)?;
                self.leave(std::mem::replace(&mut now.path, to));
            }
            Step::Remove => {
                self.leave(now.path.clone());
                now.text = None;
            }
            Step::BringBack(text) => {
                let path = NotePath::from_disk(&revision.path)?;
                self.take_place(&path)?;
                *now = Now {
                    path,
                    text: Some(text),
                };
            }
        }
        Ok(true)
    }

    fn leave(&mut self, path: NotePath) {
        self.taken.remove(&path);
        self.left.insert(path);
    }

    /// Refuses a place where something is.
    fn take_place(&mut self, path: &NotePath) -> Result<()> {
        let is_free = !self.taken.contains(path)
            && (self.left.contains(path) || self.project.found(path)?.is_none());
        if !is_free {
            return Err(Error::Exists {
                path: path.to_string(),
            });
        }
        self.taken.insert(path.clone());
        Ok(())
    }
}

impl Project<'_> {
    /// Tells how a revision is taken back from what its note is now.
    ///
    /// # Errors
    /// When others changed the same since, or what it takes is no longer kept.
    fn step(&self, revision: &Revision, now: &Now) -> Result<Step> {
        if let Some(former) = &revision.former {
            return step_of_move(revision, former, now);
        }
        let hash_now = now.text.as_ref().map(Text::hash);
        let kept = |hash: Hash| self.kept_as(hash, &revision.path);
        match (revision.before, revision.after) {
            // It is there again: restored, or taken back before.
            (_, None) if now.text.is_some() => Ok(Step::Nothing),
            (Some(before), None) => Ok(Step::BringBack(kept(before)?)),
            (None, None) => Err(Error::Invalid {
                message: format!("what {} said is not kept", revision.path),
                hint: None,
            }),
            (None, Some(_)) if revision.operation == Operation::External => Err(Error::Invalid {
                message: format!("what {} said before was never kept", now.path),
                hint: None,
            }),
            (None, Some(_)) if hash_now.is_none() => Ok(Step::Nothing),
            (None, Some(_)) if now.path.as_str() != revision.path => Err(moved_since(&now.path)),
            (None, Some(after)) if hash_now == Some(after) => Ok(Step::Remove),
            (None, Some(_)) => Err(changed_since(&now.path)),
            (Some(before), Some(after)) => self.step_of_text(revision, before, after, now),
        }
    }

    fn step_of_text(
        &self,
        revision: &Revision,
        before: Hash,
        after: Hash,
        now: &Now,
    ) -> Result<Step> {
        let text = now.text.as_ref().ok_or_else(|| deleted_since(&now.path))?;
        if text.hash() == before {
            return Ok(Step::Nothing);
        }
        let what = |when| format!("{} {when} revision {}", now.path, revision.id.0);
        if text.hash() == after {
            return Ok(Step::Write(self.kept_as(before, &what("before"))?));
        }
        let old = self.kept(&before, &what("before"))?;
        let new = self.kept(&after, &what("after"))?;
        let present = text.bytes(self)?;
        match merge::without(&old, &new, &present) {
            Some(merged) if merged == present => Ok(Step::Nothing),
            Some(merged) => Ok(Step::Write(Text::Merged(merged))),
            None => Err(changed_since(&now.path)),
        }
    }

    /// Returns a kept content without reading it.
    fn kept_as(&self, hash: Hash, what: &str) -> Result<Text> {
        if self.engine.history.has(&hash)? {
            Ok(Text::Kept(hash))
        } else {
            // It says that, and what to do about it.
            self.kept(&hash, what).map(Text::Merged)
        }
    }
}

fn step_of_move(revision: &Revision, former: &str, now: &Now) -> Result<Step> {
    if now.text.is_none() {
        return Err(deleted_since(&now.path));
    }
    match now.path.as_str() {
        path if path == former => Ok(Step::Nothing),
        path if path == revision.path => Ok(Step::Move(NotePath::from_disk(former)?)),
        _ => Err(moved_since(&now.path)),
    }
}

fn moved_since(path: &NotePath) -> Error {
    Error::Invalid {
        message: format!("it was moved since, to {path}"),
        hint: Some("undo the later move first".to_owned()),
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
