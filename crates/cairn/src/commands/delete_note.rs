//! `cairn delete`.

use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, json, one_line, text};
use cairn_engine::Confirm;
use clap::Args;
use serde_json::json;

/// Arguments of `cairn delete`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note: its title, permalink, path, memory:// URL or id; with --directory, a folder
    #[arg(value_name = "ID")]
    identifier: String,
    /// Deletes a whole folder
    #[arg(long)]
    directory: bool,
    /// Deletes more than 50 notes, or everything, too
    #[arg(long, requires = "directory")]
    confirm: bool,
}

/// Deletes a note or a folder.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let style = invocation.style();
    if !arguments.directory {
        let deleted = project.delete_note(&arguments.identifier)?;
        let lines = [
            ("deleted", deleted.note.path.as_str().to_owned()),
            ("title", deleted.note.title.clone()),
        ];
        return Ok(Answer::new(
            text::lines(style, &lines),
            json!({"deleted": json::note(&deleted.note)}),
        ));
    }
    let confirm = if arguments.confirm {
        Confirm::Given
    } else {
        Confirm::Required
    };
    let deleted = project.delete_directory(
        &arguments.identifier,
        confirm,
        &invocation.progress(),
        &CANCEL,
    )?;
    if deleted.cancelled {
        return Err(Failure::interrupted());
    }
    let rows: Vec<_> = deleted
        .deleted
        .iter()
        .map(|path| vec![one_line(path)])
        .collect();
    let json = json!({"deleted": deleted.deleted, "failed": json::faults(&deleted.failed)});
    let outcome = if deleted.failed.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Partial
    };
    let answer = Answer::new(
        style.rows(&["deleted"], &rows) + &text::faults(style, &deleted.failed),
        json,
    );
    Ok(answer
        .notice(format!(
            "{} deleted",
            text::count_of(deleted.deleted.len(), "file")
        ))
        .outcome(outcome))
}
