//! `cairn recent`.

use crate::args::Paging;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, json, text};
use cairn_engine::RecentRequest;
use clap::Args;
use jiff::Zoned;
use serde_json::json;

/// Arguments of `cairn recent`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Since when: 7d, yesterday, "2 weeks ago", 2024-05-01
    #[arg(default_value = "7d", value_name = "WHEN")]
    timeframe: String,
    /// Only notes of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    #[command(flatten)]
    paging: Paging,
}

/// Lists what changed lately.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = RecentRequest {
        timeframe: arguments.timeframe,
        note_types: arguments.types,
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        now: Zoned::now(),
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let notes = project.recent_activity(&request)?;
    let json = json!({
        "timeframe": request.timeframe,
        "page": request.page,
        "page_size": request.page_size,
        "notes": notes.iter().map(json::note).collect::<Vec<_>>(),
    });
    let answer = Answer::new(text::notes(invocation.style(), notes.iter()), json);
    Ok(if notes.is_empty() {
        answer.notice("nothing changed in that time")
    } else {
        answer
    })
}
