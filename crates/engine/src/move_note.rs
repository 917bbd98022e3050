//! Moves notes and folders.
//!
//! A move changes no byte of a file and no link to it. Invariant: nothing is ever replaced, and a moved note keeps
//! its identity.

use crate::accept::{Planned, folder};
use crate::files::{self, NoteGuard};
use crate::points::Point;
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_history::{ChangeId, Operation};
use cairn_index::{Change, Fault, NoteRecord};
use cairn_note::NotePath;

/// A moved note.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Where it was.
    pub from: String,
    /// As it is indexed now.
    pub note: NoteRecord,
}

/// A moved folder.
#[derive(Debug, Clone, Default)]
pub struct MovedDirectory {
    /// (from, to) of each file.
    pub moved: Vec<(String, String)>,
    /// What stayed, and why.
    pub failed: Vec<Fault>,
    /// How many files were known below it: those moved, those that failed, and those it did not come to.
    pub total: usize,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}

impl Project<'_> {
    /// Moves a note to another path (a path ending in `/` or naming a folder keeps the file name, one without an
    /// extension the extension). Folders are made.
    ///
    /// # Errors
    /// [`Error::Exists`] when something is at the destination, [`Error::Changed`] when the file is not what the
    /// index last saw, [`Error::FileGone`] when there is none any more, [`Error::SamePlace`] when the destination is
    /// where it is, [`Error::OtherExtension`] when it would become another kind of file.
    pub fn move_note(&self, identifier: &str, destination: &str) -> Result<Moved> {
        let record = self.own(identifier)?;
        let to = self.destination(&record, destination)?;
        let (_guard, _change) = self.move_file(&record.path, &to, None)?;
        let note = self.record_at(&to)?.ok_or_else(|| Error::gone(&to))?;
        Ok(Moved {
            from: record.path.to_string(),
            note,
        })
    }

    /// Moves every indexed file below a folder, one after the other; a folder nothing is known of moves nothing.
    ///
    /// # Errors
    /// Only a request that makes no sense: the project's own folder, or a destination inside the folder. What
    /// fails for one file is in the answer.
    pub fn move_directory(
        &self,
        from: &str,
        to: &str,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<MovedDirectory> {
        let (from, to) = folders(from, to)?;
        let target = to.as_ref().map_or("", NotePath::as_str);
        let records = self
            .session("move a folder")?
            .below(self.id(), from.as_str())?;
        progress.begin("move", Some(records.len() as u64));
        let mut answer = MovedDirectory {
            total: records.len(),
            ..MovedDirectory::default()
        };
        let mut change = None;
        for record in &records {
            if cancel.is_cancelled() {
                answer.cancelled = true;
                break;
            }
            let rest = &record.path.as_str()[from.as_str().len() + 1..];
            let moved = NotePath::join(target, rest)
                .map_err(Error::from)
                .and_then(|to| {
                    let (_guard, moved) = self.move_file(&record.path, &to, change)?;
                    change = Some(moved);
                    Ok(to)
                });
            match moved {
                Ok(to) => answer.moved.push((record.path.to_string(), to.to_string())),
                Err(error) => {
                    answer.failed.push(Fault {
                        path: record.path.to_string(),
                        message: error.to_string(),
                    });
                }
            }
            progress.advance(1);
        }
        if !answer.moved.is_empty() {
            files::remove_empty_folders(self.root(), &from)?;
        }
        Ok(answer)
    }

    /// Moves one file of this project, tells the index, and returns the locks: until they are dropped it is there.
    /// It is part of `change`, if that is given.
    pub(crate) fn move_file(
        &self,
        from: &NotePath,
        to: &NotePath,
        change: Option<ChangeId>,
    ) -> Result<(NoteGuard<'_>, ChangeId)> {
        if from == to {
            return Err(Error::SamePlace {
                path: from.to_string(),
            });
        }
        let guard = self.engine.locks.lock_all(self.id(), &[from, to])?;
        self.pass(Point::Locked, from);
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
        let content = self.content_of(&record)?;
        let planned = Planned {
            note: self.history_id(&record)?,
            path: to,
            former: Some(from),
            operation: Operation::Move,
            before: content.clone(),
            after: content,
        };
        let recorded = self.record(planned, change)?;
        files::rename(self.root(), from, to, self.engine.settings.durability)?;
        self.pass(Point::Settle, to);
        let change = recorded.done();
        let entry = self.entry(to);
        self.told(
            to,
            "moved",
            entry.map(|entry| Change::Move {
                from: from.clone(),
                entry: Box::new(entry),
            }),
        )?;
        Ok((guard, change))
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
