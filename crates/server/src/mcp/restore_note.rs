//! `restore_note`.
//!
//! Invariant: nothing but the note itself is replaced, and how to take a restoration back is in its answer.

use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, IDENTIFIER, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::revisions::REVISION;
use super::{many_files, next_call, sync, written};
use cairn_engine::{Error, Project, RestoreRequest, Restored};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "restore_note",
    title: "Restore Note",
    description: "Bring back a deleted note or folder, or with revision what a note said after that revision \
                  (note_history has the numbers). It is a change like any other: undo takes it back.",
    parameters: &[
        Parameter {
            description: "Note, by any name; deleted: its old path or title, or a folder",
            ..IDENTIFIER
        },
        Parameter {
            description: "Revision to go back to; without it, undelete",
            ..REVISION
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Additive,
    idempotent: true,
    tags: &["history", "notes"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

/// Deleted notes named when none fits.
const MOST_NAMED: usize = 5;

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let identifier = call.arguments.text("identifier");
    let project = call.route(identifier, Prefix::Url)?.project;
    let restored = project
        .restore_note(&RestoreRequest {
            identifier: identifier.to_owned(),
            revision: call.arguments.optional_integer("revision"),
        })
        .map_err(|error| failure(call, &project, error))?;
    let name = &project.settings().name;
    if restored.change.is_some() {
        call.host.tell_changed(name, true);
    }
    Ok(match call.format() {
        Format::Text => Reply::text(text(call, name, &restored)),
        Format::Json => Reply::json(json(&restored)),
    })
}

fn failure(call: &Call<'_>, project: &Project<'_>, error: Error) -> Failure {
    let hint = match &error {
        Error::Exists { .. } => "move away or delete what is there now, then repeat".to_owned(),
        Error::Changed { .. } => {
            let sync = next_call::sync(&next_call::reaching(call, project));
            format!("call {sync}, look at the note, then repeat")
        }
        Error::NotFound { near, .. } if near.is_empty() => match project.trash() {
            Ok(trash) if !trash.is_empty() => {
                let last = trash.iter().take(MOST_NAMED);
                let names: Vec<_> = last.map(|revision| revision.path.as_str()).collect();
                format!("deleted last: {}", names.join(", "))
            }
            _ => "nothing that is deleted is kept".to_owned(),
        },
        _ => return error.into(),
    };
    Failure::Raised {
        message: error.to_string(),
        hint: Some(hint),
    }
}

fn text(call: &Call<'_>, project: &str, restored: &Restored) -> String {
    let Some(change) = restored.change else {
        let failures = many_files::failures(&restored.failed);
        if failures.is_empty() {
            return "# Nothing to restore\n\nThe note says that already.".to_owned();
        }
        return format!("# Nothing Restored\n{failures}")
            .trim_end()
            .to_owned();
    };
    let mut text = match restored.notes.as_slice() {
        [note] if restored.failed.is_empty() => {
            format!("# Restored note\n{}", written::identity(project, note))
        }
        notes => {
            let files = many_files::files("Restored", notes.iter().map(|note| note.path.as_str()));
            let failures = many_files::failures(&restored.failed);
            format!("# Restored {} notes\n{files}{failures}", notes.len())
        }
    };
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "\nTake it back with undo(change={change}{}).\n{}",
        next_call::repeated(call),
        written::session(project).trim_start()
    );
    text
}

fn json(restored: &Restored) -> Value {
    let notes = restored.notes.iter().map(|note| {
        json!({
            "title": note.title,
            "permalink": note.permalink,
            "file_path": note.path.as_str(),
            "checksum": note.fingerprint.checksum_hex(),
        })
    });
    json!({
        "restored": notes.collect::<Vec<_>>(),
        "failed": sync::faults_json(&restored.failed),
        "change": restored.change,
    })
}
