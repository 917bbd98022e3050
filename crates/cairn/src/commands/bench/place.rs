//! The folder a measurement takes place in: notes, and an index beside them.
//!
//! Invariant: a folder that somebody named is used only when it is empty or was made by an earlier measurement, for
//! notes in it that belong to no document are removed.

use crate::config_file::create_private_folder;
use crate::failure::{Failure, Result};
use crate::settings::absolute;
use cairn_engine::Kind;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A file that says who made the folder.
const MARK: &str = "made-by-cairn-bench";

/// Where notes and index are.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// Removes the folder in the end, unless it is to be kept.
    _temporary: Option<TempDir>,
}

impl Place {
    /// Makes the folder: the one that is to be kept, else one that is gone when this value is.
    pub(super) fn make(keep: Option<&Path>) -> Result<Self> {
        let Some(folder) = keep else {
            let temporary = tempfile::Builder::new().prefix("cairn-bench-").tempdir();
            let temporary = temporary.map_err(|error| {
                Failure::new(Kind::Io, format!("cannot make a temporary folder: {error}"))
            })?;
            return Ok(Self {
                folder: temporary.path().to_owned(),
                _temporary: Some(temporary),
            });
        };
        let failed = |error: std::io::Error| {
            Failure::new(
                Kind::Io,
                format!("cannot use {}: {error}", folder.display()),
            )
        };
        create_private_folder(folder)?;
        let is_empty = fs::read_dir(folder).map_err(failed)?.next().is_none();
        let mark = folder.join(MARK);
        if !is_empty && !mark.is_file() {
            let message = format!(
                "{} is neither empty nor of an earlier measurement",
                folder.display()
            );
            return Err(Failure::invalid(message).hint("name a folder that is not there yet"));
        }
        fs::write(mark, "").map_err(failed)?;
        Ok(Self {
            folder: absolute(folder)?,
            _temporary: None,
        })
    }

    /// Returns the project's folder.
    pub(super) fn notes(&self) -> PathBuf {
        self.folder.join("notes")
    }

    /// Returns where the index is; the history stands beside it.
    pub(super) fn index(&self) -> PathBuf {
        self.folder.join("index.db")
    }
}
