//! Permalinks.
use crate::NotePath;
use std::fmt;

/// A permalink: the stable address of a note inside its project.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permalink(String);

impl Permalink {
    /// The permalink a path gets: `slug(path)`, below `project` (already a slug) when one is given and the slug does not
    /// begin with that segment yet (core.md 2.2).
    pub fn of(path: &NotePath, project: Option<&str>) -> Self { let _ = (path, project); todo!() }
    /// Takes a permalink someone wrote, verbatim.
    pub fn verbatim(text: &str) -> Self { Self(text.to_owned()) }
    /// The permalink as text.
    pub fn as_str(&self) -> &str { &self.0 }
}
impl fmt::Display for Permalink { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }

/// core.md 2.1
pub fn slug(text: &str) -> String { let _ = text; todo!() }
