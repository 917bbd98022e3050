//! What others did to a note between what the history knows and what a change is made on.
//!
//! A checkout may come and go again before any sync can see that. Invariant: every revision begins with what the one
//! before it ended with, whoever made that one.

use crate::{Project, Result};
use cairn_history::{
    Content, Entry, Filter, Hash, Operation, Outcome, Recorded, Revision, RevisionId,
};
use cairn_note::NotePath;

/// Who the history says it was that changed a note without a verb.
pub(crate) const EXTERNAL: &str = "external";

/// How often something may be seen between the look and the record.
const ATTEMPTS: usize = 8;

impl Project<'_> {
    /// Records changes after what others did to their notes.
    pub(super) fn record_connected(
        &self,
        change: Option<cairn_history::ChangeId>,
        entries: Vec<(Entry, Vec<RevisionId>)>,
    ) -> cairn_history::Result<Recorded> {
        let history = &self.engine.history;
        for (entry, _) in &entries {
            let last = self.last_before(&entry.note, None)?;
            self.record_unseen(last, entry)?;
        }
        let taken: Vec<_> = entries.iter().map(|(_, taken)| taken.clone()).collect();
        let mut recorded = history.record_undo(change, entries)?;
        let change = recorded.change;
        for (id, taken) in recorded.revisions.iter_mut().zip(&taken) {
            for _ in 0..ATTEMPTS {
                // A sync may have seen something meanwhile.
                let Some(again) = self.disconnected(*id)? else {
                    break;
                };
                history.settle(&[(*id, Outcome::Undone)]);
                let last = self.last_before(&again.note, None)?;
                self.record_unseen(last, &again)?;
                let again = history.record_undo(Some(change), vec![(again, taken.clone())])?;
                *id = again.revisions.first().copied().unwrap_or(*id);
            }
        }
        Ok(recorded)
    }

    /// Returns the newest revision of a note, or the newest before another one.
    fn last_before(
        &self,
        note: &str,
        before: Option<RevisionId>,
    ) -> cairn_history::Result<Option<Revision>> {
        let filter = Filter {
            project: Some(self.id().0),
            note: Some(note.to_owned()),
            before,
            ..Filter::default()
        };
        Ok(self.engine.history.revisions(&filter, 1)?.pop())
    }

    /// Returns what was recorded, to be recorded again, if it does not follow from the revision before it, and would.
    fn disconnected(&self, id: RevisionId) -> cairn_history::Result<Option<Entry>> {
        let Some(revision) = self.engine.history.revision(id)? else {
            return Ok(None);
        };
        let Some(last) = self.last_before(&revision.note, Some(id))? else {
            return Ok(None);
        };
        let entry = Entry {
            project: revision.project,
            note: revision.note,
            path: revision.path,
            former: revision.former,
            operation: revision.operation,
            actor: revision.actor,
            time: revision.time,
            before: revision.before.map(Content::Known),
            after: revision.after.map(Content::Known),
            permalink: revision.permalink,
        };
        let is_connected = follows(&last, &entry) || !self.is_made_on(&entry);
        Ok((!is_connected).then_some(entry))
    }

    /// Records that somebody else changed a note which does not say what its last revision says.
    fn record_unseen(&self, last: Option<Revision>, entry: &Entry) -> cairn_history::Result<()> {
        let Some(last) = last.filter(|last| !follows(last, entry)) else {
            return Ok(());
        };
        // If it says something else by now, the change that is recorded will not be made.
        if !self.is_made_on(entry) {
            return Ok(());
        }
        let unseen = Entry {
            path: last.path,
            former: None,
            operation: Operation::External,
            actor: EXTERNAL.to_owned(),
            before: None,
            after: entry.before.clone(),
            permalink: None,
            ..entry.clone()
        };
        self.observed(unseen)
    }

    /// Records that somebody else took away the file of a note the index still has, and is about to forget: no sync
    /// would know that it had been there.
    pub(crate) fn record_gone(&self, path: &NotePath) -> Result<()> {
        let Some(record) = self.record_at(path)? else {
            return Ok(());
        };
        let history = &self.engine.history;
        let hash = Hash::from(record.fingerprint.checksum);
        let gone = Entry {
            project: self.id().0,
            note: self.history_id(&record)?,
            path: path.to_string(),
            former: None,
            operation: Operation::External,
            actor: EXTERNAL.to_owned(),
            time: (self.engine.settings.clock)(),
            before: history.has(&hash)?.then_some(Content::Known(hash)),
            after: None,
            permalink: None,
        };
        self.observed(gone)?;
        Ok(())
    }

    /// Records what somebody else did, unless the history knows it.
    fn observed(&self, entry: Entry) -> cairn_history::Result<()> {
        let history = &self.engine.history;
        let observed = history.observe(None, RevisionId(i64::MAX), vec![entry])?;
        let outcomes = observed.revisions.iter();
        let outcomes: Vec<_> = outcomes.map(|id| (*id, Outcome::Done)).collect();
        history.settle(&outcomes);
        Ok(())
    }

    /// Whether a file still says what a change of it is based on.
    fn is_made_on(&self, entry: &Entry) -> bool {
        let path = entry.former.as_deref().unwrap_or(&entry.path);
        let found = || -> Result<Option<Content>> {
            let found = self.found(&NotePath::from_disk(path)?)?;
            Ok(found.map(|found| Content::Bytes(found.bytes)))
        };
        let hash = |content: &Option<Content>| content.as_ref().map(Content::hash);
        found().is_ok_and(|found| hash(&found) == hash(&entry.before))
    }
}

/// Whether a change begins with what a revision ended with. One of which nobody knows what became may not have happened,
/// unless it is of what somebody saw.
fn follows(last: &Revision, entry: &Entry) -> bool {
    let before = entry.before.as_ref().map(Content::hash);
    let is_certain = last.outcome.is_some() || last.operation == Operation::External;
    last.after == before || (!is_certain && last.before == before)
}
