//! Files on their way into the index: read, hashed and parsed by several threads.
//!
//! It applies nothing. Invariant: batches come in the order of their paths and at most three exist at a time,
//! so that memory is bounded by [`BATCH_BYTES`] and not by the folder.

use crate::files::{LARGEST_NOTE, Listed, Loaded, Reader, reason};
use crate::{Cancel, Error, Result};
use cairn_index::{Content, Entry, Fault, Fingerprint, Given, Span, Terms};
use cairn_note::NotePath;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::Path;

/// Files in a batch at most.
const BATCH_FILES: usize = 1024;

/// Bytes of text in a batch, unless a single file has more.
const BATCH_BYTES: u64 = 16 << 20;

/// A file to be loaded, and why.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) file: &'a Listed,
    pub(super) task: Task<'a>,
}

/// Why a file is loaded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'a> {
    /// The index does not know it.
    New,
    /// The index knows it with another size or time.
    Changed(&'a Fingerprint),
    /// The index knows it at another path.
    Moved(&'a NotePath),
}

/// A file that was loaded, or not.
#[derive(Debug)]
pub(super) struct Done<'a> {
    pub(super) job: &'a Job<'a>,
    /// What it says; `None` when it is gone or cannot be read, and the fault tells which.
    pub(super) entry: Option<Box<Entry>>,
    /// Its text, if it is a note, until the history has it.
    pub(super) text: Option<String>,
    pub(super) fault: Option<Fault>,
    /// Whether somebody changed it since this sync began: the next one sees what came of it.
    pub(super) is_late: bool,
}

/// Reads and parses files of one project.
#[derive(Debug)]
pub(super) struct Loader<'a> {
    pub(super) root: &'a Path,
    pub(super) zone: &'a TimeZone,
    /// Threads of our own where the settings name a number; else those everyone shares.
    pool: Option<ThreadPool>,
}

impl<'a> Loader<'a> {
    /// Returns a loader with that many threads; 0 means one for each core.
    pub(super) fn new(root: &'a Path, zone: &'a TimeZone, threads: usize) -> Result<Self> {
        let pool = (threads != 0).then(|| ThreadPoolBuilder::new().num_threads(threads).build());
        let pool = pool.transpose().map_err(|error| Error::Io {
            action: "start threads to read",
            path: root.to_owned(),
            source: std::io::Error::other(error),
        })?;
        Ok(Self { root, zone, pool })
    }

    /// Loads the files of a batch, in their order. `None` when asked to stop before the end.
    pub(super) fn batch<'j>(&self, jobs: &'j [Job<'j>], cancel: &Cancel) -> Option<Vec<Done<'j>>> {
        let load =
            |reader: &mut Reader<'_>, job| (!cancel.is_cancelled()).then(|| self.one(reader, job));
        if let [job] = jobs {
            return Some(vec![load(&mut Reader::new(self.root), job)?]);
        }
        self.spread(|| {
            jobs.par_iter()
                .map_init(|| Reader::new(self.root), load)
                .collect()
        })
    }

    /// Returns the checksum of each file that can be read, in their order.
    pub(super) fn checksums<'f>(&self, files: &[&'f Listed]) -> Vec<(&'f NotePath, [u8; 32])> {
        let hash = |reader: &mut Reader<'_>, file: &&'f Listed| {
            let fingerprint = reader.fingerprint(&file.path).ok()??;
            Some((&file.path, fingerprint.checksum))
        };
        self.spread(|| {
            let hashes = files.par_iter().map_init(|| Reader::new(self.root), hash);
            hashes.flatten_iter().collect()
        })
    }

    fn spread<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    fn one<'j>(&self, reader: &mut Reader<'_>, job: &'j Job<'j>) -> Done<'j> {
        self.load(reader, job).unwrap_or_else(|error| Done {
            job,
            entry: None,
            text: None,
            fault: Some(fault(job, reason(&error))),
            is_late: false,
        })
    }

    /// Loads one file.
    pub(super) fn loaded<'j>(&self, job: &'j Job<'j>) -> Result<Done<'j>> {
        self.load(&mut Reader::new(self.root), job)
    }

    fn load<'j>(&self, reader: &mut Reader<'_>, job: &'j Job<'j>) -> Result<Done<'j>> {
        let path = &job.file.path;
        let Some(mut loaded) = reader.load(path)? else {
            return Ok(Done {
                job,
                entry: None,
                text: None,
                fault: None,
                is_late: false,
            });
        };
        Ok(Done {
            job,
            fault: loaded.fault.take().map(|message| fault(job, message)),
            is_late: false,
            text: loaded.text.clone(),
            entry: Some(Box::new(entry(path.clone(), loaded, self.zone))),
        })
    }
}

fn fault(job: &Job<'_>, message: String) -> Fault {
    Fault {
        path: job.file.path.to_string(),
        message,
    }
}

/// Makes the index's entry of a file, without what its identity says.
pub(super) fn entry(path: NotePath, loaded: Loaded, zone: &TimeZone) -> Entry {
    let Loaded {
        fingerprint,
        mut created,
        mut modified,
        text,
        ..
    } = loaded;
    let content = match text {
        None => Content::File,
        Some(text) => {
            let (note, outline) = cairn_note::parse_with_outline(&text);
            let note = Box::new(note);
            created = note.created.map_or(created, |when| when.timestamp(zone));
            modified = note.modified.map_or(modified, |when| when.timestamp(zone));
            let terms = Terms::of(&note, &text);
            let passages = Span::of(&note, &outline, &path, &text);
            Content::Note {
                note,
                terms,
                passages,
            }
        }
    };
    Entry {
        path,
        given: Given::default(),
        fingerprint,
        created,
        modified,
        content,
    }
}

/// Cuts the files into batches.
pub(super) fn batches<'a>(mut jobs: &'a [Job<'a>]) -> Vec<&'a [Job<'a>]> {
    let mut batches = Vec::new();
    while !jobs.is_empty() {
        let mut bytes = 0;
        let fits = jobs.iter().take(BATCH_FILES).take_while(|job| {
            bytes += text_bytes(job.file);
            bytes <= BATCH_BYTES
        });
        let (batch, rest) = jobs.split_at(fits.count().max(1));
        batches.push(batch);
        jobs = rest;
    }
    batches
}

/// Bytes of a file that are kept while it is parsed.
fn text_bytes(file: &Listed) -> u64 {
    if file.path.is_markdown() && file.size <= LARGEST_NOTE {
        file.size
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, size: u64) -> Listed {
        let path = NotePath::from_disk(text).expect("a good path");
        Listed {
            path,
            size,
            modified_ns: 0,
        }
    }

    fn sizes(files: &[Listed]) -> Vec<usize> {
        let jobs: Vec<_> = files
            .iter()
            .map(|file| Job {
                file,
                task: Task::New,
            })
            .collect();
        batches(&jobs).iter().map(|batch| batch.len()).collect()
    }

    #[test]
    fn batches_are_bounded_by_files_and_by_bytes_of_text() {
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        let many: Vec<_> = (0..2500)
            .map(|number| file(&format!("{number}.md"), 10))
            .collect();
        assert_eq!(sizes(&many), [1024, 1024, 452]);
        let half = BATCH_BYTES / 2;
        let large: Vec<_> = [half, half, half, 3 * half, 1]
            .map(|size| file("a.md", size))
            .into_iter()
            .collect();
        assert_eq!(sizes(&large), [2, 1, 1, 1]);
        let pictures: Vec<_> = (0..100).map(|_| file("a.png", BATCH_BYTES)).collect();
        assert_eq!(sizes(&pictures), [100]);
    }
}
