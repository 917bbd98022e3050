//! What can go wrong in the history.
//!
//! Not what to tell a person to do: hints are the engine's. Invariant: an error can be cloned, since one failed
//! commit is the failure of everybody whose record was in it.

use crate::Hash;
use rusqlite::ErrorCode;
use std::path::PathBuf;
use std::sync::Arc;

/// The result of everything in this room.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong in the history.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Another process kept the history locked for too long.
    #[error("the history is busy: another process has held it for more than {seconds} s")]
    Busy {
        /// How long was waited.
        seconds: u64,
    },
    /// The database could not be opened.
    #[error("cannot open the history {}: {source}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// Why.
        source: Arc<rusqlite::Error>,
    },
    /// The file is a database of something else, or none; it is left as it is.
    #[error("{} is not a history of notes, and is left as it is", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer version has written the file; it is left as it is.
    #[error("the history has format {found}, and this version knows up to {known}")]
    Newer {
        /// The format of the file.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// An older version has written the file, which is migrated when it is opened to be written.
    #[error("the history has format {found}, and is migrated to {known} when it is opened next")]
    Older {
        /// The format of the file.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// A file operation on the database failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// A statement failed.
    #[error("the history could not {action}: {source}")]
    Statement {
        /// What was tried.
        action: &'static str,
        /// Why.
        source: Arc<rusqlite::Error>,
    },
    /// A content that is kept cannot be read, or is not what it was.
    #[error("the history of {owner} is damaged: content {hash} cannot be read back")]
    Corrupt {
        /// The note it belongs to: its path and id, or what else it is.
        owner: String,
        /// The content.
        hash: Hash,
    },
    /// A revision has a shape nothing here writes.
    #[error("the history holds an {what} that is none")]
    Unreadable {
        /// What.
        what: &'static str,
    },
    /// An entry names a content that is not kept, without its bytes.
    #[error("the history does not keep content {hash}")]
    Unknown {
        /// The content.
        hash: Hash,
    },
    /// A content could not be compressed.
    #[error("cannot compress content {hash}: {reason}")]
    Compress {
        /// The content.
        hash: Hash,
        /// Why.
        reason: &'static str,
    },
    /// The thread that wrote for this one too has panicked; nothing was recorded.
    #[error("the history was not written: the writing thread panicked")]
    Abandoned,
}

/// Adds what was tried to a failed statement.
pub(crate) trait StatementContext<T> {
    /// Turns the error into [`Error::Statement`].
    fn action(self, action: &'static str) -> Result<T>;
}

impl<T> StatementContext<T> for rusqlite::Result<T> {
    fn action(self, action: &'static str) -> Result<T> {
        self.map_err(|source| Error::Statement {
            action,
            source: Arc::new(source),
        })
    }
}

/// Whether another connection is in the way.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Whether the file is damaged or no database.
pub(crate) fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    )
}
