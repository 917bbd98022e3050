//! `list_memory_projects`, `create_memory_project`, `delete_project`, `list_workspaces`.

mod create;
mod delete;

use crate::harness::Server;
use cairn_server::{Body, HostOptions};
use cairn_testkit::Vault;
use insta::assert_snapshot;
use serde_json::{Value, json};

const TWO: [(&str, &str); 2] = [
    ("main", "//- Tea.md\n1\n"),
    ("other", "//- Milk.md\n2\n//- deep/Cow.md\n3\n"),
];

fn two() -> Server {
    Server::with(&TWO, HostOptions::default())
}

fn only_main() -> Server {
    let options = HostOptions {
        project: Some("MAIN".to_owned()),
        ..HostOptions::default()
    };
    Server::with(&TWO, options)
}

/// A transcript in which the folder of `new` is `[new]`.
fn transcript(server: &Server, new: &Vault, calls: &[(&str, Value)]) -> String {
    let root = new.root().display().to_string();
    server.transcript(calls).replace(&root, "[new]")
}

fn text(server: &Server, tool: &str, arguments: &Value) -> String {
    server.call(tool, arguments)
}

fn names(server: &Server) -> Vec<String> {
    let engine = server.host.engine().expect("it is open");
    engine
        .projects()
        .map(|project| project.settings().name.clone())
        .collect()
}

#[test]
fn lists() {
    assert_snapshot!(two().transcript(&[
        ("list_memory_projects", json!({})),
        ("list_memory_projects", json!({ "output_format": "json" })),
        ("list_memory_projects", json!({ "output_format": "yaml" })),
        ("list_workspaces", json!({})),
        ("list_workspaces", json!({ "output_format": "json" })),
    ]));
}

#[test]
fn a_server_of_one_project() {
    assert_snapshot!(only_main().transcript(&[
        ("list_memory_projects", json!({})),
        ("list_memory_projects", json!({ "output_format": "json" })),
        ("create_memory_project", json!({ "project_name": "new-project", "project_path": "/somewhere" })),
        ("create_memory_project", json!({ "project_name": "new-project", "project_path": "/somewhere", "output_format": "json" })),
        ("delete_project", json!({ "project_name": "other", "delete_notes": true })),
    ]));
}

#[test]
fn fragment_39_list() {
    let said = text(&two(), "list_memory_projects", &json!({}));
    for fragment in [
        "Available projects:",
        "- other (local)",
        "Next: Ask which project to use for this session.",
        "Session reminder: Track the selected project",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
}

#[test]
fn fragment_40_constrained_list() {
    let server = only_main();
    let said = text(&server, "list_memory_projects", &json!({}));
    assert!(
        said.contains("MCP server is constrained to a single project"),
        "{said}"
    );
    let Body::Json(said) = server
        .reply("list_memory_projects", &json!({ "output_format": "json" }))
        .body
    else {
        panic!("JSON was asked for");
    };
    assert_eq!(said["projects"].as_array().map(Vec::len), Some(2));
    assert_eq!(said["default_project"], "main");
    assert_eq!(said["constrained_project"], "main");
}
