//! `cairn restore`.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, json, text};
use cairn_engine::RestoreRequest;
use clap::Args;
use serde_json::json;

/// Arguments of `cairn restore`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note, by any of its names; a deleted one by the path or title it had; a deleted folder by its path
    #[arg(value_name = "ID")]
    identifier: String,
    /// The revision the note is to be again; without it, what was deleted comes back
    #[arg(long, value_name = "N")]
    revision: Option<i64>,
}

/// Brings back a deleted note or folder, or what a note was.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let restored = project.restore_note(&RestoreRequest {
        identifier: arguments.identifier,
        revision: arguments.revision,
    })?;
    let style = invocation.style();
    let json = json!({
        "restored": restored.notes.iter().map(json::note).collect::<Vec<_>>(),
        "failed": json::faults(&restored.failed),
        "change": restored.change,
    });
    let text = text::notes(style, restored.notes.iter()) + &text::faults(style, &restored.failed);
    let outcome = if restored.failed.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Partial
    };
    let notice = match restored.change {
        None if restored.failed.is_empty() => "it says that already".to_owned(),
        None => "nothing restored".to_owned(),
        Some(change) => format!(
            "{} restored; take it back with `cairn undo --change {change}`",
            text::count_of(restored.notes.len(), "file")
        ),
    };
    Ok(Answer::new(text, json).notice(notice).outcome(outcome))
}
