//! What somebody did lately: to which notes, and what last to each.
//!
//! Not what the notes say now. Invariant: what was deleted or moved is listed too, and how to look at it and take it back
//! is in the answer.

use super::{Asked, text};
use crate::mcp::call::{Call, Format};
use crate::mcp::excerpt::one_line;
use crate::mcp::failure::Failure;
use crate::mcp::next_call::{quoted, repeated};
use crate::mcp::reply::Reply;
use cairn_engine::{Error, Project, RecentChange, RowKind};
use cairn_note::NotePath;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// A change and the project it was made in.
type Change<'p> = (&'p str, RecentChange);

/// Lists what an actor did, in every project when none is meant.
pub(super) fn run(call: &Call<'_>, asked: &Asked, actor: &str) -> Result<Reply, Failure> {
    if asked.kinds != [RowKind::Note] {
        return Err(Failure::raised(
            "recent_activity: actor lists notes, so leave out type",
        ));
    }
    let (projects, is_survey) = match call.project() {
        Ok(project) => (vec![project], false),
        Err(Failure::Engine(Error::NoProject)) => (call.engine.projects().collect(), true),
        Err(failure) => return Err(failure),
    };
    let end = asked.page.saturating_mul(asked.page_size);
    let mut changes: Vec<Change<'_>> = Vec::new();
    for project in &projects {
        let of_project = project.recent_changes(actor, asked.window.since, 0, end + 1)?;
        let name = project.settings().name.as_str();
        changes.extend(of_project.into_iter().map(|change| (name, change)));
    }
    if is_survey {
        changes.sort_by_key(|(_, change)| Reverse(change.last.time));
    }
    let has_more = changes.len() > end;
    changes.truncate(end);
    let page = changes.split_off((end - asked.page_size).min(changes.len()));
    match call.format() {
        Format::Json => {
            let rows = page.iter().map(|change| row(change, is_survey));
            Ok(asked.rows(rows.collect(), has_more))
        }
        Format::Text if page.is_empty() => Ok(Reply::text(nothing(asked, &projects, actor)?)),
        Format::Text => {
            let place = match projects.as_slice() {
                [project] if !is_survey => project.settings().name.as_str(),
                _ => "all projects",
            };
            let lines: Vec<_> = page.iter().map(|change| line(change, is_survey)).collect();
            let text = format!(
                "## Recent Activity: {place} ({}), by {}\n\n{}{}\n{}",
                asked.window.label,
                one_line(actor),
                text::group(&lines),
                way_back(call, asked, actor, is_survey),
                text::summary(asked, page.len(), has_more)
            );
            Ok(Reply::text(asked.fitted(text)))
        }
    }
}

fn line((project, change): &Change<'_>, is_survey: bool) -> String {
    let mut said = format!(", {}", change.last.operation);
    if let Some(former) = &change.former {
        said = format!("{said}, from {former}");
    }
    if is_survey {
        said = format!("{said}, in {project}");
    }
    match &change.note {
        Some(note) => text::line(note, &said),
        None => format!("  • {} (gone){said}\n", change.path()),
    }
}

/// How to look before all of it is taken back.
fn way_back(call: &Call<'_>, asked: &Asked, actor: &str, is_survey: bool) -> String {
    if is_survey {
        return String::new();
    }
    format!(
        "\nList each change, to take all of it back: undo(actor={}, since=\"{}\", dry_run=true{})\n",
        quoted(actor),
        asked.window.since,
        repeated(call)
    )
}

fn nothing(asked: &Asked, projects: &[Project<'_>], actor: &str) -> Result<String, Failure> {
    let mut others = Vec::new();
    for project in projects {
        others.extend(project.actors(asked.window.since)?);
    }
    others.sort();
    others.dedup();
    let label = &asked.window.label;
    let who = one_line(actor);
    Ok(
        if asked.page > 1 && others.iter().any(|other| other == actor) {
            format!("No more by '{who}' on page {} within {label}.", asked.page)
        } else if others.is_empty() {
            format!("Nothing by '{who}' within {label}, nor by anybody else.")
        } else {
            let others = one_line(&others.join(", "));
            format!("Nothing by '{who}' within {label}. Changes are by: {others}")
        },
    )
}

/// One note for programs: as the rows of others, and what was done.
fn row((project, change): &Change<'_>, is_survey: bool) -> Value {
    let note = change.note.as_deref();
    let path = change.path();
    let stem = || NotePath::from_disk(path).map_or(path.to_owned(), |path| path.stem().to_owned());
    let mut row = json!({
        "type": "entity",
        "title": note.map_or_else(stem, |note| note.title.clone()),
        "permalink": note.and_then(|note| note.permalink.as_ref()),
        "file_path": path,
        "created_at": note.map(|note| note.created.to_string()),
    });
    if is_survey {
        row["project"] = json!(project);
    }
    row["changed_by"] = json!(change.last.actor);
    row["operation"] = json!(change.last.operation);
    row["changed_at"] = json!(change.last.time.to_string());
    if let Some(former) = &change.former {
        row["former_path"] = json!(former);
    }
    if note.is_none() {
        row["deleted"] = json!(true);
    }
    row
}
