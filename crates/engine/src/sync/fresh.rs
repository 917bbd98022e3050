//! An index built anew beside the one there is.
//!
//! It tells nobody anything: no history, no verb, and not the index there is. Invariant: what cannot be read is in it as
//! the index there is knows it, by its names, so that no other note is found or called otherwise.

use super::load::{self, Done, Job, Task};
use crate::files::Listing;
use crate::identities::{Identities, declared_permalink};
use crate::{Cancel, Progress, Project, Result};
use cairn_index::{Change, Content, Entry, Given, Index, NoteKey, NoteRecord, Terms};
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
        let identities = Identities::for_files(*self, usize::MAX)?;
        let failed = self.build_from(&jobs, &identities, fresh, progress, cancel)?;
        let known = self
            .session("list known files")?
            .fingerprints(self.id())?
            .into_iter()
            .map(|(path, _)| path);
        let unread: BTreeSet<NotePath> = known
            .filter(|path| failed.contains(path) || listing.is_unknown(path.as_str()))
            .collect();
        self.stand_in(&unread, &identities, fresh)?;
        Ok(unread)
    }

    /// Puts every file the index knows into `fresh`, by its names alone, without looking at the folder.
    pub(crate) fn build_names(&self, fresh: &Index) -> Result<()> {
        let known = self.session("list known files")?.fingerprints(self.id())?;
        let identities = Identities::for_files(*self, usize::MAX)?;
        let known = known.into_iter().map(|(path, _)| path).collect();
        self.stand_in(&known, &identities, fresh)
    }

    /// Loads files on another thread and applies them on this one; returns those that could not be read.
    fn build_from(
        &self,
        jobs: &[Job<'_>],
        identities: &Identities<'_>,
        fresh: &Index,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<BTreeSet<NotePath>> {
        let loader = self.loader()?;
        let mut failed = BTreeSet::new();
        let (sender, receiver) = crossbeam_channel::bounded(1);
        thread::scope(|scope| {
            let loading = scope.spawn(|| -> Result<()> {
                let sender = sender;
                for batch in load::batches(jobs) {
                    let Some(mut batch) = loader.batch(batch, cancel) else {
                        return Ok(());
                    };
                    for entry in batch.iter_mut().filter_map(|done| done.entry.as_mut()) {
                        entry.given = identities.given(&entry.path)?;
                    }
                    // Nobody listens any more when applying failed.
                    if sender.send(batch).is_err() {
                        return Ok(());
                    }
                }
                Ok(())
            });
            let batches = receiver.into_iter().map(|batch| {
                progress.advance(batch.len() as u64);
                let mut changes = Vec::with_capacity(batch.len());
                for Done {
                    job, entry, fault, ..
                } in batch
                {
                    match (entry, fault) {
                        (Some(entry), _) => changes.push(Change::Put(entry)),
                        (None, Some(_)) => {
                            failed.insert(job.file.path.clone());
                        }
                        (None, None) => {}
                    }
                }
                changes
            });
            self.with_scope(|scope| fresh.apply_all(scope, batches))?;
            loading.join().unwrap_or(Ok(()))
        })?;
        Ok(failed)
    }

    fn stand_in(
        &self,
        paths: &BTreeSet<NotePath>,
        identities: &Identities<'_>,
        fresh: &Index,
    ) -> Result<()> {
        let paths: Vec<&NotePath> = paths.iter().collect();
        for paths in paths.chunks(STAND_INS) {
            let session = self.session("name what is known")?;
            let mut records = Vec::with_capacity(paths.len());
            for path in paths {
                records.extend(session.note(self.id(), NoteKey::Path(path))?);
            }
            drop(session);
            let mut changes = Vec::with_capacity(records.len());
            for record in records {
                let given = identities.given(&record.path)?;
                changes.push(Change::Put(Box::new(stand_in(record, given))));
            }
            self.with_scope(|scope| fresh.apply(scope, changes))?;
        }
        Ok(())
    }
}

/// What the index knows of a file by which others may be found or called otherwise.
fn stand_in(record: NoteRecord, given: Given) -> Entry {
    let declared = declared_permalink(&record).map(str::to_owned);
    let content = if record.is_note {
        Content::Note {
            note: Box::new(Note {
                title: Some(record.title),
                note_type: record.note_type,
                permalink: declared,
                metadata: record.metadata,
                ..Note::default()
            }),
            terms: Terms::default(),
            passages: Vec::new(),
        }
    } else {
        Content::File
    };
    Entry {
        path: record.path,
        given,
        fingerprint: record.fingerprint,
        created: record.created,
        modified: record.modified,
        content,
    }
}
