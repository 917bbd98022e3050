//! Every tool, and how one is called.
//!
//! Invariant: a tool is in this list or nowhere.

use super::arguments::Arguments;
use super::call::Call;
use super::declaration::Declaration;
use super::failure::Failure;
use super::reply::{Body, Reply};
use super::{
    basic_memory_diagnostics, build_context, create_memory_project, delete_note, delete_project,
    diff_note, edit_note, fetch, list_directory, list_memory_projects, list_workspaces, move_note,
    note_history, read_content, read_note, recent_activity, restore_note, schema_diff,
    schema_infer, schema_validate, search, search_notes, sync, undo, view_note, write_note,
};
use crate::host::{Host, Indexing};
use cairn_engine::{Cancel, Progress};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Every tool, in the order they are listed.
pub static TOOLS: &[Declaration] = &[
    write_note::TOOL,
    read_note::TOOL,
    edit_note::TOOL,
    move_note::TOOL,
    delete_note::TOOL,
    search_notes::TOOL,
    build_context::TOOL,
    recent_activity::TOOL,
    list_directory::TOOL,
    view_note::TOOL,
    read_content::TOOL,
    list_memory_projects::TOOL,
    create_memory_project::TOOL,
    delete_project::TOOL,
    list_workspaces::TOOL,
    search::TOOL,
    fetch::TOOL,
    schema_validate::TOOL,
    schema_infer::TOOL,
    schema_diff::TOOL,
    note_history::TOOL,
    diff_note::TOOL,
    restore_note::TOOL,
    undo::TOOL,
    sync::TOOL,
    basic_memory_diagnostics::TOOL,
];

/// Returns the tool of that name.
pub fn tool(name: &str) -> Option<&'static Declaration> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Calls a tool and returns its answer, a failure worded as one.
pub fn call(
    host: &Arc<Host>,
    tool: &'static Declaration,
    arguments: Map<String, Value>,
    client: Option<String>,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Reply {
    let _answering = host.answering();
    let result = Arguments::read(tool, arguments)
        .map_err(Failure::from)
        .and_then(|arguments| {
            let call = Call {
                host,
                engine: host.engine()?,
                tool,
                arguments,
                client,
                progress,
                cancel,
                now: host.home().now(),
            };
            let mut reply = (tool.call)(&call)?;
            notice(&call, &mut reply);
            Ok(reply)
        });
    result.unwrap_or_else(|failure| failure.reply())
}

/// Adds how far indexing is to an answer given before it is complete.
fn notice(call: &Call<'_>, reply: &mut Reply) {
    let Ok(project) = call.project() else { return };
    let name = &project.settings().name;
    let (notice, state) = match call.host.indexing(name) {
        None | Some(Indexing::Complete) => return,
        Some(Indexing::Running { done, total }) => {
            let of = total.map_or_else(String::new, |total| format!(" of {total}"));
            (
                format!(
                    "Indexing '{name}': {done}{of} files so far; this answer may be incomplete."
                ),
                json!({ "state": "running", "done": done, "total": total }),
            )
        }
        Some(Indexing::Failed(message)) => (
            format!("'{name}' could not be indexed: {message}. This answer may be incomplete."),
            json!({ "state": "failed", "message": message }),
        ),
    };
    reply.notice = Some(match reply.notice.take() {
        Some(own) => format!("{own}\n{notice}"),
        None => notice,
    });
    if let Body::Json(Value::Object(object)) = &mut reply.body {
        // What a tool itself says of indexing stands.
        object.entry("indexing").or_insert(state);
    }
}
