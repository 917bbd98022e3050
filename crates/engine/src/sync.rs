//! Folder and index brought in step.
//!
//! Three steps: [`mod@diff`] tells what differs, [`load`] reads it, and the index applies it; nothing here writes
//! to a file, but what killed processes left is cleared away. Invariant: what cannot be looked at is neither forgotten nor passed over in silence, and after any
//! run the index says of every file it applied what an index built anew would say.

mod diff;
mod external;
#[cfg(test)]
mod faults;
mod fresh;
mod load;
mod pending;
mod run;

pub(crate) use diff::{Move, Plan, diff};

use crate::files::{self, Listed, Listing, Loaded, Presence, Reader};
use crate::identities::Identities;
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_history::Hash;
use cairn_index::{Change, Entry, Fault, Fingerprint};
use cairn_note::NotePath;
use diff::Known;
use external::External;
use load::{Done, Job, Loader, Task};
use run::{Extent, Run};
use std::collections::HashSet;

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Files indexed for the first time.
    pub new: usize,
    /// Files indexed again.
    pub modified: usize,
    /// Files that only changed their path.
    pub moved: usize,
    /// Files gone.
    pub deleted: usize,
    /// Files as they were, whatever their time says.
    pub unchanged: usize,
    /// The paths of the first few that were not, where they are now.
    pub touched: Vec<NotePath>,
    /// What could not be read, sorted by path.
    pub faults: Vec<Fault>,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}

/// Paths a report has of what was done.
const MOST_TOUCHED: usize = 10;

impl SyncReport {
    /// Keeps the paths of changes, as long as they are few.
    fn touch(&mut self, changes: &[Change]) {
        let touched = changes.iter().filter_map(|change| match change {
            Change::Touch { .. } => None,
            Change::Move { entry, .. } => Some(&entry.path),
            change => change.path(),
        });
        let room = MOST_TOUCHED.saturating_sub(self.touched.len());
        self.touched.extend(touched.take(room).cloned());
    }
}

/// An empty folder in which more files than these were known is taken for a disk that is not mounted: as many as may
/// be deleted without being asked.
pub(crate) const MOST_LOST: u64 = 50;

impl Project<'_> {
    /// Brings the index in step with the folder.
    ///
    /// A file or folder that cannot be read is named in the report, and what was known of it stays. Fails when
    /// the folder itself cannot be listed, or the index cannot be written; what was applied before stays.
    pub fn sync(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<SyncReport> {
        let horizon = self.horizon()?;
        self.settle_pending()?;
        progress.begin("scan", None);
        let listing = self.believed_listing()?;
        self.clear_away(&listing);
        Run::new(self, &listing, Extent::Changed, horizon)?.finish(progress, cancel)
    }

    /// Indexes every file anew, whether or not it changed.
    ///
    /// Others go on finding what was known until it is replaced. Where a folder or file cannot be read what was
    /// known of it stays. An empty folder is believed.
    pub fn reindex(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<SyncReport> {
        let horizon = self.horizon()?;
        self.settle_pending()?;
        progress.begin("scan", None);
        let listing = self.listing()?;
        self.clear_away(&listing);
        Run::new(self, &listing, Extent::All, horizon)?.finish(progress, cancel)
    }

    /// Removes what killed processes left.
    fn clear_away(&self, listing: &Listing) {
        if !listing.leftovers.is_empty() {
            let now = (self.engine.settings.clock)();
            files::remove_leftovers(self.root(), &listing.leftovers, now);
        }
    }

    /// Reads one file into the entry the index takes (used by the writing verbs after their write).
    pub(crate) fn entry(&self, path: &NotePath) -> Result<Entry> {
        let root = &self.settings.root;
        match Reader::new(root).load(path)? {
            Some(loaded) => Ok(Entry {
                given: Identities::asked(*self).given(path)?,
                ..load::entry(path.clone(), loaded, &self.engine.settings.zone)
            }),
            None => Err(self.missing(path)),
        }
    }

    /// As [`Self::entry`], of a file that was just made to say `bytes`. What another program made of it since is for a
    /// sync to see, which tells the history before the index.
    pub(crate) fn entry_saying(&self, path: &NotePath, bytes: &[u8]) -> Result<Entry> {
        let checksum = *Hash::of(bytes).as_bytes();
        self.entry_as(path, checksum, || Ok(bytes.to_vec()))
    }

    /// As [`Self::entry_saying`], of a file that was just moved to `path` and says what it did before.
    pub(crate) fn entry_moved(&self, path: &NotePath, known: &Fingerprint) -> Result<Entry> {
        let hash = Hash::from(known.checksum);
        self.entry_as(path, known.checksum, || self.kept(&hash, path.as_str()))
    }

    fn entry_as(
        &self,
        path: &NotePath,
        checksum: [u8; 32],
        bytes: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Entry> {
        let found = Reader::new(&self.settings.root).load(path)?;
        let loaded = match found {
            Some(found) if found.fingerprint.checksum == checksum => found,
            _ => Loaded::remembered(bytes()?, path.is_markdown(), (self.engine.settings.clock)()),
        };
        Ok(Entry {
            given: Identities::asked(*self).given(path)?,
            ..load::entry(path.clone(), loaded, &self.engine.settings.zone)
        })
    }

    /// Reads a file the index does not know, tells the history as a sync does, and returns what the index takes.
    pub(crate) fn arrival(&self, path: &NotePath) -> Result<Entry> {
        let listed = Listed {
            path: path.clone(),
            size: 0,
            modified_ns: 0,
        };
        let job = Job {
            file: &listed,
            task: Task::New,
        };
        let mut external = External::new(self, self.horizon()?, 1, std::iter::empty())?;
        let mut arrived = [self.loader()?.loaded(&job)?];
        external.batch(&mut arrived)?;
        let [Done { entry, .. }] = arrived;
        match entry {
            Some(entry) => Ok(*entry),
            None => Err(self.missing(path)),
        }
    }

    fn missing(&self, path: &NotePath) -> Error {
        Error::Io {
            action: "read",
            path: self.settings.root.join(path.as_str()),
            source: std::io::ErrorKind::NotFound.into(),
        }
    }

    /// Lists the project's folder; one that is empty although many files of it are known is not believed.
    pub(crate) fn believed_listing(&self) -> Result<Listing> {
        let mut listing = self.listing()?;
        if listing.is_bare {
            let statistics = self
                .session("look for known files")?
                .statistics(self.id())?;
            if statistics.notes + statistics.files > MOST_LOST {
                listing.doubt();
            }
        }
        Ok(listing)
    }

    /// Lists the project's folder.
    pub(crate) fn listing(&self) -> Result<Listing> {
        files::list(
            &self.settings.root,
            self.engine.settings.bmignore.as_deref(),
        )
    }

    /// Returns a loader for the project's files.
    fn loader(&self) -> Result<Loader<'_>> {
        let settings = &self.engine.settings;
        Loader::new(
            &self.settings.root,
            &settings.zone,
            settings.index_concurrency,
        )
    }

    /// Returns which of the paths the index knows are gone from the folder for certain, in their order.
    pub(crate) fn confirmed<'k>(&self, listing: &Listing, gone: &[&'k Known]) -> Vec<&'k Known> {
        let mut lookout = self.lookout();
        let is_gone = |known: &&&Known| {
            matches!(
                lookout.presence(&known.0),
                Presence::Gone | Presence::Hidden
            )
        };
        let confirmed: Vec<_> = gone.iter().filter(is_gone).copied().collect();
        // A disk that was taken away meanwhile leaves an empty folder behind.
        if listing.root.is_still_at(&self.settings.root) {
            confirmed
        } else {
            Vec::new()
        }
    }

    /// Finds the moves of a plan. Only a new file with the size of one that is gone is read for this.
    pub(crate) fn moves<'p>(&self, plan: &Plan<'p>, gone: &[&'p Known]) -> Result<Vec<Move<'p>>> {
        let sizes: HashSet<u64> = gone
            .iter()
            .map(|(_, fingerprint)| fingerprint.size)
            .collect();
        let candidates = plan
            .new
            .iter()
            .copied()
            .filter(|file| sizes.contains(&file.size));
        let candidates: Vec<&Listed> = candidates.collect();
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        Ok(diff::moves(&self.loader()?.checksums(&candidates), gone))
    }

    /// Returns the checksum of each file that can be read.
    pub(crate) fn checksums<'p>(
        &self,
        files: &[&'p Listed],
    ) -> Result<Vec<(&'p NotePath, [u8; 32])>> {
        Ok(self.loader()?.checksums(files))
    }
}
