//! What the history is told of changes nobody made through a verb.
//!
//! It changes no file and no index. Invariant: a change is told once: what the last revision of a note says already is
//! no news, whichever process saw it first.

use super::load::{Done, Task};
use crate::files::LARGEST_NOTE;
use crate::points::{Point, pass};
use crate::{Project, Result};
use cairn_history::{
    ChangeId, Content, Entry, Filter, Hash, Operation, Outcome, Revision, RevisionId,
};
use cairn_index::{Fingerprint, NoteKey, NoteRecord};
use cairn_note::NotePath;
use std::collections::HashMap;

/// Who the history says it was.
const SOMEBODY: &str = "external";

/// Tells the history of one sync; all it saw is one change.
pub(super) struct External<'a> {
    project: &'a Project<'a>,
    /// The notes that may have changed, by path: the id the history knows each by.
    ids: HashMap<&'a NotePath, String>,
    /// The notes the history knows, by path, once somebody asked.
    once: Option<HashMap<String, String>>,
    change: Option<ChangeId>,
    /// What was recorded later is newer than what this sync sees.
    horizon: RevisionId,
}

/// The id of a note, where it was if elsewhere, and the checksum of what it said.
type Before<'a> = (String, Option<&'a NotePath>, Option<[u8; 32]>);

impl<'a> External<'a> {
    /// Looks up the notes of these paths, before the index is written.
    pub(super) fn new(
        project: &'a Project<'a>,
        paths: impl Iterator<Item = &'a NotePath>,
    ) -> Result<Self> {
        let newest = project.engine.history.revisions(&Filter::default(), 1)?;
        let mut paths = paths.peekable();
        let mut ids = HashMap::new();
        if paths.peek().is_some() {
            let session = project.session("name changed notes")?;
            for path in paths {
                let record = session.note(project.id(), NoteKey::Path(path))?;
                if let Some(record) = record
                    && !has_left(project, &record)?
                {
                    ids.insert(path, project.history_id(&record)?);
                }
            }
        }
        Ok(Self {
            project,
            ids,
            once: None,
            change: None,
            horizon: newest.first().map_or(RevisionId(0), |newest| newest.id),
        })
    }

    /// Tells of files that are gone.
    pub(super) fn gone(&mut self, gone: &[&'a (NotePath, Fingerprint)]) -> Result<()> {
        let entries = gone.iter().filter_map(|(path, fingerprint)| {
            let note = self.ids.get(path)?;
            Some(self.entry(note, path, None, Some(fingerprint.checksum), None))
        });
        self.record(entries.collect())
    }

    /// Tells of the files of a batch that say something else than they did, or are somewhere else; keeps what new ones
    /// say, so that their first change can be seen.
    pub(super) fn batch(&mut self, batch: &mut [Done<'a>]) -> Result<()> {
        let (mut entries, mut kept) = (Vec::new(), Vec::new());
        for done in batch {
            let (Some(entry), text) = (&done.entry, done.text.take()) else {
                continue;
            };
            let (path, found) = (&done.job.file.path, &entry.fingerprint);
            let is_new = matches!(done.job.task, Task::New);
            let Some((note, former, before)) = self.known(&done.job.task, path, found)? else {
                if is_new && self.project.engine.keeps_baseline() && path.is_markdown() {
                    kept.extend(self.said(path, text, found));
                }
                continue;
            };
            // Of what cannot be had nothing is said: no text is what a deletion leaves.
            if let Some(after) = self.said(path, text, found) {
                let mut entry = self.entry(&note, path, former, before, Some(after));
                if former.is_some() {
                    entry.before.clone_from(&entry.after);
                }
                entries.push(entry);
            }
        }
        self.keep(kept)?;
        self.record(entries)
    }

    /// Returns what a file that was found was before, if the history can know it and there is something to tell.
    fn known(
        &mut self,
        task: &Task<'a>,
        path: &'a NotePath,
        found: &Fingerprint,
    ) -> Result<Option<Before<'a>>> {
        Ok(match *task {
            Task::New => match self.once_at(path)? {
                Some(note) => {
                    let last = last(self.project, &note)?.and_then(|last| last.after);
                    Some((note, None, last.map(|hash| *hash.as_bytes())))
                }
                None => None,
            },
            Task::Changed(known) if known.checksum == found.checksum => None,
            Task::Changed(known) => {
                let note = self.ids.get(path);
                note.map(|note| (note.clone(), None, Some(known.checksum)))
            }
            Task::Moved(from) => {
                let note = self.ids.get(from);
                note.map(|note| (note.clone(), Some(from), None))
            }
        })
    }

    /// Returns the note the history knows at a path the index does not know: it was deleted, or the index is new.
    fn once_at(&mut self, path: &NotePath) -> Result<Option<String>> {
        let Some(once) = &self.once else {
            let (history, project) = (&self.project.engine.history, self.project.id().0);
            let deleted = history.trash(project)?.into_iter().rev();
            let mut once: HashMap<String, String> = deleted
                .map(|revision| (revision.path, revision.note))
                .collect();
            let there = history.identities(project)?.into_iter();
            once.extend(there.map(|identity| (identity.path, identity.note)));
            let note = once.get(path.as_str()).cloned();
            self.once = Some(once);
            return Ok(note);
        };
        Ok(once.get(path.as_str()).cloned())
    }

    /// Returns what a file says: its text, or its bytes as long as they are few and what the index will be told.
    fn said(&self, path: &NotePath, text: Option<String>, found: &Fingerprint) -> Option<Content> {
        let hash = Hash::from(found.checksum);
        if let Some(text) = text {
            return Some(Content::Bytes(text.into_bytes()));
        }
        if self.project.engine.history.has(&hash).unwrap_or_default() {
            return Some(Content::Known(hash));
        }
        if found.size > LARGEST_NOTE {
            return None;
        }
        let bytes = self.project.found(path).ok()??.bytes;
        (Hash::of(&bytes) == hash).then_some(Content::Bytes(bytes))
    }

    /// Keeps baselines.
    fn keep(&self, contents: Vec<Content>) -> Result<()> {
        let bytes = contents.into_iter().filter_map(|content| match content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Known(_) => None,
        });
        let bytes: Vec<Vec<u8>> = bytes.collect();
        if !bytes.is_empty() {
            self.project.engine.history.keep(bytes)?;
        }
        Ok(())
    }

    fn entry(
        &self,
        note: &str,
        path: &NotePath,
        former: Option<&NotePath>,
        before: Option<[u8; 32]>,
        after: Option<Content>,
    ) -> Entry {
        let history = &self.project.engine.history;
        let before = before.map(Hash::from);
        Entry {
            project: self.project.id().0,
            note: note.to_owned(),
            path: path.to_string(),
            former: former.map(NotePath::to_string),
            operation: Operation::External,
            actor: SOMEBODY.to_owned(),
            time: (self.project.engine.settings.clock)(),
            // What was never kept cannot be told any more.
            before: before
                .filter(|hash| history.has(hash).unwrap_or_default())
                .map(Content::Known),
            after,
            permalink: None,
        }
    }

    fn record(&mut self, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        pass(Point::Observe, self.project.root());
        let history = &self.project.engine.history;
        let recorded = history.observe(self.change, self.horizon, entries)?;
        if !recorded.revisions.is_empty() {
            self.change = Some(recorded.change);
        }
        let outcomes: Vec<_> = recorded
            .revisions
            .into_iter()
            .map(|revision| (revision, Outcome::Done))
            .collect();
        history.settle(&outcomes);
        Ok(())
    }
}

/// Whether the history knows already that a note has left the place where the index still has it.
fn has_left(project: &Project<'_>, record: &NoteRecord) -> Result<bool> {
    let last = last(project, &record.external_id)?;
    Ok(last.is_some_and(|last| {
        last.former.as_deref() == Some(record.path.as_str())
            && last.after == Some(Hash::from(record.fingerprint.checksum))
    }))
}

/// The newest revision of a note.
fn last(project: &Project<'_>, note: &str) -> Result<Option<Revision>> {
    let filter = Filter {
        project: Some(project.id().0),
        note: Some(note.to_owned()),
        ..Filter::default()
    };
    Ok(project.engine.history.revisions(&filter, 1)?.pop())
}
