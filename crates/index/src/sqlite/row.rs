//! What a file's row and its names are made of.
//!
//! Not how they are stored (`apply`). Invariant: a function of the entry and the project, nothing else.

use super::full_text::WordsRow;
use super::properties::texts;
use super::rank;
use crate::{Content, Entry, Scope};
use cairn_note::{Note, Permalink, link, words};

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
