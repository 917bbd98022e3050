//! The index on SQLite.
//!
//! `pool` hands out connections as sessions, `schema.sql` is the whole schema, `apply` the only writer, and the
//! rest read. Invariant: a session is one transaction on one connection nobody else uses meanwhile.

use crate::*;
use cairn_note::{Metadata, NotePath, link::{Glob, LinkTarget}, query::Query};
use jiff::Timestamp;
use std::path::Path;
use std::time::Duration;

/// How an index is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a session may be waited for.
    pub checkout_timeout: Duration,
}
impl Default for Options { fn default() -> Self { Self { checkout_timeout: Duration::from_secs(30) } } }

/// The index of all projects.
pub struct Index {}

/// One read transaction.
pub struct Session<'a> { index: &'a Index }

impl Index {
    /// Opens the index file, making it (or making it anew when its version is another).
    pub fn open(path: &Path, options: &Options) -> Result<Self> { let _ = (path, options); todo!() }
    /// An index that lives in memory and dies with the value.
    pub fn in_memory(options: &Options) -> Result<Self> { let _ = options; todo!() }
    /// Applies changes in one transaction: all or nothing.
    pub fn apply(&self, scope: &Scope<'_>, changes: &[Change]) -> Result<Applied> { let _ = (scope, changes); todo!() }
    /// Forgets everything about a project.
    pub fn forget(&self, project: ProjectId) -> Result<()> { let _ = project; todo!() }
    /// Begins a read session; `holder` is the name a starved session is told.
    pub fn read(&self, holder: &'static str) -> Result<Session<'_>> { let _ = holder; Ok(Session { index: self }) }
}
impl Session<'_> {
    /// What the index believes is on disk, sorted by path (bytes).
    pub fn fingerprints(&self, project: ProjectId) -> Result<Vec<(NotePath, Fingerprint)>> { let _ = (self.index, project); todo!() }
    /// What the last scan could not read, sorted.
    pub fn faults(&self, project: ProjectId) -> Result<Vec<Fault>> { let _ = project; todo!() }
    /// The note with that key.
    pub fn note(&self, project: ProjectId, key: NoteKey<'_>) -> Result<Option<NoteRecord>> { let _ = (project, key); todo!() }
    /// What a link or identifier means, strictly (core.md 3.3 without fuzzy search), closest to `source` when that is given.
    pub fn resolve(&self, scope: &Scope<'_>, source: Option<&NotePath>, target: &LinkTarget) -> Result<Resolution> { let _ = (scope, source, target); todo!() }
    /// Notes whose title, permalink, path or aliases match, for suggestions: best first.
    pub fn near(&self, project: ProjectId, text: &str, limit: usize) -> Result<Vec<NoteRecord>> { let _ = (project, text, limit); todo!() }
    /// Every file below a folder ("" is the root), sorted by path.
    pub fn below(&self, project: ProjectId, folder: &str) -> Result<Vec<NoteRecord>> { let _ = (project, folder); todo!() }
    /// Notes whose permalink matches, sorted by permalink.
    pub fn matching(&self, project: ProjectId, glob: &Glob, limit: usize, offset: usize) -> Result<Vec<NoteRecord>> { let _ = (project, glob, limit, offset); todo!() }
    /// A note's observations in document order.
    pub fn observations(&self, note: NoteId) -> Result<Vec<cairn_note::Observation>> { let _ = note; todo!() }
    /// A note's relations in document order.
    pub fn relations(&self, note: NoteId) -> Result<Vec<RelationRecord>> { let _ = note; todo!() }
    /// Relations that resolve to a note.
    pub fn backlinks(&self, note: NoteId) -> Result<Vec<RelationRecord>> { let _ = note; todo!() }
    /// Relations nothing answers, with the note they stand in, sorted by path.
    pub fn unresolved(&self, project: ProjectId, limit: usize) -> Result<Vec<(NotePath, RelationRecord)>> { let _ = (project, limit); todo!() }
    /// Lexical search, best first.
    pub fn lexical(&self, query: &Query, filter: &Filter, limit: usize, offset: usize) -> Result<Hits> { let _ = (query, filter, limit, offset); todo!() }
    /// The neighbourhood of some notes.
    pub fn around(&self, seeds: &[NoteId], reach: Reach) -> Result<Graph> { let _ = (seeds, reach); todo!() }
    /// What was modified after `filter.after`, latest first.
    pub fn recent(&self, filter: &Filter, limit: usize, offset: usize) -> Result<Vec<NoteRecord>> { let _ = (filter, limit, offset); todo!() }
    /// Tags with the number of notes, most frequent first.
    pub fn tags(&self, project: ProjectId) -> Result<Vec<Count>> { let _ = project; todo!() }
    /// Types with the number of notes, most frequent first.
    pub fn types(&self, project: ProjectId) -> Result<Vec<Count>> { let _ = project; todo!() }
    /// Observation categories with the number of observations.
    pub fn categories(&self, project: ProjectId) -> Result<Vec<Count>> { let _ = project; todo!() }
    /// What the project holds.
    pub fn statistics(&self, project: ProjectId) -> Result<Statistics> { let _ = project; todo!() }
    /// A readable dump of everything known of a project, without row ids: equal dumps mean equal indexes.
    pub fn dump(&self, project: ProjectId) -> Result<String> { let _ = project; todo!() }
}
#[allow(dead_code)]
fn unused(_: Metadata, _: Timestamp) {}
