//! `delete_project`.

use super::{names, only_main, text, two};
use crate::delete_note::many;
use crate::harness::Server;
use crate::move_note::Impatient;
use cairn_engine::Cancel;
use cairn_server::{Body, HostOptions};
use insta::assert_snapshot;
use serde_json::json;

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

#[test]
fn a_project_whose_deletion_is_cancelled_stays_registered() {
    let many = many(300);
    let vaults = [("main", ""), ("other", many.as_str())];
    let server = Server::with(&vaults, HostOptions::default());
    let cancel = Cancel::new();
    let tool = cairn_server::tool("delete_project").expect("the tool exists");
    let arguments = json!({ "project_name": "other", "delete_notes": true, "confirm": true });
    let arguments = arguments.as_object().expect("it is one").clone();
    let listener = Impatient(&cancel);
    let Body::Text(said) =
        cairn_server::call(&server.host, tool, arguments, None, &listener, &cancel).body
    else {
        panic!("text is its only form");
    };
    assert!(
        said.contains("'other' stays registered: the call was cancelled before"),
        "{said}"
    );
    let numbers = "- Total files: 300\n- Successfully deleted: 256\n";
    assert!(said.contains(numbers), "{said}");
    assert_eq!(names(&server), ["main", "other"]);
    assert_eq!(server.vault("other").files().len(), 44);
}
