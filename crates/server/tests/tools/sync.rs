//! `sync`.

use crate::harness::Server;
use cairn_engine::{Cancel, Silent};
use cairn_server::{Body, HostOptions};
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn brings_the_index_in_step() {
    let server = Server::new("//- Tea.md\nzebra\n//- Milk.md\ncow\n//- Moves.md\nsame\n");
    let vault = server.vault("main");
    vault.write("New.md", "new\n");
    vault.write("Tea.md", "a longer zebra\n");
    vault.remove("Milk.md");
    vault.rename("Moves.md", "Moved.md");
    assert_snapshot!(server.transcript(&[
        ("sync", json!({})),
        ("sync", json!({ "output_format": "json" })),
        ("sync", json!({ "full": "yes", "output_format": "json" })),
        ("sync", json!({ "full": true, "project": "MAIN" })),
        ("sync", json!({ "project": "nowhere" })),
        ("sync", json!({ "full": "perhaps" })),
        ("sync", json!({ "everything": true })),
    ]));
}

#[test]
fn names_what_cannot_be_read() {
    let server = Server::new("//- Tea.md\nzebra\n");
    let vault = server.vault("main");
    vault.write_bytes("Broken.md", b"caf\xe9\n");
    assert_snapshot!(server.transcript(&[
        ("sync", json!({})),
        ("sync", json!({ "output_format": "json" })),
    ]));
}

#[test]
fn goes_to_the_project_of_the_call() {
    let server = Server::with(
        &[("main", "//- Tea.md\n1\n"), ("other", "//- Milk.md\n2\n")],
        HostOptions::default(),
    );
    let engine = server.host.engine().expect("it is open");
    let other = engine.project(Some("other")).expect("it is registered");
    let id = other.settings().external_id();
    server.vault("other").write("New.md", "x\n");
    let said = server.call("sync", &json!({ "project_id": id, "project": "main" }));
    assert!(
        said.starts_with("# Sync Complete: other") && said.contains("- New: 1"),
        "{said}"
    );
}

#[test]
fn a_missing_folder_forgets_nothing() {
    let server = Server::new("//- Tea.md\nzebra\n");
    let (root, away) = (
        server.vault("main").root().to_owned(),
        server.vault("main").root().with_extension("away"),
    );
    std::fs::rename(&root, &away).expect("nothing holds it");
    let said = server.call("sync", &json!({}));
    std::fs::rename(&away, &root).expect("nothing holds it");
    assert!(
        said.starts_with("(isError)\ncannot open the folder"),
        "{said}"
    );
    let found = server.call("sync", &json!({}));
    assert!(found.contains("- Unchanged: 1"), "{found}");
}

#[test]
fn a_cancelled_sync_says_so() {
    let server = Server::new("//- Tea.md\nzebra\n");
    server.vault("main").write("New.md", "x\n");
    let cancel = Cancel::new();
    cancel.cancel();
    let tool = cairn_server::tool("sync").expect("the tool exists");
    let mut said = String::new();
    for arguments in [json!({}), json!({ "output_format": "json" })] {
        let arguments = arguments.as_object().expect("it is one").clone();
        let reply = cairn_server::call(&server.host, tool, arguments, None, &Silent, &cancel);
        said += &match reply.body {
            Body::Text(text) => text + "\n\n",
            Body::Json(value) => serde_json::to_string_pretty(&value).expect("a value is JSON"),
        };
    }
    assert_snapshot!(said);
}
