//! `sync`.
//!
//! Invariant: it changes no file; what could not be read is named.

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, PROJECT, PROJECT_ID, Parameter, Produces,
    Profile,
};
use super::failure::Failure;
use super::many_files;
use super::reply::Reply;
use cairn_engine::SyncReport;
use cairn_index::Fault;
use serde_json::{Value, json};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "sync",
    title: "Sync Notes",
    description: "Brings the index in step with the files at once. Use it when a file is reported as not indexed or \
        changed, or search misses an edit made outside. Changes no file.",
    parameters: &[
        Parameter {
            name: "full",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Index every file anew, changed or not",
        },
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Additive,
    idempotent: true,
    tags: &["projects"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let project = call.project()?;
    let full = call.arguments.flag("full");
    let report = if full {
        project.reindex(call.progress, call.cancel)?
    } else {
        project.sync(call.progress, call.cancel)?
    };
    let name = &project.settings().name;
    let list = report.new + report.moved + report.deleted > 0;
    if list || report.modified > 0 {
        call.host.tell_changed(name, list);
    }
    Ok(match call.format() {
        Format::Text => Reply::text(text(name, &report)),
        Format::Json => Reply::json(json(name, full, &report)),
    })
}

fn text(project: &str, report: &SyncReport) -> String {
    let heading = if report.cancelled {
        "Sync Cancelled"
    } else if report.faults.is_empty() {
        "Sync Complete"
    } else {
        "Sync Incomplete"
    };
    let mut text = format!(
        "# {heading}: {project}\n\n\
         - New: {}\n- Modified: {}\n- Moved: {}\n- Deleted: {}\n- Unchanged: {}\n",
        report.new, report.modified, report.moved, report.deleted, report.unchanged
    );
    if report.cancelled {
        text += "\nStopped on request: what was indexed stays; call sync again for the rest.\n";
    }
    text += &many_files::unread(&report.faults);
    text.trim_end().to_owned()
}

fn json(project: &str, full: bool, report: &SyncReport) -> Value {
    json!({
        "project": project,
        "state": state(report),
        "full": full,
        "new": report.new,
        "modified": report.modified,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "faults": faults_json(&report.faults),
    })
}

/// Whether it went to its end.
pub(super) fn state(report: &SyncReport) -> &'static str {
    if report.cancelled {
        "cancelled"
    } else {
        "completed"
    }
}

/// What could not be read, for programs.
pub(super) fn faults_json(faults: &[Fault]) -> Value {
    faults
        .iter()
        .map(|fault| json!({ "path": fault.path, "message": fault.message }))
        .collect()
}
