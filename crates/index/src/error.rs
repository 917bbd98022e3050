//! What can go wrong in the index.
//!
//! Not what to tell a person to do: hints are the engine's. Invariant: every error names the database or the
//! session it concerns.

use std::path::PathBuf;
use std::time::Duration;

/// The result of everything in this room.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong in the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody gave the session back in time.
    #[error("the index is busy: {holder} has held it for more than {} s", waited.as_secs())]
    Busy {
        /// Who holds it: a session's name, or another process.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A session was opened inside a session on the same thread.
    #[error("a session ({inner}) was opened inside another ({outer}) on the same thread")]
    Nested {
        /// The one that was open.
        outer: &'static str,
        /// The one that was refused.
        inner: &'static str,
    },
    /// The database could not be opened.
    #[error("cannot open the index {}: {source}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A file operation on the database failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A statement failed.
    #[error("the index could not {action}: {source}")]
    Statement {
        /// What was tried.
        action: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// A stored value has a shape nothing here writes.
    #[error("the index holds a {what} that cannot be read")]
    Corrupt {
        /// What.
        what: &'static str,
    },
}

/// Adds what was tried to a failed statement.
pub(crate) trait StatementContext<T> {
    /// Turns the error into [`Error::Statement`], or into [`Error::Busy`] when another process holds the lock.
    fn action(self, action: &'static str) -> Result<T>;
}

impl<T> StatementContext<T> for rusqlite::Result<T> {
    fn action(self, action: &'static str) -> Result<T> {
        self.map_err(|source| Error::Statement { action, source })
    }
}
