//! `undo`.
//!
//! Invariant: what others changed since stays, and what was left as it is is named.

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::moment::moment;
use super::next_call::{quoted, repeated};
use super::reply::Reply;
use super::revisions::{self, NUMBER, Place};
use super::{many_files, sync};
use cairn_engine::{UndoRequest, Undone};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "undo",
    title: "Undo Changes",
    description: "Take back the last change of the project, the one with a number, or with since all of an actor's. \
                  List first with dry_run=true and show the user. Later changes by others stay; conflicts are named. \
                  Undo itself can be undone.",
    parameters: &[
        Parameter {
            name: "actor",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Only changes by this one, as note_history names it",
        },
        Parameter {
            name: "since",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "All changes since: 1 hour ago, today, 2025-01-31T14:00Z",
        },
        Parameter {
            name: "change",
            kind: NUMBER,
            need: Need::Optional,
            aliases: &[],
            description: "Only this change",
        },
        Parameter {
            name: "dry_run",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Only list what would be undone",
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Additive,
    idempotent: false,
    tags: &["history", "notes"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

/// Revisions named in a text.
const MOST_NAMED: usize = 50;

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let actor = call.arguments.optional_text("actor").map(str::trim);
    let request = UndoRequest {
        change: call.arguments.optional_integer("change"),
        actor: actor.filter(|actor| !actor.is_empty()).map(str::to_owned),
        since: moment(call, "since")?,
        dry_run: call.arguments.flag("dry_run"),
    };
    let project = call.project()?;
    let undone = project.undo(&request, call.progress, call.cancel)?;
    if undone.change.is_some() {
        call.host.tell_changed(&project.settings().name, true);
    }
    Ok(match call.format() {
        Format::Text => Reply::text(text(call, &request, &undone)),
        Format::Json => Reply::json(json(&request, &undone)),
    })
}

fn text(call: &Call<'_>, request: &UndoRequest, undone: &Undone) -> String {
    let count = undone.undone.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = match (count, request.dry_run) {
        (0, true) => "# Nothing would be undone\n".to_owned(),
        (0, false) => "# Nothing undone\n".to_owned(),
        (_, true) => format!("# Would undo {count} revision{plural}\n\n"),
        (_, false) => format!("# Undid {count} revision{plural}\n\n"),
    };
    for revision in undone.undone.iter().take(MOST_NAMED) {
        text += &revisions::line(revision, Place::Named);
    }
    // Writing to a String cannot fail.
    if count > MOST_NAMED {
        let _ = writeln!(text, "- ... and {} more", count - MOST_NAMED);
    }
    text += &many_files::left(&undone.conflicts);
    if undone.cancelled {
        text += "\nStopped on request before it was done.\n";
    }
    let project = repeated(call);
    let _ = match (request.dry_run, undone.change) {
        (true, _) if count > 0 => write!(
            text,
            "\nNothing was changed. Do it with {}",
            repeat(request, undone, &project)
        ),
        (_, Some(change)) => write!(text, "\nTake this back with undo(change={change}{project})"),
        _ => Ok(()),
    };
    text.trim_end().to_owned()
}

/// The call that does what a dry run listed, whenever it is made.
fn repeat(request: &UndoRequest, undone: &Undone, project: &str) -> String {
    let Some(since) = request.since else {
        let change = undone.undone.first().map_or(0, |revision| revision.change);
        return format!("undo(change={change}{project})");
    };
    let actor = request
        .actor
        .as_deref()
        .map_or_else(String::new, |actor| format!("actor={}, ", quoted(actor)));
    let change = request
        .change
        .map_or_else(String::new, |change| format!(", change={change}"));
    format!("undo({actor}since=\"{since}\"{change}{project})")
}

fn json(request: &UndoRequest, undone: &Undone) -> Value {
    json!({
        "dry_run": request.dry_run,
        "undone": undone.undone.iter().map(revisions::json).collect::<Vec<_>>(),
        "conflicts": sync::faults_json(&undone.conflicts),
        "change": undone.change,
        "cancelled": undone.cancelled,
    })
}
