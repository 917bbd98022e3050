//! What can go wrong in a verb, what kind it is, and the way out.
//!
//! Not how it is shown: exit codes and statuses are made from [`Kind`] where they are needed. Invariant: every
//! message names the thing, is one sentence and has no trailing period.

use cairn_index::NoteRecord;
use cairn_note::NotePath;
use cairn_note::edit::EditError;
use cairn_note::filter::FilterError;
use cairn_note::frontmatter::FrontmatterError;
use cairn_note::path::PathError;
use cairn_note::timeframe::TimeframeError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The result of every verb.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong in a verb.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No project was named and there is no default.
    #[error("no project was named and there is no default project")]
    NoProject,
    /// No project has that name.
    #[error("there is no project '{name}'")]
    UnknownProject {
        /// The name.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// No note has that identifier.
    #[error("no note is called '{identifier}'")]
    NotFound {
        /// The identifier.
        identifier: String,
        /// Notes with names like it.
        near: Vec<String>,
    },
    /// Several notes have that identifier.
    #[error("'{identifier}' could be any of {} notes: {}", candidates.len(), candidates.join(", "))]
    Ambiguous {
        /// The identifier.
        identifier: String,
        /// The paths of the notes.
        candidates: Vec<String>,
    },
    /// The file is not what the caller based the write on.
    #[error("{path} was changed by someone else since it was read")]
    Changed {
        /// The file.
        path: String,
        /// The checksum the write was based on.
        expected: String,
        /// The checksum the file has; `None` when it is gone.
        found: Option<String>,
    },
    /// Something is already there.
    #[error("{path} already exists")]
    Exists {
        /// The file.
        path: String,
    },
    /// Another file's name differs only in a way many file systems and links ignore.
    #[error("a note with an equivalent filename already exists: {existing}")]
    Equivalent {
        /// The file that is there.
        existing: String,
    },
    /// Something is there that the index has not seen yet, so nobody can say it may be replaced.
    #[error("{path} is in the folder but not in the index")]
    NotIndexed {
        /// The file.
        path: String,
    },
    /// The identifier names a note of another project, where this call may change nothing.
    #[error("'{identifier}' is a note of the project '{project}'")]
    OtherProject {
        /// The identifier.
        identifier: String,
        /// The project's name.
        project: String,
    },
    /// A note is to be moved to where it is.
    #[error("Source and destination paths are the same")]
    SamePlace {
        /// Where it is.
        path: String,
    },
    /// A move would make another kind of file of it.
    #[error("{from} cannot become {to}: a move keeps the file's extension")]
    OtherExtension {
        /// Where it is.
        from: String,
        /// Where it was to go.
        to: String,
    },
    /// The index knows the note, but its file is gone.
    #[error("the file {path} is gone")]
    FileGone {
        /// The file.
        path: String,
    },
    /// Another process writes the note and does not finish.
    #[error("{path} is being written by another process for more than {} s", waited.as_secs())]
    BeingWritten {
        /// The file.
        path: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A deletion of that size must be confirmed.
    #[error("deleting {} would delete {count} files", if folder.is_empty() { "the whole project" } else { folder })]
    Unconfirmed {
        /// The folder, "" for the whole project.
        folder: String,
        /// How many files it holds.
        count: usize,
    },
    /// The file was changed, but the index could not be told.
    #[error("{path} was {done}, but the index does not know it yet: {source}")]
    Untold {
        /// The file.
        path: String,
        /// What was done with it: `written`, `moved`, `deleted`.
        done: &'static str,
        /// Why the index could not be told.
        source: Arc<Self>,
    },
    /// The file was changed, but the disk did not say that the change will stay.
    #[error("{path} was {done}, but a power failure may take that back: {source}")]
    Unsynced {
        /// The file.
        path: String,
        /// What was done with it: `written`, `moved`, `deleted`.
        done: &'static str,
        /// What the disk said.
        source: Arc<Self>,
    },
    /// Frontmatter keys to set that have no value.
    #[error(
        "metadata values cannot be null (key deletion is not supported): {}",
        keys.join(", ")
    )]
    Nulls {
        /// The keys.
        keys: Vec<String>,
    },
    /// The request makes no sense.
    #[error("{message}")]
    Invalid {
        /// What is wrong, one sentence without a trailing period.
        message: String,
        /// The way out.
        hint: Option<String>,
    },
    /// A path is no path inside a project.
    #[error(transparent)]
    Path(#[from] PathError),
    /// An edit cannot be made.
    #[error("cannot edit {path}: {source}")]
    Edit {
        /// The note.
        path: String,
        /// Why.
        source: EditError,
    },
    /// The frontmatter cannot be edited.
    #[error("cannot change the frontmatter of {path}: {source}")]
    Frontmatter {
        /// The note.
        path: String,
        /// Why.
        source: FrontmatterError,
    },
    /// A filter is malformed.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A time is not understood.
    #[error(transparent)]
    Timeframe(#[from] TimeframeError),
    /// A file operation failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The project's folder cannot be looked at.
    #[error("cannot open the folder {}: {source}", path.display())]
    Root {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The history failed; nothing was changed.
    #[error(transparent)]
    History(#[from] cairn_history::Error),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] cairn_index::Error),
    /// The model could not make vectors.
    #[error("notes cannot be embedded: {message}")]
    Embed {
        /// What the model says.
        message: String,
        /// The way out.
        hint: String,
    },
    /// A search by meaning alone, and nothing that knows what the question means.
    #[error("a search by meaning is not possible: {reason}")]
    Meaningless {
        /// Why not.
        reason: String,
    },
    /// The caller asked to stop.
    #[error("stopped before it was done")]
    Cancelled,
}

/// What kind of failure it is; exit codes and statuses follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The thing is not there.
    NotFound,
    /// The thing is not as the caller believed, or could be several.
    Conflict,
    /// The request makes no sense.
    Invalid,
    /// Someone else holds what is needed.
    Busy,
    /// The disk or the system refused.
    Io,
    /// Stored data is damaged.
    Corrupt,
    /// Stopped on request.
    Cancelled,
}

impl Error {
    /// A file that was known is not there.
    pub(crate) fn gone(path: &NotePath) -> Self {
        Self::NotFound {
            identifier: path.to_string(),
            near: Vec::new(),
        }
    }

    /// An identifier may name each of these notes.
    pub(crate) fn ambiguous(identifier: &str, records: &[NoteRecord]) -> Self {
        Self::Ambiguous {
            identifier: identifier.to_owned(),
            candidates: records
                .iter()
                .map(|record| record.path.to_string())
                .collect(),
        }
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> Kind {
        match self {
            Self::UnknownProject { .. } | Self::NotFound { .. } | Self::FileGone { .. } => {
                Kind::NotFound
            }
            Self::Ambiguous { .. }
            | Self::Changed { .. }
            | Self::Exists { .. }
            | Self::Equivalent { .. }
            | Self::NotIndexed { .. } => Kind::Conflict,
            Self::Untold { source, .. } | Self::Unsynced { source, .. } => source.kind(),
            Self::NoProject
            | Self::OtherProject { .. }
            | Self::SamePlace { .. }
            | Self::OtherExtension { .. }
            | Self::Unconfirmed { .. }
            | Self::Nulls { .. }
            | Self::Invalid { .. }
            | Self::Path(_)
            | Self::Edit { .. }
            | Self::Frontmatter { .. }
            | Self::Filter(_)
            | Self::Timeframe(_) => Kind::Invalid,
            Self::BeingWritten { .. } => Kind::Busy,
            Self::Io { .. } | Self::Root { .. } | Self::Embed { .. } | Self::Meaningless { .. } => {
                Kind::Io
            }
            Self::Index(error) => match error {
                cairn_index::Error::Busy { .. } | cairn_index::Error::Nested { .. } => Kind::Busy,
                cairn_index::Error::Corrupt { .. } => Kind::Corrupt,
                _ => Kind::Io,
            },
            Self::History(error) => match error {
                cairn_history::Error::Busy { .. } => Kind::Busy,
                cairn_history::Error::Corrupt { .. }
                | cairn_history::Error::Foreign { .. }
                | cairn_history::Error::Newer { .. }
                | cairn_history::Error::Unreadable { .. } => Kind::Corrupt,
                _ => Kind::Io,
            },
            Self::Cancelled => Kind::Cancelled,
        }
    }

    /// Returns the way out, one sentence without a trailing period, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoProject => Some("name one with --project, or open a folder with -C".to_owned()),
            Self::UnknownProject { near, .. } | Self::NotFound { near, .. } if !near.is_empty() => {
                Some(format!("did you mean {}?", near.join(", ")))
            }
            Self::UnknownProject { .. } => {
                Some("list the projects with `cairn project list`".to_owned())
            }
            Self::NotFound { .. } => Some("search for it with `cairn search`".to_owned()),
            Self::Ambiguous { .. } => Some("name it by its path or permalink".to_owned()),
            Self::Changed { .. } => Some("read it again and repeat the change".to_owned()),
            Self::Exists { .. } => {
                Some("choose another name, or move away what is there".to_owned())
            }
            Self::Equivalent { .. } => Some("edit that note, or choose another title".to_owned()),
            Self::OtherExtension { .. } => {
                Some("name the destination without an extension to keep the one it has".to_owned())
            }
            Self::NotIndexed { .. } | Self::FileGone { .. } => {
                Some("bring the index in step with `cairn sync`, then repeat".to_owned())
            }
            Self::OtherProject { project, .. } => {
                Some(format!("repeat the call for the project '{project}'"))
            }
            Self::Unconfirmed { .. } => Some("confirm it, or delete less".to_owned()),
            Self::Root { .. } => Some(
                "mount it, or say where it is now with `cairn project move`; nothing is forgotten"
                    .to_owned(),
            ),
            Self::Untold { .. } => Some("the next sync brings the index in step".to_owned()),
            Self::Unsynced { .. } => {
                Some("look after the disk; the history keeps what the note says now".to_owned())
            }
            Self::Nulls { .. } => Some("remove the key with a find_replace edit".to_owned()),
            Self::Invalid { hint, .. } => hint.clone(),
            Self::Embed { hint, .. } => Some(hint.clone()),
            Self::Meaningless { .. } => Some("search by words instead".to_owned()),
            _ => None,
        }
    }
}

/// Adds the file to an IO error.
pub(crate) trait IoContext<T> {
    /// Names what was tried and on which file.
    fn context(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> IoContext<T> for std::io::Result<T> {
    fn context(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::Io {
            action,
            path: path.into(),
            source,
        })
    }
}
