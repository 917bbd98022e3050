//! `diff_note`.
//!
//! Invariant: it changes nothing, and a diff that is cut says so.

use super::budget;
use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter,
    Produces, Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::revisions::{REMEMBERED, REVISION};
use cairn_engine::{DiffRequest, NoteDiff};
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "diff_note",
    title: "Compare Note",
    description: "Show what changed in a note. Without from and to: its latest change. With from alone: everything \
                  from that revision's change on. With both: from one revision's text to the other's. Numbers are in \
                  note_history.",
    parameters: &[
        REMEMBERED,
        Parameter {
            name: "from",
            description: "Revision to begin with; default: the latest",
            ..REVISION
        },
        Parameter {
            name: "to",
            description: "Revision to end with; default: the note now",
            ..REVISION
        },
        Parameter {
            name: "words",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Compare words: [-removed-] {+added+}",
        },
        MAX_TOKENS,
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
    let words = call.arguments.flag("words");
    let diff = project.diff_note(&DiffRequest {
        identifier: identifier.to_owned(),
        from: call.arguments.optional_integer("from"),
        to: call.arguments.optional_integer("to"),
        words,
    })?;
    let limit = call.max_tokens();
    let cut = limit.and_then(|limit| budget::prefix(&diff.text, limit));
    Ok(match call.format() {
        Format::Text => Reply::text(text(&diff, words, cut)),
        Format::Json => Reply::json(json(&diff, words, cut)),
    })
}

fn text(diff: &NoteDiff, words: bool, cut: Option<&str>) -> String {
    let unit = if words { "words" } else { "lines" };
    let NoteDiff {
        path,
        old,
        new,
        text,
        added,
        removed,
    } = diff;
    let heading = format!("# Changes of {path}\n\n{old} -> {new}: +{added} -{removed} {unit}\n\n");
    // Blanks between words are no words, and yet they are marked.
    let is_marked = words && (text.contains("[-") || text.contains("{+"));
    if *added == 0 && *removed == 0 && !is_marked {
        return heading + "No difference.";
    }
    match cut {
        None => heading + text,
        Some(cut) => format!(
            "{heading}{}\n[Cut at max_tokens. Repeat with a larger max_tokens.]",
            cut.trim_end_matches('\n')
        ),
    }
}

fn json(diff: &NoteDiff, words: bool, cut: Option<&str>) -> Value {
    let mut answer = json!({
        "file_path": diff.path,
        "from": diff.old,
        "to": diff.new,
        "unit": if words { "words" } else { "lines" },
        "added": diff.added,
        "removed": diff.removed,
        "diff": cut.unwrap_or(&diff.text),
    });
    if cut.is_some() {
        answer["truncated"] = json!(true);
    }
    answer
}
