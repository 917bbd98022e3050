//! What a project is about: its types, tags and categories, and the links nobody answers yet.
//!
//! Not how folder and index stand to each other: that is `status`. Invariant: only what is indexed is counted.

use crate::{Project, Result};
use cairn_index::Count;
use cairn_note::NotePath;

/// What a project is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectInfo {
    /// Types with the number of notes, most frequent first.
    pub types: Vec<Count>,
    /// Tags with the number of notes, most frequent first.
    pub tags: Vec<Count>,
    /// Categories with the number of observations, most frequent first.
    pub categories: Vec<Count>,
    /// Links whose target is not there, with the path of the note they stand in, by that path.
    pub unresolved: Vec<(NotePath, String)>,
}

/// Unresolved links listed at most.
const MOST_LINKS: usize = 1_000;

impl Project<'_> {
    /// Tells what the project is about.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn project_info(&self) -> Result<ProjectInfo> {
        let (session, id) = (self.session("tell about a project")?, self.id());
        let unresolved = session.unresolved(id, MOST_LINKS)?;
        Ok(ProjectInfo {
            types: session.types(id)?,
            tags: session.tags(id)?,
            categories: session.categories(id)?,
            unresolved: unresolved
                .into_iter()
                .map(|(path, relation)| (path, relation.target))
                .collect(),
        })
    }
}
