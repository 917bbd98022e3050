//! An index built anew beside the one there is.
//!
//! It tells nobody anything: no history, no verb, and not the index there is. Invariant: what cannot be read is in it as
//! the index there is knows it, by its names, so that no other note is found or called otherwise.

use super::load::{self, Done, Job, Task};
use crate::files::Listing;
use crate::{Cancel, Progress, Project, Result};
use cairn_index::{Change, Content, Entry, Index, NoteKey, NoteRecord, Terms};
use cairn_note::{Note, NotePath};
use std::collections::BTreeSet;
use std::thread;

/// Stand-ins made at once.
const STAND_INS: usize = 1024;

impl Project<'_> {
    /// Puts what the folder says into `fresh`, as a sync of a new index would. Returns the paths that could not be read;
    /// when asked to stop, some of the files are missing.
    pub(crate) fn build(
        &self,
        fresh: &Index,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<BTreeSet<NotePath>> {
        // Of a folder that cannot be listed nothing is known, and that is said elsewhere.
        let listing = self.believed_listing().unwrap_or_else(|_| {
            let mut listing = Listing::default();
            listing.doubt();
            listing
        });
        let jobs: Vec<Job<'_>> = listing
            .files
            .iter()
            .map(|file| Job {
                file,
                task: Task::New,
            })
            .collect();
        progress.begin("build", Some(jobs.len() as u64));
        let failed = self.build_from(&jobs, fresh, progress, cancel)?;
        let known = self
            .session("list known files")?
            .fingerprints(self.id())?
            .into_iter()
            .map(|(path, _)| path);
        let unread: BTreeSet<NotePath> = known
            .filter(|path| failed.contains(path) || listing.is_unknown(path.as_str()))
            .collect();
        self.stand_in(&unread, fresh)?;
        Ok(unread)
    }

    /// Puts every file the index knows into `fresh`, by its names alone, without looking at the folder.
    pub(crate) fn build_names(&self, fresh: &Index) -> Result<()> {
        let known = self.session("list known files")?.fingerprints(self.id())?;
        self.stand_in(&known.into_iter().map(|(path, _)| path).collect(), fresh)
    }

    /// Loads files on another thread and applies them on this one; returns those that could not be read.
    fn build_from(
        &self,
        jobs: &[Job<'_>],
        fresh: &Index,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<BTreeSet<NotePath>> {
        let loader = self.loader()?;
        let mut failed = BTreeSet::new();
        let (sender, receiver) = crossbeam_channel::bounded(1);
        thread::scope(|scope| {
            scope.spawn(|| {
                let sender = sender;
                for batch in load::batches(jobs) {
                    let Some(batch) = loader.batch(batch, cancel) else {
                        return;
                    };
                    // Nobody listens any more when applying failed.
                    if sender.send(batch).is_err() {
                        return;
                    }
                }
            });
            let batches = receiver.into_iter().map(|batch| {
                progress.advance(batch.len() as u64);
                batch
                    .into_iter()
                    .filter_map(
                        |Done {
                             job, entry, fault, ..
                         }| match entry {
                            Some(entry) => Some(Change::Put(entry)),
                            None => {
                                if fault.is_some() {
                                    failed.insert(job.file.path.clone());
                                }
                                None
                            }
                        },
                    )
                    .collect()
            });
            self.with_scope(|scope| fresh.apply_all(scope, batches))
        })?;
        Ok(failed)
    }

    fn stand_in(&self, paths: &BTreeSet<NotePath>, fresh: &Index) -> Result<()> {
        let paths: Vec<&NotePath> = paths.iter().collect();
        for paths in paths.chunks(STAND_INS) {
            let session = self.session("name what is known")?;
            let mut changes = Vec::with_capacity(paths.len());
            for path in paths {
                let record = session.note(self.id(), NoteKey::Path(path))?;
                changes.extend(record.map(|record| Change::Put(Box::new(stand_in(record)))));
            }
            drop(session);
            self.with_scope(|scope| fresh.apply(scope, changes))?;
        }
        Ok(())
    }
}

/// What the index knows of a file by which others may be found or called otherwise.
fn stand_in(record: NoteRecord) -> Entry {
    let declared = record
        .metadata
        .get("permalink")
        .and_then(|value| value.as_str());
    let content = if record.is_note {
        Content::Note {
            note: Box::new(Note {
                title: Some(record.title),
                note_type: record.note_type,
                permalink: declared.map(str::to_owned),
                metadata: record.metadata,
                ..Note::default()
            }),
            terms: Terms::default(),
        }
    } else {
        Content::File
    };
    Entry {
        path: record.path,
        fingerprint: record.fingerprint,
        created: record.created,
        modified: record.modified,
        content,
    }
}
