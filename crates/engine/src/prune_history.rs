//! Takes out of the history what retention no longer asks for.
//!
//! It is about every project the history holds, also one that is not registered now. Invariant: what a note says now and
//! what was changed within the time everything is kept for stays, and no file is touched.

use crate::{Cancel, Engine, Error, Progress, Result};
use cairn_history::{Hash, Pruned, Pruning, Statistics};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// What a prune took away, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrunedHistory {
    /// What went.
    pub gone: Pruned,
    /// How much was kept before.
    pub before: Statistics,
    /// How much is kept now.
    pub now: Statistics,
}

impl Engine {
    /// Says what [`Self::prune_history`] would take away, but for the texts of notes that were never changed and have not
    /// been there for a day.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn rehearse_prune(&self) -> Result<PrunedHistory> {
        let (retention, now) = (&self.settings.retention, (self.settings.clock)());
        let before = self.history.statistics()?;
        Ok(PrunedHistory {
            gone: self.history.rehearse_prune(retention, now)?,
            now: before.clone(),
            before,
        })
    }

    /// Takes away what `settings.retention` no longer asks for, in short steps between which others write.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when it was stopped, else when the history cannot be written. What went until then is gone,
    /// and everything else is whole.
    pub fn prune_history(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<PrunedHistory> {
        let before = self.history.statistics()?;
        progress.begin("history", None);
        let mut watch = |step| {
            match step {
                Pruning::Begins { phase, total } => progress.begin(phase, total),
                Pruning::Advances(steps) => progress.advance(steps),
            }
            match cancel.is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let (retention, now) = (&self.settings.retention, (self.settings.clock)());
        self.history.release(&self.said_now()?, now)?;
        let gone = self.history.prune_watched(retention, now, &mut watch)?;
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(PrunedHistory {
            gone,
            before,
            now: self.history.statistics()?,
        })
    }

    /// What the files of all projects say, as far as the index knows.
    fn said_now(&self) -> Result<HashSet<Hash>> {
        let session = self.index.read("list what is in use")?;
        let mut said = HashSet::new();
        for project in &self.settings.projects {
            let files = session.fingerprints(project.id())?.into_iter();
            said.extend(files.map(|(_, fingerprint)| Hash::from(fingerprint.checksum)));
        }
        Ok(said)
    }
}
