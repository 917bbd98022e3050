//! What clients of the reference look for in the answers of `edit_note`.

use super::{GARDEN, edit, edit_of, text};
use crate::harness::Server;
use serde_json::json;

#[test]
fn fragment_07_append() {
    let server = Server::new(GARDEN);
    let edited = server.call("edit_note", &edit("append", "1\n2\n3\n4\n5", json!({})));
    assert!(edited.contains("Edited note (append)"), "{edited}");
    assert!(edited.contains("Added 5 lines to end of note"), "{edited}");
}

#[test]
fn fragment_08_prepend() {
    let server = Server::new(GARDEN);
    let edited = server.call("edit_note", &edit("prepend", "1\n2\n3\n4\n5", json!({})));
    assert!(edited.contains("Edited note (prepend)"), "{edited}");
    assert!(
        edited.contains("Added 5 lines to beginning of note"),
        "{edited}"
    );
}

#[test]
fn fragment_09_find_replace() {
    let server = Server::new(GARDEN);
    let edited = server.call(
        "edit_note",
        &edit("find_replace", "Peas", json!({ "find_text": "Beans" })),
    );
    assert!(edited.contains("Edited note (find_replace)"), "{edited}");
    assert!(
        edited.contains("Find and replace operation completed"),
        "{edited}"
    );
}

#[test]
fn fragment_10_replace_section() {
    let server = Server::new("//- a.md\n## Implementation\nx\n");
    let edited = server.call(
        "edit_note",
        &edit_of(
            "a",
            "replace_section",
            "y",
            json!({ "section": "## Implementation" }),
        ),
    );
    assert!(edited.contains("Edited note (replace_section)"), "{edited}");
    assert!(
        edited.contains("Replaced content under section '## Implementation'"),
        "{edited}"
    );
}

#[test]
fn fragment_11_what_a_note_holds_is_in_the_reply() {
    let server = Server::new(GARDEN);
    let edited = server.call("edit_note", &edit("append", "x", json!({})));
    for fragment in ["## Observations", "feature:", "## Relations"] {
        assert!(edited.contains(fragment), "{fragment}: {edited}");
    }
}

#[test]
fn fragment_12_created_by_an_edit() {
    for operation in ["append", "prepend"] {
        let server = Server::new("");
        let created = server.call(
            "edit_note",
            &edit_of("logs/Day", operation, "x\ny", json!({})),
        );
        assert!(
            created.starts_with(&format!("# Created note ({operation})\n")),
            "{created}"
        );
        assert!(
            created.contains("fileCreated: true\noperation: Created note with 2 lines\n"),
            "{created}"
        );
    }
}

#[test]
fn fragment_13_a_missing_note() {
    let server = Server::new("");
    let refused = server.reply(
        "edit_note",
        &edit_of(
            "notes/missing",
            "find_replace",
            "x",
            json!({ "find_text": "y" }),
        ),
    );
    assert!(!refused.is_error);
    for fragment in ["Edit Failed", "notes/missing", "search_notes("] {
        assert!(text(&refused).contains(fragment), "{fragment}");
    }
}

#[test]
fn fragment_14_a_missing_text() {
    let server = Server::new(GARDEN);
    let refused = server.call(
        "edit_note",
        &edit("find_replace", "x", json!({ "find_text": "hoe" })),
    );
    for fragment in ["Edit Failed - Text Not Found", "hoe", "read_note("] {
        assert!(refused.contains(fragment), "{fragment}: {refused}");
    }
}

#[test]
fn fragment_15_a_wrong_count() {
    let server = Server::new(GARDEN);
    let refused = server.call(
        "edit_note",
        &edit(
            "find_replace",
            "x",
            json!({ "find_text": "spade", "expected_replacements": 5 }),
        ),
    );
    for fragment in [
        "Edit Failed - Wrong Replacement Count",
        "Expected 5 occurrences",
        "expected_replacements=2",
    ] {
        assert!(refused.contains(fragment), "{fragment}: {refused}");
    }
}

#[test]
fn fragment_16_an_unknown_operation() {
    let server = Server::new(GARDEN);
    let refused = server.reply("edit_note", &edit("invalid_operation", "x", json!({})));
    assert!(refused.is_error);
    let refused = text(&refused);
    assert!(
        refused.contains("Invalid operation 'invalid_operation'"),
        "{refused}"
    );
    assert!(
        refused.contains("append, prepend, find_replace, replace_section"),
        "{refused}"
    );
}

#[test]
fn fragment_17_what_an_operation_needs() {
    let server = Server::new(GARDEN);
    let refused = server.reply("edit_note", &edit("find_replace", "x", json!({})));
    assert!(refused.is_error);
    assert!(text(&refused).contains("find_text parameter is required for find_replace operation"));
    let refused = server.reply(
        "edit_note",
        &edit("append", "x", json!({ "metadata": { "a": null } })),
    );
    assert!(refused.is_error);
    assert!(text(&refused).contains("key deletion is not supported"));
}

#[test]
fn fragment_18_strict_names_and_files_nobody_indexed() {
    let server = Server::new(GARDEN);
    let refused = server.call(
        "edit_note",
        &edit_of("Pla", "find_replace", "x", json!({ "find_text": "Beans" })),
    );
    assert!(
        refused.starts_with("# Edit Failed - Note Not Found"),
        "{refused}"
    );
    server.vault("main").write("inbox/New.md", "one\n");
    let edited = server.call(
        "edit_note",
        &edit_of("inbox/New", "append", "two", json!({})),
    );
    assert!(edited.contains("operation: Added"), "{edited}");
    assert_eq!(server.vault("main").read("inbox/New.md"), "one\ntwo");
}
