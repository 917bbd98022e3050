//! `cairn undo`.

use super::moment;
use crate::failure::Result;
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, json, text};
use cairn_engine::{UndoRequest, Undone};
use clap::Args;
use serde_json::json;

/// Arguments of `cairn undo`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Takes this change back instead of the last one
    #[arg(long, value_name = "N", conflicts_with_all = ["actor", "since"])]
    change: Option<i64>,
    /// Only what this one changed, as `cairn history` names it
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// All changes since: "1 hour ago", today, 2024-05-01T14:00Z
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only lists what would be taken back
    #[arg(long)]
    dry_run: bool,
}

/// Takes changes back.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = UndoRequest {
        since: moment::read(arguments.since.as_deref())?,
        change: arguments.change,
        actor: arguments.actor,
        dry_run: arguments.dry_run,
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let undone = project.undo(&request, &invocation.progress(), &CANCEL)?;
    let style = invocation.style();
    let revisions: Vec<_> = undone.undone.iter().map(json::revision).collect();
    let json = json!({
        "dry_run": request.dry_run,
        "undone": revisions,
        "conflicts": json::faults(&undone.conflicts),
        "change": undone.change,
        "cancelled": undone.cancelled,
    });
    let text = text::revisions(style, &undone.undone) + &text::faults(style, &undone.conflicts);
    let outcome = if undone.conflicts.is_empty() && !undone.cancelled {
        Outcome::Complete
    } else {
        Outcome::Partial
    };
    Ok(Answer::new(text, json)
        .notice(notice(&undone, request.dry_run))
        .outcome(outcome))
}

/// Says how much was taken back, how much was not, and how to have it again.
fn notice(undone: &Undone, dry_run: bool) -> String {
    let count = text::count_of(undone.undone.len(), "revision");
    let left = match undone.conflicts.len() {
        0 => String::new(),
        left => format!(", {left} left"),
    };
    let stopped = if undone.cancelled {
        ", then stopped"
    } else {
        ""
    };
    match undone.change {
        _ if dry_run => format!("{count} would be taken back{left}{stopped}"),
        None => format!("nothing taken back{left}{stopped}"),
        Some(change) => format!(
            "{count} taken back{left}{stopped}; have them again with `cairn undo --change {change}`"
        ),
    }
}
