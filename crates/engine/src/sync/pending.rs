//! What became of changes whose process died before it could say so.
//!
//! The next change of the note tells, or else the file. Invariant: a note that is being changed now is waited for, and
//! what cannot be told yet stays open until it can.

use crate::files;
use crate::{Project, Result};
use cairn_history::{Filter, Hash, Outcome, Revision};
use cairn_note::NotePath;

impl Project<'_> {
    /// Says what became of revisions nobody has settled.
    pub(super) fn settle_pending(&self) -> Result<()> {
        let history = &self.engine.history;
        for revision in history.pending(self.id().0)? {
            if let Some(outcome) = self.outcome(&revision)? {
                history.settle(&[(revision.id, outcome)]);
            }
        }
        Ok(())
    }

    /// Returns what became of a revision; `None` when that cannot be seen now.
    fn outcome(&self, revision: &Revision) -> Result<Option<Outcome>> {
        let Ok(path) = NotePath::from_disk(&revision.path) else {
            return Ok(None);
        };
        let former = revision.former.as_deref().map(NotePath::from_disk);
        let Ok(former) = former.transpose() else {
            return Ok(None);
        };
        let paths: Vec<&NotePath> = former.iter().chain([&path]).collect();
        // A process that lives holds the lock until it is through.
        let Ok(_guard) = self.engine.locks.lock_all(self.id(), &paths) else {
            return Ok(None);
        };
        if let Some(next) = self.next_of(revision)? {
            let left = next.former.as_ref().unwrap_or(&next.path);
            let is_done = next.before == revision.after && *left == revision.path;
            return Ok(Some(outcome(is_done)));
        }
        let Ok(found) = self.found(&path) else {
            return Ok(None);
        };
        let now = found.map(|found| Hash::of(&found.bytes));
        let Some(former) = former else {
            return Ok(Some(outcome(
                now == revision.after || now != revision.before,
            )));
        };
        if now.is_some() {
            // It has its new name, and may have its old one still.
            files::finish_rename(self.root(), &former, &path, self.engine.settings.durability)?;
        }
        Ok(Some(outcome(now.is_some())))
    }

    /// The revision of the same note that came right after this one, among the latest.
    fn next_of(&self, revision: &Revision) -> Result<Option<Revision>> {
        const LATEST: usize = 100;
        let filter = Filter {
            project: Some(revision.project),
            note: Some(revision.note.clone()),
            ..Filter::default()
        };
        let latest = self.engine.history.revisions(&filter, LATEST)?;
        Ok(latest
            .into_iter()
            .take_while(|later| later.id > revision.id)
            .last())
    }
}

fn outcome(is_done: bool) -> Outcome {
    if is_done {
        Outcome::Done
    } else {
        Outcome::Undone
    }
}
