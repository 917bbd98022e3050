//! `cairn move`.

use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, Style, json, one_line, text};
use cairn_engine::{MoveRequest, MovedLinks, Project, UpdateLinks};
use clap::Args;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Arguments of `cairn move`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note: its title, permalink, path, memory:// URL or id; with --directory, a folder
    #[arg(value_name = "ID")]
    identifier: String,
    /// Where it goes; a folder (`there/`) keeps the file name
    #[arg(value_name = "DESTINATION")]
    destination: String,
    /// Moves a whole folder
    #[arg(long)]
    directory: bool,
    /// Rewrites links to what moves that name the old path or title
    #[arg(long)]
    update_links: bool,
    /// Only lists what would be moved, and what would become of links
    #[arg(long)]
    dry_run: bool,
}

/// Moves a note or a folder.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let request = MoveRequest {
        identifier: arguments.identifier.clone(),
        destination: arguments.destination.clone(),
        update_links: if arguments.update_links {
            UpdateLinks::Yes
        } else {
            UpdateLinks::No
        },
        dry_run: arguments.dry_run,
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    if arguments.directory {
        folder(invocation, &project, &request)
    } else {
        note(invocation, &project, &request)
    }
}

fn note(invocation: &Invocation, project: &Project<'_>, request: &MoveRequest) -> Result<Answer> {
    let style = invocation.style();
    let moved = project.move_note_as(request, &invocation.progress(), &CANCEL)?;
    let verb = if request.dry_run {
        "would move"
    } else {
        "moved"
    };
    let lines = [
        (verb, moved.from.clone()),
        ("to", moved.note.path.as_str().to_owned()),
    ];
    let permalink = moved.note.permalink.clone();
    let permalink = permalink.map(|permalink| ("permalink", permalink));
    let lines: Vec<_> = lines.into_iter().chain(permalink).collect();
    let answer = Answer::new(
        text::lines(style, &lines) + &links_text(style, &moved.links),
        json::with(
            json::note(&moved.note),
            json!({
                "from": moved.from,
                "dry_run": request.dry_run,
                "change": moved.change,
                "links": links_json(&moved.links),
            }),
        ),
    );
    let answer = answer.outcome(outcome(&moved.links, true));
    Ok(
        match links_notice(request, &moved.links, moved.change).as_slice() {
            [] => answer,
            parts => answer.notice(parts.join("; ")),
        },
    )
}

fn folder(invocation: &Invocation, project: &Project<'_>, request: &MoveRequest) -> Result<Answer> {
    let style = invocation.style();
    let moved = project.move_directory_as(request, &invocation.progress(), &CANCEL)?;
    if CANCEL.is_cancelled() {
        return Err(Failure::interrupted());
    }
    let rows: Vec<_> = moved
        .moved
        .iter()
        .map(|(from, to)| vec![one_line(from), one_line(to)])
        .collect();
    let json = json!({
        "moved": moved.moved.iter().map(|(from, to)| json!({"from": from, "to": to})).collect::<Vec<_>>(),
        "failed": json::faults(&moved.failed),
        "dry_run": request.dry_run,
        "change": moved.change,
        "links": links_json(&moved.links),
    });
    let (heading, verb) = if request.dry_run {
        ("would move", "would be moved")
    } else {
        ("moved", "moved")
    };
    let text = style.rows(&[heading, "to"], &rows)
        + &text::faults(style, &moved.failed)
        + &links_text(style, &moved.links);
    let count = text::count_of(moved.moved.len(), "file");
    let mut parts = vec![format!("{count} {verb}")];
    parts.extend(links_notice(request, &moved.links, moved.change));
    Ok(Answer::new(text, json)
        .notice(parts.join("; "))
        .outcome(outcome(&moved.links, moved.failed.is_empty())))
}

fn outcome(links: &MovedLinks, all_moved: bool) -> Outcome {
    if all_moved && links.failed.is_empty() && !links.cancelled {
        Outcome::Complete
    } else {
        Outcome::Partial
    }
}

/// Each link that changed and each that leads astray, on a line.
fn links_text(style: Style, links: &MovedLinks) -> String {
    let edits = links.edits.iter().map(|edit| {
        vec![
            one_line(&format!("{}:{}", edit.path, edit.line)),
            one_line(&edit.old),
            one_line(&edit.new),
        ]
    });
    let broken = links.broken.iter().map(|broken| {
        vec![
            one_line(&broken.path),
            one_line(&broken.link),
            "(unresolved)".to_owned(),
        ]
    });
    let rows: Vec<_> = edits.chain(broken).collect();
    let table = if rows.is_empty() {
        String::new()
    } else {
        style.rows(&["link in", "was", "is"], &rows)
    };
    table + &text::faults(style, &links.failed)
}

/// What to know of links, in a few words each.
fn links_notice(request: &MoveRequest, links: &MovedLinks, change: Option<i64>) -> Vec<String> {
    let mut parts = Vec::new();
    if !links.edits.is_empty() {
        let notes: HashSet<&str> = links.edits.iter().map(|edit| edit.path.as_str()).collect();
        let count = text::count_of(links.edits.len(), "link");
        let notes = text::count_of(notes.len(), "note");
        parts.push(match change {
            Some(change) => format!(
                "{count} updated in {notes}; take the move and its links back with `cairn undo --change {change}`"
            ),
            None => format!("{count} in {notes} would be updated"),
        });
    }
    if !links.broken.is_empty() {
        let count = text::count_of(links.broken.len(), "link");
        parts.push(match (change, request.update_links) {
            (Some(change), UpdateLinks::No) => format!(
                "not resolved any more: {count}; to have them rewritten, `cairn undo --change {change}` and move \
                 with --update-links"
            ),
            (None, UpdateLinks::No) => {
                format!("{count} would not resolve any more; --update-links rewrites them")
            }
            (_, UpdateLinks::Yes) => format!("{count} could not be updated"),
        });
    }
    parts
}

fn links_json(links: &MovedLinks) -> Value {
    let edits = links.edits.iter().map(
        |edit| json!({"file_path": edit.path, "line": edit.line, "old": edit.old, "new": edit.new}),
    );
    let broken = links.broken.iter();
    json!({
        "updated": edits.collect::<Vec<_>>(),
        "unresolved": broken
            .map(|broken| json!({"file_path": broken.path, "link": broken.link}))
            .collect::<Vec<_>>(),
        "failed": json::faults(&links.failed),
    })
}
