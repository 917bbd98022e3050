//! `cairn history`.

use super::{moment, prune_history};
use crate::failure::{Failure, Result};
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use cairn_engine::{ChangesRequest, HistoryRequest, NoteRevision, Project};
use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Arguments of `cairn history`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The note, by any of its names; a deleted one by the path or title it had; the project where it is missing
    #[arg(value_name = "ID")]
    identifier: Option<String>,
    /// Of the project, only what this one changed
    #[arg(long, value_name = "NAME", conflicts_with = "identifier")]
    actor: Option<String>,
    /// Of the project, only changes since: "1 hour ago", today, 2024-05-01T14:00Z
    #[arg(long, value_name = "WHEN", conflicts_with = "identifier")]
    since: Option<String>,
    /// Only revisions older than this one
    #[arg(long, value_name = "REVISION")]
    before: Option<i64>,
    /// Revisions at most
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    page_size: usize,
}

/// What else `cairn history` does.
#[derive(Debug, Subcommand)]
enum Command {
    /// Takes away what need not be kept any more
    Prune(prune_history::Arguments),
}

/// Lists the revisions of a note or of the project.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    if let Some(Command::Prune(prune)) = &arguments.command {
        if let Some(identifier) = &arguments.identifier {
            let message = format!("the history is pruned as a whole, and not of '{identifier}'");
            return Err(Failure::invalid(message).hint("leave out the note"));
        }
        return prune_history::run(invocation, prune);
    }
    let since = moment::read(arguments.since.as_deref())?;
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    match arguments.identifier {
        Some(identifier) => of_note(
            invocation,
            project,
            &HistoryRequest {
                identifier,
                before: arguments.before,
                limit: arguments.page_size,
            },
        ),
        None => {
            let (revisions, has_more) = project.changes(&ChangesRequest {
                actor: arguments.actor,
                since,
                before: arguments.before,
                limit: arguments.page_size,
            })?;
            Ok(listed(invocation, &revisions, has_more, json!({})))
        }
    }
}

fn of_note(
    invocation: &Invocation,
    project: Project<'_>,
    request: &HistoryRequest,
) -> Result<Answer> {
    let history = project.note_history(request)?;
    let json = json!({
        "note": history.note.as_ref().map(json::note),
        "external_id": history.id,
        "file_path": history.path,
        "former_paths": history.former,
    });
    Ok(listed(
        invocation,
        &history.revisions,
        history.has_more,
        json,
    ))
}

fn listed(
    invocation: &Invocation,
    revisions: &[NoteRevision],
    has_more: bool,
    json: Value,
) -> Answer {
    let list: Vec<_> = revisions.iter().map(json::revision).collect();
    let json = json::with(json, json!({"revisions": list, "has_more": has_more}));
    let answer = Answer::new(text::revisions(invocation.style(), revisions), json);
    match revisions.last() {
        None => answer.notice("no revisions"),
        Some(last) if has_more => answer.notice(format!("older ones with --before {}", last.id)),
        Some(_) => answer,
    }
}
