//! Paths of files inside a project.
use std::fmt;

/// A path inside a project: relative, UTF-8, `/` between components, no `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NotePath(String);

/// Why a text is not a [`NotePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Placeholder.
    #[error("the path is empty")]
    Empty,
}

impl NotePath {
    /// Accepts a path someone asks to write or read (core.md 9.5), normalising `./` and `//`; refuses `~`, `..`, absolute paths,
    /// drives, control characters and names Windows reserves.
    pub fn parse(text: &str) -> Result<Self, PathError> { let _ = text; todo!() }
    /// Accepts a path found on disk: only what cannot be inside a folder at all is refused.
    pub fn from_disk(text: &str) -> Result<Self, PathError> { let _ = text; todo!() }
    /// The path as text.
    pub fn as_str(&self) -> &str { &self.0 }
    /// The last component.
    pub fn file_name(&self) -> &str { todo!() }
    /// The last component without its last extension.
    pub fn stem(&self) -> &str { todo!() }
    /// The folder, "" for the root.
    pub fn parent(&self) -> &str { todo!() }
    /// Whether the file is Markdown (`.md`, `.markdown`).
    pub fn is_markdown(&self) -> bool { todo!() }
    /// The path by which look-alikes are compared: NFC, case folded, `_` as `-`, backslash as `/`.
    pub fn alias_key(&self) -> String { todo!() }
}
impl fmt::Display for NotePath { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
