//! A project as a list of things that can be read: every file with its name, its bytes, and what is known of all.
//!
//! How a resource is addressed is the wire's affair. Invariant: nothing outside the project's folder is read, and an
//! address is never guessed.

use crate::{Error, IndexLocation, Project, Result};
use cairn_index::{
    Connected, Count, Fault, Filter, Name, NoteKey, NoteRecord, Session, Statistics,
};
use cairn_note::NotePath;
use std::path::Path;

/// What is known of a project as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// What it holds.
    pub statistics: Statistics,
    /// Types with the number of notes, most frequent first.
    pub note_types: Vec<Count>,
    /// Categories with the number of observations, most frequent first.
    pub categories: Vec<Count>,
    /// Types of relations with their number, most frequent first.
    pub relation_types: Vec<Count>,
    /// Notes at which most relations begin or end.
    pub most_connected: Vec<Connected>,
    /// Notes at which none does.
    pub isolated: u64,
    /// The latest notes, by the time they came to be.
    pub created: Vec<NoteRecord>,
    /// The latest notes, by the time they were modified.
    pub modified: Vec<NoteRecord>,
    /// What the last sync could not index.
    pub faults: Vec<Fault>,
}

/// Notes of each list of an overview at most.
const MOST_NOTES: usize = 10;

impl Project<'_> {
    /// Returns the files whose path comes after `after`, sorted by path.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn files_after(&self, after: Option<&NotePath>, limit: usize) -> Result<Vec<NoteRecord>> {
        Ok(self
            .session("list resources")?
            .files_after(self.id(), after, limit)?)
    }

    /// Returns the names of every file, latest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn every_name(&self) -> Result<Vec<Name>> {
        Ok(self.session("list names")?.every_name(self.id())?)
    }

    /// Returns the tags of the project's notes, most frequent first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn every_tag(&self) -> Result<Vec<Count>> {
        Ok(self.session("list tags")?.tags(self.id())?)
    }

    /// Returns the types of the project's notes, most frequent first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn every_type(&self) -> Result<Vec<Count>> {
        Ok(self.session("list types")?.types(self.id())?)
    }

    /// Returns the file an address inside the project stands for, of each address in turn: its permalink below the
    /// project's slug, its permalink, its path, its path without extension, its id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn addressed(&self, addresses: &[&str]) -> Result<Vec<Option<NoteRecord>>> {
        let session = self.session("find a resource")?;
        let slug = self.settings.slug();
        addresses
            .iter()
            .map(|address| self.at_address(&session, &slug, address))
            .collect()
    }

    fn at_address(
        &self,
        session: &Session<'_>,
        slug: &str,
        address: &str,
    ) -> Result<Option<NoteRecord>> {
        let below = format!("{slug}/{address}");
        for permalink in [below.as_str(), address] {
            let found = session.note(self.id(), NoteKey::Permalink(permalink))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        for path in [address.to_owned(), format!("{address}.md")] {
            let Ok(path) = NotePath::from_disk(&path) else {
                continue;
            };
            let found = session.note(self.id(), NoteKey::Path(&path))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(session.note(self.id(), NoteKey::ExternalId(address))?)
    }

    /// Returns the bytes of a file of this project; `None` when it is gone.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is larger than `most` bytes; when it cannot be read.
    pub fn bytes(&self, record: &NoteRecord, most: u64) -> Result<Option<Vec<u8>>> {
        let too_large = |size: u64| Error::Invalid {
            message: format!("{} has {size} bytes, more than {most}", record.path),
            hint: None,
        };
        if record.fingerprint.size > most {
            return Err(too_large(record.fingerprint.size));
        }
        match self.found(&record.path)? {
            // It may have grown since it was indexed.
            Some(found) if found.bytes.len() as u64 > most => {
                Err(too_large(found.bytes.len() as u64))
            }
            found => Ok(found.map(|found| found.bytes)),
        }
    }

    /// Tells what is known of the project as a whole.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn overview(&self) -> Result<Overview> {
        let (session, id) = (self.session("tell about a project")?, self.id());
        let notes = Filter {
            projects: vec![id],
            notes_only: true,
            ..Filter::default()
        };
        Ok(Overview {
            statistics: session.statistics(id)?,
            note_types: session.types(id)?,
            categories: session.categories(id)?,
            relation_types: session.relation_types(id)?,
            most_connected: session.most_connected(id, MOST_NOTES)?,
            isolated: session.isolated(id)?,
            created: session.created(id, MOST_NOTES)?,
            modified: session.recent(&notes, MOST_NOTES, 0)?,
            faults: session.faults(id)?,
        })
    }

    /// Returns where the index is, when it is in a file.
    pub fn index_file(&self) -> Option<&Path> {
        match &self.engine.settings.index {
            IndexLocation::File(path) => Some(path),
            IndexLocation::Memory => None,
        }
    }
}
