//! The connections: one that writes, and in a file some that read beside it.
//!
//! Not who writes when (`queue.rs`). Invariant: a connection has one user at a time, who has it for one question and
//! never asks another meanwhile, so nobody waits for a reader for long.

use super::{Options, open};
use crate::Result;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Readers at a time; more wait.
const READERS: usize = 8;

/// The connections of one history.
#[derive(Debug)]
pub(super) struct Connections {
    /// `None` in memory, where whoever reads uses the one connection. Closed before the writer, since the connection
    /// that is closed last folds the log back.
    readers: Option<Readers>,
    writer: Mutex<Connection>,
}

impl Connections {
    pub(super) fn file(path: &Path, options: &Options) -> Result<Self> {
        Ok(Self::with(open::writer(path, options)?, path, options))
    }

    /// Connections that all only look; `None` where nothing was ever recorded.
    pub(super) fn to_look(path: &Path, options: &Options) -> Result<Option<Self>> {
        let looker = open::looker(path, options)?;
        Ok(looker.map(|looker| Self::with(looker, path, options)))
    }

    fn with(writer: Connection, path: &Path, options: &Options) -> Self {
        Self {
            writer: Mutex::new(writer),
            readers: Some(Readers {
                path: path.to_owned(),
                options: options.clone(),
                state: Mutex::default(),
                returned: Condvar::new(),
            }),
        }
    }

    pub(super) fn memory() -> Result<Self> {
        Ok(Self {
            writer: Mutex::new(open::memory()?),
            readers: None,
        })
    }

    /// Asks something on a connection of one's own.
    pub(super) fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match &self.readers {
            Some(readers) => question(readers.take()?.connection()),
            None => question(&self.write()),
        }
    }

    /// Returns the connection that writes; a transaction that a panic left open was rolled back by its owner's drop.
    pub(super) fn write(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    options: Options,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Connection>,
    taken: usize,
}

impl Readers {
    fn take(&self) -> Result<Lease<'_>> {
        let mut state = self
            .returned
            .wait_while(self.lock(), |state| state.taken >= READERS)
            .unwrap_or_else(PoisonError::into_inner);
        state.taken += 1;
        let idle = state.idle.pop();
        drop(state);
        let mut lease = Lease {
            readers: self,
            connection: idle,
        };
        if lease.connection.is_none() {
            lease.connection = Some(open::reader(&self.path, &self.options)?);
        }
        Ok(lease)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader, for as long as this lives.
struct Lease<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Lease<'_> {
    fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a lease is handed out with its connection")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.lock();
        state.taken -= 1;
        state.idle.extend(self.connection.take());
        drop(state);
        self.readers.returned.notify_one();
    }
}
