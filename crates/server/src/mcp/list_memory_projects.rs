//! `list_memory_projects`.
//!
//! Invariant: it shows the registry as it is; nothing here is remembered between calls.

use super::call::{Call, Format};
use super::declaration::{Declaration, Effect, OUTPUT_FORMAT, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;
use cairn_engine::ProjectSettings;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "list_memory_projects",
    title: "List Memory Projects",
    description: "Lists the projects and which is the default. Use it when the user has not said which project.",
    parameters: &[OUTPUT_FORMAT],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["projects"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let default = default_project(call);
    let constraint = call
        .host
        .constraint()
        .map(|_| call.engine.project(None))
        .transpose()?
        .map(|only| only.settings().name.as_str());
    Ok(match (call.format(), constraint) {
        (Format::Text, Some(only)) => Reply::text(format!(
            "Project: {only}\n\n\
             Note: This MCP server is constrained to a single project.\n\
             All operations will automatically use this project."
        )),
        (Format::Text, None) => Reply::text(text(call, default.as_deref())),
        (Format::Json, constraint) => {
            let registry = call.engine.settings().projects.iter();
            let projects: Vec<Value> = registry
                .map(|project| json(project, default.as_deref()))
                .collect();
            Reply::json(json!({
                "projects": projects,
                "default_project": default,
                "constrained_project": constraint,
            }))
        }
    })
}

/// The project of a call that names none.
pub(super) fn default_project(call: &Call<'_>) -> Option<String> {
    let default = call.engine.settings().project(None).ok()?;
    Some(default.name.clone())
}

fn text(call: &Call<'_>, default: Option<&str>) -> String {
    let mut text = "Available projects:\n".to_owned();
    let mut names = Vec::new();
    for project in call.engine.projects() {
        let settings = project.settings();
        let mark = if default == Some(settings.name.as_str()) {
            " (default)"
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "- {} (local) [{}]{mark}",
            settings.name,
            settings.external_id()
        );
        names.push(settings.name.as_str());
    }
    if names.is_empty() {
        text += "There are none yet: create_memory_project(project_name=\"main\", project_path=\"/absolute/folder\")\n";
    }
    text + &"─".repeat(40)
        + &format!(
            "\n\
             Next: Ask which project to use for this session.\n\
             Example: 'Which project should I use: {}?'\n\
             Session reminder: Track the selected project and pass it as project in every call.\n\
             The user can say 'switch to [project]' to change projects.",
            names.join(", ")
        )
}

fn json(project: &ProjectSettings, default: Option<&str>) -> Value {
    let path = project.root.display().to_string();
    json!({
        "name": project.name,
        "external_id": project.external_id(),
        "path": path,
        "local_path": path,
        "cloud_path": null,
        "source": "local",
        "is_default": default == Some(project.name.as_str()),
        "is_private": false,
        "display_name": null,
        "workspace_name": null,
        "workspace_type": null,
        "workspace_tenant_id": null,
        "workspace_slug": null,
        "workspace_is_default": false,
        "sync_supported": true,
        "sync_reason": null,
        "local_usage": "sync-supported",
        "qualified_name": project.name,
    })
}
