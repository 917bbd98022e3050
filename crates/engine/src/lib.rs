//! The verbs: everything a person or an agent can do with a folder of notes.
//!
//! This room joins files and index; it parses no grammar (`note`), writes no SQL (`index`) and knows no
//! terminal or wire. Invariant: a verb either did what it answers or changed nothing, and no verb reads the
//! clock, the environment or the home directory: `now` and every path are given.

mod accept;
mod error;
mod files;
mod identify;
mod identities;
mod ignore_rules;
mod lines;
mod look_up;
mod meaning;
mod points;
mod progress;
mod settings;
mod sync;
mod watch;

mod build_context;
mod delete_note;
mod diff_note;
pub mod doctor;
mod edit_note;
mod embed;
mod list_directory;
mod move_note;
mod note_history;
mod project_info;
mod prune_history;
mod read_content;
mod read_note;
mod rebuilt;
mod recent_activity;
mod resources;
mod restore_note;
mod schema;
mod search_notes;
mod status;
mod undo;
mod write_note;

pub use build_context::{Context, ContextItem, ContextRequest};
pub use cairn_history::{Adoption, Pruned, Retention, Statistics as HistoryStatistics};
pub use delete_note::{Confirm, Deleted, DeletedDirectory, MOST_UNCONFIRMED};
pub use diff_note::{DiffRequest, NoteDiff};
pub use edit_note::{EditRequest, Edited};
pub use embed::Embedded;
pub use error::{Error, Kind, Result};
pub use list_directory::{Listing, ListingRequest, ListingRow, Sort};
pub use meaning::{Meaning, Meant, Model};
pub use move_note::{
    BrokenLink, LinkEdit, MoveRequest, Moved, MovedDirectory, MovedLinks, UpdateLinks,
};
pub use note_history::{ChangesRequest, HistoryRequest, NoteHistory, NoteRevision};
pub use progress::{Cancel, Progress, Silent};
pub use project_info::ProjectInfo;
pub use prune_history::PrunedHistory;
pub use read_content::ReadContent;
pub use read_note::{Outline, OutlineHeading, Part, ReadNote, ReadRequest};
pub use rebuilt::{Comparison, IndexDifference, Side};
pub use recent_activity::{RecentChange, RecentItem, RecentRequest};
pub use resources::Overview;
pub use restore_note::{RestoreRequest, Restored};
pub use schema::{
    BrokenSchema, CheckedNote, CheckedType, SchemaCounts, SchemaDrift, SchemaReport, SchemaScope,
};
pub use search_notes::{
    Candidate, Fate, Inspection, LeftOut, NotePassage, NotePassages, Parts, Ranks, RowContent,
    RowKind, RowReply, RowRequest, SearchBy, SearchHit, SearchReply, SearchRequest, SearchRow,
    Snippet, Stage,
};
pub use settings::{Durability, FileNames, IndexLocation, Permalinks, ProjectSettings, Settings};
pub use status::{IndexState, Status};
pub use sync::SyncReport;
pub use undo::{UndoRequest, Undone};
pub use watch::{Followed, Lead, Watch, WatchBy, Watched, Watching};
pub use write_note::{Overwrite, WriteRequest, Written};

/// What `cargo xtask torture` does with an engine: never in the product.
#[cfg(feature = "torture")]
pub mod torture {
    pub use crate::points::torture::{Witness, install, leave_out};
    pub use crate::points::{Point, Switch};
}

use cairn_history::History;
use cairn_index::{Index, NoteRecord, ProjectId, RelationRecord, Scope, Session};
use files::{NoteLocks, Turns};
use std::sync::Arc;

/// The open index and the projects it serves.
pub struct Engine {
    settings: Settings,
    index: Arc<Index>,
    siblings: Vec<(String, ProjectId)>,
    /// The only project that is reached, if there is one.
    only: Option<String>,
    locks: Arc<NoteLocks>,
    history: Arc<History>,
}

/// Who acts when nobody said.
const NOBODY: &str = "cairn";

fn index_options(settings: &Settings) -> cairn_index::Options {
    cairn_index::Options {
        checkout_timeout: settings.checkout_timeout,
    }
}

fn history_options(settings: &Settings) -> cairn_history::Options {
    cairn_history::Options {
        busy_timeout: settings.checkout_timeout,
        durability: match settings.durability {
            Durability::Fsync => cairn_history::Durability::Fsync,
            Durability::Os => cairn_history::Durability::Os,
        },
    }
}

/// One project of an engine; the verbs are its methods.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    engine: &'a Engine,
    settings: &'a ProjectSettings,
    /// Who acts, as the history names it.
    actor: &'a str,
}

impl Engine {
    /// Opens the index the settings name.
    pub fn open(settings: Settings) -> Result<Self> {
        let options = index_options(&settings);
        let (index, locks, history) = match &settings.index {
            IndexLocation::File(path) => (
                Index::open(path, &options)?,
                NoteLocks::shared(Turns::beside(path, settings.checkout_timeout)),
                History::open(
                    &path.with_file_name("history.db"),
                    &history_options(&settings),
                )?,
            ),
            IndexLocation::Memory => (
                Index::in_memory(&options)?,
                NoteLocks::default(),
                History::in_memory()?,
            ),
        };
        let engine = Self::joined(
            settings,
            Arc::new(index),
            Arc::new(locks),
            Arc::new(history),
        );
        engine.use_model()?;
        Ok(engine)
    }

    /// Returns an engine over the same index and locks with another registry of projects; both may be used at once.
    ///
    /// Where the index is cannot be changed this way: `settings.index` is not looked at.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        let engine = Self::joined(
            settings,
            Arc::clone(&self.index),
            Arc::clone(&self.locks),
            Arc::clone(&self.history),
        );
        // An index that is busy now is told when something is embedded.
        engine.use_model().ok();
        engine
    }

    /// Tells the index whose vectors count, where the settings name a model.
    fn use_model(&self) -> Result<()> {
        if let Some(model) = &self.settings.meaning.model {
            self.index.use_model(model.name(), model.dimensions())?;
        }
        Ok(())
    }

    fn joined(
        settings: Settings,
        index: Arc<Index>,
        locks: Arc<NoteLocks>,
        history: Arc<History>,
    ) -> Self {
        let siblings = settings
            .projects
            .iter()
            .flat_map(|project| {
                [
                    (project.name.clone(), project.id()),
                    (project.slug(), project.id()),
                ]
            })
            .collect();
        Self {
            settings,
            index,
            siblings,
            only: None,
            locks,
            history,
        }
    }

    /// Returns an engine that reaches one project: no other is listed or opened, and no name and no relation leads out
    /// of it. When there is no such project, none is reached.
    ///
    /// The registry stays whole, and so does what is indexed: a link of the project to a note of another one is known,
    /// only not followed.
    #[must_use]
    pub fn confined(mut self, project: &str) -> Self {
        self.only = Some(project.to_owned());
        self
    }

    /// Whether the history keeps what notes say before they are first changed: not in memory, which it would fill.
    pub(crate) fn keeps_baseline(&self) -> bool {
        matches!(self.settings.index, IndexLocation::File(_))
    }

    /// Whether a project is reached.
    fn reaches(&self, settings: &ProjectSettings) -> bool {
        self.only.as_deref().is_none_or(|only| {
            let only = self.settings.project(Some(only));
            only.is_ok_and(|only| only == settings)
        })
    }

    /// Returns the history, to be compared with what was acknowledged.
    #[cfg(feature = "torture")]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns the index, to be looked at row by row.
    #[cfg(feature = "torture")]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Returns what the engine was opened with: all of the registry, whatever of it is reached.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the project of that name (or slug), or the default one, which is the only one that is reached where
    /// there is one; an unknown name answers with near names.
    pub fn project(&self, name: Option<&str>) -> Result<Project<'_>> {
        let settings = self.settings.project(name.or(self.only.as_deref()))?;
        if !self.reaches(settings) {
            return Err(Error::UnknownProject {
                name: name.unwrap_or_default().to_owned(),
                near: Vec::new(),
            });
        }
        Ok(Project {
            engine: self,
            settings,
            actor: NOBODY,
        })
    }

    /// Returns every project that is reached, in the order of the registry.
    pub fn projects(&self) -> impl Iterator<Item = Project<'_>> {
        let all = self.settings.projects.iter();
        all.filter(|settings| self.reaches(settings))
            .map(|settings| Project {
                engine: self,
                settings,
                actor: NOBODY,
            })
    }

    /// Writes into the history which changes are done. That is otherwise written with the next change, and other
    /// processes look at the files until then.
    ///
    /// # Errors
    /// When another process holds the history for too long, or the disk fails; it is tried again with the next change.
    pub fn settle(&self) -> Result<()> {
        Ok(self.history.flush()?)
    }

    /// Forgets what the index knows of a project that left the registry; its files stay.
    pub fn forget(&self, project: &ProjectSettings) -> Result<()> {
        Ok(self.index.forget(project.id())?)
    }
}

impl Engine {
    /// Makes the history of a project that is known by another name or folder now that of what it is now; its index is
    /// made again by the next sync.
    ///
    /// # Errors
    /// When the history cannot be written. It is as it was then.
    pub fn adopt(&self, before: &ProjectSettings, now: &ProjectSettings) -> Result<Adoption> {
        Ok(self.history.adopt(before.id().0, now.id().0)?)
    }
}

impl<'a> Project<'a> {
    /// Returns the project as somebody acts on it, whom the history names: `cli`, or a client's name.
    #[must_use]
    pub fn acting(self, actor: &'a str) -> Self {
        Self { actor, ..self }
    }

    /// Returns the project's settings: its name and folder.
    pub fn settings(&self) -> &'a ProjectSettings {
        self.settings
    }

    /// Returns the scope links and permalinks of this project resolve in.
    fn scope(&self) -> (Option<String>, &'a [(String, ProjectId)]) {
        let slug = match self.engine.settings.permalinks {
            Permalinks::IncludeProject => Some(self.settings.slug()),
            Permalinks::PathOnly => None,
        };
        (slug, &self.engine.siblings)
    }

    /// Calls `f` with the scope of this project.
    pub(crate) fn with_scope<T>(&self, f: impl FnOnce(&Scope<'_>) -> T) -> T {
        let (slug, siblings) = self.scope();
        f(&Scope {
            project: self.settings.id(),
            slug: slug.as_deref(),
            siblings,
        })
    }

    /// Calls `f` with the scope in which names are looked up: what is not reached is not in it.
    pub(crate) fn with_reach<T>(&self, f: impl FnOnce(&Scope<'_>) -> T) -> T {
        let (slug, siblings) = self.scope();
        let reached: Vec<_> = siblings
            .iter()
            .filter(|(_, project)| self.shows(*project))
            .cloned()
            .collect();
        f(&Scope {
            project: self.settings.id(),
            slug: slug.as_deref(),
            siblings: &reached,
        })
    }

    /// Whether a note of that project may be shown beside this one's.
    pub(crate) fn shows(&self, project: ProjectId) -> bool {
        self.engine.only.is_none() || project == self.id()
    }

    /// Returns the note a relation resolves to; one that is not reached is as if it were not there.
    pub(crate) fn end_of(
        &self,
        session: &Session<'_>,
        relation: &mut RelationRecord,
    ) -> Result<Option<Box<NoteRecord>>> {
        let Some(id) = relation.resolved else {
            return Ok(None);
        };
        let end = session.by_id(id)?.filter(|end| self.shows(end.project));
        relation.resolved = end.as_ref().map(|end| end.id);
        Ok(end.map(Box::new))
    }
}
