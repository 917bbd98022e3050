//! Reading files together with what tells whether they changed.
//!
//! It decides what is read as text, not what the text says. Invariant: a fingerprint is of exactly the bytes
//! that were returned, and of a file that nobody changed meanwhile.

use super::{Point, failpoint};
use crate::error::IoContext;
use crate::{Error, Result};
use cairn_index::Fingerprint;
use cairn_note::NotePath;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A Markdown file with more bytes is known by name only: nobody wrote it, and its parse would need several
/// times its size in memory.
pub(crate) const LARGEST_NOTE: u64 = 64 << 20;

/// Bytes hashed at a time of a file that is not kept.
const BUFFER: usize = 256 << 10;

/// A file as it was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its size, time and checksum.
    pub(crate) fingerprint: Fingerprint,
    /// When it came to be, where the file system knows; else when it was modified.
    pub(crate) created: Timestamp,
    /// When it was modified.
    pub(crate) modified: Timestamp,
    /// Its text, when it is a note.
    pub(crate) text: Option<String>,
    /// Why a Markdown file is not read as a note.
    pub(crate) fault: Option<String>,
}

impl Loaded {
    /// Returns what a file said at `time` that says something else by now: a sync that compares sizes and times looks
    /// at it.
    pub(crate) fn remembered(bytes: Vec<u8>, as_note: bool, time: Timestamp) -> Self {
        Self {
            fingerprint: Fingerprint {
                size: bytes.len() as u64,
                modified_ns: 0,
                checksum: checksum(&bytes),
            },
            created: time,
            modified: time,
            text: as_note.then(|| String::from_utf8(bytes).ok()).flatten(),
            fault: None,
        }
    }
}

/// Reads the files of one project; each thread has its own.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    root: &'a Path,
    buffer: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// Returns a reader of the files below `root`.
    pub(crate) fn new(root: &'a Path) -> Self {
        Self {
            root,
            buffer: Vec::new(),
        }
    }

    /// Reads a file. `None` when it is gone, or is no regular file any more.
    ///
    /// Markdown is returned as text; of all else only the fingerprint is taken, a buffer at a time.
    pub(crate) fn load(&mut self, path: &NotePath) -> Result<Option<Loaded>> {
        self.stable(path, path.is_markdown())
    }

    /// Returns the fingerprint of a file, `None` when it is gone. Nothing is kept in memory.
    pub(crate) fn fingerprint(&mut self, path: &NotePath) -> Result<Option<Fingerprint>> {
        Ok(self.stable(path, false)?.map(|loaded| loaded.fingerprint))
    }

    /// Reads until the file was the same before and after, at most twice.
    fn stable(&mut self, path: &NotePath, as_note: bool) -> Result<Option<Loaded>> {
        let absolute = self.root.join(path.as_str());
        let mut result = self.once(&absolute, as_note);
        if matches!(&result, Err(error) if error.kind() == ErrorKind::ResourceBusy) {
            result = self.once(&absolute, as_note);
        }
        match result {
            Err(error) if is_gone(&error) => Ok(None),
            result => result.context("read", absolute),
        }
    }

    fn once(&mut self, absolute: &Path, as_note: bool) -> io::Result<Option<Loaded>> {
        failpoint(Point::Open, absolute)?;
        let mut file = File::open(absolute)?;
        let before = file.metadata()?;
        if !before.is_file() {
            return Ok(None);
        }
        let too_large = before.len() > LARGEST_NOTE;
        let (size, checksum, bytes) = if as_note && !too_large {
            let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0) + 1);
            file.read_to_end(&mut bytes)?;
            (bytes.len() as u64, checksum(&bytes), Some(bytes))
        } else {
            let (size, checksum) = self.hash(&mut file)?;
            (size, checksum, None)
        };
        failpoint(Point::Read, absolute)?;
        let after = file.metadata()?;
        let modified_ns = modified_ns(&after);
        if size != after.len() || size != before.len() || modified_ns != self::modified_ns(&before)
        {
            return Err(io::Error::new(
                ErrorKind::ResourceBusy,
                "it changes while it is read",
            ));
        }
        let (text, fault) = match bytes.map(String::from_utf8) {
            Some(Ok(text)) => (Some(text), None),
            Some(Err(error)) => (None, Some(not_utf8(error.utf8_error().valid_up_to()))),
            None if as_note => (None, Some(too_large_message(size))),
            None => (None, None),
        };
        let modified = timestamp(after.modified().ok());
        let created = after
            .created()
            .map_or(modified, |time| timestamp(Some(time)));
        let fingerprint = Fingerprint {
            size,
            modified_ns,
            checksum,
        };
        Ok(Some(Loaded {
            fingerprint,
            created,
            modified,
            text,
            fault,
        }))
    }

    /// Hashes what is left of a file; returns how many bytes that were.
    fn hash(&mut self, file: &mut File) -> io::Result<(u64, [u8; 32])> {
        self.buffer.resize(BUFFER, 0);
        let mut hash = Sha256::new();
        let mut size = 0;
        loop {
            match file.read(&mut self.buffer) {
                Ok(0) => return Ok((size, hash.finalize().into())),
                Ok(count) => {
                    hash.update(&self.buffer[..count]);
                    size += count as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Reads a file of a project, refusing one that a symbolic link leads out of it.
pub(crate) fn read(root: &Path, path: &NotePath) -> Result<Vec<u8>> {
    let absolute = super::atomic::target(root, path)?;
    failpoint(Point::Open, &absolute)
        .and_then(|()| fs::read(&absolute))
        .context("read", absolute)
}

/// Returns the fingerprint of a file as it is now; `None` when it is not there.
pub(crate) fn fingerprint(root: &Path, path: &NotePath) -> Result<Option<Fingerprint>> {
    Reader::new(root).fingerprint(path)
}

/// Returns the SHA-256 of bytes.
pub(super) fn checksum(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Returns the modification time in nanoseconds since 1970; 0 where the system tells none.
pub(super) fn modified_ns(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else {
        return 0;
    };
    // 64 bits reach from 1677 to 2262.
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

/// Whether an error says that there is no such file.
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether the folder has an entry spelled exactly like the path's last component.
pub(super) fn is_spelled(absolute: &Path) -> bool {
    let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return false;
    };
    fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() == name))
}

fn timestamp(time: Option<SystemTime>) -> Timestamp {
    time.and_then(|time| Timestamp::try_from(time).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn not_utf8(offset: usize) -> String {
    format!("it is not UTF-8 (byte {offset}), so only its name is indexed")
}

fn too_large_message(size: u64) -> String {
    let (size, limit) = (size >> 20, LARGEST_NOTE >> 20);
    format!("it has {size} MiB, more than the {limit} MiB of a note, so only its name is indexed")
}

/// Returns what an error says without the file's name, for a [`cairn_index::Fault`] that names it already.
pub(crate) fn reason(error: &Error) -> String {
    match error {
        Error::Io { action, source, .. } => format!("cannot {action} it: {source}"),
        other => other.to_string(),
    }
}
