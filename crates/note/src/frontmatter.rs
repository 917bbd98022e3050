//! The YAML block at a note's head: find it, read it, set one key and leave every other byte alone.
use crate::{Metadata, Warning};
use serde_json::Value;

/// Frontmatter as read (core.md 1.2, parse-time splitter) and where the body begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frontmatter {
    /// Normalised (core.md 1.3), keys stringified.
    pub metadata: Metadata,
    /// Byte offset of the body in the given text.
    pub body_start: usize,
    /// Malformed YAML, duplicate keys, …
    pub warnings: Vec<Warning>,
}
/// Why a frontmatter cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontmatterError {
    /// Placeholder.
    #[error("the frontmatter is malformed: {0}")]
    Malformed(String),
}
/// Reads; total.
pub fn read(text: &str) -> Frontmatter { let _ = text; todo!() }
/// Sets one top-level key; every other byte stays (comments, quotes, order, line endings). Without frontmatter a block is put before the text.
pub fn set(text: &str, key: &str, value: &Value) -> Result<String, FrontmatterError> { let _ = (text, key, value); todo!() }
/// Removes the block; the body byte-exact.
pub fn body(text: &str) -> Result<&str, FrontmatterError> { let _ = text; todo!() }
/// A new text as the reference writes it (core.md 1.8): `---`, keys in order, `---`, blank line, body.
pub fn compose(metadata: &Metadata, body: &str) -> String { let _ = (metadata, body); todo!() }
