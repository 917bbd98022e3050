//! What the history is told of a change, before a file changes.
//!
//! It touches no note file. Invariant: a revision is on the disk before its change begins, and whoever recorded it says
//! what became of it: a revision nobody settled belongs to a process that died in between.

use crate::accept::Found;
use crate::error::IoContext as _;
use crate::points::{Point, Switch, failpoint, leaves_out};
use crate::{Project, Result};
use cairn_history::{ChangeId, Content, Entry, Hash, History, Operation, Outcome, RevisionId};
use cairn_index::NoteRecord;
use cairn_note::NotePath;
use sha2::{Digest as _, Sha256};

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
}

/// A recorded change that is being made; dropped without [`Self::done`], it never happened.
#[must_use = "a change that is made must be said to be done"]
pub(crate) struct Recorded<'a> {
    history: &'a History,
    /// The change it is part of.
    pub(crate) change: ChangeId,
    revisions: Vec<RevisionId>,
    outcome: Outcome,
}

impl Recorded<'_> {
    /// Says that the file is what was recorded.
    pub(crate) fn done(mut self) -> ChangeId {
        self.outcome = Outcome::Done;
        self.change
    }
}

impl Drop for Recorded<'_> {
    fn drop(&mut self) {
        let outcomes: Vec<_> = self
            .revisions
            .iter()
            .map(|revision| (*revision, self.outcome))
            .collect();
        self.history.settle(&outcomes);
    }
}

impl<'a> Project<'a> {
    /// Records a change of one note, as part of `change` if it is one of many.
    pub(crate) fn record(
        &self,
        planned: Planned<'_>,
        change: Option<ChangeId>,
    ) -> Result<Recorded<'a>> {
        let entry = Entry {
            project: self.id().0,
            note: planned.note,
            path: planned.path.to_string(),
            former: planned.former.map(NotePath::to_string),
            operation: planned.operation,
            actor: self.actor.to_owned(),
            time: (self.engine.settings.clock)(),
            before: planned.before,
            after: planned.after,
            permalink: None,
        };
        let history = &*self.engine.history;
        let file = self.root().join(planned.path.as_str());
        failpoint(Point::Record, &file).context("record a change of", &file)?;
        let entries = if leaves_out(Switch::History) {
            Vec::new()
        } else {
            vec![entry]
        };
        let recorded = match change {
            Some(change) => history.record_in(change, entries)?,
            None => history.record(entries)?,
        };
        Ok(Recorded {
            history,
            change: recorded.change,
            revisions: recorded.revisions,
            outcome: Outcome::Undone,
        })
    }

    /// Returns the id under which the history knows a note: the one it was first recorded with, which the index may
    /// have forgotten.
    pub(crate) fn history_id(&self, record: &NoteRecord) -> Result<String> {
        let history = &self.engine.history;
        match history.identity(record.project.0, record.path.as_str())? {
            Some(identity) => Ok(identity.note),
            None => self.free_id(&record.external_id, &record.path),
        }
    }

    /// Returns the id of the note at a path, or the one a new note there will get.
    pub(crate) fn note_id(&self, path: &NotePath) -> Result<String> {
        let identity = self.engine.history.identity(self.id().0, path.as_str())?;
        if let Some(identity) = identity {
            return Ok(identity.note);
        }
        let id = self
            .session("name a note")?
            .external_id_at(self.id(), path)?;
        self.free_id(&id, path)
    }

    /// Returns `id`, unless it is that of a note that is or was last elsewhere: the index makes ids from paths, and
    /// knows neither what was moved before it was built nor what is in the trash.
    fn free_id(&self, id: &str, path: &NotePath) -> Result<String> {
        let (history, project) = (&self.engine.history, self.id().0);
        let mut free = id.to_owned();
        for number in 1_u32.. {
            let places = history.places(project, &free)?;
            if places.last().is_none_or(|last| last.path == path.as_str()) {
                break;
            }
            let mut bytes = [0; 16];
            let digest = Sha256::digest(format!("{id}\0{path}\0{number}"));
            bytes.copy_from_slice(&digest[..16]);
            free = uuid::Builder::from_custom_bytes(bytes)
                .into_uuid()
                .to_string();
        }
        Ok(free)
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
