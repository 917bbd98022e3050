//! Where a run takes place: notes, index, history and what the run itself notes down.
//!
//! Invariant: everything lies in one folder, so that leaving it leaves all there is to know.

use anyhow::Result;
use cairn_engine::{Engine, IndexLocation, ProjectSettings, Settings};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of the only project.
pub(super) const PROJECT: &str = "main";

/// Where a run takes place.
#[derive(Debug, Clone)]
pub(super) struct Place(PathBuf);

impl Place {
    /// Makes the folders.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let place = Self(folder.to_owned());
        for folder in [place.notes(), place.data(), place.grave()] {
            fs::create_dir_all(folder)?;
        }
        Ok(place)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// The folder of notes.
    pub(super) fn notes(&self) -> PathBuf {
        self.0.join("notes")
    }

    /// The folder of index and history.
    pub(super) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// What a round journals.
    pub(super) fn journal(&self) -> PathBuf {
        self.0.join("journal.tsv")
    }

    /// What the notes are before a round.
    pub(super) fn model(&self) -> PathBuf {
        self.0.join("model.tsv")
    }

    /// What reached the disk in a round.
    pub(super) fn disk(&self) -> PathBuf {
        self.0.join("disk.tsv")
    }

    /// Where files stay that have lost their names in a round.
    pub(super) fn grave(&self) -> PathBuf {
        self.0.join("grave")
    }

    /// Opens the engine.
    pub(super) fn engine(&self, clock: fn() -> Timestamp) -> Result<Engine> {
        Ok(Engine::open(self.settings(
            IndexLocation::File(self.data().join("index.db")),
            clock,
        ))?)
    }

    /// What an engine is told here.
    pub(super) fn settings(&self, index: IndexLocation, clock: fn() -> Timestamp) -> Settings {
        let mut settings = Settings::in_memory(PROJECT, self.notes());
        settings.index = index;
        settings.clock = clock;
        settings.projects = vec![ProjectSettings {
            name: PROJECT.to_owned(),
            root: self.notes(),
        }];
        settings
    }

    /// Every file below the notes, hidden ones too, by its path.
    pub(super) fn files(&self) -> Result<BTreeMap<String, PathBuf>> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.notes()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else {
                    let path = entry.path();
                    let name = path.strip_prefix(self.notes())?;
                    found.insert(name.to_string_lossy().replace('\\', "/"), path.clone());
                }
            }
        }
        Ok(found)
    }
}

/// The time.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// A time at which what a dead process left is old enough to be cleared away.
pub(super) fn later() -> Timestamp {
    Timestamp::now()
        .checked_add(SignedDuration::from_hours(2))
        .expect("no calendar ends in two hours")
}
