//! Where the binary's files are, and what the engine is told: configuration, environment and arguments merged.
//!
//! Not how `config.toml` is stored (that is `config_file`). Invariant: an argument wins over the environment,
//! the environment over the file, the file over the default; and nothing but the file's own keys is ever
//! written to it.

pub(crate) mod config;
mod folders;
pub(crate) mod keys;
mod model;
mod near;
pub(crate) mod registry;

pub(crate) use config::{Config, Source};
pub(crate) use folders::absolute;
pub(crate) use model::embedder;
pub(crate) use near::near;

use crate::config_file::{ConfigFile, Reload, create_private_folder};
use crate::failure::{Failure, Result};
use cairn_engine::{
    Durability, FileNames, IndexLocation, Kind, Permalinks, ProjectSettings, Settings,
};
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// Where the configuration and the data are.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    config: PathBuf,
    folder: PathBuf,
}

/// Which projects a command may reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// Those of the registry.
    Registry,
    /// One folder, whether or not it is registered.
    Folder(&'a Path),
}

/// Where the index lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// In its file.
    Durable,
    /// In memory: the command leaves no trace but in the notes.
    Ephemeral,
}

impl Home {
    /// Finds the configuration: the file that was asked for, else `config.toml` in `$CAIRN_HOME`, else in the
    /// platform's configuration folder.
    pub(crate) fn find(config: Option<&Path>) -> Result<Self> {
        let config = match config {
            Some(file) => absolute(file)?,
            None => config_folder()?.join("config.toml"),
        };
        let folder = config.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self { config, folder })
    }

    /// Returns where `config.toml` is.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Returns the configuration file, with the checks its values must pass.
    pub(crate) fn config_file(&self) -> ConfigFile {
        ConfigFile::new(self.config.clone(), config::check)
    }

    /// Reads the configuration; one that cannot be used is a failure.
    pub(crate) fn read_config(&self) -> Result<Config> {
        let mut file = self.config_file();
        if let Reload::Kept(error) = file.reload() {
            return Err(error.into());
        }
        Config::read(file.current(), &|variable| std::env::var(variable).ok())
    }

    /// Returns the index of the registered projects.
    pub(crate) fn index(&self) -> PathBuf {
        self.folder.join("data").join("index.db")
    }

    /// Returns the log of servers.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("data").join("cairn.log")
    }

    /// Returns the index of a folder that is not registered.
    fn folder_index(&self, project: &ProjectSettings) -> PathBuf {
        let key = format!("{:016x}", project.id().0);
        self.folder
            .join("data")
            .join("folders")
            .join(key)
            .join("index.db")
    }

    /// Returns the ignore patterns of the reference that hold for every project: our own copy, else those of its
    /// installation, so that both see the same files of a folder.
    fn bmignore(&self) -> Option<PathBuf> {
        let set = |variable| std::env::var_os(variable).filter(|value| !value.is_empty());
        let installation = set("BASIC_MEMORY_CONFIG_DIR")
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(&set("XDG_CONFIG_HOME")?).join("basic-memory")))
            .or_else(|| Some(etcetera::home_dir().ok()?.join(".basic-memory")));
        let folders = [Some(self.folder.clone()), installation];
        let files = folders
            .into_iter()
            .flatten()
            .map(|folder| folder.join(".bmignore"));
        files.into_iter().find(|file| file.is_file())
    }

    /// Returns what the engine is told, and makes the folder the index is in.
    pub(crate) fn settings(
        &self,
        config: &Config,
        reach: Reach<'_>,
        keeping: Keeping,
    ) -> Result<Settings> {
        let settings = Settings {
            meaning: model::meaning(config)?,
            ..self.settings_to_look(config, reach, keeping)?
        };
        if let IndexLocation::File(index) = &settings.index {
            create_private_folder(index.parent().unwrap_or(Path::new("/")))?;
        }
        Ok(settings)
    }

    /// Returns what an engine would be told, and makes nothing. A model that cannot be had is left out.
    pub(crate) fn settings_to_look(
        &self,
        config: &Config,
        reach: Reach<'_>,
        keeping: Keeping,
    ) -> Result<Settings> {
        let (projects, default_project, index) = match reach {
            Reach::Registry => (
                config.projects.clone(),
                config.text(&keys::DEFAULT_PROJECT).map(str::to_owned),
                self.index(),
            ),
            Reach::Folder(folder) => {
                let project = ad_hoc(folder, &config.projects)?;
                let index = self.folder_index(&project);
                (vec![project.clone()], Some(project.name), index)
            }
        };
        let index = match keeping {
            Keeping::Ephemeral => IndexLocation::Memory,
            Keeping::Durable => IndexLocation::File(index),
        };
        Ok(Settings {
            index,
            projects,
            default_project,
            permalinks: match config.boolean(&keys::PERMALINKS_INCLUDE_PROJECT) {
                true => Permalinks::IncludeProject,
                false => Permalinks::PathOnly,
            },
            file_names: match config.boolean(&keys::KEBAB_FILENAMES) {
                true => FileNames::Kebab,
                false => FileNames::Title,
            },
            durability: match config.text(&keys::DURABILITY) {
                Some("os") => Durability::Os,
                _ => Durability::Fsync,
            },
            retention: config.retention(),
            watching: config.watching(),
            meaning: model::meaning(config).unwrap_or_default(),
            index_concurrency: usize::try_from(config.number(&keys::INDEX_CONCURRENCY))
                .unwrap_or(0),
            checkout_timeout: std::time::Duration::from_secs(
                config.number(&keys::CHECKOUT_TIMEOUT),
            ),
            bmignore: self.bmignore(),
            zone: TimeZone::system(),
            clock: jiff::Timestamp::now,
        })
    }
}

fn config_folder() -> Result<PathBuf> {
    match std::env::var_os("CAIRN_HOME") {
        Some(folder) if !folder.is_empty() => absolute(Path::new(&folder)),
        _ => {
            use etcetera::BaseStrategy as _;
            let strategy = etcetera::choose_base_strategy().map_err(|_| {
                Failure::new(Kind::Io, "there is no home directory")
                    .hint("set CAIRN_HOME to a folder for Cairn's files")
            })?;
            Ok(strategy.config_dir().join("cairn"))
        }
    }
}

/// Makes a project of a folder. It has the name under which the folder is registered, since names stand in permalinks
/// and permalinks in notes; a folder that is not registered names itself.
fn ad_hoc(folder: &Path, registered: &[ProjectSettings]) -> Result<ProjectSettings> {
    let root = folders::real(&absolute(folder)?);
    if !root.is_dir() {
        return Err(Failure::new(
            Kind::NotFound,
            format!("there is no folder {}", folder.display()),
        ));
    }
    let known = registered
        .iter()
        .find(|project| folders::real(&project.root) == root);
    if let Some(project) = known {
        return Ok(ProjectSettings {
            name: project.name.clone(),
            root,
        });
    }
    let name = root.file_name().map_or_else(
        || "root".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    Ok(ProjectSettings { name, root })
}
