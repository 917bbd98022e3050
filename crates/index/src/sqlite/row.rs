//! What a file's row, its names and its properties are made of.
//!
//! Not how they are stored (`apply`). Invariant: a function of the entry and the project, nothing else.

use crate::{Content, Entry, ProjectId, Scope};
use cairn_note::{Metadata, Note, NotePath, Permalink, link, words};
use uuid::Uuid;

/// What a file's row is made of.
pub(super) struct Row<'a> {
    pub(super) entry: &'a Entry,
    pub(super) claim: Option<String>,
    pub(super) declared: bool,
    pub(super) path_bucket: String,
    pub(super) title_bucket: Option<String>,
}

impl<'a> Row<'a> {
    pub(super) fn new(entry: &'a Entry, scope: &Scope<'_>) -> Self {
        let declared = match &entry.content {
            Content::Note { note, .. } => note
                .permalink
                .clone()
                .filter(|permalink| !permalink.trim().is_empty()),
            Content::File => None,
        };
        let is_declared = declared.is_some();
        let claim = match &entry.content {
            Content::Note { .. } => declared
                .or_else(|| Some(Permalink::of(&entry.path, scope.slug).as_str().to_owned())),
            Content::File => None,
        };
        let path_bucket = link::bucket(entry.path.as_str());
        let title_bucket =
            Some(link::bucket(entry.title())).filter(|bucket| *bucket != path_bucket);
        Self {
            entry,
            claim,
            declared: is_declared,
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

    /// The terms of everything a note is called besides its title: path, permalink, aliases, tags.
    pub(super) fn names(&self) -> String {
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

/// The text of a value, or of a list's items.
fn texts(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) => vec![text],
        serde_json::Value::Array(items) => items.iter().filter_map(|item| item.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// Frontmatter as dotted keys and texts.
pub(super) fn properties(metadata: &Metadata) -> Vec<(String, &str)> {
    let mut flat = Vec::new();
    let mut pending: Vec<(String, &serde_json::Value)> = metadata
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "title" | "type" | "tags" | "permalink"))
        .map(|(key, value)| (key.clone(), value))
        .collect();
    while let Some((key, value)) = pending.pop() {
        match value {
            serde_json::Value::Object(map) => {
                pending.extend(
                    map.iter()
                        .map(|(inner, value)| (format!("{key}.{inner}"), value)),
                );
            }
            value => flat.extend(texts(value).into_iter().map(|text| (key.clone(), text))),
        }
    }
    flat
}

/// The stable id of a file: a version 5 UUID (RFC 9562) of its project and the path it was first seen at.
pub(super) fn external_id(project: ProjectId, path: &NotePath) -> String {
    let space = Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("cairn:{}", project.0).as_bytes(),
    );
    Uuid::new_v5(&space, path.as_str().as_bytes()).to_string()
}
