//! `list_memory_projects`, `create_memory_project`, `delete_project`, `list_workspaces`.

use crate::delete_note::many;
use crate::harness::Server;
use cairn_engine::{Cancel, Silent};
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
fn creates() {
    let server = two();
    let new = Vault::new("//- Seed.md\nx\n//- deep/Root.md\n[[Seed]]\n");
    let path = new.root().display().to_string();
    assert_snapshot!(transcript(
        &server,
        &new,
        &[
            (
                "create_memory_project",
                json!({ "project_name": "Garden", "project_path": path })
            ),
            (
                "read_note",
                json!({ "identifier": "Seed", "project": "garden" })
            ),
            (
                "create_memory_project",
                json!({ "project_name": "GARDEN", "project_path": path })
            ),
            (
                "create_memory_project",
                json!({ "project_name": "garden", "project_path": "/elsewhere", "set_default": "true", "output_format": "json" })
            ),
        ]
    ));
    assert_eq!(names(&server), ["main", "other", "Garden"]);
}

#[test]
fn creates_a_folder_and_a_default() {
    let server = two();
    let new = Vault::new("//- unrelated.md\nx\n");
    let path = new.path("not/there/yet").display().to_string();
    assert_snapshot!(transcript(
        &server,
        &new,
        &[
            (
                "create_memory_project",
                json!({ "project_name": "fresh", "project_path": path, "set_default": 1, "output_format": "json" })
            ),
            ("list_memory_projects", json!({})),
        ]
    ));
    assert!(new.path("not/there/yet").is_dir());
}

#[test]
fn what_is_not_created() {
    let server = two();
    let inside = server.vault("main").path("inside").display().to_string();
    let same = server.vault("main").root().display().to_string();
    let around = server
        .vault("main")
        .root()
        .parent()
        .expect("it has one")
        .display()
        .to_string();
    let said = server.transcript(&[
        ("create_memory_project", json!({ "project_name": "x" })),
        (
            "create_memory_project",
            json!({ "project_name": " ", "project_path": "/somewhere" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "notes" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "../notes" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": inside }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": same }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": format!("{same}/a/../b") }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "/somewhere", "workspace": "team" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "/some\u{0}where" }),
        ),
        (
            "create_memory_project",
            json!({ "project_name": "x", "project_path": "~/notes" }),
        ),
    ]);
    assert_snapshot!(said);
    let said = text(
        &server,
        "create_memory_project",
        &json!({ "project_name": "x", "project_path": around }),
    );
    assert!(
        said.contains("nested within this path is the existing project 'main'"),
        "{said}"
    );
    assert_eq!(names(&server), ["main", "other"]);
    assert!(!server.vault("main").has("inside"));
}

#[test]
fn a_project_whose_indexing_is_cancelled_says_so() {
    let server = two();
    let new = Vault::new("//- Seed.md\nx\n");
    let path = new.root().display().to_string();
    let cancel = Cancel::new();
    cancel.cancel();
    let tool = cairn_server::tool("create_memory_project").expect("the tool exists");
    let arguments =
        json!({ "project_name": "Garden", "project_path": path, "output_format": "json" });
    let arguments = arguments.as_object().expect("it is one").clone();
    let Body::Json(said) =
        cairn_server::call(&server.host, tool, arguments, None, &Silent, &cancel).body
    else {
        panic!("JSON was asked for");
    };
    assert_eq!(said["indexing"]["state"], "cancelled");
    assert_eq!(said["indexing"]["enqueued_files"], 0);
    assert_eq!(said["created"], true);
}

#[test]
fn deletes() {
    let server = two();
    assert_snapshot!(server.transcript(&[
        ("delete_project", json!({ "project_name": "OTHER" })),
        ("delete_project", json!({ "project_name": "other" })),
    ]));
    assert!(server.vault("other").has("Milk.md") && server.vault("other").has("deep/Cow.md"));
    assert_eq!(names(&server), ["main"]);
}

#[test]
fn deletes_notes_that_are_known_and_no_other_file() {
    let server = two();
    server.vault("other").write("deep/Unseen.md", "x\n");
    assert_snapshot!(text(
        &server,
        "delete_project",
        &json!({ "project_name": "other", "delete_notes": "yes" })
    ));
    let left: Vec<String> = server
        .vault("other")
        .files()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(left, ["deep/Unseen.md"]);
    assert_eq!(names(&server), ["main"]);
}

#[test]
fn many_notes_are_deleted_with_a_confirmation() {
    let vault = many(51);
    let server = Server::with(
        &[("main", "//- Tea.md\n1\n"), ("other", &vault)],
        HostOptions::default(),
    );
    assert_snapshot!(server.transcript(&[
        (
            "delete_project",
            json!({ "project_name": "other", "delete_notes": true })
        ),
        ("list_memory_projects", json!({})),
        (
            "delete_project",
            json!({ "project_name": "other", "delete_notes": true, "confirm": true })
        ),
    ]));
    assert!(server.vault("other").files().is_empty());
}

#[test]
fn a_project_that_keeps_notes_stays_registered() {
    let server = two();
    server.vault("other").write("Milk.md", "someone else\n");
    assert_snapshot!(text(
        &server,
        "delete_project",
        &json!({ "project_name": "other", "delete_notes": true })
    ));
    assert_eq!(names(&server), ["main", "other"]);
    assert!(server.vault("other").has("Milk.md"));
}

#[test]
fn what_is_not_removed() {
    let server = two();
    assert_snapshot!(server.transcript(&[
        ("delete_project", json!({})),
        ("delete_project", json!({ "project_name": "" })),
        ("delete_project", json!({ "project_name": "nowhere" })),
        (
            "delete_project",
            json!({ "project_name": "Main", "delete_notes": true })
        ),
        (
            "delete_project",
            json!({ "project_name": "other", "workspace": "team" })
        ),
    ]));
    assert_eq!(names(&server), ["main", "other"]);
}

#[test]
fn a_project_registered_again_is_indexed_again() {
    let server = two();
    text(
        &server,
        "delete_project",
        &json!({ "project_name": "other" }),
    );
    let path = server.vault("other").root().display().to_string();
    let said = text(
        &server,
        "create_memory_project",
        &json!({ "project_name": "other", "project_path": path }),
    );
    assert!(said.contains("• Files enqueued: 2"), "{said}");
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

#[test]
fn fragment_41_create() {
    let server = two();
    let new = Vault::new("//- Seed.md\nx\n");
    let asked = json!({ "project_name": "new", "project_path": new.root().display().to_string(), "set_default": true });
    let said = text(&server, "create_memory_project", &asked);
    for fragment in [
        "✓",
        "Project Details:",
        "Name: new",
        "Path:",
        "Project is now available for use",
        "Set as default project",
    ] {
        assert!(said.contains(fragment), "{fragment}: {said}");
    }
    let said = text(&server, "create_memory_project", &asked);
    assert!(said.contains("already exists"), "{said}");
    let mut asked = asked;
    asked["output_format"] = json!("json");
    let Body::Json(said) = server.reply("create_memory_project", &asked).body else {
        panic!("JSON was asked for");
    };
    assert_eq!(
        (&said["created"], &said["already_exists"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(said["indexing"]["state"], "completed");
    assert_eq!(said["indexing"]["total_files"], 1);
    assert_eq!(said["indexing"]["enqueued_files"], 0);
}

#[test]
fn fragment_42_create_errors() {
    let server = two();
    let inside = server.vault("other").path("inside").display().to_string();
    let reply = server.reply(
        "create_memory_project",
        &json!({ "project_name": "x", "project_path": inside }),
    );
    let Body::Text(said) = reply.body else {
        panic!("a failure is text");
    };
    assert!(
        reply.is_error && said.contains("nested") && said.contains("other"),
        "{said}"
    );
    let asked = json!({ "project_name": "x", "project_path": "/x", "workspace": "w" });
    let said = text(&server, "create_memory_project", &asked);
    assert!(
        said.contains("cloud workspace was requested ('w')"),
        "{said}"
    );

    let asked = json!({ "project_name": "new-project", "project_path": "/x" });
    let said = text(&only_main(), "create_memory_project", &asked);
    for fragment in [
        "# Error",
        "Project creation disabled",
        "constrained to project 'main'",
        "Use the CLI to create projects:",
        "project add \"new-project\" \"/x\"",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
}

#[test]
fn fragment_43_delete() {
    let server = two();
    let said = text(
        &server,
        "delete_project",
        &json!({ "project_name": "other" }),
    );
    for fragment in [
        "✓",
        "removed successfully",
        "Removed project details:",
        "Name: other",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
    let said = text(
        &server,
        "delete_project",
        &json!({ "project_name": "other" }),
    );
    assert!(said.contains("delete_project"), "{said}");
    let said = text(
        &server,
        "delete_project",
        &json!({ "project_name": "main" }),
    );
    assert!(said.contains("Cannot delete default project"), "{said}");
    let said = text(
        &only_main(),
        "delete_project",
        &json!({ "project_name": "some-project" }),
    );
    for fragment in [
        "Project deletion disabled",
        "Use the CLI to delete projects:",
        "project remove \"some-project\"",
    ] {
        assert!(said.contains(fragment), "{said}");
    }
}
