//! What the history is told of changes nobody made through a verb.
//!
//! It changes no file and no index. Invariant: a change is told once: what the last revision of a note says already is
//! no news, whichever process saw it first.

use super::load::{Done, Task};
use crate::accept::EXTERNAL;
use crate::files::LARGEST_NOTE;
use crate::identities::Identities;
use crate::points::{Point, pass};
use crate::{Project, Result};
use cairn_history::{ChangeId, Content, Entry, Filter, Hash, Operation, Outcome, RevisionId};
use cairn_index::{Fingerprint, NoteKey, NoteRecord};
use cairn_note::NotePath;
use std::collections::{HashMap, HashSet};

/// Tells the history of one sync; all it saw is one change.
pub(super) struct External<'a> {
    project: &'a Project<'a>,
    identities: Identities<'a>,
    /// What the index knows of notes that are gone or elsewhere now, by the paths they had.
    known: HashMap<&'a NotePath, Known>,
    change: Option<ChangeId>,
    /// What was recorded later is newer than what this sync sees: the newest revision before it looked at index and
    /// folder.
    horizon: RevisionId,
}

/// What the index knows of a note.
struct Known {
    id: String,
    permalink: Option<String>,
}

impl Known {
    fn of(record: NoteRecord) -> Self {
        Self {
            id: record.external_id,
            permalink: record.permalink,
        }
    }
}

/// What a file that was found was before.
struct Before<'a> {
    /// The note's id.
    note: String,
    /// Where it was, if elsewhere.
    former: Option<&'a NotePath>,
    /// The checksum of what it said.
    checksum: Option<[u8; 32]>,
}

impl<'a> External<'a> {
    /// Begins to look at so many files, before the index is written; `left` are the paths at which no file is any more.
    pub(super) fn new(
        project: &'a Project<'a>,
        horizon: RevisionId,
        files: usize,
        left: impl Iterator<Item = &'a NotePath>,
    ) -> Result<Self> {
        let mut left = left.peekable();
        let mut known = HashMap::new();
        if left.peek().is_some() {
            let session = project.session("name notes that left")?;
            for path in left {
                let record = session.note(project.id(), NoteKey::Path(path))?;
                known.extend(record.map(|record| (path, Known::of(record))));
            }
        }
        Ok(Self {
            project,
            identities: Identities::for_files(*project, files)?,
            known,
            change: None,
            horizon,
        })
    }

    /// Tells of files that are gone, and leaves out those that somebody changed since this sync began.
    pub(super) fn gone(&mut self, gone: &mut Vec<&'a (NotePath, Fingerprint)>) -> Result<()> {
        let (mut entries, mut told) = (Vec::new(), Vec::new());
        for (path, fingerprint) in gone.iter() {
            if let Some(note) = self.left(path)? {
                let before = Before {
                    note,
                    former: None,
                    checksum: Some(fingerprint.checksum),
                };
                entries.push(self.entry(before, path, None));
                told.push(path);
            }
        }
        let late = self.record(entries)?.into_iter();
        let late: HashSet<&NotePath> = late.map(|place| told[place]).collect();
        gone.retain(|(path, _)| !late.contains(path));
        Ok(())
    }

    /// Tells of the files of a batch that say something else than they did, or are somewhere else; keeps what new ones
    /// say, so that their first change can be seen. Then each is given its identity.
    pub(super) fn batch(&mut self, batch: &mut [Done<'a>]) -> Result<()> {
        let (mut entries, mut kept, mut told) = (Vec::new(), Vec::new(), HashSet::new());
        let mut places = Vec::new();
        let is_any_later = self.project.horizon()? > self.horizon;
        for (place, done) in batch.iter_mut().enumerate() {
            let (Some(found), text) = (&done.entry, done.text.take()) else {
                continue;
            };
            let path = &done.job.file.path;
            let is_new = matches!(done.job.task, Task::New);
            if is_any_later && self.is_overtaken(path)? {
                done.is_late = true;
                continue;
            }
            let Some(before) = self.before(&done.job.task, path, &found.fingerprint)? else {
                if is_new && self.project.engine.keeps_baseline() && path.is_markdown() {
                    kept.extend(self.said(path, text, &found.fingerprint));
                }
                continue;
            };
            // Of what cannot be had nothing is said: no text is what a deletion leaves.
            if let Some(after) = self.said(path, text, &found.fingerprint) {
                let permalink = self.kept_permalink(&before, found)?;
                let mut entry = self.entry(before, path, Some(after));
                if entry.former.is_some() {
                    entry.before.clone_from(&entry.after);
                }
                entry.permalink = permalink;
                entries.push(entry);
                places.push(place);
                told.insert(path);
            }
        }
        self.keep(kept)?;
        for late in self.record(entries)? {
            batch[places[late]].is_late = true;
        }
        // What was told is known now, and it may have been told by another process, and otherwise.
        let now = Identities::asked(*self.project);
        for entry in batch.iter_mut().filter_map(|done| done.entry.as_mut()) {
            let identities = if told.contains(&entry.path) {
                &now
            } else {
                &self.identities
            };
            entry.given = identities.given(&entry.path)?;
        }
        Ok(())
    }

    /// Returns what a file that was found was before, if there is something to tell.
    fn before(
        &self,
        task: &Task<'a>,
        path: &NotePath,
        found: &Fingerprint,
    ) -> Result<Option<Before<'a>>> {
        let before = |note, former, checksum| Before {
            note,
            former,
            checksum,
        };
        match *task {
            Task::Changed(known) if known.checksum == found.checksum => return Ok(None),
            Task::Moved(from) => {
                if let Some(note) = self.left(from)? {
                    return Ok(Some(before(note, Some(from), None)));
                }
            }
            Task::Changed(_) | Task::New => {}
        }
        let known = match *task {
            Task::Changed(known) => Some(known.checksum),
            Task::New | Task::Moved(_) => None,
        };
        if let Some(identity) = self.identities.at(path)? {
            let last = match known {
                Some(known) => Some(known),
                None => last(self.project, &identity.note)?,
            };
            let is_news = !identity.is_present || last != Some(found.checksum);
            return Ok(is_news.then(|| before(identity.note, None, last)));
        }
        let new = self.identities.new_id(path)?;
        let is_news = known.is_some() || !new.follows_from_path;
        Ok(is_news.then(|| before(new.id.to_string(), None, known)))
    }

    /// Returns the note that is not at a path any more, if there is something to tell of it.
    fn left(&self, path: &NotePath) -> Result<Option<String>> {
        let known = self.known.get(path);
        let known = known.map(|known| known.id.as_str());
        self.identities.left(path, known)
    }

    /// Whether a verb changed what is at a path since this sync began. It tells the index itself, and what this sync
    /// found there may be gone again, or have been there only meanwhile. What another sync recorded is no such change:
    /// that one may not have told the index yet.
    fn is_overtaken(&self, path: &NotePath) -> Result<bool> {
        let filter = Filter {
            project: Some(self.project.id().0),
            path: Some(path.to_string()),
            ..Filter::default()
        };
        let newest = self.project.engine.history.revisions(&filter, 1)?;
        Ok(newest.first().is_some_and(|newest| {
            newest.id > self.horizon && newest.operation != Operation::External
        }))
    }

    /// Returns the permalink a note keeps that is elsewhere now.
    fn kept_permalink(
        &self,
        before: &Before<'_>,
        found: &cairn_index::Entry,
    ) -> Result<Option<String>> {
        let known = before.former.and_then(|former| self.known.get(former));
        let has = known.and_then(|known| known.permalink.as_ref());
        match &found.content {
            cairn_index::Content::Note { note, .. } if note.permalink.is_none() => {
                self.identities.kept_permalink(&before.note, has)
            }
            _ => Ok(None),
        }
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

    fn entry(&self, before: Before<'_>, path: &NotePath, after: Option<Content>) -> Entry {
        let history = &self.project.engine.history;
        let checksum = before.checksum.map(Hash::from);
        Entry {
            project: self.project.id().0,
            note: before.note,
            path: path.to_string(),
            former: before.former.map(NotePath::to_string),
            operation: Operation::External,
            actor: EXTERNAL.to_owned(),
            time: (self.project.engine.settings.clock)(),
            // What was never kept cannot be told any more.
            before: checksum
                .filter(|hash| history.has(hash).unwrap_or_default())
                .map(Content::Known),
            after,
            permalink: None,
        }
    }

    /// Records what is news, and returns the places of what came late.
    fn record(&mut self, entries: Vec<Entry>) -> Result<Vec<usize>> {
        if entries.is_empty() {
            return Ok(Vec::new());
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
        Ok(recorded.late)
    }
}

impl Project<'_> {
    /// Returns the newest revision: what is recorded after it is newer than whatever is looked at from now on.
    pub(super) fn horizon(&self) -> Result<RevisionId> {
        let newest = self.engine.history.revisions(&Filter::default(), 1)?;
        Ok(newest.first().map_or(RevisionId(0), |newest| newest.id))
    }
}

/// The checksum of what a note said by its newest revision.
fn last(project: &Project<'_>, note: &str) -> Result<Option<[u8; 32]>> {
    let filter = Filter {
        project: Some(project.id().0),
        note: Some(note.to_owned()),
        ..Filter::default()
    };
    let last = project.engine.history.revisions(&filter, 1)?.pop();
    Ok(last
        .and_then(|last| last.after)
        .map(|hash| *hash.as_bytes()))
}
