//! Moving a whole folder.
//!
//! Invariant: the heading says "Successfully" only when every file moved.

use super::super::call::{Call, Format};
use super::super::many_files;
use super::super::next_call;
use super::super::reply::Reply;
use super::Wish;
use super::links;
use super::refusal::{self, Refusal};
use cairn_engine::{MovedDirectory, Project};
use serde_json::json;
use std::fmt::Write as _;

/// Moves the folder.
pub(super) fn moved(
    call: &Call<'_>,
    project: &Project<'_>,
    wish: &Wish<'_>,
    destination: &str,
) -> Result<Reply, Refusal> {
    let folder = refusal::here(call, project, wish)?;
    let folder = refusal::local(project, folder);
    let request = wish.request(folder, destination);
    let moved = project.move_directory_as(&request, call.progress, call.cancel)?;
    let name = &project.settings().name;
    if moved.change.is_some() {
        call.host.tell_changed(name, true);
    }
    Ok(match call.format() {
        Format::Text => {
            let reaching = next_call::reaching(call, project);
            Reply::text(text(name, &reaching, wish, &moved))
        }
        Format::Json => Reply::json(json(wish, &moved)),
    })
}

fn heading(wish: &Wish<'_>, moved: &MovedDirectory) -> &'static str {
    if wish.dry_run && moved.total > 0 {
        "# Dry Run: Nothing Was Changed"
    } else if moved.total == 0 {
        "# Directory Move Failed - No Files Found"
    } else if moved.cancelled {
        "# Directory Move Cancelled"
    } else if moved.failed.is_empty() {
        "# Directory Moved Successfully"
    } else if moved.moved.is_empty() {
        "# Directory Move Failed"
    } else {
        "# Directory Move Incomplete"
    }
}

fn text(project: &str, reaching: &str, wish: &Wish<'_>, moved: &MovedDirectory) -> String {
    let (source, destination) = (wish.identifier, wish.destination);
    let mut text = format!(
        "{}\n\n**Source:** `{source}`\n**Destination:** `{destination}`\n\n",
        heading(wish, moved)
    );
    if moved.total == 0 {
        text += &many_files::none(source, "moved", reaching);
    } else {
        let (done, failed) = (moved.moved.len(), moved.failed.len());
        text += &if wish.dry_run {
            would(moved.total, done, failed)
        } else {
            many_files::summary(moved.total, "moved", done, failed)
        };
        if moved.cancelled {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "- Not attempted: {}\n\n\
                 Cancelled on request: what moved stays moved; repeat the call to move the rest.\n",
                left(moved)
            );
        }
        let paths = moved.moved.iter().map(|(_, to)| to.as_str());
        let files = if wish.dry_run {
            "Files To Move"
        } else {
            "Moved Files"
        };
        text += &many_files::files(files, paths);
        text += &many_files::failures(&moved.failed);
        text += &links::text(wish, &moved.links, moved.change, reaching);
    }
    text + &format!("\n<!-- Project: {project} -->")
}

fn would(total: usize, done: usize, failed: usize) -> String {
    format!("## Summary\n- Total files: {total}\n- Would move: {done}\n- Would stay: {failed}\n")
}

fn json(wish: &Wish<'_>, moved: &MovedDirectory) -> serde_json::Value {
    let failed: Vec<_> = moved
        .failed
        .iter()
        .map(|fault| json!({ "path": fault.path, "error": fault.message }))
        .collect();
    let mut value = json!({
        "moved": moved.total > 0 && failed.is_empty() && !moved.cancelled && !wish.dry_run,
        "title": null,
        "permalink": null,
        "file_path": null,
        "source": wish.identifier,
        "destination": wish.destination,
        "is_directory": true,
        "total_files": moved.total,
        "successful_moves": if wish.dry_run { 0 } else { moved.moved.len() },
        "failed_moves": failed.len(),
    });
    links::add(&mut value, wish, &moved.links, moved.change);
    if wish.dry_run {
        let files = moved.moved.iter();
        let files = files.map(|(from, to)| json!({ "from": from, "to": to }));
        value["would_move"] = files.collect();
    }
    let error = if moved.total == 0 {
        "Directory not found or empty: no files matched".to_owned()
    } else if moved.cancelled {
        format!(
            "Directory move cancelled: {} of {} files were not attempted",
            left(moved),
            moved.total
        )
    } else if failed.is_empty() {
        return value;
    } else {
        format!(
            "Directory move incomplete: {} of {} files stayed",
            failed.len(),
            moved.total
        )
    };
    value["error"] = json!(error);
    if !failed.is_empty() {
        value["errors"] = json!(failed);
    }
    value
}

fn left(moved: &MovedDirectory) -> usize {
    moved.total - moved.moved.len() - moved.failed.len()
}
