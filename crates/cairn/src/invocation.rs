//! One run of the binary: its global arguments, and the doors it opens on demand.
//!
//! Invariant: a command that does not ask for the engine opens no index and makes no folder.

use crate::args::Global;
use crate::failure::{Failure, Result};
use crate::interrupt::{self, CANCEL};
use crate::output::{Bar, Form, Output, Style, Talk, text};
use crate::settings::{Config, Home, Keeping, Reach};
use cairn_engine::{Engine, Project};
use std::path::Path;

/// Who acts in the history when a command does.
const ACTOR: &str = "cli";

/// One run of the binary.
#[derive(Debug)]
pub(crate) struct Invocation {
    global: Global,
    /// Where it speaks.
    pub(crate) output: Output,
}

impl Invocation {
    /// Begins a run.
    pub(crate) fn new(global: Global) -> Self {
        let form = if global.json { Form::Json } else { Form::Text };
        let talk = match (global.quiet, global.verbose) {
            (true, _) => Talk::Quiet,
            (false, true) => Talk::Verbose,
            (false, false) => Talk::Normal,
        };
        Self {
            output: Output::new(form, talk),
            global,
        }
    }

    /// Returns how the answer is dressed.
    pub(crate) fn style(&self) -> Style {
        self.output.style()
    }

    /// Returns a progress bar for one long verb.
    pub(crate) fn progress(&self) -> Bar {
        self.output.progress()
    }

    /// Finds the configuration.
    pub(crate) fn home(&self) -> Result<Home> {
        Home::find(self.global.config.as_deref())
    }

    /// Finds the configuration to change it; `--ephemeral` promises not to.
    pub(crate) fn writable_home(&self) -> Result<Home> {
        if self.global.ephemeral {
            return Err(Failure::invalid(
                "--ephemeral writes nothing but notes, so it cannot change the configuration",
            ));
        }
        self.home()
    }

    /// Whether the answer is for a program.
    pub(crate) fn is_json(&self) -> bool {
        self.global.json
    }

    /// Returns the folder given with `-C`.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.global.dir.as_deref()
    }

    /// Whether the configuration is another one than a program started elsewhere would find.
    pub(crate) fn has_own_config(&self) -> bool {
        self.global.config.is_some()
            || std::env::var_os("CAIRN_HOME").is_some_and(|folder| !folder.is_empty())
    }

    /// Returns the name given with `--project`.
    pub(crate) fn named_project(&self) -> Option<&str> {
        self.global.project.as_deref()
    }

    /// Whether the index is kept.
    pub(crate) fn keeping(&self) -> Keeping {
        if self.global.ephemeral {
            Keeping::Ephemeral
        } else {
            Keeping::Durable
        }
    }

    /// Reads the configuration and speaks of keys that look mistyped.
    pub(crate) fn config(&self, home: &Home) -> Result<Config> {
        let config = home.read_config()?;
        for (written, meant) in &config.typos {
            let message = format!("{} has an unknown key '{written}'", home.config().display());
            self.output
                .warn(&message, Some(&format!("did you mean {meant}?")));
        }
        Ok(config)
    }

    /// Opens the engine. From here on Ctrl-C asks verbs to stop.
    pub(crate) fn engine(&self) -> Result<Engine> {
        let home = self.home()?;
        let config = self.config(&home)?;
        let reach = match &self.global.dir {
            Some(folder) => Reach::Folder(folder),
            None if config.projects.is_empty() => return Err(no_projects()),
            None => Reach::Registry,
        };
        let settings = home.settings(&config, reach, self.keeping())?;
        // An unknown project must not cost an index.
        settings.project(self.named_project())?;
        interrupt::listen();
        Ok(Engine::open(settings)?)
    }

    /// Returns the project the command is about.
    pub(crate) fn project<'a>(&self, engine: &'a Engine) -> Result<Project<'a>> {
        Ok(engine.project(self.named_project())?.acting(ACTOR))
    }

    /// Returns the project the command is about, after bringing its index in step with its files.
    pub(crate) fn project_in_step<'a>(&self, engine: &'a Engine) -> Result<Project<'a>> {
        let project = self.project(engine)?;
        let report = project.sync(&self.progress(), &CANCEL)?;
        if report.cancelled || CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
        self.output.detail(&format!(
            "{}: {}",
            project.settings().name,
            text::sync(&report)
        ));
        if !report.faults.is_empty() {
            let count = text::count_of(report.faults.len(), "file or folder")
                .replace("file or folders", "files or folders");
            self.output.warn(
                &format!("{count} could not be indexed; see `cairn status`"),
                None,
            );
        }
        Ok(project)
    }
}

fn no_projects() -> Failure {
    Failure::invalid("there are no projects yet").hint(
        "register a folder with `cairn project add NAME FOLDER`, or work on one with -C FOLDER",
    )
}
