//! `cairn recent`.

use crate::args::Paging;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, json, one_line, text};
use cairn_engine::{Error, NoteRevision, Project, RecentChange, RecentRequest};
use cairn_note::timeframe;
use clap::Args;
use jiff::Zoned;
use serde_json::{Value, json};

/// Arguments of `cairn recent`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Since when: 7d, yesterday, "2 weeks ago", 2024-05-01
    #[arg(default_value = "7d", value_name = "WHEN")]
    timeframe: String,
    /// Only notes of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// What this one did, as `cairn history` names it: moves and deletions too
    #[arg(long, value_name = "NAME", conflicts_with = "types")]
    actor: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

/// Lists what changed lately, or what somebody did.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let (mut answer, json) = match &arguments.actor {
        Some(actor) => by_actor(invocation, project, arguments, actor)?,
        None => by_anybody(invocation, project, arguments)?,
    };
    let asked = json!({
        "timeframe": arguments.timeframe,
        "page": arguments.paging.page,
        "page_size": arguments.paging.page_size,
    });
    answer.json = json::with(asked, json);
    Ok(answer)
}

fn by_anybody(
    invocation: &Invocation,
    project: Project<'_>,
    arguments: &Arguments,
) -> Result<(Answer, Value)> {
    let notes = project.recent_activity(&RecentRequest {
        timeframe: arguments.timeframe.clone(),
        note_types: arguments.types.clone(),
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        now: Zoned::now(),
    })?;
    let changes = project.last_changes(&notes)?;
    let (mut rows, mut list) = (Vec::new(), Vec::new());
    for note in &notes {
        let change = changes.get(note.path.as_str());
        let changed = change.map_or_else(String::new, changed);
        let mut row = text::row(note);
        row.push(changed);
        rows.push(row);
        list.push(json::with(
            json::note(note),
            json!({
                "changed_by": change.map(|change| &change.actor),
                "operation": change.map(|change| change.operation),
            }),
        ));
    }
    let [path, kind, modified, title] = text::HEADING;
    let heading = [path, kind, modified, title, "changed"];
    let answer = Answer::new(invocation.style().rows(&heading, &rows), Value::Null);
    let answer = match notes.is_empty() {
        true if arguments.paging.page > 1 => answer.notice("no more on this page"),
        true => answer.notice("nothing changed in that time"),
        false => answer,
    };
    Ok((answer, json!({ "notes": list })))
}

/// What was done last, and by whom, if that is known.
fn changed(change: &NoteRevision) -> String {
    match change.is_outside() {
        true => change.operation.to_owned(),
        false => format!("{} by {}", change.operation, one_line(&change.actor)),
    }
}

fn by_actor(
    invocation: &Invocation,
    project: Project<'_>,
    arguments: &Arguments,
    actor: &str,
) -> Result<(Answer, Value)> {
    let since = timeframe::since(&arguments.timeframe, &Zoned::now()).map_err(Error::from)?;
    let size = arguments.paging.page_size;
    let offset = (arguments.paging.page - 1).saturating_mul(size);
    let changes = project.recent_changes(actor, since, offset, size)?;
    let rows: Vec<_> = changes.iter().map(row).collect();
    let heading = ["path", "operation", "time", "title"];
    let list: Vec<_> = changes.iter().map(in_json).collect();
    let mut answer = Answer::new(invocation.style().rows(&heading, &rows), Value::Null);
    if changes.is_empty() {
        let actors = project.actors(since)?;
        let is_past = offset > 0 && actors.iter().any(|other| other == actor);
        answer = answer.notice(match actors.join(", ").as_str() {
            _ if is_past => "no more on this page".to_owned(),
            "" => "nobody changed anything in that time".to_owned(),
            others => format!("changes in that time are by {}", one_line(others)),
        });
    }
    Ok((answer, json!({ "actor": actor, "changes": list })))
}

fn row(change: &RecentChange) -> Vec<String> {
    let path = match &change.former {
        Some(former) => format!("{former} -> {}", change.path()),
        None => change.path().to_owned(),
    };
    let title = change.note.as_ref().map_or("", |note| &note.title);
    vec![
        one_line(&path),
        change.last.operation.to_owned(),
        text::moment(change.last.time),
        one_line(title),
    ]
}

fn in_json(change: &RecentChange) -> Value {
    json!({
        "operation": change.last.operation,
        "time": change.last.time.to_string(),
        "file_path": change.path(),
        "former_path": change.former,
        "note": change.note.as_deref().map(json::note),
    })
}
