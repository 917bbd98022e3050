//! `note_history`, `diff_note`, `restore_note`, `undo`, and `as_of` of `read_note`.

use crate::harness::{Server, text, value};
use cairn_server::{Body, HostOptions};
use insta::assert_snapshot;
use serde_json::{Value, json};

const TEA: &str = "//- drinks/Tea.md\n# Tea\n\nSteep for two minutes.\n\nServe hot.\n\
    //- drinks/Milk.md\n# Milk\n\nwhite\n";

/// Replaces a text of a note as a client.
fn replaces(server: &Server, client: &str, identifier: &str, find: &str, content: &str) {
    let arguments = json!({
        "identifier": identifier, "operation": "find_replace", "find_text": find, "content": content
    });
    let reply = server.reply_to(Some(client), "edit_note", &arguments);
    let Body::Text(said) = &reply.body else {
        panic!("text was asked for");
    };
    assert!(said.starts_with("# Edited note"), "{said}");
}

/// Tea, changed by two clients and moved.
fn changed() -> Server {
    let server = Server::new(TEA);
    replaces(&server, "claude", "Tea", "two", "three");
    replaces(&server, "cursor", "Tea", "hot", "cold");
    server.call(
        "move_note",
        &json!({ "identifier": "Tea", "destination_path": "cellar/Tea.md" }),
    );
    server
}

fn revisions(server: &Server, identifier: &str) -> Vec<Value> {
    let asked = json!({ "identifier": identifier, "output_format": "json" });
    let history = value(server.reply("note_history", &asked));
    let revisions = history["revisions"].as_array();
    revisions.expect("there is a list").clone()
}

#[test]
fn a_history_in_text_and_json() {
    let server = changed();
    assert_snapshot!(server.transcript(&[
        ("note_history", json!({ "identifier": "Tea" })),
        (
            "note_history",
            json!({ "identifier": "main/drinks/tea", "output_format": "json", "page_size": "1" })
        ),
        (
            "note_history",
            json!({ "identifier": "Tea", "limit": 1, "before": 3, "project": "main" })
        ),
        (
            "note_history",
            json!({ "identifier": "Tea", "before": 1, "output_format": "json" })
        ),
        ("note_history", json!({ "identifier": "Tea", "before": 1 })),
        (
            "note_history",
            json!({ "identifier": "memory://main/drinks/milk" })
        ),
        ("note_history", json!({ "identifier": "Teas" })),
        ("note_history", json!({ "identifier": "Tea", "before": 0 })),
        ("delete_note", json!({ "identifier": "Tea" })),
        ("note_history", json!({ "identifier": "Tea" })),
        (
            "note_history",
            json!({ "identifier": "cellar/Tea.md", "output_format": "json", "page_size": 1 })
        ),
    ]));
}

#[test]
fn who_changed_it() {
    let server = Server::new(TEA);
    for client in [None, Some(" "), Some("claude")] {
        let edit = json!({ "identifier": "Milk", "operation": "append", "content": "more\n" });
        server.reply_to(client, "edit_note", &edit);
    }
    server
        .vault("main")
        .write("drinks/Milk.md", "someone else\n");
    server.call("sync", &json!({}));
    let actors: Vec<_> = revisions(&server, "Milk")
        .iter()
        .map(|revision| revision["actor"].clone())
        .collect();
    assert_eq!(actors, ["external", "claude", "mcp", "mcp"]);
    let edit = json!({ "identifier": "Tea", "operation": "append", "content": "more\n" });
    server.reply_to(Some("two\nlines"), "edit_note", &edit);
    let said = server.call("note_history", &json!({ "identifier": "Tea" }));
    assert!(said.contains(": edit by two lines, [time]\n"), "{said}");
}

#[test]
fn what_changed() {
    let server = changed();
    assert_snapshot!(server.transcript(&[
        ("diff_note", json!({ "identifier": "Tea" })),
        ("diff_note", json!({ "identifier": "Tea", "from": 1 })),
        ("diff_note", json!({ "identifier": "Tea", "from": "1", "to": 2, "words": "yes" })),
        (
            "diff_note",
            json!({ "identifier": "Tea", "from": 1, "output_format": "json" })
        ),
        (
            "diff_note",
            json!({ "identifier": "Tea", "from": 1, "words": true, "output_format": "json", "max_tokens": 3 })
        ),
        ("diff_note", json!({ "identifier": "Tea", "from": 1, "max_tokens": 10 })),
        ("diff_note", json!({ "identifier": "Milk" })),
        ("diff_note", json!({ "identifier": "Tea", "from": 99 })),
        ("diff_note", json!({ "identifier": "Milk", "from": 1 })),
        ("diff_note", json!({ "identifier": "Teas" })),
        ("delete_note", json!({ "identifier": "Tea" })),
        ("diff_note", json!({ "identifier": "Tea" })),
    ]));
}

#[test]
fn blanks_between_words_are_a_difference() {
    let server = Server::new("//- Tea.md\na b\n");
    replaces(&server, "test", "Tea", "a b", "a  b");
    let said = server.call("diff_note", &json!({ "identifier": "Tea", "words": true }));
    assert!(!said.contains("No difference"), "{said}");
}

#[test]
fn what_was_comes_back() {
    let server = changed();
    assert_snapshot!(server.transcript(&[
        ("restore_note", json!({ "identifier": "Tea", "revision": 1 })),
        ("restore_note", json!({ "identifier": "Tea", "revision": 1 })),
        (
            "restore_note",
            json!({ "identifier": "Tea", "revision": "2", "output_format": "json", "project": "main" })
        ),
        ("restore_note", json!({ "identifier": "Tea" })),
        ("restore_note", json!({ "identifier": "Tea", "revision": 99 })),
        ("restore_note", json!({ "identifier": "Milk", "revision": 1 })),
        ("restore_note", json!({ "identifier": "Zebra" })),
        ("delete_note", json!({ "identifier": "Milk" })),
        ("restore_note", json!({ "identifier": "Zebra" })),
        ("restore_note", json!({ "identifier": "Milk", "project": "main" })),
        ("restore_note", json!({ "identifier": "Milk" })),
    ]));
    let vault = server.vault("main");
    assert_eq!(vault.read("drinks/Milk.md"), "# Milk\n\nwhite\n");
    let tea = vault.read("cellar/Tea.md");
    assert!(tea.contains("three") && tea.contains("cold"), "{tea}");
}

#[test]
fn a_folder_comes_back_where_nothing_else_is() {
    let server = Server::new(
        "//- a/one.md\n1\n//- a/two.md\n2\n//- a/b/three.md\n3\n//- other.md\nanother\n",
    );
    assert_snapshot!(server.transcript(&[
        (
            "delete_note",
            json!({ "identifier": "a", "is_directory": true })
        ),
        (
            "move_note",
            json!({ "identifier": "other.md", "destination_path": "a/two.md" })
        ),
        ("restore_note", json!({ "identifier": "a" })),
        (
            "restore_note",
            json!({ "identifier": "a", "output_format": "json" })
        ),
    ]));
    let vault = server.vault("main");
    assert_eq!(vault.read("a/one.md"), "1\n");
    assert_eq!(vault.read("a/b/three.md"), "3\n");
    assert!(vault.read("a/two.md").contains("another"));
}

#[test]
fn a_file_that_changed_unseen_is_not_replaced() {
    let server = changed();
    server.vault("main").write("cellar/Tea.md", "unseen\n");
    assert_snapshot!(server.transcript(&[
        (
            "restore_note",
            json!({ "identifier": "Tea", "revision": 1 })
        ),
        ("undo", json!({ "change": 1 })),
    ]));
    assert_eq!(server.vault("main").read("cellar/Tea.md"), "unseen\n");
}

#[test]
fn undo_takes_back_the_last_change_or_one() {
    let server = Server::new(TEA);
    replaces(&server, "claude", "Tea", "two", "three");
    replaces(&server, "cursor", "Tea", "hot", "cold");
    assert_snapshot!(server.transcript(&[
        ("undo", json!({ "dry_run": true })),
        ("undo", json!({ "change": "1", "output_format": "json" })),
        ("undo", json!({ "change": 3, "project": "main" })),
        ("undo", json!({ "change": 99 })),
        ("undo", json!({ "actor": "nobody" })),
        ("undo", json!({ "since": "the day of the zebra" })),
        ("undo", json!({ "change": 0 })),
    ]));
    let tea = server.vault("main").read("drinks/Tea.md");
    assert!(tea.contains("three") && tea.contains("cold"), "{tea}");
}

#[test]
fn undo_takes_back_what_an_agent_did_and_leaves_the_rest() {
    let server = Server::new(TEA);
    replaces(&server, "cursor", "Milk", "white", "cream");
    replaces(&server, "claude", "Tea", "two", "three");
    replaces(&server, "cursor", "Tea", "hot", "cold");
    replaces(&server, "claude", "Milk", "cream", "blue");
    replaces(&server, "cursor", "Milk", "blue", "red");
    let first = &revisions(&server, "Tea")[1];
    assert_eq!(first["actor"], "claude");
    let since = first["time"].as_str().expect("a time");
    assert_snapshot!(server.transcript(&[
        (
            "undo",
            json!({ "actor": "claude", "since": since, "dry_run": "true" })
        ),
        (
            "undo",
            json!({ "actor": "claude", "since": since, "dry_run": true, "output_format": "json" })
        ),
        ("undo", json!({ "actor": "claude", "since": since })),
    ]));
    let vault = server.vault("main");
    let tea = vault.read("drinks/Tea.md");
    assert!(tea.contains("two minutes") && tea.contains("cold"), "{tea}");
    assert!(vault.read("drinks/Milk.md").contains("red"));
}

#[test]
fn undo_brings_back_a_folder_that_was_deleted() {
    let server = Server::new("//- a/one.md\n1\n//- a/two.md\n2\n");
    server.call(
        "delete_note",
        &json!({ "identifier": "a", "is_directory": true }),
    );
    let reply = server.reply("undo", &json!({}));
    assert!(
        text(&reply).starts_with("# Undid 2 revisions\n"),
        "{}",
        text(&reply)
    );
    assert_eq!(server.vault("main").files().len(), 2);
}

#[test]
fn a_note_is_read_as_it_was() {
    let server = changed();
    let times: Vec<String> = revisions(&server, "Tea")
        .iter()
        .map(|revision| revision["time"].as_str().expect("a time").to_owned())
        .collect();
    let read = |as_of: &str, more: Value| {
        let mut asked = json!({ "identifier": "Tea", "as_of": as_of });
        if let (Value::Object(asked), Value::Object(more)) = (&mut asked, more) {
            asked.extend(more);
        }
        ("read_note", asked)
    };
    assert_snapshot!(server.transcript(&[
        read("2025-06-01", json!({})),
        read(&times[2], json!({})),
        read(&times[1], json!({ "output_format": "json" })),
        read("now", json!({ "lines": 3 })),
        read(&times[2], json!({ "max_tokens": 5 })),
        read(&times[2], json!({ "outline": true })),
        read("", json!({ "lines": 3 })),
        read("the day of the zebra", json!({})),
        (
            "write_note",
            json!({ "title": "New", "directory": "/", "content": "new" })
        ),
        (
            "read_note",
            json!({ "identifier": "New", "as_of": "2025-06-01" })
        ),
    ]));
}

#[test]
fn another_project_is_out_of_reach() {
    let only_main = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let vaults = [("main", TEA), ("other", "//- Secret.md\nsecret\n")];
    let server = Server::with(&vaults, only_main);
    assert_snapshot!(server.transcript(&[
        (
            "note_history",
            json!({ "identifier": "memory://other/secret" })
        ),
        ("diff_note", json!({ "identifier": "other/secret" })),
        (
            "restore_note",
            json!({ "identifier": "memory://other/secret" })
        ),
        ("undo", json!({ "project": "other" })),
    ]));
}
