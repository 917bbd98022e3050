//! The only module that touches note files.
use crate::{Durability, Error, Result};
use cairn_index::Fingerprint;
use cairn_note::NotePath;
use std::path::Path;

/// One lock for each note, so that two writers of one note take turns.
#[derive(Debug, Default)]
pub(crate) struct NoteLocks {}
/// Reads a file of a project.
pub(crate) fn read(root: &Path, path: &NotePath) -> Result<Vec<u8>> { let _ = (root, path); todo!() }
/// The fingerprint of a file as it is now.
pub(crate) fn fingerprint(root: &Path, path: &NotePath) -> Result<Option<Fingerprint>> { let _ = (root, path); todo!() }
/// Writes atomically: temp file in the same folder, sync, rename, sync of the folder. Folders are made.
pub(crate) fn write(root: &Path, path: &NotePath, bytes: &[u8], durability: Durability) -> Result<Fingerprint> { let _ = (root, path, bytes, durability); todo!() }
/// Moves a file without ever replacing another.
pub(crate) fn rename(root: &Path, from: &NotePath, to: &NotePath, durability: Durability) -> Result<()> { let _ = (root, from, to, durability); todo!() }
/// Removes a file.
pub(crate) fn remove(root: &Path, path: &NotePath, durability: Durability) -> Result<()> { let _ = (root, path, durability); todo!() }
#[allow(dead_code)]
fn unused(_: Error) {}
