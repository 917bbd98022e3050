//! What the history is told of changes nobody made through a verb.
//!
//! It changes no file and no index. Invariant: a change is told once: what the last revision of a note says already is
//! no news, whichever process saw it first.

use super::load::{Done, Task};
use crate::{Project, Result};
use cairn_history::{ChangeId, Content, Entry, Filter, Hash, Operation, Outcome, Revision};
use cairn_index::{Fingerprint, NoteKey};
use cairn_note::NotePath;
use std::collections::HashMap;

/// Who the history says it was.
const SOMEBODY: &str = "external";

/// Tells the history of one sync; all it saw is one change.
pub(super) struct External<'a> {
    project: &'a Project<'a>,
    /// The notes that may have changed, by path: the id the history knows each by.
    ids: HashMap<&'a NotePath, String>,
    change: Option<ChangeId>,
}

impl<'a> External<'a> {
    /// Looks up the notes of these paths, before the index is written.
    pub(super) fn new(
        project: &'a Project<'a>,
        paths: impl Iterator<Item = &'a NotePath>,
    ) -> Result<Self> {
        let mut paths = paths.peekable();
        let mut ids = HashMap::new();
        if paths.peek().is_some() {
            let session = project.session("name changed notes")?;
            for path in paths {
                if let Some(record) = session.note(project.id(), NoteKey::Path(path))? {
                    ids.insert(path, project.history_id(&record)?);
                }
            }
        }
        Ok(Self {
            project,
            ids,
            change: None,
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
            let path = &done.job.file.path;
            match done.job.task {
                Task::New => kept.extend(text.map(String::into_bytes)),
                Task::Changed(known) if known.checksum != entry.fingerprint.checksum => {
                    if let Some(note) = self.ids.get(path) {
                        let after = text.map(|text| Content::Bytes(text.into_bytes()));
                        entries.push(self.entry(note, path, None, Some(known.checksum), after));
                    }
                }
                Task::Changed(_) => {}
                Task::Moved(from) => {
                    if let Some(note) = self.ids.get(from) {
                        let after = text.map(|text| Content::Bytes(text.into_bytes()));
                        let mut entry = self.entry(note, path, Some(from), None, after.clone());
                        entry.before = after;
                        entries.push(entry);
                    }
                }
            }
        }
        if !kept.is_empty() && self.project.engine.keeps_baseline() {
            self.project.engine.history.keep(kept)?;
        }
        self.record(entries)
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
        let history = &self.project.engine.history;
        let mut news = Vec::with_capacity(entries.len());
        for entry in entries {
            let filter = Filter {
                project: Some(entry.project),
                note: Some(entry.note.clone()),
                ..Filter::default()
            };
            let last = history.revisions(&filter, 1)?;
            if !last.first().is_some_and(|last| says(last, &entry)) {
                news.push(entry);
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let recorded = match self.change {
            Some(change) => history.record_in(change, news)?,
            None => history.record(news)?,
        };
        self.change = Some(recorded.change);
        let outcomes: Vec<_> = recorded
            .revisions
            .into_iter()
            .map(|revision| (revision, Outcome::Done))
            .collect();
        history.settle(&outcomes);
        Ok(())
    }
}

/// Whether a revision says where the note is and what it says.
fn says(last: &Revision, entry: &Entry) -> bool {
    last.path == entry.path && last.after == entry.after.as_ref().map(Content::hash)
}

impl Project<'_> {
    /// Says what became of revisions whose process died before it could: the file tells.
    pub(super) fn settle_pending(&self) -> Result<()> {
        let history = &self.engine.history;
        for revision in history.pending(self.id().0)? {
            let Ok(path) = NotePath::from_disk(&revision.path) else {
                continue;
            };
            // A process that lives holds the lock until it is through.
            let _guard = self.lock(&path)?;
            let now = self.found(&path)?.map(|found| Hash::of(&found.bytes));
            let never_happened = match &revision.former {
                Some(_) => now.is_none(),
                None => now != revision.after && now == revision.before,
            };
            let outcome = if never_happened {
                Outcome::Undone
            } else {
                Outcome::Done
            };
            history.settle(&[(revision.id, outcome)]);
        }
        Ok(())
    }
}
