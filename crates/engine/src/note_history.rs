//! What a note was, and when, and who changed it.
//!
//! It changes nothing. Invariant: a note that is deleted still has its history, under the names it had.

use crate::{Error, Project, Result};
use cairn_history::{Filter, Hash, Operation, Revision, RevisionId};
use cairn_index::NoteRecord;
use cairn_note::NotePath;
use jiff::Timestamp;

/// Whose history is asked for.
#[derive(Debug, Clone, Default)]
pub struct HistoryRequest {
    /// The note, by any of its names; a deleted one by the path or title it had.
    pub identifier: String,
    /// Only revisions older than this one: where the next page begins.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: usize,
}

/// Which changes of a project are asked for.
#[derive(Debug, Clone, Default)]
pub struct ChangesRequest {
    /// Only what this one did.
    pub actor: Option<String>,
    /// Only what was done at this time or later.
    pub since: Option<Timestamp>,
    /// Only revisions older than this one: where the next page begins.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: usize,
}

/// What a note was.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteHistory {
    /// The note as it is; `None` when it is deleted.
    pub note: Option<NoteRecord>,
    /// Its stable id.
    pub id: String,
    /// Where it is, or was when it was deleted.
    pub path: String,
    /// The paths it had, in order, without the present one.
    pub former: Vec<String>,
    /// Newest first.
    pub revisions: Vec<NoteRevision>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// One change of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRevision {
    /// Its number.
    pub id: i64,
    /// The change it was part of, which is undone as a whole.
    pub change: i64,
    /// What was done: `create`, `write`, `edit`, `move`, `delete`, `restore`, `undo`, `external`.
    pub operation: &'static str,
    /// Who did it.
    pub actor: String,
    /// When.
    pub time: Timestamp,
    /// Where the note was afterwards.
    pub path: String,
    /// Where it was before, if elsewhere.
    pub former: Option<String>,
    /// The checksum (hex) of what it said before, if it was there.
    pub before: Option<String>,
    /// The checksum (hex) of what it said afterwards; `None` when it was deleted.
    pub after: Option<String>,
}

impl From<Revision> for NoteRevision {
    fn from(revision: Revision) -> Self {
        Self {
            id: revision.id.0,
            change: revision.change.0,
            operation: revision.operation.name(),
            actor: revision.actor,
            time: revision.time,
            path: revision.path,
            former: revision.former,
            before: revision.before.map(|hash| hash.to_string()),
            after: revision.after.map(|hash| hash.to_string()),
        }
    }
}

impl NoteRevision {
    /// Whether it was seen and not made: nobody knows who did it.
    pub fn is_outside(&self) -> bool {
        self.operation == Operation::External.name()
    }
}

/// A note the history knows: one that is there, or one in the trash.
pub(crate) struct Remembered {
    pub(crate) note: Option<NoteRecord>,
    pub(crate) id: String,
    pub(crate) path: String,
}

impl Project<'_> {
    /// Returns the revisions of a note, newest first.
    ///
    /// # Errors
    /// As [`Project::look_up`], for what is neither there nor in the trash.
    pub fn note_history(&self, request: &HistoryRequest) -> Result<NoteHistory> {
        let remembered = self.remembered(&request.identifier)?;
        let filter = Filter {
            before: request.before.map(RevisionId),
            ..Filter::of_note(self.id().0, &remembered.id)
        };
        let (revisions, has_more) = self.page(&filter, request.limit)?;
        let places = self.engine.history.places(self.id().0, &remembered.id)?;
        Ok(NoteHistory {
            former: places
                .into_iter()
                .map(|place| place.path)
                .filter(|path| *path != remembered.path)
                .collect(),
            note: remembered.note,
            id: remembered.id,
            path: remembered.path,
            revisions,
            has_more,
        })
    }

    /// Returns the changes of the project, newest first, and whether there are older ones.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn changes(&self, request: &ChangesRequest) -> Result<(Vec<NoteRevision>, bool)> {
        let filter = Filter {
            project: Some(self.id().0),
            actor: request.actor.clone(),
            since: request.since,
            before: request.before.map(RevisionId),
            ..Filter::default()
        };
        self.page(&filter, request.limit)
    }

    /// Returns the revisions a filter lets through, and whether there are more.
    fn page(&self, filter: &Filter, limit: usize) -> Result<(Vec<NoteRevision>, bool)> {
        let mut revisions = self
            .engine
            .history
            .revisions(filter, limit.saturating_add(1))?;
        let has_more = revisions.len() > limit;
        revisions.truncate(limit);
        Ok((
            revisions.into_iter().map(NoteRevision::from).collect(),
            has_more,
        ))
    }

    /// Returns what is in the trash, the last deleted first.
    pub fn trash(&self) -> Result<Vec<NoteRevision>> {
        let trash = self.engine.history.trash(self.id().0)?;
        Ok(trash.into_iter().map(NoteRevision::from).collect())
    }

    /// Returns the note an identifier names: one that is there, else the last one in the trash that had the name.
    pub(crate) fn remembered(&self, identifier: &str) -> Result<Remembered> {
        let missing = match self.look_up(identifier) {
            Ok(note) => {
                if let Some(deleted) = self.deleted_at(identifier, &note)? {
                    return Ok(deleted);
                }
                return Ok(Remembered {
                    id: self.history_id(&note)?,
                    path: note.path.to_string(),
                    note: Some(note),
                });
            }
            Err(error @ Error::NotFound { .. }) => error,
            Err(error) => return Err(error),
        };
        let deleted = self.engine.history.trash(self.id().0)?;
        let found = deleted
            .into_iter()
            .find(|revision| self.had_name(revision, identifier));
        match found {
            Some(revision) => Ok(Remembered {
                note: None,
                id: revision.note,
                path: revision.path,
            }),
            None => Err(missing),
        }
    }

    /// Returns the note that was deleted at exactly this path, which another note is only found by the permalink of.
    fn deleted_at(&self, identifier: &str, found: &NoteRecord) -> Result<Option<Remembered>> {
        let path = crate::identify::without_scheme(identifier).trim_matches('/');
        if path == found.path.as_str() {
            return Ok(None);
        }
        let last = self.engine.history.last_at(self.id().0, path)?;
        Ok(last
            .filter(|identity| !identity.is_present)
            .map(|identity| Remembered {
                note: None,
                id: identity.note,
                path: identity.path,
            }))
    }

    /// Whether a deleted note had this name: its id, its path with or without its extension, or its file name.
    fn had_name(&self, revision: &Revision, identifier: &str) -> bool {
        let name = crate::identify::without_scheme(identifier).trim_matches('/');
        let slug = self.settings.slug();
        let local = match name.split_once('/') {
            Some((first, rest)) if cairn_note::permalink::slug(first) == slug => rest,
            _ => name,
        };
        let Ok(path) = NotePath::from_disk(&revision.path) else {
            return false;
        };
        let bare = path.as_str().trim_end_matches(".md");
        let folded = cairn_note::permalink::slug(local);
        [name, local].iter().any(|name| {
            *name == revision.note
                || *name == path.as_str()
                || *name == bare
                || *name == path.stem()
        }) || folded == cairn_note::permalink::slug(bare)
    }

    /// Returns a revision of this project.
    pub(crate) fn revision(&self, id: i64) -> Result<Revision> {
        let revision = self.engine.history.revision(RevisionId(id))?;
        revision
            .filter(|revision| revision.project == self.id().0)
            .ok_or_else(|| Error::Invalid {
                message: format!("there is no revision {id}"),
                hint: Some("the history of a note lists its revisions".to_owned()),
            })
    }

    /// Returns a revision of one note.
    pub(crate) fn revision_of(&self, remembered: &Remembered, id: i64) -> Result<Revision> {
        let revision = self.revision(id)?;
        if revision.note == remembered.id {
            return Ok(revision);
        }
        Err(Error::Invalid {
            message: format!("revision {id} is not one of {}", remembered.path),
            hint: Some("the history of a note lists its revisions".to_owned()),
        })
    }

    /// Returns what a kept content says, as text.
    pub(crate) fn kept_text(&self, hash: &Hash, what: &str) -> Result<String> {
        String::from_utf8(self.kept(hash, what)?).map_err(|_| Error::Invalid {
            message: format!("{what} is no text"),
            hint: None,
        })
    }

    /// Returns a kept content.
    pub(crate) fn kept(&self, hash: &Hash, what: &str) -> Result<Vec<u8>> {
        self.engine
            .history
            .content(hash)?
            .ok_or_else(|| Error::Invalid {
                message: format!("what {what} said is no longer kept"),
                hint: Some("retention decides how long every revision is kept".to_owned()),
            })
    }

    /// Returns what a note said at a time; `None` when the history knows of no change since, so that the file says it.
    pub(crate) fn text_as_of(&self, note: &NoteRecord, time: Timestamp) -> Result<Option<String>> {
        let project = self.id().0;
        let what = format!("{} at that time", note.path);
        let id = self.history_id(note)?;
        if let Some(revision) = self.engine.history.as_of(project, &id, time)? {
            return match revision.after {
                Some(hash) => Ok(Some(self.kept_text(&hash, &what)?)),
                None => Err(Error::Invalid {
                    message: format!("{} was deleted at that time", note.path),
                    hint: None,
                }),
            };
        }
        // Nothing was recorded until then: the first revision after it says what was there before.
        let filter = Filter::of_note(project, &id);
        let all = self.engine.history.revisions(&filter, usize::MAX)?;
        match all.last() {
            None => Ok(None),
            Some(first) => match first.before {
                Some(hash) => Ok(Some(self.kept_text(&hash, &what)?)),
                None if first.operation == Operation::Create => Err(Error::Invalid {
                    message: format!("{} was not there at that time", note.path),
                    hint: None,
                }),
                None => Ok(None),
            },
        }
    }
}
