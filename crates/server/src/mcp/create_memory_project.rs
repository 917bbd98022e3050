//! `create_memory_project`.
//!
//! Invariant: a project is in the registry and indexed before the answer says so, and no two share a folder.

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, Need, OUTPUT_FORMAT, Parameter, Produces, Profile, WORKSPACE,
};
use super::failure::Failure;
use super::many_files;
use super::reply::Reply;
use super::sync;
use cairn_engine::{ProjectSettings, SyncReport};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "create_memory_project",
    title: "Create Memory Project",
    description: "Registers a folder as a project, made if it is missing, and indexes the notes in it. A name that is \
        there already is answered with that project.",
    parameters: &[
        Parameter {
            name: "project_name",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &[],
            description: "Its name, unique",
        },
        Parameter {
            name: "project_path",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &[],
            description: "Its folder, absolute, outside other projects",
        },
        Parameter {
            name: "set_default",
            kind: Kind::Boolean,
            need: Need::Default("false"),
            aliases: &[],
            description: "Make it the default project",
        },
        WORKSPACE,
        OUTPUT_FORMAT,
    ],
    effect: Effect::Additive,
    idempotent: true,
    tags: &["projects"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

/// What there is to say of a project.
struct Answer {
    project: ProjectSettings,
    is_default: bool,
    created: bool,
    report: SyncReport,
    /// What was asked for and not done.
    remarks: Vec<String>,
}

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.arguments.text("project_name").trim();
    let path = call.arguments.text("project_path").trim();
    let set_default = call.arguments.flag("set_default");
    if let Some(only) = call.host.constraint() {
        return Ok(constrained(call, only, name, path));
    }
    call.refuse_workspace()?;
    if name.is_empty() {
        return Err(Failure::raised(
            "create_memory_project: project_name is empty",
        ));
    }
    let known = call
        .engine
        .project(Some(name))
        .ok()
        .map(|known| known.settings());
    if let Some(known) = known {
        let mut answer = indexed(call, &known.name, false)?;
        if Path::new(path) != known.root {
            answer.remarks.push(format!(
                "It is not at '{path}': a project that is there keeps its folder."
            ));
        }
        if set_default && !answer.is_default {
            answer.remarks.push(format!(
                "It was not made the default: run `cairn project default \"{}\"`.",
                known.name
            ));
        }
        return Ok(worded(call.format(), &answer));
    }
    let folder = folder(call, path)?;
    call.host.joining(name);
    if let Err(error) = call.host.home().add_project(name, &folder, set_default) {
        call.host.left(name);
        return Err(Failure::Raised {
            message: format!(
                "Cannot create project '{name}' at '{path}': {}",
                error.message
            ),
            hint: error.hint,
        });
    }
    Ok(worded(call.format(), &indexed(call, name, true)?))
}

/// Indexes a project as the registry has it now.
fn indexed(call: &Call<'_>, name: &str, created: bool) -> Result<Answer, Failure> {
    let engine = call.host.engine()?;
    let project = engine.project(Some(name))?;
    let settings = project.settings().clone();
    let report = project.sync(call.progress, call.cancel);
    // It is watched whatever became of the first look at it.
    call.host.joined(&settings.name);
    let report = report.map_err(|error| Failure::Raised {
        message: format!(
            "the project '{}' is registered, but it could not be indexed: {error}",
            settings.name
        ),
        hint: Some(format!("repeat with sync(project=\"{}\")", settings.name)),
    })?;
    let is_default = engine
        .project(None)
        .is_ok_and(|default| default.settings().name == settings.name);
    Ok(Answer {
        project: settings,
        is_default,
        created,
        report,
        remarks: Vec::new(),
    })
}

fn constrained(call: &Call<'_>, only: &str, name: &str, path: &str) -> Reply {
    let only = call
        .engine
        .project(Some(only))
        .map_or(only, |only| &only.settings().name);
    match call.format() {
        Format::Text => Reply::text(format!(
            "# Error\n\n\
             Project creation disabled - MCP server is constrained to project '{only}'.\n\
             Use the CLI to create projects: `cairn project add \"{name}\" \"{path}\"`"
        )),
        Format::Json => Reply::json(json!({
            "name": name,
            "path": path,
            "is_default": false,
            "created": false,
            "already_exists": false,
            "error": "PROJECT_CONSTRAINED",
            "message": format!("Project creation disabled - MCP server is constrained to project '{only}'."),
        })),
    }
}

/// Reads the folder of a new project; it shares no tree with another one.
fn folder(call: &Call<'_>, path: &str) -> Result<PathBuf, Failure> {
    let folder = Path::new(path);
    // A server has no folder a relative path could be meant from; the machine knows what ~ is.
    if !folder.is_absolute() && !folder.starts_with("~") {
        return Err(Failure::raised(format!(
            "Cannot create project at '{path}': project_path must be absolute"
        )));
    }
    if path.chars().any(char::is_control) {
        return Err(Failure::raised(format!(
            "Cannot create project at '{}': project_path has a control character",
            path.escape_debug()
        )));
    }
    let real = real(folder);
    for project in call.engine.projects() {
        let other = project.settings();
        let theirs = self::real(&other.root);
        let relation = if real.starts_with(&theirs) {
            "path is nested within existing project"
        } else if theirs.starts_with(&real) {
            "nested within this path is the existing project"
        } else {
            continue;
        };
        return Err(Failure::raised(format!(
            "Cannot create project at '{path}': {relation} '{}' at '{}'. Projects cannot share directory trees",
            other.name,
            other.root.display()
        )));
    }
    Ok(folder.to_owned())
}

/// Where a path leads, links followed as far as it exists.
fn real(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return real.join(rest);
        }
    }
    path.to_owned()
}

fn worded(format: Format, answer: &Answer) -> Reply {
    match format {
        Format::Text => Reply::text(text(answer)),
        Format::Json => Reply::json(json(answer)),
    }
}

/// Files found, and files of them that were indexed.
fn counts(report: &SyncReport) -> (usize, usize) {
    let indexed = report.new + report.modified + report.moved;
    (indexed + report.unchanged, indexed)
}

fn text(answer: &Answer) -> String {
    let name = &answer.project.name;
    let report = &answer.report;
    let (total, indexed) = counts(report);
    let (first, now) = if answer.created {
        (format!("✓ Project '{name}' added successfully"), "now")
    } else {
        (format!("✓ Project already exists: {name}"), "already")
    };
    let mut text = format!(
        "{first}\n\nProject Details:\n• Name: {name}\n• External ID: {}\n• Path: {}\n",
        answer.project.external_id(),
        answer.project.root.display()
    );
    if answer.is_default {
        text += "• Set as default project\n";
    }
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "\nIndexing:\n\
         • State: {}\n\
         • Files discovered: {total}\n\
         • Files enqueued: {indexed}\n\
         • Batches enqueued: {}\n\
         • Orphans deleted: {}\n",
        sync::state(report),
        batches(indexed),
        report.deleted
    );
    text += &many_files::unread(&report.faults);
    for remark in &answer.remarks {
        let _ = write!(text, "\n{remark}\n");
    }
    let indexing = if report.cancelled {
        format!("indexing was cancelled, sync(project=\"{name}\") does the rest.")
    } else {
        "indexing completed.".to_owned()
    };
    text + &format!(
        "\nProject is {now} available for use in tool calls; {indexing}\n\
         Use '{name}' as the project parameter in MCP tool calls."
    )
}

fn json(answer: &Answer) -> serde_json::Value {
    let report = &answer.report;
    let (total, indexed) = counts(report);
    let mut value = json!({
        "name": answer.project.name,
        "external_id": answer.project.external_id(),
        "path": answer.project.root.display().to_string(),
        "is_default": answer.is_default,
        "created": answer.created,
        "already_exists": !answer.created,
        "indexing": {
            "state": sync::state(report),
            "total_files": total,
            "enqueued_files": indexed,
            "enqueued_batches": batches(indexed),
            "deleted_files": report.deleted,
            "faults": sync::faults_json(&report.faults),
        },
    });
    if !answer.remarks.is_empty() {
        value["message"] = json!(answer.remarks.join(" "));
    }
    value
}

/// There is no queue: whatever is indexed is indexed in one go.
fn batches(indexed: usize) -> usize {
    usize::from(indexed > 0)
}
