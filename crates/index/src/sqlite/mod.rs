//! The index on SQLite.
//!
//! `pool` hands out connections as sessions, `open` makes or remakes the database of `schema.sql`, `apply` (with
//! `claims`, `links` and `passages`) and `models` are the only writers, and the rest read. Not a place for rules of the note format.
//! Invariant: a session is one transaction on one connection nobody else uses meanwhile.

mod candidates;
mod counts;
mod open;
mod pages;
mod pointing;
mod pool;
mod read;
mod resolve;
mod stamp;
mod typed;

mod allowed;
mod items;
mod lexical;
mod plan;
mod rank;
mod score;

mod follow;
mod models;
mod nearest;
mod pending;
mod weights;

mod around;
mod check;
mod dump;
mod salvage;

mod apply;
mod claims;
mod full_text;
mod ids;
mod known;
mod links;
mod passages;
mod properties;
mod row;
mod touch;

pub use check::Condition;
pub use dump::Sums;
pub use ids::derived_ids;
pub use pointing::{Imagined, Pointing};
pub use typed::TypedRelation;

use crate::{Applied, Change, ProjectId, Result, Scope};
use follow::Followed;
use pool::{Begin, Lease, Nest, Pool};
use std::path::Path;
use std::time::Duration;

/// How an index is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a session may be waited for, in this process and for another one.
    pub checkout_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            checkout_timeout: Duration::from_secs(30),
        }
    }
}

/// The index of all projects.
///
/// In a file, one connection writes and others read, each session on its own. In memory, exactly one connection
/// serves every session, one after the other.
pub struct Index {
    nest: Nest,
    /// `None` when readers use the writer's connection. Closed before the writer, since the connection that is closed
    /// last folds the log back, and one that only reads cannot.
    readers: Option<Pool>,
    writer: Pool,
    begin: (Begin, Begin),
    followed: Followed,
}

/// One read transaction: everything asked in it is answered from the same state.
pub struct Session<'a> {
    lease: Lease<'a>,
    followed: &'a Followed,
}

impl Index {
    /// Opens the index file, making it when it is missing and making it anew when its version is another or it is
    /// no database at all.
    ///
    /// # Errors
    /// When the folder cannot be made, the file cannot be opened, or another process holds it for too long.
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        open::file(path, options)
    }

    /// Returns an index that lives in memory and dies with the value.
    ///
    /// # Errors
    /// When SQLite cannot be set up.
    pub fn in_memory(options: &Options) -> Result<Self> {
        open::memory(options)
    }

    /// Returns an index to be compared with and thrown away: in memory while it is small, else in a temporary file that
    /// goes with the value.
    ///
    /// # Errors
    /// As [`Self::in_memory`].
    pub fn scratch(options: &Options) -> Result<Self> {
        open::scratch(options)
    }

    /// Begins a read session; `holder` is the name a starved session is told.
    ///
    /// # Errors
    /// When this thread has a session open, or none becomes free in time.
    pub fn read(&self, holder: &'static str) -> Result<Session<'_>> {
        let pool = self.readers.as_ref().unwrap_or(&self.writer);
        Ok(Session {
            lease: pool.lease(&self.nest, self.begin.0, holder)?,
            followed: &self.followed,
        })
    }

    /// Applies changes in one transaction, the only way anything changes: all of them or, on an error, none.
    ///
    /// # Errors
    /// When this thread has a session open, none becomes free in time, or a statement fails.
    pub fn apply(&self, scope: &Scope<'_>, changes: Vec<Change>) -> Result<Applied> {
        self.apply_all(scope, [changes])
    }

    /// As [`Self::apply`], for more changes than should be in memory at a time: each batch is taken when the one
    /// before is in. Taking a batch must not open a session.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_all(
        &self,
        scope: &Scope<'_>,
        batches: impl IntoIterator<Item = Vec<Change>>,
    ) -> Result<Applied> {
        let session = self.write("apply")?;
        let applied = session.apply(scope, batches)?;
        session.commit()?;
        Ok(applied)
    }

    /// Forgets everything about a project.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn forget(&self, project: ProjectId) -> Result<()> {
        let session = self.write("forget")?;
        session.forget(project)?;
        session.commit()
    }

    pub(crate) fn write(&self, holder: &'static str) -> Result<WriteSession<'_>> {
        Ok(WriteSession {
            lease: self.writer.lease(&self.nest, self.begin.1, holder)?,
        })
    }
}

/// One write transaction; what it did is gone unless it is committed.
pub(crate) struct WriteSession<'a> {
    lease: Lease<'a>,
}

impl WriteSession<'_> {
    pub(crate) fn commit(self) -> Result<()> {
        self.lease.commit()
    }
}

#[cfg(test)]
mod shared;
#[cfg(test)]
pub(crate) use shared::shared_connection;
