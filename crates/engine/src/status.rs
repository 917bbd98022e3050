//! What the index knows of the folder, and what it does not.
//!
//! It repairs nothing: that is `sync`. Invariant: neither folder nor index is changed, and what it calls
//! different is what a sync right after would change.

use crate::sync::diff;
use crate::{Project, Result};
use cairn_index::{Fault, Statistics};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How the index stands to the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Nothing was ever indexed.
    NotIndexed,
    /// Files changed since.
    Behind,
    /// All is known.
    UpToDate,
}

/// What the index knows of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How the index stands to the folder.
    pub state: IndexState,
    /// What is indexed.
    pub statistics: Statistics,
    /// Paths on disk the index does not know.
    pub new: Vec<String>,
    /// Paths whose content changed.
    pub modified: Vec<String>,
    /// (from, to).
    pub moved: Vec<(String, String)>,
    /// Paths the index knows that are gone.
    pub deleted: Vec<String>,
    /// What cannot be read now, and what the last sync could not index.
    pub faults: Vec<Fault>,
}

impl Project<'_> {
    /// Compares folder and index; changes neither. Fails when the folder cannot be listed.
    pub fn status(&self) -> Result<Status> {
        let listing = self.believed_listing()?;
        let id = self.settings.id();
        let (known, statistics, stored) = {
            let session = self.engine.index.read("status")?;
            (
                session.fingerprints(id)?,
                session.statistics(id)?,
                session.faults(id)?,
            )
        };
        let plan = diff(&listing, &known);
        let gone = self.confirmed(&listing, &plan.gone);
        let moves = self.moves(&plan, &gone)?;
        let (from, to): (HashSet<_>, HashSet<_>) =
            moves.iter().map(|step| (step.from, step.to)).unzip();

        let suspects: Vec<_> = plan.changed.iter().map(|&(file, _)| file).collect();
        let found: HashMap<_, _> = self.checksums(&suspects)?.into_iter().collect();
        let is_other = |(file, known): &&(&crate::files::Listed, &cairn_index::Fingerprint)| {
            found
                .get(&file.path)
                .is_none_or(|checksum| *checksum != known.checksum)
        };
        let modified: Vec<_> = plan.changed.iter().filter(is_other).collect();

        let new = plan.new.iter().filter(|file| !to.contains(&file.path));
        let deleted = gone.iter().filter(|(path, _)| !from.contains(path));
        let mut status = Status {
            state: IndexState::UpToDate,
            statistics,
            new: new.map(|file| file.path.to_string()).collect(),
            modified: modified
                .iter()
                .map(|(file, _)| file.path.to_string())
                .collect(),
            moved: moves
                .iter()
                .map(|step| (step.from.to_string(), step.to.to_string()))
                .collect(),
            deleted: deleted.map(|(path, _)| path.to_string()).collect(),
            faults: stored
                .into_iter()
                .chain(listing.faults)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        };
        status.state = status.state(known.is_empty());
        Ok(status)
    }

    /// Returns a readable dump of everything the index knows of the project, without row ids: an index is what
    /// it should be when its dump equals that of one built anew.
    pub fn dump(&self) -> Result<String> {
        Ok(self.engine.index.read("dump")?.dump(self.settings.id())?)
    }
}

impl Status {
    fn state(&self, nothing_known: bool) -> IndexState {
        let same = self.new.is_empty()
            && self.modified.is_empty()
            && self.moved.is_empty()
            && self.deleted.is_empty();
        match (same, nothing_known) {
            (true, _) => IndexState::UpToDate,
            (false, true) => IndexState::NotIndexed,
            (false, false) => IndexState::Behind,
        }
    }
}
