//! `list_workspaces`.
//!
//! Invariant: a local server has no workspaces and says so; it is no failure.

use super::call::{Call, Format};
use super::declaration::{Declaration, Effect, OUTPUT_FORMAT, Produces, Profile};
use super::failure::Failure;
use super::reply::Reply;
use serde_json::json;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "list_workspaces",
    title: "List Workspaces",
    description: "Lists workspaces of a hosted account. This server is local and has none; its projects are listed by \
        list_memory_projects.",
    parameters: &[OUTPUT_FORMAT],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["cloud", "projects"],
    profile: Profile::Full,
    produces: Produces::Wrapped,
    call: run,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "every tool may fail, and this one does not"
)]
fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    Ok(match call.format() {
        Format::Text => Reply::text(
            "# Available Workspaces (0)\n\n\
             This is a local server, and workspaces belong to hosted accounts: see list_memory_projects().",
        ),
        Format::Json => Reply::json(json!({
            "workspaces": [],
            "count": 0,
            "default_workspace_id": null,
            "current_workspace_id": null,
        })),
    })
}
