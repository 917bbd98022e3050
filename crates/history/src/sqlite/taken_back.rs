//! Which revisions were taken back, and by which.
//!
//! Not what that took. Invariant: what took something back and was taken back itself, or never happened, has taken
//! nothing back.

use super::{History, record};
use crate::error::StatementContext;
use crate::{ChangeId, Entry, Outcome, Recorded, Result, RevisionId};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};

impl History {
    /// Records entries as [`Self::record`] does, as more of `change` if there is one, each with the revisions it takes
    /// back: from then on these are [`Self::taken_back`], unless the new one never happens or is taken back itself.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn record_undo(
        &self,
        change: Option<ChangeId>,
        entries: Vec<(Entry, Vec<RevisionId>)>,
    ) -> Result<Recorded> {
        let (entries, taken): (Vec<Entry>, Vec<Vec<RevisionId>>) = entries.into_iter().unzip();
        if entries.is_empty() {
            return self.record_with(change, entries);
        }
        let ready = self.ready(entries)?;
        self.write(move |connection| {
            let recorded = record::write(connection, change, &ready)?;
            for (by, taken) in recorded.revisions.iter().zip(&taken) {
                write(connection, *by, taken)?;
            }
            Ok(recorded)
        })
    }

    /// Returns which of these revisions were taken back, and are as if they had never been made.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn taken_back(&self, revisions: &[RevisionId]) -> Result<HashSet<RevisionId>> {
        let settled = self.queue.settled();
        self.read(|connection| {
            let mut all = TakenBack::new(connection, &settled);
            let mut taken = HashSet::new();
            for revision in revisions {
                if all.is(*revision)? {
                    taken.insert(*revision);
                }
            }
            Ok(taken)
        })
    }
}

/// Says that a revision has taken others back.
fn write(connection: &Connection, by: RevisionId, taken: &[RevisionId]) -> Result<()> {
    let write = || -> rusqlite::Result<()> {
        let mut statement = connection
            .prepare_cached("INSERT INTO taken_back (revision, taken_by) VALUES (?1, ?2)")?;
        for revision in taken {
            statement.execute([revision.0, by.0])?;
        }
        Ok(())
    };
    write().action("say what was taken back")
}

/// Forgets a revision that is pruned.
pub(super) fn forget(connection: &Connection, revision: RevisionId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM taken_back WHERE revision = ?1")?
        .execute([revision.0])?;
    Ok(())
}

/// Finds out what is taken back.
struct TakenBack<'c> {
    connection: &'c Connection,
    /// What became of revisions and is not written yet.
    settled: &'c BTreeMap<RevisionId, Outcome>,
    known: HashMap<RevisionId, bool>,
}

impl<'c> TakenBack<'c> {
    fn new(connection: &'c Connection, settled: &'c BTreeMap<RevisionId, Outcome>) -> Self {
        Self {
            connection,
            settled,
            known: HashMap::new(),
        }
    }

    /// Whether a revision is taken back now.
    fn is(&mut self, revision: RevisionId) -> Result<bool> {
        // Whoever takes back comes later, so this ends; an undo of an undo of an undo may be deeper than a stack.
        let mut waiting = vec![revision];
        while let Some(&revision) = waiting.last() {
            if self.known.contains_key(&revision) {
                waiting.pop();
                continue;
            }
            let takers = self.takers(revision)?;
            let unknown: Vec<RevisionId> = takers
                .iter()
                .copied()
                .filter(|taker| !self.known.contains_key(taker))
                .collect();
            if unknown.is_empty() {
                let is_taken_back = takers.iter().any(|taker| !self.known[taker]);
                self.known.insert(revision, is_taken_back);
                waiting.pop();
            } else {
                waiting.extend(unknown);
            }
        }
        Ok(self.known[&revision])
    }

    /// The revisions that took one back, but for those that never happened. One that is pruned has happened.
    fn takers(&self, revision: RevisionId) -> Result<Vec<RevisionId>> {
        let read = || -> rusqlite::Result<Vec<RevisionId>> {
            self.connection
                .prepare_cached(
                    "SELECT taken_by FROM taken_back LEFT JOIN revision ON revision.id = taken_by
                     WHERE taken_back.revision = ?1 AND outcome IS NOT 'undone'",
                )?
                .query_map([revision.0], |row| row.get(0).map(RevisionId))?
                .collect()
        };
        let mut takers = read().action("look for what took a revision back")?;
        takers.retain(|taker| self.settled.get(taker) != Some(&Outcome::Undone));
        Ok(takers)
    }
}
