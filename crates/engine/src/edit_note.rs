//! Changes a part of a note.
//!
//! How a text is edited is `note`'s; this file joins the text, the frontmatter keys and the title that follows its
//! heading; what is done about a note that is not there is `missing`'s. Invariant: what the edit does not name stays
//! byte for byte, and an edit that changes nothing writes nothing.

mod missing;

use crate::files::LARGEST_NOTE;
use crate::write_note::set_all;
use crate::{Error, Project, Result, Written};
use cairn_history::Operation;
use cairn_note::edit::{self, Edit};
use cairn_note::{Metadata, NotePath, frontmatter};
use serde_json::Value;

/// An edit of one note.
#[derive(Debug, Clone)]
pub struct EditRequest {
    /// The note, named exactly.
    pub identifier: String,
    /// What to change; `None` for frontmatter only.
    pub edit: Option<Edit>,
    /// Frontmatter keys to set; `title`, `type` and `permalink` are ignored here.
    pub metadata: Metadata,
    /// The checksum (hex, or its first eight digits) of the text the edit is based on, when the caller knows it.
    pub base: Option<String>,
}

/// A note as edited.
pub type Edited = Written;

impl Project<'_> {
    /// Edits a note; searchable when this returns.
    ///
    /// When the first heading was the title and the edit changes it, the title in the frontmatter follows; path and
    /// permalink stay. A file the index has not seen yet is indexed first.
    ///
    /// # Errors
    /// [`Error::Changed`] when the file is not what the caller, or else the index, last saw; [`Error::Edit`] when
    /// the place to edit is not there; [`Error::Nulls`] for a null among the metadata; [`Error::Invalid`] for files
    /// that are no notes.
    pub fn edit_note(&self, request: &EditRequest) -> Result<Edited> {
        refuse_nulls(&request.metadata)?;
        if request.edit.is_none() && request.metadata.is_empty() {
            return Err(Error::Invalid {
                message: "the edit changes nothing".to_owned(),
                hint: None,
            });
        }
        let (record, _guard, is_listed_anew) = self.locked_or_seen(&request.identifier)?;
        if !record.path.is_markdown() || record.fingerprint.size > LARGEST_NOTE {
            return Err(Error::Invalid {
                message: format!("{} is no note", record.path),
                hint: Some("only Markdown files up to 64 MiB can be edited".to_owned()),
            });
        }
        let found = self.unchanged(&record, request.base.as_deref())?;
        let before = found.text(&record.path)?;
        let after = edited(&record.path, before, request)?;
        if after != before {
            self.put(
                &record.path,
                self.history_id(&record)?,
                Some(&found),
                &after,
                Operation::Edit,
            )?;
        }
        Ok(Written {
            is_listed_anew,
            ..self.written(&record.path, false)?
        })
    }
}

fn edited(path: &NotePath, before: &str, request: &EditRequest) -> Result<String> {
    let in_frontmatter = |source| Error::Frontmatter {
        path: path.to_string(),
        source,
    };
    let mut after = match &request.edit {
        Some(change) => edit::edit(before, change).map_err(|source| Error::Edit {
            path: path.to_string(),
            source,
        })?,
        None => before.to_owned(),
    };
    if let Some(title) = edit::title_from_heading(before, &after) {
        after = frontmatter::set(&after, "title", &Value::from(title)).map_err(in_frontmatter)?;
    }
    set_all(&after, &request.metadata).map_err(in_frontmatter)
}

fn refuse_nulls(metadata: &Metadata) -> Result<()> {
    let nulls: Vec<String> = metadata
        .iter()
        .filter(|(_, value)| value.is_null())
        .map(|(key, _)| key.clone())
        .collect();
    if nulls.is_empty() {
        return Ok(());
    }
    Err(Error::Nulls { keys: nulls })
}
