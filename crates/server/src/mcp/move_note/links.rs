//! What became of links, in words and for programs.
//!
//! Invariant: a move no link was concerned by is answered as if there were no links.

use super::super::many_files;
use super::super::sync;
use super::Wish;
use cairn_engine::{MovedLinks, UpdateLinks};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Links named in a text.
const MOST_NAMED: usize = 50;
/// Links named for programs.
const MOST_LISTED: usize = 500;

/// Returns the sections about links; `reaching` is what a call needs to reach the project.
pub(super) fn text(
    wish: &Wish<'_>,
    links: &MovedLinks,
    change: Option<i64>,
    reaching: &str,
) -> String {
    let mut text = String::new();
    let (updated, broken) = if wish.dry_run {
        ("Links To Update", "Links That Would Not Resolve")
    } else {
        ("Links Updated", "Links That Do Not Resolve Any More")
    };
    if !links.edits.is_empty() {
        let notes: HashSet<&str> = links.edits.iter().map(|edit| edit.path.as_str()).collect();
        let heading = format!(
            "{updated} ({} in {})",
            links.edits.len(),
            counted(notes.len(), "note")
        );
        let lines = links
            .edits
            .iter()
            .map(|edit| format!("`{}:{}` {} → {}", edit.path, edit.line, edit.old, edit.new));
        text += &many_files::section(&heading, lines, MOST_NAMED);
    }
    if !links.broken.is_empty() {
        let heading = format!("{broken} ({})", links.broken.len());
        let lines = links
            .broken
            .iter()
            .map(|broken| format!("`{}` {}", broken.path, broken.link));
        text += &many_files::section(&heading, lines, MOST_NAMED);
        // Writing to a String cannot fail.
        let _ = match (wish.update_links, change) {
            (UpdateLinks::No, None) => {
                writeln!(text, "\nupdate_links=true rewrites those of this project.")
            }
            (UpdateLinks::No, Some(change)) => writeln!(
                text,
                "\nTo have those of this project rewritten: undo(change={change}{reaching}), then the same move with \
                 update_links=true"
            ),
            (UpdateLinks::Yes, _) => Ok(()),
        };
    }
    text += &many_files::section(
        "Links Not Updated",
        many_files::faults(&links.failed),
        MOST_NAMED,
    );
    if links.cancelled {
        text += "\nCancelled on request before all links were updated.\n";
    }
    if let (false, Some(change)) = (links.edits.is_empty(), change) {
        let _ = writeln!(
            text,
            "\nundo(change={change}{reaching}) takes back the move and its links."
        );
    }
    text
}

/// Adds what became of links to an answer, if any was concerned or it was asked.
pub(super) fn add(value: &mut Value, wish: &Wish<'_>, links: &MovedLinks, change: Option<i64>) {
    let is_asked = wish.dry_run || wish.update_links == UpdateLinks::Yes;
    if !is_asked && *links == MovedLinks::default() {
        return;
    }
    let edits: Vec<Value> = links
        .edits
        .iter()
        .take(MOST_LISTED)
        .map(|edit| {
            json!({ "file_path": edit.path, "line": edit.line, "old": edit.old, "new": edit.new })
        })
        .collect();
    let broken: Vec<Value> = links
        .broken
        .iter()
        .take(MOST_LISTED)
        .map(|broken| json!({ "file_path": broken.path, "link": broken.link }))
        .collect();
    value["dry_run"] = json!(wish.dry_run);
    value["change"] = json!(change);
    value["links"] = json!({
        "updated": links.edits.len(),
        "unresolved": links.broken.len(),
        "edits": edits,
        "broken": broken,
        "failed": sync::faults_json(&links.failed),
        "cancelled": links.cancelled,
    });
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
