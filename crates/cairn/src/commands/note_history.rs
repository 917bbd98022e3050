//! `cairn history`.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use cairn_engine::HistoryRequest;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use serde_json::json;

/// Arguments of `cairn history`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The note, by any of its names; a deleted one by the path or title it had
    #[arg(value_name = "ID")]
    identifier: String,
    /// Only revisions older than this one
    #[arg(long, value_name = "REVISION")]
    before: Option<i64>,
    /// Revisions at most
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    page_size: usize,
}

/// Lists the revisions of a note.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let history = project.note_history(&HistoryRequest {
        identifier: arguments.identifier,
        before: arguments.before,
        limit: arguments.page_size,
    })?;
    let revisions: Vec<_> = history.revisions.iter().map(json::revision).collect();
    let json = json!({
        "note": history.note.as_ref().map(json::note),
        "external_id": history.id,
        "file_path": history.path,
        "former_paths": history.former,
        "revisions": revisions,
        "has_more": history.has_more,
    });
    let answer = Answer::new(
        text::revisions(invocation.style(), &history.revisions),
        json,
    );
    Ok(match history.revisions.last() {
        None => answer.notice("no revisions"),
        Some(last) if history.has_more => {
            answer.notice(format!("older ones with --before {}", last.id))
        }
        Some(_) => answer,
    })
}
