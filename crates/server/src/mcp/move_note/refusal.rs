//! Why a move was not made, as a page of guidance and as a code.
//!
//! Invariant: the heading follows from the type of the failure, never from its words.

use super::super::call::Call;
use super::super::failure::Failure;
use super::super::next_call;
use super::super::written;
use super::Wish;
use cairn_engine::{Error, Project};
use cairn_note::link::without_scheme;
use cairn_note::path::{NotePath, PathError};
use std::io::ErrorKind;

/// Why a move was not made.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Both a path and a folder.
    TwoDestinations,
    /// Neither.
    NoDestination,
    /// A folder to move a folder into.
    FolderForDirectory,
    /// The destination is no path inside a project.
    Path(PathError),
    /// The destination is in another project.
    ToProject(String),
    /// What is to be moved is in another project.
    FromProject(String),
    /// The engine refused or failed.
    Engine(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::OtherProject { project, .. } => Self::FromProject(project),
            Error::Path(error) => Self::Path(error),
            error => Self::Engine(error),
        }
    }
}

/// Returns the identifier, unless it is the URL of a note of another project.
pub(super) fn here<'w>(
    call: &Call<'_>,
    project: &Project<'_>,
    wish: &Wish<'w>,
) -> Result<&'w str, Refusal> {
    let identifier = wish.identifier.trim();
    match without_scheme(identifier).and_then(|name| other_project(call, project, name)) {
        Some(other) => Err(Refusal::FromProject(other)),
        None => Ok(identifier),
    }
}

/// Returns a destination as a path of this project.
pub(super) fn destination<'d>(
    call: &Call<'_>,
    project: &Project<'_>,
    destination: &'d str,
) -> Result<&'d str, Refusal> {
    if destination == "/" {
        return Ok(destination);
    }
    let path = without_scheme(destination).unwrap_or(destination);
    NotePath::parse(path).map_err(Refusal::Path)?;
    match other_project(call, project, path) {
        Some(other) => Err(Refusal::ToProject(other)),
        None => Ok(local(project, destination)),
    }
}

/// Returns what a `memory://` URL names inside its own project; anything else as it is.
pub(super) fn local<'d>(project: &Project<'_>, text: &'d str) -> &'d str {
    let Some(name) = without_scheme(text) else {
        return text;
    };
    match name.split_once('/') {
        Some((first, rest))
            if !rest.is_empty()
                && cairn_note::permalink::slug(first) == project.settings().slug() =>
        {
            rest
        }
        _ => name,
    }
}

/// The other project that the first segment of a path names, when there is more than that segment.
fn other_project(call: &Call<'_>, project: &Project<'_>, path: &str) -> Option<String> {
    let path = path.replace("::", "/");
    let (first, rest) = path.split_once('/')?;
    if rest.is_empty() {
        return None;
    }
    let named =
        |name: &str, slug: &str| name.to_lowercase() == first.to_lowercase() || slug == first;
    let own = project.settings();
    if named(&own.name, &own.slug()) {
        return None;
    }
    let registry = &call.engine.settings().projects;
    registry
        .iter()
        .find(|other| named(&other.name, &other.slug()))
        .map(|other| other.name.clone())
}

impl Refusal {
    /// The error as programs read it.
    pub(super) fn code(&self) -> String {
        let code = match self {
            Self::TwoDestinations => "MUTUALLY_EXCLUSIVE_PARAMS",
            Self::NoDestination => "MISSING_DESTINATION",
            Self::FolderForDirectory => "DESTINATION_FOLDER_NOT_FOR_DIRECTORIES",
            Self::Path(error) if written::leads_out(error) => "SECURITY_VALIDATION_ERROR",
            Self::Path(error) => return error.to_string(),
            Self::ToProject(_) | Self::FromProject(_) => "CROSS_PROJECT_MOVE_NOT_SUPPORTED",
            Self::Engine(Error::SamePlace { .. }) => "DESTINATION_SAME_AS_SOURCE",
            Self::Engine(Error::OtherExtension { .. }) => "FILE_EXTENSION_MISMATCH",
            Self::Engine(error) => return error.to_string(),
        };
        code.to_owned()
    }

    /// The page of guidance; `reaching` is what a call needs to reach the project.
    pub(super) fn page(self, wish: &Wish<'_>, project: &str, reaching: &str) -> String {
        let kind = self.kind();
        let heading = match kind {
            "" => "# Move Failed".to_owned(),
            kind => format!("# Move Failed - {kind}"),
        };
        let Wish {
            identifier,
            destination,
            ..
        } = wish;
        let body = match self {
            Self::TwoDestinations => format!(
                "Cannot specify both destination_path and destination_folder: give one of them.\n\
                 {}",
                ways("\"…\"", reaching)
            ),
            Self::NoDestination => format!(
                "Where '{identifier}' shall go is missing.\n{}",
                ways(&next_call::quoted(identifier), reaching)
            ),
            Self::FolderForDirectory => format!(
                "destination_folder is for notes. A folder is given its new path:\n\
                 move_note(identifier={}, destination_path=\"{destination}/…\", is_directory=true{reaching})",
                next_call::quoted(identifier)
            ),
            Self::Path(error) => format!(
                "'{identifier}' was not moved: {error}.\n\
                 Give a path inside the project, as destination_path=\"archive/name.md\"."
            ),
            Self::ToProject(other) => to_project(wish, project, &other),
            Self::FromProject(other) => format!(
                "'{identifier}' is in the project '{other}', and this call is about the project '{project}'.\n\
                 To move it inside '{other}', repeat the call with project=\"{other}\". To bring it to '{project}':\n\
                 {}",
                steps(identifier, &other, project)
            ),
            Self::Engine(error) => {
                let message = error.to_string();
                let hint = hint(error, identifier, reaching)
                    .map_or_else(String::new, |hint| format!("\n{hint}"));
                format!("Error moving '{identifier}' to '{destination}': {message}.{hint}")
            }
        };
        format!("{heading}\n\n{body}")
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::TwoDestinations | Self::FolderForDirectory => "Invalid Parameters",
            Self::NoDestination => "Missing Destination",
            Self::Path(error) if written::leads_out(error) => "Security Validation Error",
            Self::Path(_) => "Invalid Destination Path",
            Self::ToProject(_) | Self::FromProject(_) => "Cross-Project Move Not Supported",
            Self::Engine(error) => engine_kind(error),
        }
    }
}

fn engine_kind(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "Note Not Found",
        Error::Ambiguous { .. } => "Ambiguous Identifier",
        Error::Exists { .. } | Error::Equivalent { .. } | Error::NotIndexed { .. } => {
            "Destination Already Exists"
        }
        Error::SamePlace { .. } => "Destination Same As Source",
        Error::OtherExtension { .. } => "File Extension Mismatch",
        Error::FileGone { .. } => "Source File Missing",
        Error::Changed { .. } => "Note Changed",
        Error::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            "Permission Error"
        }
        Error::Io { .. } | Error::Root { .. } | Error::Index(_) | Error::Untold { .. } => {
            "System Error"
        }
        _ => "",
    }
}

/// The two ways to say where a note shall go.
fn ways(identifier: &str, reaching: &str) -> String {
    format!(
        "- A new path: move_note(identifier={identifier}, destination_path=\"archive/name.md\"{reaching})\n\
         - The same name elsewhere: move_note(identifier={identifier}, destination_folder=\"archive\"{reaching})"
    )
}

fn to_project(wish: &Wish<'_>, project: &str, other: &str) -> String {
    let (identifier, destination) = (wish.identifier, wish.destination);
    let way_out = if without_scheme(destination).is_none() {
        format!("\nFor a folder of that name in '{project}' write './{destination}'.")
    } else {
        String::new()
    };
    format!(
        "'{identifier}' is in the project '{project}', and '{destination}' names the project '{other}': a move stays \
         inside one project. To bring it there:\n{}{way_out}",
        steps(identifier, project, other)
    )
}

fn steps(identifier: &str, from: &str, to: &str) -> String {
    format!(
        "1. read_note(identifier=\"{identifier}\", project=\"{from}\")\n\
         2. write_note(title=\"…\", content=\"…\", directory=\"…\", project=\"{to}\")\n\
         3. delete_note(identifier=\"{identifier}\", project=\"{from}\")"
    )
}

fn hint(error: Error, identifier: &str, reaching: &str) -> Option<String> {
    match &error {
        Error::Exists { .. } | Error::Equivalent { .. } => Some(
            "Nothing was replaced. Choose another destination, or move or delete what is there first."
                .to_owned(),
        ),
        Error::NotFound { near, .. } if near.is_empty() => Some(format!(
            "Look for its exact name with search_notes(query={}{reaching}) or list_directory(dir_name=\"/\"{reaching}).",
            next_call::quoted(identifier.rsplit('/').next().unwrap_or(identifier))
        )),
        Error::Changed { .. } => {
            Some(format!("Call {}, read it again, then repeat the move.", next_call::sync(reaching)))
        }
        Error::FileGone { .. } => Some(format!("Call {} to bring the index in step.", next_call::sync(reaching))),
        _ => Failure::from(error)
            .hint()
            .map(|hint| format!("Hint: {hint}")),
    }
}
