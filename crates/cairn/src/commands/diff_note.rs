//! `cairn diff`.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, one_line};
use cairn_engine::DiffRequest;
use clap::Args;
use serde_json::json;

/// Arguments of `cairn diff`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note, by any of its names; a deleted one by the path or title it had
    #[arg(value_name = "ID")]
    identifier: String,
    /// The revision to begin with; the latest where it is missing
    #[arg(long, value_name = "REVISION")]
    from: Option<i64>,
    /// The revision to end with; what the file says now where it is missing
    #[arg(long, value_name = "REVISION")]
    to: Option<i64>,
    /// Compares words instead of lines
    #[arg(long)]
    words: bool,
}

/// Compares two texts of a note.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let diff = project.diff_note(&DiffRequest {
        identifier: arguments.identifier,
        from: arguments.from,
        to: arguments.to,
        words: arguments.words,
    })?;
    let unit = if arguments.words { "words" } else { "lines" };
    let notice = format!(
        "{}: {} -> {}, {} {unit} added, {} removed",
        one_line(&diff.path),
        diff.old,
        diff.new,
        diff.added,
        diff.removed
    );
    let json = json!({
        "file_path": diff.path,
        "from": diff.old,
        "to": diff.new,
        "unit": unit,
        "added": diff.added,
        "removed": diff.removed,
        "diff": diff.text,
    });
    Ok(Answer::new(diff.text, json).notice(notice))
}
