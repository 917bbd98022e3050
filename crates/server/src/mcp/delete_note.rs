//! `delete_note`.
//!
//! Invariant: only what is named exactly is deleted.

mod directory;

use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, IDENTIFIER, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter,
    Produces, Profile,
};
use super::failure::Failure;
use super::next_call;
use super::reply::Reply;
use cairn_engine::{Deleted, Error};
use serde_json::{Value, json};
use std::io::ErrorKind;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "delete_note",
    title: "Delete Note",
    description: "Deletes a note, or with is_directory a whole folder; restore_note brings it back. Answers true \
        or false for a note. Names are exact, letter case too. Links to it stay as text.",
    parameters: &[
        Parameter {
            description: "Exact title, permalink, path or memory:// URL; a folder with is_directory",
            ..IDENTIFIER
        },
        Parameter {
            name: "is_directory",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &["is_dir"],
            description: "Delete a whole folder",
        },
        Parameter {
            name: "confirm",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Needed for '/' and for more than 50 files; ask the user first",
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Destructive,
    idempotent: true,
    tags: &["notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let identifier = call.arguments.text("identifier");
    let routed = call.route(identifier, Prefix::Url)?;
    let project = &routed.project.settings().name;
    if call.arguments.flag("is_directory") {
        return Ok(directory::deleted(call, identifier, &routed));
    }
    let deleted = routed.project.delete_note(identifier);
    if deleted.is_ok() {
        call.host.tell_changed(project, true);
    }
    Ok(match (deleted, call.format()) {
        (Ok(_), Format::Text) => Reply::json(Value::Bool(true)),
        (Ok(Deleted { note }), Format::Json) => Reply::json(json!({
            "deleted": true,
            "title": note.title,
            "permalink": note.permalink,
            "file_path": note.path.as_str(),
        })),
        (Err(Error::NotFound { near, .. }), format) => missing(format, identifier, &near),
        (Err(error), Format::Json) => {
            let mut value = nothing();
            value["error"] = json!(error.to_string());
            Reply::json(value)
        }
        (Err(error), Format::Text) => {
            let reaching = next_call::reaching(call, &routed.project);
            Reply::text(page(error, identifier, &reaching))
        }
    })
}

/// A note that is not there; the notice says what may have been meant.
fn missing(format: Format, identifier: &str, near: &[String]) -> Reply {
    let mut reply = Reply::json(match format {
        Format::Text => Value::Bool(false),
        Format::Json => nothing(),
    });
    let meant = if near.is_empty() {
        "A folder is deleted with is_directory=true.".to_owned()
    } else {
        format!("Did you mean {}?", near.join(", "))
    };
    reply.notice = Some(format!(
        "Nothing was deleted: no note is called '{identifier}'. {meant}"
    ));
    reply
}

fn nothing() -> Value {
    json!({ "deleted": false, "title": null, "permalink": null, "file_path": null })
}

fn page(error: Error, identifier: &str, reaching: &str) -> String {
    let kind = match &error {
        Error::Ambiguous { .. } => " - Ambiguous Identifier",
        Error::Changed { .. } => " - Note Changed",
        Error::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            " - Permission Error"
        }
        Error::Io { .. } | Error::Root { .. } => " - System Error",
        Error::Index(_) | Error::Untold { .. } => " - Database Error",
        _ => "",
    };
    let message = error.to_string();
    let hint = match error {
        Error::Changed { .. } => Some(format!(
            "call {}, read it again, then repeat",
            next_call::sync(reaching)
        )),
        error => Failure::from(error).hint(),
    };
    let hint = hint.map_or_else(String::new, |hint| format!("\nHint: {hint}"));
    format!("# Delete Failed{kind}\n\nError deleting note '{identifier}': {message}.{hint}")
}
