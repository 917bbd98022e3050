//! `delete_project`.
//!
//! Invariant: the answer counts what was deleted; a file nobody indexed is never touched, and a project some of whose
//! notes could not be deleted stays registered.

use super::call::Call;
use super::declaration::{
    Declaration, Effect, Kind, Need, Parameter, Produces, Profile, WORKSPACE,
};
use super::failure::Failure;
use super::list_memory_projects::default_project;
use super::many_files;
use super::reply::Reply;
use cairn_engine::{Confirm, DeletedDirectory, Error, MOST_UNCONFIRMED, Project};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "delete_project",
    title: "Delete Project",
    description: "Takes a project out of the registry. Its notes stay unless delete_notes. Not for the default project.",
    parameters: &[
        Parameter {
            name: "project_name",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &[],
            description: "Its name",
        },
        Parameter {
            name: "delete_notes",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Delete its indexed files too, for good",
        },
        Parameter {
            name: "confirm",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Needed to delete more than 50 files; ask the user first",
        },
        WORKSPACE,
    ],
    effect: Effect::Destructive,
    idempotent: true,
    tags: &["projects"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let wanted = call.arguments.text("project_name").trim();
    if let Some(only) = call.host.constraint() {
        let only = call.engine.project(Some(only))?.settings();
        return Ok(Reply::text(format!(
            "# Error\n\n\
             Project deletion disabled - MCP server is constrained to project '{}'.\n\
             Use the CLI to delete projects: `cairn project remove \"{wanted}\"`",
            only.name
        )));
    }
    call.refuse_workspace()?;
    let project = found(call, wanted)?;
    let settings = project.settings();
    let deleted = if call.arguments.flag("delete_notes") {
        match notes(call, &project)? {
            Notes::Unconfirmed(count) => {
                return Ok(Reply::text(unconfirmed(&settings.name, count)));
            }
            Notes::Deleted(deleted) => Some(deleted),
        }
    } else {
        None
    };
    if let Some(deleted) = &deleted
        && deleted.deleted.len() < deleted.total
    {
        call.host.tell_changed(&settings.name, true);
        return Ok(Reply::text(incomplete(&settings.name, deleted)));
    }
    call.host.home().remove_project(&settings.name)?;
    call.engine.forget(settings)?;
    call.host.left(&settings.name);
    call.host.tell_changed(&settings.name, true);
    let path = settings.root.display();
    let files = match deleted {
        None => "Note files remain on disk but the project is no longer tracked by Cairn.\n\
             Re-add the project to access its content again."
            .to_owned(),
        Some(deleted) => format!(
            "Note files deleted: {}. Files that were never indexed, if there are any, remain in {path}.",
            deleted.deleted.len()
        ),
    };
    Ok(Reply::text(format!(
        "✓ Project '{name}' removed successfully\n\n\
         Removed project details:\n• Name: {name}\n• Path: {path}\n\n{files}",
        name = settings.name
    )))
}

/// The project that is meant, which is not the default one.
fn found<'c>(call: &'c Call<'_>, wanted: &str) -> Result<Project<'c>, Failure> {
    let names: Vec<&str> = call
        .engine
        .projects()
        .map(|project| project.settings().name.as_str())
        .collect();
    let names = names.join(", ");
    // Nothing given is no request for the default project.
    let project = call.engine.project(Some(wanted)).map_err(|_| {
        Failure::raised(format!(
            "delete_project: Project '{wanted}' not found. Available projects: {names}"
        ))
    })?;
    let name = &project.settings().name;
    if default_project(call).as_ref() == Some(name) {
        return Err(Failure::Raised {
            message: format!(
                "delete_project: Cannot delete default project '{name}'. Set another project as default first. Available: {names}"
            ),
            hint: Some(
                "the command `cairn project default NAME` does that, and so does a new project with create_memory_project(…, set_default=true)"
                    .to_owned(),
            ),
        });
    }
    Ok(project)
}

/// What became of the notes.
enum Notes {
    /// They are too many to be deleted without being asked back.
    Unconfirmed(usize),
    /// They were deleted.
    Deleted(DeletedDirectory),
}

/// Deletes what is known of the project's files; `delete_notes` confirms a handful, more than that takes `confirm`.
fn notes(call: &Call<'_>, project: &Project<'_>) -> Result<Notes, Failure> {
    let delete = |confirm| project.delete_directory("/", confirm, call.progress, call.cancel);
    let confirmed = call.arguments.flag("confirm");
    let count = match delete(Confirm::Required) {
        Err(Error::Unconfirmed { count, .. }) => count,
        deleted => return Ok(Notes::Deleted(deleted?)),
    };
    if count > MOST_UNCONFIRMED && !confirmed {
        return Ok(Notes::Unconfirmed(count));
    }
    Ok(Notes::Deleted(delete(Confirm::Given)?))
}

fn unconfirmed(project: &str, count: usize) -> String {
    format!(
        "# Project Deletion - Confirmation Required\n\n\
         Deleting the notes of '{project}' would delete {count} files for good. Nothing was deleted or removed.\n\
         Ask the user, then repeat:\n\
         delete_project(project_name=\"{project}\", delete_notes=true, confirm=true)"
    )
}

fn incomplete(project: &str, deleted: &DeletedDirectory) -> String {
    let (done, failed) = (deleted.deleted.len(), deleted.failed.len());
    let why = if deleted.cancelled {
        "the call was cancelled before all of its files were deleted"
    } else {
        "some of its files could not be deleted"
    };
    format!(
        "# Project Deletion Incomplete\n\n\
         '{project}' stays registered: {why}.\n\n{}{}\n\
         Call sync(project=\"{project}\") and repeat, or leave delete_notes out to keep the files.",
        many_files::summary(deleted.total, "deleted", done, failed),
        many_files::failures(&deleted.failed),
    )
}
