//! Whether a file is still what somebody last saw.
//!
//! It writes no file. Invariant: what is compared is what the file says, never its time.

use crate::files;
use crate::points::{Switch, leaves_out};
use crate::sync::MOST_LOST;
use crate::{Error, Project, Result};
use cairn_index::{Change, NoteRecord};
use cairn_note::NotePath;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::ErrorKind;

/// What stood in a file, and its checksum (hex).
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    pub(crate) checksum: String,
}

impl Found {
    /// Returns the bytes as text.
    pub(crate) fn text(&self, path: &NotePath) -> Result<&str> {
        std::str::from_utf8(&self.bytes).map_err(|error| Error::Invalid {
            message: format!(
                "{path} is not UTF-8 text: byte {} is not part of a character",
                error.valid_up_to()
            ),
            hint: Some("save it as UTF-8".to_owned()),
        })
    }
}

/// Returns SHA-256 as 64 lowercase hexadecimal digits.
pub(crate) fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// The fewest digits of a checksum that stand for the whole.
const SHORTEST_CHECKSUM: usize = 8;

/// Whether a checksum (lowercase hex) is the one a caller gave, who may have given only its beginning.
pub(crate) fn is_checksum(found: &str, expected: &str) -> bool {
    found == expected || (expected.len() >= SHORTEST_CHECKSUM && found.starts_with(expected))
}

impl Project<'_> {
    /// Reads a file; `None` when there is none.
    pub(crate) fn found(&self, path: &NotePath) -> Result<Option<Found>> {
        match files::read(self.root(), path) {
            Ok(bytes) => Ok(Some(Found {
                checksum: checksum(&bytes),
                bytes,
            })),
            Err(Error::Io { source, .. })
                if matches!(
                    source.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory
                ) =>
            {
                self.refuse_absent()?;
                Ok(None)
            }
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::IsADirectory => {
                Err(Error::Invalid {
                    message: format!("{path} is a folder"),
                    hint: Some("choose another title".to_owned()),
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the file of a note and compares it with the checksum `base`, else with what the index last saw.
    pub(crate) fn unchanged(&self, record: &NoteRecord, base: Option<&str>) -> Result<Found> {
        let expected = base.map_or_else(
            || record.fingerprint.checksum_hex(),
            |base| base.trim().to_lowercase(),
        );
        let found = self.found(&record.path)?;
        match found {
            Some(found) if leaves_out(Switch::Base) || is_checksum(&found.checksum, &expected) => {
                Ok(found)
            }
            found => {
                self.notice(record)?;
                Err(Error::Changed {
                    path: record.path.to_string(),
                    expected,
                    found: found.map(|found| found.checksum),
                })
            }
        }
    }

    /// Tells the index of a change that no sync sees, since size and time are what they were: otherwise the note
    /// would be in conflict for ever.
    pub(crate) fn notice(&self, record: &NoteRecord) -> Result<()> {
        let known = &record.fingerprint;
        match files::fingerprint(self.root(), &record.path)? {
            Some(found)
                if (found.size, found.modified_ns) == (known.size, known.modified_ns)
                    && found.checksum != known.checksum =>
            {
                let entry = self.entry(&record.path);
                let change = entry.map(|entry| Change::Put(Box::new(entry)));
                self.told(&record.path, "changed", change)
            }
            _ => Ok(()),
        }
    }

    /// Refuses to take one file for gone when all of them are: as for a sync, a disk that is not there deletes nothing,
    /// and nothing is written into the folder it belongs in.
    fn refuse_absent(&self) -> Result<()> {
        if !files::is_bare(self.root())? {
            return Ok(());
        }
        let known = self.known()?;
        if known <= MOST_LOST {
            return Ok(());
        }
        Err(Error::Root {
            path: self.root().to_owned(),
            source: std::io::Error::other(format!(
                "it is empty, and {known} files of it are known"
            )),
        })
    }

    /// Compares a file, which may be large and no text, with what the index last saw.
    ///
    /// Returns `false` when the file is gone.
    pub(crate) fn is_there_unchanged(&self, record: &NoteRecord) -> Result<bool> {
        let expected = record.fingerprint.checksum_hex();
        match files::fingerprint(self.root(), &record.path)?.map(|found| found.checksum_hex()) {
            None => {
                self.refuse_absent()?;
                Ok(false)
            }
            Some(found) if leaves_out(Switch::Base) || found == expected => Ok(true),
            found => {
                self.notice(record)?;
                Err(Error::Changed {
                    path: record.path.to_string(),
                    expected,
                    found,
                })
            }
        }
    }

    /// Compares a file once more with what it was a moment ago: programs that know nothing of our locks write too.
    pub(super) fn still(&self, path: &NotePath, old: Option<&Found>) -> Result<()> {
        if leaves_out(Switch::Base) {
            return Ok(());
        }
        match (old, self.found(path)?) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Error::Exists {
                path: path.to_string(),
            }),
            (Some(old), Some(found)) if old.checksum == found.checksum => Ok(()),
            (Some(old), found) => Err(Error::Changed {
                path: path.to_string(),
                expected: old.checksum.clone(),
                found: found.map(|found| found.checksum),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_checksum_stands_for_it() {
        let found = checksum(b"x");
        for (expected, is_it) in [
            (found.as_str(), true),
            (&found[..8], true),
            (&found[..7], false),
            (&found[1..], false),
            ("", false),
        ] {
            assert_eq!(is_checksum(&found, expected), is_it, "{expected:?}");
        }
    }
}
