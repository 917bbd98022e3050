//! Which note a file is: its stable id, and the permalink it was given.
//!
//! The history keeps both; here is the one rule by which a file gets them from it. Invariant: they follow from the path
//! and the history alone, so that an index built anew says what the one before it said.

use crate::{Project, Result};
use cairn_history::Identity;
use cairn_index::{Given, NoteRecord, derived_ids};
use cairn_note::NotePath;
use std::collections::HashMap;
use uuid::Uuid;

/// The identities of a project's notes.
pub(crate) struct Identities<'a> {
    project: Project<'a>,
    /// `None` when the history is asked for each.
    all: Option<All>,
}

/// Every note the history ever knew.
struct All {
    /// By path; of several with one path the one that counts comes first.
    by_path: Vec<Identity>,
    /// Their places in that list by id.
    places: HashMap<Uuid, usize>,
}

/// More files than these are worth reading all identities at once.
const MANY: usize = 64;

impl<'a> Identities<'a> {
    /// Returns the identities as they are when somebody asks.
    pub(crate) fn asked(project: Project<'a>) -> Self {
        Self { project, all: None }
    }

    /// Returns the identities as they are now, for questions about so many files.
    pub(crate) fn for_files(project: Project<'a>, files: usize) -> Result<Self> {
        if files <= MANY {
            return Ok(Self::asked(project));
        }
        let by_path = project.engine.history.ever(project.id().0)?;
        let places = by_path.iter().enumerate();
        let places = places
            .filter_map(|(place, identity)| Some((Uuid::try_parse(&identity.note).ok()?, place)))
            .collect();
        Ok(Self {
            project,
            all: Some(All { by_path, places }),
        })
    }

    /// Returns the note that is at a path, else the last one that was deleted there: who comes back is who left.
    pub(crate) fn at(&self, path: &NotePath) -> Result<Option<Identity>> {
        let Some(all) = &self.all else {
            let (history, project) = (&self.project.engine.history, self.project.id());
            return Ok(history.last_at(project.0, path.as_str())?);
        };
        let place = all
            .by_path
            .partition_point(|identity| identity.path.as_str() < path.as_str());
        let found = all.by_path.get(place);
        Ok(found
            .filter(|identity| identity.path == path.as_str())
            .cloned())
    }

    /// Returns where a note is, or was last.
    fn of(&self, note: Uuid) -> Result<Option<Identity>> {
        match &self.all {
            Some(all) => Ok(all
                .places
                .get(&note)
                .map(|&place| all.by_path[place].clone())),
            None => {
                let (history, project) = (&self.project.engine.history, self.project.id());
                Ok(history.identity_of(project.0, &note.to_string())?)
            }
        }
    }

    /// Returns the id of a note at a path nobody was at: the first of the path's that no note has that went elsewhere.
    /// Any other but the very first has to be recorded before an index has it, since that note may be forgotten.
    pub(crate) fn new_id(&self, path: &NotePath) -> Result<NewId> {
        for (number, id) in derived_ids(self.project.id(), path).enumerate() {
            if self.of(id)?.is_none() {
                return Ok(NewId {
                    id,
                    follows_from_path: number == 0,
                });
            }
        }
        unreachable!("the ids of a path do not end")
    }

    /// Returns what the index is told of the file at a path.
    pub(crate) fn given(&self, path: &NotePath) -> Result<Given> {
        Ok(match self.at(path)? {
            Some(identity) => Given {
                external_id: Uuid::try_parse(&identity.note).ok(),
                permalink: identity.permalink,
            },
            None => Given {
                external_id: Some(self.new_id(path)?.id),
                permalink: None,
            },
        })
    }

    /// Returns the note whose file is not at a path any more, `known` being the id the index has for it; `None` when the
    /// history knows already that it left, whoever saw that.
    pub(crate) fn left(&self, path: &NotePath, known: Option<&str>) -> Result<Option<String>> {
        if let Some(identity) = self.at(path)? {
            return Ok(identity.is_present.then_some(identity.note));
        }
        let Some(known) = known.and_then(|known| Uuid::try_parse(known).ok()) else {
            return Ok(None);
        };
        let is_elsewhere = self.of(known)?.is_some();
        Ok((!is_elsewhere).then(|| known.to_string()))
    }

    /// Returns the permalink a note without one of its own is given when it moves: the one it has, unless it was given
    /// one before.
    pub(crate) fn kept_permalink(
        &self,
        note: &str,
        has: Option<&String>,
    ) -> Result<Option<String>> {
        let known = match Uuid::try_parse(note) {
            Ok(id) => self.of(id)?,
            Err(_) => None,
        };
        let is_given = known.is_some_and(|identity| identity.permalink.is_some());
        Ok(has.filter(|_| !is_given).cloned())
    }
}

/// The id of a note that is new.
pub(crate) struct NewId {
    pub(crate) id: Uuid,
    /// Whether nothing but the path has to be known to find it again.
    pub(crate) follows_from_path: bool,
}

impl Project<'_> {
    /// Returns the id under which the history knows a note.
    pub(crate) fn history_id(&self, record: &NoteRecord) -> Result<String> {
        let (history, path) = (&self.engine.history, record.path.as_str());
        let identity = history.identity(record.project.0, path)?;
        Ok(identity.map_or_else(|| record.external_id.clone(), |identity| identity.note))
    }

    /// Returns the id of the note at a path, or the one a new note there will get.
    pub(crate) fn note_id(&self, path: &NotePath) -> Result<String> {
        if let Some(record) = self.record_at(path)? {
            return self.history_id(&record);
        }
        let identities = Identities::asked(*self);
        Ok(match identities.at(path)? {
            Some(identity) => identity.note,
            None => identities.new_id(path)?.id.to_string(),
        })
    }

    /// Returns the permalink a note is given when it is moved.
    pub(crate) fn permalink_to_keep(&self, record: &NoteRecord) -> Result<Option<String>> {
        if !record.is_note || declared_permalink(record).is_some() {
            return Ok(None);
        }
        let note = self.history_id(record)?;
        Identities::asked(*self).kept_permalink(&note, record.permalink.as_ref())
    }
}

/// Returns the permalink a note's own file declares.
pub(crate) fn declared_permalink(record: &NoteRecord) -> Option<&str> {
    let declared = record.metadata.get("permalink")?.as_str()?;
    (!declared.trim().is_empty()).then_some(declared)
}
