//! Moves notes and folders.
//!
//! A move changes no byte of a file, unless links are to be updated: then those that would lead astray become ones that
//! lead to the note, as part of the same change. Invariant: nothing is ever replaced, and a moved note keeps its
//! identity; a rehearsal changes nothing and tells what a move would do.

mod answer;
mod broken;
mod links;
mod moves;
mod plan;
mod relative;
mod relink;
mod spelling;
mod update;

use crate::accept::{Act, Did, Planned, Task, folder};
use crate::files::{self, NoteGuard};
use crate::points::Point;
use crate::{Cancel, Error, Progress, Project, Result, Silent};
use cairn_history::{ChangeId, Operation};
use cairn_index::{Change, Fault, NoteRecord};
use cairn_note::NotePath;
use moves::{Going, Moves};

pub use answer::{
    BrokenLink, LinkEdit, MoveRequest, Moved, MovedDirectory, MovedLinks, UpdateLinks,
};

impl Project<'_> {
    /// Moves a note to another path (a path ending in `/` or naming a folder keeps the file name, one without an
    /// extension the extension). Folders are made.
    ///
    /// # Errors
    /// As [`Self::move_note_as`].
    pub fn move_note(&self, identifier: &str, destination: &str) -> Result<Moved> {
        let request = MoveRequest {
            identifier: identifier.to_owned(),
            destination: destination.to_owned(),
            ..MoveRequest::default()
        };
        self.move_note_as(&request, &Silent, &Cancel::new())
    }

    /// Moves a note as [`Self::move_note`] does, and updates links if that is asked.
    ///
    /// # Errors
    /// [`Error::Exists`] when something is at the destination, [`Error::Changed`] when the file is not what the
    /// index last saw, [`Error::FileGone`] when there is none any more, [`Error::SamePlace`] when the destination is
    /// where it is, [`Error::OtherExtension`] when it would become another kind of file, [`Error::Cancelled`] when it
    /// was stopped before anything moved. What fails for links is in the answer.
    pub fn move_note_as(
        &self,
        request: &MoveRequest,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Moved> {
        let record = self.own(&request.identifier)?;
        let to = self.destination(&record, &request.destination)?;
        if request.dry_run || request.update_links == UpdateLinks::Yes {
            self.refuse_occupied(&record.path, &to)?;
        }
        let from = record.path.to_string();
        let going = Going { before: record, to };
        let moves = Moves::new(vec![going.clone()]);
        let before = self.before(&moves, request.update_links, progress, cancel)?;
        if request.dry_run {
            return Ok(Moved {
                from,
                note: going.imagined(),
                links: self.rehearsed(before, &moves)?,
                change: None,
            });
        }
        let Going { before: record, to } = &going;
        let (guard, change) = self.move_file(&record.path, to)?;
        let note = self.record_at(to)?.ok_or_else(|| Error::gone(to))?;
        // Links are written under the locks of their notes, of which nobody waits for one while holding another.
        drop(guard);
        let links = self.settled(before, &moves, change, progress, cancel);
        let is_note_edited = links.edits.iter().any(|edit| edit.path == to.as_str());
        let edited = if is_note_edited {
            self.record_at(to)?
        } else {
            None
        };
        Ok(Moved {
            from,
            note: edited.unwrap_or(note),
            links,
            change: Some(change.0),
        })
    }

    /// Moves every indexed file below a folder, one after the other; a folder nothing is known of moves nothing.
    ///
    /// # Errors
    /// As [`Self::move_directory_as`].
    pub fn move_directory(
        &self,
        from: &str,
        to: &str,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<MovedDirectory> {
        let request = MoveRequest {
            identifier: from.to_owned(),
            destination: to.to_owned(),
            ..MoveRequest::default()
        };
        self.move_directory_as(&request, progress, cancel)
    }

    /// Moves a folder as [`Self::move_directory`] does, and updates links if that is asked.
    ///
    /// # Errors
    /// Only a request that makes no sense: the project's own folder, or a destination inside the folder; and
    /// [`Error::Cancelled`] when it was stopped while it read links. What fails for one file is in the answer.
    pub fn move_directory_as(
        &self,
        request: &MoveRequest,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<MovedDirectory> {
        let (from, to) = folders(&request.identifier, &request.destination)?;
        let target = to.as_ref().map_or("", NotePath::as_str);
        let records = self
            .session("move a folder")?
            .below(self.id(), from.as_str())?;
        let mut answer = MovedDirectory {
            total: records.len(),
            ..MovedDirectory::default()
        };
        let mut all = Vec::with_capacity(records.len());
        for before in records {
            let rest = &before.path.as_str()[from.as_str().len() + 1..];
            match NotePath::join(target, rest) {
                Ok(to) => all.push(Going { before, to }),
                Err(error) => answer.failed.push(failure(&before.path, &error.into())),
            }
        }
        let moves = Moves::new(all);
        let before = self.before(&moves, request.update_links, progress, cancel)?;
        let change = self.move_all(&moves, request.dry_run, &mut answer, progress, cancel);
        let moves = moves.only(&answer.moved);
        answer.links = match change {
            _ if request.dry_run => self.rehearsed(before, &moves)?,
            Some(change) => self.settled(before, &moves, change, progress, cancel),
            None => MovedLinks::default(),
        };
        answer.change = change.map(|change| change.0);
        if change.is_some() {
            files::remove_empty_folders(self.root(), &from);
        }
        Ok(answer)
    }

    /// Moves notes one after the other, or tells which could be moved.
    fn move_all(
        &self,
        moves: &Moves,
        is_rehearsal: bool,
        answer: &mut MovedDirectory,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Option<ChangeId> {
        progress.begin("move", Some(answer.total as u64));
        progress.advance(answer.failed.len() as u64);
        let did = if is_rehearsal {
            self.could_move(moves, progress, cancel)
        } else {
            let task =
                |going: &Going| Task::new(going.before.path.clone(), Act::Move(going.to.clone()));
            let tasks: Vec<Task> = moves.iter().map(task).collect();
            self.change_in_groups(&tasks, Operation::Move, progress, cancel)
        };
        answer.cancelled = did.each.len() < moves.iter().len();
        for (Going { before, to }, came) in moves.iter().zip(did.each) {
            match came {
                Ok(()) => answer.moved.push((before.path.to_string(), to.to_string())),
                Err(error) => answer.failed.push(failure(&before.path, &error)),
            }
        }
        did.change
    }

    /// Tells which notes could be moved.
    fn could_move(&self, moves: &Moves, progress: &dyn Progress, cancel: &Cancel) -> Did {
        let mut did = Did::default();
        for Going { before, to } in moves.iter() {
            if cancel.is_cancelled() {
                break;
            }
            did.each.push(self.refuse_occupied(&before.path, to));
            progress.advance(1);
        }
        did
    }

    /// Refuses what [`Self::move_file`] would refuse, as far as that can be told before.
    fn refuse_occupied(&self, from: &NotePath, to: &NotePath) -> Result<()> {
        self.movable(from, to)?;
        // A name in another case may be the very same file.
        if from.alias_key() != to.alias_key() && self.found(to)?.is_some() {
            return Err(Error::Exists {
                path: to.to_string(),
            });
        }
        Ok(())
    }

    /// Returns the note at `from`, if it may go to `to` by what the index knows.
    fn movable(&self, from: &NotePath, to: &NotePath) -> Result<NoteRecord> {
        refuse_same(from, to)?;
        let record = self.record_at(from)?.ok_or_else(|| Error::gone(from))?;
        if self.record_at(to)?.is_some() {
            return Err(Error::Exists {
                path: to.to_string(),
            });
        }
        self.refuse_hidden(to)?;
        if !self.is_there_unchanged(&record)? {
            return Err(Error::FileGone {
                path: from.to_string(),
            });
        }
        Ok(record)
    }

    /// Moves one file of this project, tells the index, and returns the locks: until they are dropped it is there.
    fn move_file(&self, from: &NotePath, to: &NotePath) -> Result<(NoteGuard<'_>, ChangeId)> {
        refuse_same(from, to)?;
        let guard = self.engine.locks.lock_all(self.id(), &[from, to])?;
        self.pass(Point::Locked, from);
        let record = self.movable(from, to)?;
        let content = self.content_of(&record)?;
        let planned = Planned {
            note: self.history_id(&record)?,
            path: to,
            former: Some(from),
            operation: Operation::Move,
            before: content.clone(),
            after: content,
            permalink: self.permalink_to_keep(&record)?,
        };
        let recorded = self.record(planned, None)?;
        let (expected, durability) = (&record.fingerprint, self.engine.settings.durability);
        let renamed = files::rename(self.root(), from, to, Some(expected), durability);
        self.pass(Point::Settle, to);
        let made = self.made(recorded, renamed)?;
        let entry = self.entry_moved(to, expected);
        self.told(
            to,
            "moved",
            entry.map(|entry| Change::Move {
                from: from.clone(),
                entry: Box::new(entry),
            }),
        )?;
        made.unsynced.map(|()| (guard, made.change))
    }

    /// Reads where a note shall go.
    fn destination(&self, record: &NoteRecord, destination: &str) -> Result<NotePath> {
        let text = destination.trim();
        let from = &record.path;
        if text.ends_with('/') || matches!(text, "" | ".") {
            // `/notes/` is no folder of the project for a move: the reference refuses absolute paths, and so do we.
            let folder = if text.starts_with('/') && text != "/" {
                Some(NotePath::parse(text)?)
            } else {
                folder(text)?
            };
            return Ok(NotePath::join(
                folder.as_ref().map_or("", NotePath::as_str),
                from.file_name(),
            )?);
        }
        let to = NotePath::parse(text)?;
        if self.names_folder(&to)? {
            return Ok(NotePath::join(to.as_str(), from.file_name())?);
        }
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        match (
            from.extension(),
            to.extension().filter(|extension| is_extension(extension)),
        ) {
            (Some(has), Some(gets)) if same(has, gets) => Ok(to),
            (Some(has), None) => Ok(NotePath::parse(&format!("{to}.{has}"))?),
            (None, None) => Ok(to),
            _ if from.is_markdown() && to.is_markdown() => Ok(to),
            _ => Err(Error::OtherExtension {
                from: from.to_string(),
                to: to.to_string(),
            }),
        }
    }

    /// Whether a destination is a folder that is there.
    fn names_folder(&self, to: &NotePath) -> Result<bool> {
        if files::has_folder(self.root(), to) {
            return Ok(true);
        }
        Ok(!self
            .session("look for a folder")?
            .below(self.id(), to.as_str())?
            .is_empty())
    }
}

fn refuse_same(from: &NotePath, to: &NotePath) -> Result<()> {
    if from == to {
        return Err(Error::SamePlace {
            path: from.to_string(),
        });
    }
    Ok(())
}

fn failure(path: &NotePath, error: &Error) -> Fault {
    Fault {
        path: path.to_string(),
        message: error.to_string(),
    }
}

/// Reads which folder shall go where; a target of `None` is the project's own folder.
fn folders(from: &str, to: &str) -> Result<(NotePath, Option<NotePath>)> {
    let invalid = |message: String| {
        Err(Error::Invalid {
            message,
            hint: None,
        })
    };
    let Some(from) = folder(from)? else {
        return invalid("the project's own folder cannot be moved".to_owned());
    };
    match folder(to)? {
        Some(to) if to == from => Err(Error::SamePlace {
            path: to.to_string(),
        }),
        Some(to) if to.starts_with_folder(from.as_str()) => {
            invalid(format!("the folder {from} cannot be moved into itself"))
        }
        to => Ok((from, to)),
    }
}

/// Whether what follows the last dot of a name is an extension: `v1.2` and `Dr. Who` have none.
fn is_extension(text: &str) -> bool {
    (1..=10).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}
