//! `move_note`.
//!
//! Invariant: nothing is replaced, and nothing leaves its project.

mod directory;
mod links;
mod refusal;

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, IDENTIFIER, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter,
    Produces, Profile,
};
use super::failure::Failure;
use super::next_call;
use super::reply::Reply;
use cairn_engine::{MoveRequest, Moved, Project, UpdateLinks};
use refusal::Refusal;
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "move_note",
    title: "Move Note",
    description: "Moves or renames a note, or a whole folder, inside its project. Its text and permalink stay; links to \
        it too, unless update_links rewrites those by old path or title. Replaces nothing: an occupied destination is \
        refused. Give either destination_path or destination_folder.",
    parameters: &[
        Parameter {
            description: "Exact title, permalink, path or memory:// URL; a folder with is_directory",
            ..IDENTIFIER
        },
        Parameter {
            name: "destination_path",
            kind: Kind::Text,
            need: Need::Default("\"\""),
            aliases: &["dest_path", "new_path", "to", "destination"],
            description: "New path in the project, as archive/note.md",
        },
        Parameter {
            name: "destination_folder",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &["dest_folder", "to_folder"],
            description: "Folder to move into; the file name stays",
        },
        Parameter {
            name: "is_directory",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &["is_dir"],
            description: "Move a whole folder",
        },
        Parameter {
            name: "update_links",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Rewrite links to what moves; undo takes back both",
        },
        Parameter {
            name: "dry_run",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Change nothing; list what would move and what becomes of links",
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Additive,
    idempotent: false,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

/// What is to go where, as it was asked.
#[derive(Debug, Clone, Copy)]
struct Wish<'a> {
    identifier: &'a str,
    /// The path, or the folder where that was given.
    destination: &'a str,
    is_directory: bool,
    update_links: UpdateLinks,
    dry_run: bool,
}

impl Wish<'_> {
    /// The wish as the engine is asked.
    fn request(&self, identifier: &str, destination: &str) -> MoveRequest {
        MoveRequest {
            identifier: identifier.to_owned(),
            destination: destination.to_owned(),
            update_links: self.update_links,
            dry_run: self.dry_run,
        }
    }
}

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let arguments = &call.arguments;
    let path = arguments.text("destination_path").trim();
    let folder = arguments.optional_text("destination_folder");
    let folder = folder.map(str::trim).filter(|folder| !folder.is_empty());
    let wish = Wish {
        identifier: arguments.text("identifier"),
        destination: folder.unwrap_or(path),
        is_directory: arguments.flag("is_directory"),
        update_links: if arguments.flag("update_links") {
            UpdateLinks::Yes
        } else {
            UpdateLinks::No
        },
        dry_run: arguments.flag("dry_run"),
    };
    let project = call.project()?;
    let name = &project.settings().name;
    let moved = target(call, &project, &wish, path, folder).and_then(|destination| {
        if wish.is_directory {
            directory::moved(call, &project, &wish, &destination)
        } else {
            let identifier = refusal::here(call, &project, &wish)?;
            let request = wish.request(identifier, &destination);
            let moved = project.move_note_as(&request, call.progress, call.cancel)?;
            if !wish.dry_run {
                call.host.tell_changed(name, true);
            }
            Ok(note(call, &project, &wish, &moved))
        }
    });
    Ok(match moved {
        Ok(reply) => reply,
        Err(refusal) => match call.format() {
            Format::Text => {
                let reaching = next_call::reaching(call, &project);
                Reply::text(refusal.page(&wish, name, &reaching))
            }
            Format::Json => Reply::json(failed(&wish, &refusal.code())),
        },
    })
}

/// Where the engine is asked to move it.
fn target(
    call: &Call<'_>,
    project: &Project<'_>,
    wish: &Wish<'_>,
    path: &str,
    folder: Option<&str>,
) -> Result<String, Refusal> {
    match (path, folder) {
        ("", None) => Err(Refusal::NoDestination),
        ("", Some(_)) if wish.is_directory => Err(Refusal::FolderForDirectory),
        ("", Some(folder)) => refusal::destination(call, project, folder)
            .map(|folder| format!("{}/", folder.trim_end_matches('/'))),
        (path, None) => refusal::destination(call, project, path).map(str::to_owned),
        (_, Some(_)) => Err(Refusal::TwoDestinations),
    }
}

fn note(call: &Call<'_>, project: &Project<'_>, wish: &Wish<'_>, moved: &Moved) -> Reply {
    let note = &moved.note;
    match call.format() {
        Format::Text => {
            let permalink = note.permalink.as_deref().unwrap_or("-");
            let (heading, index) = if wish.dry_run {
                ("🔍 Dry run: nothing was changed", "")
            } else {
                (
                    "✅ Note moved successfully",
                    "📊 Database and search index updated\n",
                )
            };
            let reaching = next_call::reaching(call, project);
            Reply::text(format!(
                "{heading}\n\n\
                 📁 **{}** → **{}**\n\
                 🔗 Permalink: {permalink}\n\
                 {index}{}\n\
                 <!-- Project: {} -->",
                wish.identifier,
                note.path,
                links::text(wish, &moved.links, moved.change, &reaching),
                project.settings().name
            ))
        }
        Format::Json => {
            let mut value = json!({
                "moved": !wish.dry_run,
                "title": note.title,
                "permalink": note.permalink,
                "file_path": note.path.as_str(),
                "source": wish.identifier,
                "destination": note.path.as_str(),
            });
            links::add(&mut value, wish, &moved.links, moved.change);
            Reply::json(value)
        }
    }
}

/// What is said of a note or folder that stayed where it is.
fn failed(wish: &Wish<'_>, error: &str) -> Value {
    let mut value = json!({
        "moved": false,
        "title": null,
        "permalink": null,
        "file_path": null,
        "source": wish.identifier,
        "destination": wish.destination,
        "error": error,
    });
    if wish.is_directory {
        value["is_directory"] = json!(true);
    }
    value
}
