//! One call of a tool: what it was given, and what every tool needs to answer.
//!
//! Invariant: a call's project follows from the call alone: the server's constraint, else `project_id`, else
//! `project`, else the identifier's own prefix, else the default.

use super::arguments::Arguments;
use super::declaration::Declaration;
use super::failure::Failure;
use crate::host::Host;
use cairn_engine::{Cancel, Engine, Progress, Project};
use cairn_note::link::without_scheme;
use jiff::Zoned;
use std::sync::Arc;
use std::time::Duration;

/// One call of a tool.
pub struct Call<'a> {
    /// The server.
    pub host: &'a Arc<Host>,
    /// The engine as it is for this call.
    pub engine: Arc<Engine>,
    /// The tool.
    pub tool: &'static Declaration,
    /// Its arguments.
    pub arguments: Arguments,
    /// Who calls: the client's name, as it gave it.
    pub client: Option<String>,
    /// Who listens to a long call.
    pub progress: &'a dyn Progress,
    /// Raised when the client has no more use for the answer.
    pub cancel: &'a Cancel,
    /// The time of the call.
    pub now: Zoned,
}

/// What form an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people and models.
    Text,
    /// For programs.
    Json,
}

/// Where an identifier is looked up.
pub(crate) struct Routed<'c> {
    /// The project.
    pub(crate) project: Project<'c>,
    /// The identifier without `memory://` and without the project's prefix: a path a new note may get. The engine is
    /// given the identifier itself, since it knows what both mean.
    pub(crate) local: String,
}

/// Which identifiers may name their project themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// Only `memory://project/…`.
    Url,
    /// `project/…` too.
    Plain,
}

/// How long a call waits for the first sync before it answers from what is there.
const PATIENCE: Duration = Duration::from_millis(500);

impl Call<'_> {
    /// Returns the form the answer is to have.
    pub(crate) fn format(&self) -> Format {
        match self.arguments.optional_text("output_format") {
            Some("json") => Format::Json,
            _ => Format::Text,
        }
    }

    /// Returns how many tokens the caller has for the answer.
    pub(crate) fn max_tokens(&self) -> Option<usize> {
        let tokens = self.arguments.optional_integer("max_tokens")?;
        usize::try_from(tokens).ok()
    }

    /// Returns the project of a call that has no identifier.
    ///
    /// # Errors
    /// When there is no such project, or none is named and there is no default.
    pub fn project(&self) -> Result<Project<'_>, Failure> {
        self.project_or(None)
    }

    /// Returns the project of the call, and the identifier as it is looked up in it.
    ///
    /// # Errors
    /// As [`Self::project`]; when the identifier names another project than the only one that may be reached.
    pub(crate) fn route(&self, identifier: &str, prefix: Prefix) -> Result<Routed<'_>, Failure> {
        let bare = bare(identifier);
        let is_url = bare.len() != identifier.trim().len();
        let named = (is_url || prefix == Prefix::Plain)
            .then(|| self.prefix(&bare))
            .flatten();
        if let (Some(_), Some(named)) = (self.host.constraint(), &named) {
            let only = &self.engine.project(None)?.settings().name;
            if is_url && only != named {
                return Err(Failure::raised(format!(
                    "Project is constrained to '{only}', cannot use '{named}'."
                )));
            }
        }
        let project = self.project_or(named.as_deref())?;
        let local = match bare.split_once('/') {
            Some((first, rest))
                if named.is_some()
                    && cairn_note::permalink::slug(first) == project.settings().slug() =>
            {
                rest.to_owned()
            }
            _ => bare,
        };
        Ok(Routed { project, local })
    }

    /// The project that the first segment names, when there is more than that segment.
    fn prefix(&self, bare: &str) -> Option<String> {
        let (first, rest) = bare.split_once('/')?;
        if first.is_empty() || rest.is_empty() || first.contains('*') {
            return None;
        }
        let slug = cairn_note::permalink::slug(first);
        let registry = &self.engine.settings().projects;
        registry
            .iter()
            .find(|settings| settings.name == first || settings.slug() == slug)
            .map(|settings| settings.name.clone())
    }

    /// Returns who acts, as the history names it.
    fn actor(&self) -> &str {
        let client = self.client.as_deref().map(str::trim);
        client.filter(|name| !name.is_empty()).unwrap_or("mcp")
    }

    fn project_or(&self, named: Option<&str>) -> Result<Project<'_>, Failure> {
        let project = if self.host.constraint().is_some() {
            self.engine.project(None)?
        } else if let Some(id) = self.arguments.optional_text("project_id") {
            self.by_id(id)?
        } else {
            let given = self.arguments.optional_text("project");
            match given.filter(|name| !name.trim().is_empty()).or(named) {
                Some(name) => match self.engine.project(Some(name)) {
                    Ok(project) => project,
                    // An id in place of a name is understood.
                    Err(error) => self.by_id(name).map_err(|_| error)?,
                },
                None if self.engine.projects().next().is_none() => return Err(no_projects()),
                None => self.engine.project(None)?,
            }
        };
        self.host.wait(&project.settings().name, PATIENCE);
        Ok(project.acting(self.actor()))
    }

    /// Refuses a workspace: it belongs to a hosted account, which this server does not know.
    ///
    /// # Errors
    /// When the call names one.
    pub(crate) fn refuse_workspace(&self) -> Result<(), Failure> {
        let workspace = self.arguments.optional_text("workspace").map(str::trim);
        match workspace.filter(|workspace| !workspace.is_empty()) {
            Some(workspace) => Err(Failure::Raised {
                message: format!(
                    "A cloud workspace was requested ('{workspace}') but this is a local server, which has none"
                ),
                hint: Some("leave workspace out; see list_memory_projects()".to_owned()),
            }),
            None => Ok(()),
        }
    }

    fn by_id(&self, id: &str) -> Result<Project<'_>, Failure> {
        self.engine
            .projects()
            .find(|project| project.settings().external_id() == id.trim())
            .ok_or_else(|| Failure::Raised {
                message: format!("Project not found: '{id}'"),
                hint: Some("see list_memory_projects()".to_owned()),
            })
    }
}

/// What a server says that was started before any project was registered.
fn no_projects() -> Failure {
    Failure::Raised {
        message: "There are no projects yet".to_owned(),
        hint: Some(
            "register a folder of notes with \
             create_memory_project(project_name=\"main\", project_path=\"/absolute/folder\", set_default=true)"
                .to_owned(),
        ),
    }
}

/// An identifier without `memory://`, with `::` read as `/`.
fn bare(identifier: &str) -> String {
    without_scheme(identifier)
        .unwrap_or(identifier.trim())
        .replace("::", "/")
}
