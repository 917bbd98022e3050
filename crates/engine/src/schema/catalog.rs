//! The schema notes of a project, and which of them is a note's.
//!
//! Invariant: a definition is what its file says now; only where the file cannot be read it is what the index knows.

use super::BrokenSchema;
use crate::{Project, Result};
use cairn_index::{Filter, NoteRecord, Session};
use cairn_note::filter::canonical_type;
use cairn_note::schema::{Declared, Schema, SchemaError, declared, definition};
use cairn_note::{Metadata, parse, permalink};
use std::borrow::Cow;

/// The type of schema notes.
pub(super) const SCHEMA: &str = "schema";

/// The schema notes of a project, by path.
pub(super) struct Catalog {
    entries: Vec<Entry>,
    slug: String,
}

struct Entry {
    note: NoteRecord,
    /// The type it is for, as spelled, even where the definition is broken.
    entity: Option<String>,
    schema: std::result::Result<Schema, SchemaError>,
}

impl Catalog {
    /// Reads every schema note.
    pub(super) fn load(project: &Project<'_>, session: &Session<'_>) -> Result<Self> {
        let notes = session.every(&Filter {
            projects: vec![project.id()],
            note_types: vec![SCHEMA.to_owned()],
            notes_only: true,
            ..Filter::default()
        })?;
        let entries = notes.into_iter().map(|note| {
            let metadata = on_disk(project, &note).unwrap_or_else(|| note.metadata.clone());
            Entry {
                entity: metadata
                    .get("entity")
                    .and_then(|entity| entity.as_str())
                    .map(str::to_owned),
                schema: definition(&metadata),
                note,
            }
        });
        Ok(Self {
            entries: entries.collect(),
            slug: project.settings.slug(),
        })
    }

    /// Returns the types there are schemas for, as spelled.
    pub(super) fn entities(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter_map(|entry| entry.entity.as_deref())
    }

    /// Returns the schema notes that define none.
    pub(super) fn broken(&self) -> impl Iterator<Item = BrokenSchema> {
        self.entries.iter().filter_map(Entry::broken)
    }

    /// Returns the schema of a note; whatever stands in the way is added to `broken`.
    pub(super) fn schema_of(
        &self,
        note: &NoteRecord,
        broken: &mut Vec<BrokenSchema>,
    ) -> Option<Cow<'_, Schema>> {
        // What a schema note defines is not about itself.
        if canonical_type(&note.note_type) == SCHEMA {
            return self.by_type(&note.note_type, broken).map(Cow::Borrowed);
        }
        match declared(&note.metadata, &note.note_type) {
            Ok(Declared::Inline(schema)) => return Some(Cow::Owned(schema)),
            Ok(Declared::Nothing) => {}
            Ok(Declared::Reference(name)) => match self.by_name(&name) {
                Some(Entry {
                    schema: Ok(schema), ..
                }) => return Some(Cow::Borrowed(schema)),
                Some(entry) => broken.extend(entry.broken()),
                None => broken.push(BrokenSchema {
                    path: note.path.to_string(),
                    is_missing: true,
                    message: format!("it names the schema '{name}', which is not there"),
                }),
            },
            Err(error) => broken.push(unusable(note, &error)),
        }
        self.by_type(&note.note_type, broken).map(Cow::Borrowed)
    }

    /// Returns the first schema for a type that can be used; where there is none but broken ones, these are told.
    pub(super) fn by_type(
        &self,
        note_type: &str,
        broken: &mut Vec<BrokenSchema>,
    ) -> Option<&Schema> {
        let canonical = canonical_type(note_type);
        let entries = || self.entries.iter().filter(|entry| entry.is_for(&canonical));
        let usable = entries().find_map(|entry| entry.schema.as_ref().ok());
        if usable.is_none() {
            broken.extend(entries().filter_map(Entry::broken));
        }
        usable
    }

    fn by_name(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches("[[").trim_end_matches("]]");
        let canonical = canonical_type(name);
        let slug = permalink::slug(name);
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.is_for(&canonical)).or_else(|| {
            self.entries
                .iter()
                .find(|entry| self.is_called(entry, &slug))
        })
    }

    fn is_called(&self, entry: &Entry, slug: &str) -> bool {
        let permalink = entry.note.permalink.as_deref().unwrap_or_default();
        let local = permalink.strip_prefix(&self.slug);
        permalink::slug(&entry.note.title) == slug
            || permalink == slug
            || local.and_then(|local| local.strip_prefix('/')) == Some(slug)
            || permalink.rsplit('/').next() == Some(slug)
    }
}

impl Entry {
    fn is_for(&self, canonical: &str) -> bool {
        let entity = self.entity.as_deref();
        entity.is_some_and(|entity| canonical_type(entity) == canonical)
    }

    fn broken(&self) -> Option<BrokenSchema> {
        Some(unusable(&self.note, self.schema.as_ref().err()?))
    }
}

fn unusable(note: &NoteRecord, error: &SchemaError) -> BrokenSchema {
    BrokenSchema {
        path: note.path.to_string(),
        is_missing: false,
        message: error.to_string(),
    }
}

/// The frontmatter a schema note's file has now, where it still is a schema note's.
fn on_disk(project: &Project<'_>, note: &NoteRecord) -> Option<Metadata> {
    let found = project.found(&note.path).ok()??;
    let parsed = parse(found.text(&note.path).ok()?);
    (canonical_type(&parsed.note_type) == SCHEMA).then_some(parsed.metadata)
}
