//! Deleting a whole folder.
//!
//! Invariant: the heading says "Successfully" only when every file is gone, and everything or more than a handful
//! is deleted only when that was confirmed.

use super::super::call::{Call, Format, Routed};
use super::super::failure::Failure;
use super::super::many_files;
use super::super::next_call;
use super::super::reply::Reply;
use cairn_engine::{Confirm, DeletedDirectory, Error};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Deletes the folder.
pub(super) fn deleted(call: &Call<'_>, identifier: &str, routed: &Routed<'_>) -> Reply {
    let project = &routed.project.settings().name;
    let confirm = if call.arguments.flag("confirm") {
        Confirm::Given
    } else {
        Confirm::Required
    };
    // The engine takes nothing for everything, which nobody asks for by leaving a name empty.
    let deleted = if routed.local.trim().is_empty() {
        Err(Error::Invalid {
            message: "the folder is not named; '/' is the whole project".to_owned(),
            hint: None,
        })
    } else {
        routed
            .project
            .delete_directory(&routed.local, confirm, call.progress, call.cancel)
    };
    if let Ok(deleted) = &deleted
        && !deleted.deleted.is_empty()
    {
        call.host.tell_changed(project, true);
    }
    match (deleted, call.format()) {
        (Ok(deleted), Format::Text) => {
            let text = text(
                identifier,
                &next_call::reaching(call, &routed.project),
                &deleted,
            );
            Reply::text(format!("{text}\n<!-- Project: {project} -->"))
        }
        (Ok(deleted), Format::Json) => Reply::json(json(identifier, &deleted)),
        (Err(error), Format::Text) => {
            let project = next_call::reaching(call, &routed.project);
            Reply::text(page(error, identifier, &project))
        }
        (Err(error), Format::Json) => Reply::json(failed(&error, identifier)),
    }
}

fn text(identifier: &str, project: &str, deleted: &DeletedDirectory) -> String {
    let (done, failed, total) = (deleted.deleted.len(), deleted.failed.len(), deleted.total);
    let heading = match (done, failed) {
        _ if deleted.cancelled => "# Directory Delete Cancelled",
        (0, 0) => "# Directory Delete Failed - No Files Found",
        (_, 0) => "# Directory Deleted Successfully",
        (0, _) => "# Directory Delete Failed",
        _ => "# Directory Delete Incomplete",
    };
    let mut text = format!("{heading}\n\n**Directory:** `{identifier}`\n\n");
    if total == 0 {
        return text + &many_files::none(identifier, "deleted", project);
    }
    text += &many_files::summary(total, "deleted", done, failed);
    if deleted.cancelled {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "- Not attempted: {}\n\n\
             Cancelled on request: what was deleted lies in the trash; repeat the call to delete the rest.\n",
            total - done - failed
        );
    }
    let paths = deleted.deleted.iter().map(String::as_str);
    text += &many_files::files("Deleted Files", paths);
    text + &many_files::failures(&deleted.failed)
}

fn json(identifier: &str, deleted: &DeletedDirectory) -> Value {
    let (done, failed, total) = (deleted.deleted.len(), deleted.failed.len(), deleted.total);
    let errors: Vec<_> = deleted
        .failed
        .iter()
        .map(|fault| json!({ "path": fault.path, "error": fault.message }))
        .collect();
    let mut value = json!({
        "deleted": done > 0 && failed == 0 && !deleted.cancelled,
        "is_directory": true,
        "identifier": identifier,
        "total_files": total,
        "successful_deletes": done,
        "failed_deletes": failed,
        "deleted_files": deleted.deleted,
        "errors": errors,
    });
    if total == 0 {
        value["error"] = json!("Directory not found or empty: no files matched");
    } else if deleted.cancelled {
        value["error"] = json!(format!(
            "Directory delete cancelled: {done} of {total} files were deleted"
        ));
    } else if failed > 0 {
        value["error"] = json!(format!(
            "Directory delete incomplete: {failed} of {total} files stayed"
        ));
    }
    value
}

/// Nothing was deleted, as programs read it.
fn failed(error: &Error, identifier: &str) -> Value {
    let total = match error {
        Error::Unconfirmed { count, .. } => *count,
        _ => 0,
    };
    let message = match error {
        Error::Path(_) => format!("Invalid directory path: {error}"),
        Error::Unconfirmed { .. } => format!("{error}: repeat with confirm=true"),
        _ => error.to_string(),
    };
    json!({
        "deleted": false,
        "is_directory": true,
        "identifier": identifier,
        "total_files": total,
        "successful_deletes": 0,
        "failed_deletes": 0,
        "deleted_files": [],
        "errors": [],
        "error": message,
    })
}

/// Nothing was deleted, as people and models read it; `project` is what a call needs to reach the same folder again.
fn page(error: Error, identifier: &str, project: &str) -> String {
    match error {
        Error::Unconfirmed { count, .. } => format!(
            "# Directory Delete Failed - Confirmation Required\n\n\
             Deleting `{identifier}` would delete {count} files. Nothing was deleted.\n\
             Ask the user, then repeat:\n\
             delete_note(identifier={}, is_directory=true, confirm=true{project})",
            next_call::quoted(identifier)
        ),
        Error::Path(error) => {
            format!("# Directory Delete Failed\n\nInvalid directory path: {error}.")
        }
        error => {
            let message = error.to_string();
            let hint = Failure::from(error)
                .hint()
                .map_or_else(String::new, |hint| format!("\nHint: {hint}"));
            format!(
                "# Directory Delete Failed\n\nError deleting directory '{identifier}': {message}.{hint}"
            )
        }
    }
}
