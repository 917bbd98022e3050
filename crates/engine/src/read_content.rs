//! Gives a file's bytes, whatever they are.
//!
//! It decides nothing about what they mean. Invariant: only files of the project are read, and none that is larger than
//! the caller takes.

use crate::{Error, Project, Result};
use cairn_index::NoteRecord;

/// A file's bytes.
#[derive(Debug, Clone)]
pub struct ReadContent {
    /// What the index knows of it.
    pub note: NoteRecord,
    /// Its bytes; `None` when there are more than the caller takes.
    pub bytes: Option<Vec<u8>>,
    /// How many bytes it has.
    pub size: u64,
}

impl Project<'_> {
    /// Reads a file, note or not, of at most `most` bytes.
    ///
    /// # Errors
    /// As [`Project::look_up`]; [`Error::NotFound`] when the file is gone.
    pub fn read_content(&self, identifier: &str, most: u64) -> Result<ReadContent> {
        let note = self.look_up(identifier)?;
        let size = note.fingerprint.size;
        if size > most {
            return Ok(ReadContent {
                note,
                bytes: None,
                size,
            });
        }
        let home = self.home_of(&note);
        let found = home
            .found(&note.path)?
            .ok_or_else(|| Error::gone(&note.path))?;
        Ok(ReadContent {
            note,
            size: found.bytes.len() as u64,
            bytes: Some(found.bytes),
        })
    }
}
