//! `note_history`.
//!
//! Invariant: it changes nothing, and a deleted note still has its history.

use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, Need, OUTPUT_FORMAT, PAGE_SIZE, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::next_call::{quoted, repeated};
use super::reply::Reply;
use super::revisions::{self, Place, REMEMBERED, REVISION};
use cairn_engine::{HistoryRequest, NoteHistory};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "note_history",
    title: "Note History",
    description: "List who changed a note, when and how, latest first; of a deleted note too. Its revision numbers are \
                  what diff_note and restore_note take.",
    parameters: &[
        REMEMBERED,
        Parameter {
            name: "before",
            description: "Only revisions older than this one",
            ..REVISION
        },
        Parameter {
            need: Need::Default("20"),
            description: "Revisions at most",
            ..PAGE_SIZE
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["history", "notes"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let identifier = call.arguments.text("identifier");
    let project = call.route(identifier, Prefix::Plain)?.project;
    let history = project.note_history(&HistoryRequest {
        identifier: identifier.to_owned(),
        before: call.arguments.optional_integer("before"),
        limit: call.arguments.count("page_size"),
    })?;
    Ok(match call.format() {
        Format::Text => Reply::text(text(call, &history)),
        Format::Json => Reply::json(json(&history)),
    })
}

fn text(call: &Call<'_>, history: &NoteHistory) -> String {
    let path = &history.path;
    let mut text = match &history.note {
        Some(note) => format!("# History of {} ({path})\n\n", note.title),
        None => format!("# History of {path} (deleted)\n\n"),
    };
    if !history.former.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Formerly {}\n", history.former.join(", "));
    }
    for revision in &history.revisions {
        text += &revisions::line(revision, Place::Known);
    }
    let identifier = quoted(call.arguments.text("identifier"));
    let project = repeated(call);
    let Some(first) = history.revisions.first() else {
        text.push_str(match call.arguments.has("before") {
            true => "No older revisions.",
            false => "Nothing has changed it since its history began.",
        });
        return text;
    };
    if let Some(last) = history.revisions.last().filter(|_| history.has_more) {
        let _ = writeln!(
            text,
            "\nOlder ones: note_history(identifier={identifier}, before={}{project})",
            last.id
        );
    }
    let latest = first.id;
    let _ = match (&history.note, history.revisions.get(1)) {
        (None, _) => write!(
            text,
            "\nBring it back: restore_note(identifier={identifier}{project})"
        ),
        (Some(_), earlier) => {
            let back = earlier.map_or_else(
                || format!("Take it back: undo(change={}{project})", first.change),
                |earlier| {
                    let number = earlier.id;
                    format!(
                        "Go back to revision {number}: \
                         restore_note(identifier={identifier}, revision={number}{project})"
                    )
                },
            );
            write!(
                text,
                "\nWhat changed from revision {latest} on: \
                 diff_note(identifier={identifier}, from={latest}{project})\n{back}"
            )
        }
    };
    text
}

fn json(history: &NoteHistory) -> Value {
    let note = history.note.as_ref();
    let last = history.revisions.last().filter(|_| history.has_more);
    json!({
        "title": note.map(|note| &note.title),
        "permalink": note.and_then(|note| note.permalink.as_ref()),
        "file_path": history.path,
        "external_id": history.id,
        "deleted": note.is_none(),
        "former_paths": history.former,
        "revisions": history.revisions.iter().map(revisions::json).collect::<Vec<_>>(),
        "has_more": history.has_more,
        "next_before": last.map(|last| last.id),
    })
}
