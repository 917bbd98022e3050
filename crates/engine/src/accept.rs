//! What every writing verb does around its change: name the note, write its text, tell the index, answer.
//!
//! It decides nothing about a note's text; whether a file is still what it was is `compare`'s. Invariant: a
//! file is written only under its lock and only when it is what the caller, or else the index, last saw.

mod compare;
#[cfg(test)]
mod faults;
mod many;
mod record;
#[cfg(test)]
mod tests;
mod unseen;

use crate::error::IoContext as _;
use crate::files::{self, Lookout, NoteGuard};
use crate::points::{Point, failpoint, pass};
use crate::{Error, Project, Result, Written};
use cairn_history::{ChangeId, Content, Operation};
use cairn_index::{Change, NoteKey, NoteRecord, ProjectId, Session};
use cairn_note::NotePath;
pub(crate) use compare::{Found, is_checksum};
pub(crate) use many::{Act, Did, GROUP, Task};
pub(crate) use record::Planned;
use std::path::Path;
use std::sync::Arc;
pub(crate) use unseen::EXTERNAL;

impl<'a> Project<'a> {
    /// Returns the project's folder.
    pub(crate) fn root(&self) -> &'a Path {
        &self.settings.root
    }

    /// Returns the key of the project's rows.
    pub(crate) fn id(&self) -> ProjectId {
        self.settings.id()
    }

    /// Begins a read session. No lock of a note is waited for inside it, and no change is applied.
    pub(crate) fn session(&self, holder: &'static str) -> Result<Session<'a>> {
        Ok(self.engine.index.read(holder)?)
    }

    /// Begins to look at single files as a listing would, by the rules as they are now.
    pub(crate) fn lookout(&self) -> Lookout<'a> {
        Lookout::new(self.root(), self.engine.settings.bmignore.as_deref())
    }

    /// Waits until nobody else writes the note.
    pub(crate) fn lock(&self, path: &NotePath) -> Result<NoteGuard<'a>> {
        let guard = self.engine.locks.lock(self.id(), path)?;
        self.pass(Point::Locked, path);
        Ok(guard)
    }

    /// Passes a named point with the file of a note.
    pub(crate) fn pass(&self, point: Point, path: &NotePath) {
        pass(point, &self.root().join(path.as_str()));
    }

    /// Returns what the index knows of a path now.
    pub(crate) fn record_at(&self, path: &NotePath) -> Result<Option<NoteRecord>> {
        Ok(self
            .session("look up a path")?
            .note(self.id(), NoteKey::Path(path))?)
    }

    /// Returns the one note of this project that an identifier names, locked, and as the index knows it since.
    pub(crate) fn locked(&self, identifier: &str) -> Result<(NoteRecord, NoteGuard<'a>)> {
        loop {
            let named = self.own(identifier)?;
            let guard = self.lock(&named.path)?;
            // Whoever held the lock may have deleted the note, or moved it: then it has another path now.
            match self.record_at(&named.path)? {
                Some(record) if record.id == named.id => return Ok((record, guard)),
                _ => drop(guard),
            }
        }
    }

    /// Returns the one note of this project that an identifier names.
    pub(crate) fn own(&self, identifier: &str) -> Result<NoteRecord> {
        let record = self.identify(identifier, None)?;
        if self.is_overtaken(identifier, &record) {
            return Err(Error::NotFound {
                identifier: identifier.to_owned(),
                near: Vec::new(),
            });
        }
        if record.project == self.id() {
            return Ok(record);
        }
        let other = self
            .engine
            .projects()
            .find(|project| project.id() == record.project);
        Err(Error::OtherProject {
            identifier: identifier.to_owned(),
            project: other.map_or_else(|| "?".to_owned(), |project| project.settings.name.clone()),
        })
    }

    /// Writes the text of the note with the id `note` over `old`, `None` when there is no file, and tells history and
    /// index.
    pub(crate) fn put(
        &self,
        path: &NotePath,
        note: String,
        old: Option<&Found>,
        text: &str,
        operation: Operation,
    ) -> Result<()> {
        self.put_in(path, note, old, text.as_bytes(), operation, None)
            .map(|_| ())
    }

    /// As [`Self::put`], as part of a change of many notes.
    pub(crate) fn put_in(
        &self,
        path: &NotePath,
        note: String,
        old: Option<&Found>,
        bytes: &[u8],
        operation: Operation,
        change: Option<ChangeId>,
    ) -> Result<ChangeId> {
        let planned = Planned {
            note,
            path,
            former: None,
            operation,
            before: old.map(Found::content),
            after: Some(Content::Bytes(bytes.to_vec())),
            permalink: None,
        };
        let recorded = self.record(planned, change)?;
        let durability = self.engine.settings.durability;
        let written = files::write(self.root(), path, bytes, durability, || {
            self.still(path, old)
        });
        self.pass(Point::Settle, path);
        let made = self.made(recorded, written)?;
        self.told(
            path,
            "written",
            self.entry_saying(path, bytes)
                .map(|entry| Change::Put(Box::new(entry))),
        )?;
        made.unsynced.map(|()| made.change)
    }

    /// Tells the index what was `done` with the file at `path`.
    pub(crate) fn told(
        &self,
        path: &NotePath,
        done: &'static str,
        change: Result<Change>,
    ) -> Result<()> {
        let file = self.root().join(path.as_str());
        let applied = change.and_then(|change| {
            failpoint(Point::Tell, &file).context("index", &file)?;
            Ok(self.with_scope(|scope| self.engine.index.apply(scope, vec![change]))?)
        });
        pass(Point::Told, &file);
        match applied {
            Ok(_) => Ok(()),
            Err(source) => Err(Error::Untold {
                path: path.to_string(),
                done,
                source: Arc::new(source),
            }),
        }
    }

    /// Answers with what the index knows of a note that was just written.
    pub(crate) fn written(&self, path: &NotePath, created: bool) -> Result<Written> {
        let session = self.session("answer a write")?;
        let note = session
            .note(self.id(), NoteKey::Path(path))?
            .ok_or_else(|| Error::gone(path))?;
        let mut observations: Vec<(String, usize)> = Vec::new();
        for observation in session.observations(note.id)? {
            let category = observation.category();
            match observations.iter_mut().find(|(known, _)| known == category) {
                Some((_, count)) => *count += 1,
                None => observations.push((category.to_owned(), 1)),
            }
        }
        let relations = session.relations(note.id)?;
        let resolved = relations
            .iter()
            .filter(|relation| relation.resolved.is_some())
            .count();
        Ok(Written {
            note,
            created,
            is_listed_anew: created,
            observations,
            resolved,
            unresolved: relations.len() - resolved,
        })
    }

    /// Refuses a path that no sync would list: the index would forget the note again.
    pub(crate) fn refuse_hidden(&self, path: &NotePath) -> Result<()> {
        if !self.lookout().hides(path) {
            return Ok(());
        }
        if let Some(folder) = files::no_folder(self.root(), path) {
            return Err(Error::Invalid {
                message: format!("{folder} is no folder of the project, but a file or a link"),
                hint: Some("choose another folder".to_owned()),
            });
        }
        Err(Error::Invalid {
            message: format!("{path} would not be indexed: hidden and ignored files are left out"),
            hint: Some("choose another folder, or change the ignore rules".to_owned()),
        })
    }
}

/// Returns a folder as paths begin: `./notes/`, `/notes` and `notes` are `notes`; `/`, `.` and nothing are the root.
pub(crate) fn folder(text: &str) -> Result<Option<NotePath>> {
    let text = text.trim().trim_start_matches("./").trim_matches('/');
    if matches!(text, "" | ".") {
        Ok(None)
    } else {
        Ok(Some(NotePath::parse(text)?))
    }
}

/// Refuses what is no page.
pub(crate) fn page_offset(page: usize, page_size: usize, most: usize) -> Result<usize> {
    let invalid = |message: String| Error::Invalid {
        message,
        hint: None,
    };
    if page == 0 {
        return Err(invalid("page must be >= 1, got 0".to_owned()));
    }
    if page_size == 0 {
        return Err(invalid("page_size must be >= 1, got 0".to_owned()));
    }
    if page_size > most {
        return Err(invalid(format!(
            "page_size must be <= {most}, got {page_size}"
        )));
    }
    (page - 1)
        .checked_mul(page_size)
        .filter(|offset| u32::try_from(*offset).is_ok())
        .ok_or_else(|| invalid(format!("page {page} is beyond any last page")))
}
