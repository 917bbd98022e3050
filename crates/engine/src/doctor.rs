//! Whether everything notes are kept with is as it should be, and mending what can be mended.
//!
//! It has no way of its own to change anything: it mends with `sync`, `reindex` and an emptied index. Invariant: looking
//! makes, migrates, settles and removes nothing, and mending changes no byte of a note and forgets nothing of the
//! history.

mod content;
mod data;
mod finding;
mod folders;
mod locks;
mod mend;
mod standing;

pub use finding::{Check, Finding, Severity, size};
pub use locks::is_held;
pub use mend::{Mended, mend};

use crate::files::NoteLocks;
use crate::{Cancel, Engine, Error, IndexLocation, Progress, Project, Result, Settings};
use cairn_history::History;
use std::path::Path;
use std::sync::Arc;

/// Looks at everything an engine with these settings would work with, or at what concerns one project, without opening
/// it as one. What is wrong is a finding; the findings come in the order of what depends on what.
///
/// # Errors
/// When there is no project of that name, or when asked to stop.
pub fn examine(
    settings: &Settings,
    only: Option<&str>,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Vec<Finding>> {
    let only = only.map(|name| settings.project(Some(name))).transpose()?;
    let mut findings = folders::registry(settings);
    let engine = match &settings.index {
        IndexLocation::File(index) => {
            findings.extend(folders::space(index));
            findings.extend(locks::locks(index));
            findings.push(locks::watch(index));
            data::look(settings, index, progress, cancel, &mut findings)?
        }
        IndexLocation::Memory => Some(in_memory(settings, progress, cancel)?),
    };
    for project in &settings.projects {
        if only.is_some_and(|only| only != project) {
            continue;
        }
        let name = &project.name;
        let is_there = folders::folder(project, &mut findings);
        if !is_there {
            continue;
        }
        content::check(settings, project, progress, cancel, &mut findings)?;
        if let Some(engine) = &engine {
            let project = engine.engine.project(Some(name))?;
            standing::check(project, engine.memory, progress, cancel, &mut findings)?;
        }
    }
    Ok(findings)
}

/// An engine that is only looked with.
struct Looking {
    engine: Engine,
    memory: Memory,
}

/// What is known of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// All that was recorded.
    Whole,
    /// The history cannot be read, so nobody can say which identities notes have.
    Lost,
}

impl Looking {
    /// Joins an index that is whole with a history that is only read, or with an empty one.
    fn new(
        settings: &Settings,
        index: &Path,
        history: Option<History>,
        memory: Memory,
    ) -> Result<Self> {
        let options = crate::index_options(settings);
        let history = match history {
            Some(history) => history,
            None => History::in_memory()?,
        };
        let engine = Engine::joined(
            settings.clone(),
            Arc::new(cairn_index::Index::open(index, &options)?),
            Arc::new(NoteLocks::default()),
            Arc::new(history),
        );
        Ok(Self { engine, memory })
    }
}

/// Indexes the folders into memory, where that is all there is to look at.
fn in_memory(settings: &Settings, progress: &dyn Progress, cancel: &Cancel) -> Result<Looking> {
    let engine = Engine::open(settings.clone())?;
    for project in engine.projects() {
        // A folder that is not there is a finding of its own.
        match project.sync(progress, cancel) {
            Err(Error::Root { .. }) => {}
            result => drop(result?),
        }
    }
    go_on(cancel)?;
    Ok(Looking {
        engine,
        memory: Memory::Whole,
    })
}

/// Ends an examination that was asked to stop.
fn go_on(cancel: &Cancel) -> Result<()> {
    if cancel.is_cancelled() {
        return Err(Error::Cancelled);
    }
    Ok(())
}

/// A finding about a project.
fn of(project: &Project<'_>, finding: Finding) -> Finding {
    finding.of(&project.settings.name)
}
