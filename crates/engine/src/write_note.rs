//! Makes or replaces a note.
//!
//! It decides path, permalink and frontmatter; composing the text is `compose`'s, writing is `accept`'s.
//! Invariant: a file is replaced only when that was asked for and the file is what the caller, or else the index,
//! last saw; no file the index does not know is ever replaced.

mod compose;

use crate::accept::is_checksum;
use crate::points::{Switch, leaves_out};
use crate::{Error, FileNames, Permalinks, Project, Result};
use cairn_history::Operation;
use cairn_index::{NoteKey, NoteRecord};
use cairn_note::path::{FileNameStyle, file_name_for_title, sanitize_folder};
use cairn_note::{Metadata, NotePath, Permalink, frontmatter, permalink};
use compose::{Content, Identity};

/// Whether a note that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// It is an error.
    #[default]
    Deny,
    /// It is replaced.
    Allow,
}

/// A note to write.
#[derive(Debug, Clone, Default)]
pub struct WriteRequest {
    /// Its title; the file name follows from it.
    pub title: String,
    /// Its folder; empty for the root.
    pub folder: String,
    /// Its text, with or without frontmatter.
    pub content: String,
    /// Its type; `note` when `None`. A `type` in the content's frontmatter wins.
    pub note_type: Option<String>,
    /// Its tags; when there are any they win over those of `metadata` and of the content's frontmatter.
    pub tags: Vec<String>,
    /// More frontmatter, which wins over the content's: `title`, `type` and `permalink` are ignored, and a key
    /// whose value is null is left out.
    pub metadata: Metadata,
    /// Whether a note that is there may be replaced.
    pub overwrite: Overwrite,
    /// The checksum (hex, or its first eight digits) of the text a replacement is based on, when the caller knows it.
    pub base: Option<String>,
}

/// A note as written.
#[derive(Debug, Clone)]
pub struct Written {
    /// As it is indexed now.
    pub note: NoteRecord,
    /// Whether the file is new.
    pub created: bool,
    /// Whether lists of notes show it since this write: the file is new, or was and the index did not know it.
    pub is_listed_anew: bool,
    /// Observations by category, in order of appearance.
    pub observations: Vec<(String, usize)>,
    /// Relations that resolve.
    pub resolved: usize,
    /// Relations whose target is not there yet.
    pub unresolved: usize,
}

impl Project<'_> {
    /// Writes a note; searchable when this returns.
    ///
    /// A replacement keeps the frontmatter keys and the permalink of the note it replaces unless the request says
    /// otherwise; frontmatter that cannot be read is replaced too. A text equal to the file's writes nothing.
    ///
    /// # Errors
    /// [`Error::Exists`] and [`Error::NotIndexed`] when the file is there and may not be replaced,
    /// [`Error::Equivalent`] when a new note's name is another's but for spelling, [`Error::Changed`] when the
    /// file is not what the replacement is based on, [`Error::Frontmatter`] when the content's cannot be read.
    pub fn write_note(&self, request: &WriteRequest) -> Result<Written> {
        let path = self.path_of(request)?;
        let content = Content::read(&request.content).map_err(|source| Error::Frontmatter {
            path: path.to_string(),
            source,
        })?;
        let _guard = self.lock(&path)?;
        let known = self.record_at(&path)?;
        let old = self.replaced(request, &path, known.as_ref())?;
        if old.is_none() && known.is_none() {
            self.refuse_hidden(&path)?;
            self.refuse_equivalent(&path)?;
        }
        let old_text = old.as_ref().map(|old| String::from_utf8_lossy(&old.bytes));
        let identity = Identity {
            title: &request.title,
            note_type: content
                .note_type()
                .or(request.note_type.as_deref().map(str::trim))
                .unwrap_or_default(),
            permalink: &self.permalink_of(&path, content.permalink(), known.as_ref())?,
        };
        let text = compose::compose(
            old_text.as_deref(),
            &content,
            &identity,
            &request.tags,
            &request.metadata,
        );
        if old.as_ref().is_none_or(|old| old.bytes != text.as_bytes()) {
            let operation = if old.is_some() {
                Operation::Write
            } else {
                Operation::Create
            };
            self.put(&path, self.note_id(&path)?, old.as_ref(), &text, operation)?;
        }
        self.written(&path, old.is_none())
    }

    /// Returns where the note of a request is, or will be.
    fn path_of(&self, request: &WriteRequest) -> Result<NotePath> {
        if request.title.trim().is_empty() {
            return Err(Error::Invalid {
                message: "the title is empty".to_owned(),
                hint: None,
            });
        }
        let style = match self.engine.settings.file_names {
            FileNames::Title => FileNameStyle::Title,
            FileNames::Kebab => FileNameStyle::Kebab,
        };
        let folder = request.folder.trim();
        // Only what no platform takes is cleaned away: `R&D` is a folder people have.
        let folder = if folder.contains(['<', '>', ':', '"', '|', '?', '*']) {
            sanitize_folder(folder)
        } else {
            folder.replace('\\', "/")
        };
        let folder = folder.trim_start_matches("./").trim_matches('/');
        Ok(NotePath::join(
            if folder == "." { "" } else { folder },
            &file_name_for_title(request.title.trim(), style),
        )?)
    }

    /// Returns the file that the request replaces, when there is one and it may be replaced.
    fn replaced(
        &self,
        request: &WriteRequest,
        path: &NotePath,
        known: Option<&NoteRecord>,
    ) -> Result<Option<crate::accept::Found>> {
        let base = request
            .base
            .as_deref()
            .map(|base| base.trim().to_lowercase());
        let Some(found) = self.found(path)? else {
            return match base {
                Some(expected) => Err(Error::Changed {
                    path: path.to_string(),
                    expected,
                    found: None,
                }),
                None => Ok(None),
            };
        };
        if request.overwrite == Overwrite::Deny {
            return Err(Error::Exists {
                path: path.to_string(),
            });
        }
        let expected = match (base, known) {
            (Some(base), _) => base,
            (None, Some(known)) => known.fingerprint.checksum_hex(),
            (None, None) => {
                return Err(Error::NotIndexed {
                    path: path.to_string(),
                });
            }
        };
        if leaves_out(Switch::Base) || is_checksum(&found.checksum, &expected) {
            Ok(Some(found))
        } else {
            if let Some(known) = known {
                self.notice(known)?;
            }
            Err(Error::Changed {
                path: path.to_string(),
                expected,
                found: Some(found.checksum),
            })
        }
    }

    /// Refuses a new note whose path is another note's but for case, composition, `_` and `-`, or whose slug is.
    fn refuse_equivalent(&self, path: &NotePath) -> Result<()> {
        let (alias, slug) = (path.alias_key(), permalink::slug(path.as_str()));
        let is_equivalent = |other: &NotePath| {
            other != path
                && other.is_markdown()
                && (other.alias_key() == alias || permalink::slug(other.as_str()) == slug)
        };
        let alike = self
            .session("look for equivalent names")?
            .alike_names(self.id(), path.as_str())?;
        match alike.into_iter().find(|(other, _)| is_equivalent(other)) {
            Some((existing, _)) => Err(Error::Equivalent {
                existing: existing.to_string(),
            }),
            None => Ok(()),
        }
    }

    fn canonical(&self, path: &NotePath) -> Permalink {
        match self.engine.settings.permalinks {
            Permalinks::IncludeProject => Permalink::of(path, Some(&self.settings.slug())),
            Permalinks::PathOnly => Permalink::of(path, None),
        }
    }

    /// Returns the permalink a note at `path` gets: the one it declares if that is free, else the one it has, else
    /// the declared or canonical one with the first free suffix.
    fn permalink_of(
        &self,
        path: &NotePath,
        declared: Option<&str>,
        known: Option<&NoteRecord>,
    ) -> Result<String> {
        let session = self.session("choose a permalink")?;
        let is_free = |permalink: &str| -> Result<bool> {
            let owner = session.note(self.id(), NoteKey::Permalink(permalink))?;
            Ok(owner.is_none_or(|owner| owner.path == *path))
        };
        if let Some(declared) = declared
            && is_free(declared)?
        {
            return Ok(declared.to_owned());
        }
        if let Some(permalink) = known.and_then(|known| known.permalink.clone()) {
            return Ok(permalink);
        }
        let wanted = declared.map_or_else(|| self.canonical(path).to_string(), str::to_owned);
        let mut permalink = wanted.clone();
        let mut suffix = 0;
        while !is_free(&permalink)? {
            suffix += 1;
            permalink = format!("{wanted}-{suffix}");
        }
        Ok(permalink)
    }
}

/// Whether a frontmatter key is decided by the request's own fields.
pub(crate) fn is_identity(key: &str) -> bool {
    matches!(key, "title" | "type" | "permalink")
}

/// Applies `set` for each key that is not the note's identity.
pub(crate) fn set_all(
    text: &str,
    metadata: &Metadata,
) -> std::result::Result<String, frontmatter::FrontmatterError> {
    let mut text = text.to_owned();
    for (key, value) in metadata.iter().filter(|(key, _)| !is_identity(key)) {
        text = if value.is_null() {
            frontmatter::remove(&text, key)?
        } else {
            frontmatter::set(&text, key, value)?
        };
    }
    Ok(text)
}
