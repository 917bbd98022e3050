//! `create_memory_project`.

use super::{names, only_main, text, transcript, two};
use cairn_engine::{Cancel, Silent};
use cairn_server::Body;
use cairn_testkit::Vault;
use insta::assert_snapshot;
use serde_json::json;

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
