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
        Ok(history.flush()?)
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
        let told = self.engine.history.revision(revision.id)?;
        if told.is_none_or(|told| told.outcome.is_some()) {
            // Whoever held the lock has said it, and knows better than the file, which others change too.
            return Ok(None);
        }
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
        let filter = Filter::of_note(revision.project, &revision.note);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Settings};
    use cairn_history::{Content, Entry, Operation};
    use cairn_testkit::Vault;

    #[test]
    fn what_was_settled_while_the_lock_was_waited_for_is_not_settled_again() {
        let vault = Vault::new("//- Tea.md\nold\n");
        let settings = Settings::in_memory("main", vault.root().to_owned());
        let engine = Engine::open(settings).expect("it opens");
        let project = engine.project(None).expect("there is one");
        let bytes = |text: &str| Some(Content::Bytes(text.into()));
        let entry = Entry {
            project: project.id().0,
            note: "n".to_owned(),
            path: "Tea.md".to_owned(),
            former: None,
            operation: Operation::Write,
            actor: "another process".to_owned(),
            time: jiff::Timestamp::UNIX_EPOCH,
            before: bytes("old\n"),
            after: bytes("new\n"),
            permalink: None,
        };
        let history = &engine.history;
        history.record(vec![entry]).expect("it is recorded");
        let pending = history.pending(project.id().0).expect("it can be asked");
        // An editor was faster, so that it never happened.
        vault.write("Tea.md", "someone's\n");
        history.settle(&[(pending[0].id, Outcome::Undone)]);
        assert_eq!(project.outcome(&pending[0]).expect("it can be told"), None);
    }
}
