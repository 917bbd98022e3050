//! What an engine is told when it is opened.
//!
//! Not where these values come from: only the binary reads files, environment and home. Invariant: names of
//! projects are unique, and every path is absolute.

use crate::{Error, Meaning, Result, Watching};
use cairn_history::Retention;
use cairn_index::ProjectId;
use cairn_note::permalink;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::time::Duration;

/// What an engine is told when it is opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the index is.
    pub index: IndexLocation,
    /// The registry of projects.
    pub projects: Vec<ProjectSettings>,
    /// The project of a call that names none.
    pub default_project: Option<String>,
    /// How permalinks are made.
    pub permalinks: Permalinks,
    /// How a title becomes a file name.
    pub file_names: FileNames,
    /// Whether a write waits for the disk.
    pub durability: Durability,
    /// How long the history keeps what.
    pub retention: Retention,
    /// How folders are watched.
    pub watching: Watching,
    /// How texts are known by what they mean.
    pub meaning: Meaning,
    /// Files parsed at once; 0 means one for each core.
    pub index_concurrency: usize,
    /// How long a session of the index may be waited for.
    pub checkout_timeout: Duration,
    /// A file of the reference's ignore patterns that holds for every project, where there is one.
    pub bmignore: Option<PathBuf>,
    /// The zone in which a wall-clock time in a note is read.
    pub zone: TimeZone,
    /// Tells the time at which a change is made.
    pub clock: fn() -> Timestamp,
}

/// Where the index is; the history stands beside it, in `history.db`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexLocation {
    /// In this file.
    File(PathBuf),
    /// In memory, gone with the engine.
    Memory,
}

/// One project of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSettings {
    /// Its name, unique.
    pub name: String,
    /// Its folder, absolute.
    pub root: PathBuf,
}

/// How a permalink is made for a note that declares none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permalinks {
    /// `project/folder/note`, as the reference does.
    #[default]
    IncludeProject,
    /// `folder/note`.
    PathOnly,
}

/// How a title becomes a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileNames {
    /// The title itself, without the characters a file name may not have.
    #[default]
    Title,
    /// The title's slug.
    Kebab,
}

/// Whether a write waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The file and its folder are synced before the answer.
    #[default]
    Fsync,
    /// The operating system writes when it likes.
    Os,
}

impl ProjectSettings {
    /// Returns the key of the project's rows in an index: the first 63 bits of SHA-256 over name and folder.
    pub fn id(&self) -> ProjectId {
        let mut first = [0; 8];
        first.copy_from_slice(&self.digest()[..8]);
        ProjectId((u64::from_be_bytes(first) >> 1).cast_signed())
    }

    /// Returns a stable id for people and programs: a UUID (version 8) over the same digest as [`Self::id`].
    pub fn external_id(&self) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.digest()[..16]);
        uuid::Builder::from_custom_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([0]);
        hash.update(self.root.as_os_str().as_encoded_bytes());
        hash.finalize().into()
    }

    /// Returns the name as a slug.
    pub fn slug(&self) -> String {
        permalink::slug(&self.name)
    }
}

impl Settings {
    /// Returns settings for one folder and an index in memory: what tests and `--ephemeral` need.
    pub fn in_memory(name: &str, root: PathBuf) -> Self {
        Self {
            index: IndexLocation::Memory,
            projects: vec![ProjectSettings {
                name: name.to_owned(),
                root,
            }],
            default_project: Some(name.to_owned()),
            permalinks: Permalinks::default(),
            file_names: FileNames::default(),
            durability: Durability::default(),
            retention: Retention::default(),
            watching: Watching::default(),
            meaning: Meaning::default(),
            index_concurrency: 0,
            checkout_timeout: Duration::from_secs(30),
            bmignore: None,
            zone: TimeZone::UTC,
            clock: || Timestamp::UNIX_EPOCH,
        }
    }

    /// Returns the project of that name (exact, then without case, then by slug), or the default one.
    pub fn project(&self, name: Option<&str>) -> Result<&ProjectSettings> {
        let Some(wanted) = name.or(self.default_project.as_deref()) else {
            return match self.projects.as_slice() {
                [only] => Ok(only),
                _ => Err(Error::NoProject),
            };
        };
        let slug = permalink::slug(wanted);
        let find = |test: &dyn Fn(&ProjectSettings) -> bool| {
            self.projects.iter().find(|project| test(project))
        };
        find(&|project| project.name == wanted)
            .or_else(|| find(&|project| project.name.to_lowercase() == wanted.to_lowercase()))
            .or_else(|| find(&|project| project.slug() == slug))
            .ok_or_else(|| Error::UnknownProject {
                name: wanted.to_owned(),
                near: crate::identify::near_names(
                    wanted,
                    self.projects.iter().map(|project| project.name.as_str()),
                ),
            })
    }
}
