//! What a file's row and its names are made of.
//!
//! Not how they are stored (`apply`). Invariant: a function of the entry and the project, nothing else.

use super::full_text::WordsRow;
use super::properties::texts;
use super::rank;
use crate::{Content, Entry, ProjectId, Scope};
use cairn_note::{Note, NotePath, Permalink, link, words};
use rusqlite::Connection;
use uuid::Uuid;

/// What a file's row is made of.
pub(super) struct Row<'a> {
    pub(super) entry: &'a Entry,
    pub(super) claim: Option<String>,
    pub(super) ground: Ground,
    pub(super) path_bucket: String,
    pub(super) title_bucket: Option<String>,
}

impl<'a> Row<'a> {
    pub(super) fn new(entry: &'a Entry, scope: &Scope<'_>) -> Self {
        let (claim, ground) = match &entry.content {
            Content::Note { note, .. } => claim(note, entry, scope),
            Content::File => (None, Ground::Path),
        };
        let path_bucket = link::bucket(entry.path.as_str());
        let title_bucket =
            Some(link::bucket(entry.title())).filter(|bucket| *bucket != path_bucket);
        Self {
            entry,
            claim,
            ground,
            path_bucket,
            title_bucket,
        }
    }

    pub(super) fn note(&self) -> Option<&'a Note> {
        match &self.entry.content {
            Content::Note { note, .. } => Some(note),
            Content::File => None,
        }
    }

    pub(super) fn note_type(&self) -> &'a str {
        self.note().map_or("file", |note| &note.note_type)
    }

    pub(super) fn length(&self) -> u32 {
        match &self.entry.content {
            Content::Note { terms, .. } => terms.length,
            Content::File => 0,
        }
    }

    pub(super) fn metadata(&self) -> String {
        self.note().map_or_else(
            || "{}".to_owned(),
            |note| serde_json::to_string(&note.metadata).unwrap_or_else(|_| "{}".to_owned()),
        )
    }

    /// The file's row in the full-text table, without its content.
    pub(super) fn words(&self, id: i64) -> WordsRow {
        let mut title = String::new();
        let title_length = words::terms(self.entry.title(), &mut title);
        WordsRow {
            number: rank::row_number(id, title_length, self.length()),
            title,
            names: self.names(),
            length: self.length(),
        }
    }

    /// The terms of everything a note is called besides its title: path, permalink, aliases, tags.
    fn names(&self) -> String {
        let mut names = String::new();
        words::terms(self.entry.path.as_str(), &mut names);
        if let Some(note) = self.note() {
            for text in note.permalink.iter().chain(&note.tags) {
                words::terms(text, &mut names);
            }
            for key in ["aliases", "alias"] {
                for text in note.metadata.get(key).into_iter().flat_map(texts) {
                    words::terms(text, &mut names);
                }
            }
        }
        names
    }
}

/// Why a note claims its permalink; of several notes with one claim the best reason gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// It follows from the path.
    Path = 0,
    /// The note was given it.
    Given = 1,
    /// The file declares it.
    Declared = 2,
}

/// The permalink a note claims.
fn claim(note: &Note, entry: &Entry, scope: &Scope<'_>) -> (Option<String>, Ground) {
    let is_one = |permalink: &&String| !permalink.trim().is_empty();
    if let Some(declared) = note.permalink.as_ref().filter(is_one) {
        return (Some(declared.clone()), Ground::Declared);
    }
    if let Some(given) = entry.given.permalink.as_ref().filter(is_one) {
        return (Some(given.clone()), Ground::Given);
    }
    let derived = Permalink::of(&entry.path, scope.slug);
    (Some(derived.as_str().to_owned()), Ground::Path)
}

/// Returns the first of a path's ids that no note has: one that moved away may still have what its old path gives.
pub(super) fn free_external_id(
    connection: &Connection,
    project: ProjectId,
    path: &str,
) -> rusqlite::Result<Uuid> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM note WHERE external_id = ?1")?;
    for id in ids(project, path) {
        if !taken.exists([id.as_bytes()])? {
            return Ok(id);
        }
    }
    unreachable!("the ids of a path do not end")
}

/// Returns the stable ids a new file may get, in the order in which they are tried: version 5 UUIDs (RFC 9562) of its
/// project and path. They do not end.
pub fn derived_ids(project: ProjectId, path: &NotePath) -> impl Iterator<Item = Uuid> + use<'_> {
    ids(project, path.as_str())
}

fn ids(project: ProjectId, path: &str) -> impl Iterator<Item = Uuid> + use<'_> {
    let space = Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("cairn:{}", project.0).as_bytes(),
    );
    let first = Uuid::new_v5(&space, path.as_bytes());
    std::iter::successors(Some(first), |last| {
        Some(Uuid::new_v5(last, path.as_bytes()))
    })
}
