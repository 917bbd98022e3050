//! `cairn move`.

use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, json, one_line, text};
use clap::Args;
use serde_json::json;

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
}

/// Moves a note or a folder.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let style = invocation.style();
    if !arguments.directory {
        let moved = project.move_note(&arguments.identifier, &arguments.destination)?;
        let lines = [
            ("moved", moved.from.clone()),
            ("to", moved.note.path.as_str().to_owned()),
        ];
        let permalink = moved
            .note
            .permalink
            .clone()
            .map(|permalink| ("permalink", permalink));
        let lines: Vec<_> = lines.into_iter().chain(permalink).collect();
        return Ok(Answer::new(
            text::lines(style, &lines),
            json::with(json::note(&moved.note), json!({"from": moved.from})),
        ));
    }
    let moved = project.move_directory(
        &arguments.identifier,
        &arguments.destination,
        &invocation.progress(),
        &CANCEL,
    )?;
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
    });
    let outcome = if moved.failed.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Partial
    };
    let answer = Answer::new(
        style.rows(&["moved", "to"], &rows) + &text::faults(style, &moved.failed),
        json,
    );
    Ok(answer
        .notice(format!(
            "{} moved",
            text::count_of(moved.moved.len(), "file")
        ))
        .outcome(outcome))
}
