//! What a refusal says can be done as it stands: it reaches the same project, names tools that are there, and is short.

use super::{edit_of, text};
use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::{Value, json};

fn projects() -> Server {
    Server::with(
        &[("main", "//- Tea.md\nx\n"), ("team", "//- Tea.md\ny\n")],
        HostOptions::default(),
    )
}

#[test]
fn what_a_refusal_suggests_reaches_the_project_it_was_about() {
    let server = projects();
    server.vault("team").write("Tea.md", "theirs\n");
    for index in 0..51 {
        server.vault("team").write(&format!("lots/{index}.md"), "x");
    }
    server.call("sync", &json!({ "project": "team" }));
    server.vault("team").write("Tea.md", "theirs again\n");
    for (tool, arguments) in [
        (
            "delete_note",
            json!({ "identifier": "lots", "is_directory": true }),
        ),
        (
            "delete_note",
            json!({ "identifier": "none", "is_directory": true }),
        ),
        ("delete_note", json!({ "identifier": "Tea" })),
        (
            "move_note",
            json!({ "identifier": "none", "to": "a", "is_directory": true }),
        ),
        ("move_note", json!({ "identifier": "Tea" })),
        ("move_note", json!({ "identifier": "zzz", "to": "b.md" })),
        (
            "move_note",
            json!({ "identifier": "memory://team/no/zzz", "to": "b.md" }),
        ),
        ("move_note", json!({ "identifier": "Tea", "to": "b.md" })),
        (
            "edit_note",
            edit_of("zzz", "find_replace", "x", json!({ "find_text": "x" })),
        ),
        ("edit_note", edit_of("Tea", "append", "x", json!({}))),
    ] {
        let mut arguments = arguments;
        arguments["project"] = json!("team");
        let refused = server.call(tool, &arguments);
        assert!(!refused.contains("query=\"memory://"), "{refused}");
        for call in refused.split('(').skip(1).filter(|call| call.contains('=')) {
            let call = call.split(')').next().unwrap_or_default();
            assert!(call.contains("project=\"team\""), "{call}: {refused}");
        }
        assert!(!refused.contains("sync()"), "{refused}");
        assert!(refused.contains("project=\"team\""), "{refused}");
    }
}

#[test]
fn a_name_no_note_can_have_is_not_said_to_need_another_operation() {
    let server = projects();
    for identifier in ["notes/*", "0b7f6f3e-0d0c-4f0e-9d7e-0c8f5f0f4d11"] {
        let refused = server.call("edit_note", &edit_of(identifier, "append", "x", json!({})));
        assert!(
            refused.contains("none can be made of that name"),
            "{refused}"
        );
        assert!(!refused.contains("operation=\"append\""), "{refused}");
    }
}

#[test]
fn a_long_text_that_is_not_there_is_not_repeated_whole() {
    let server = projects();
    let long = json!({ "find_text": "é".repeat(100_000) });
    let refused = server.reply("edit_note", &edit_of("Tea", "find_replace", "", long));
    assert!(text(&refused).starts_with("# Edit Failed - Text Not Found"));
    assert!(text(&refused).len() < 1000, "{}", text(&refused).len());
}

#[test]
fn a_name_as_long_as_a_note_is_refused_in_a_line() {
    let server = projects();
    let long = "é".repeat(50_000);
    for (tool, arguments) in [
        ("move_note", json!({ "identifier": long })),
        ("move_note", json!({ "identifier": "Tea", "to": long })),
        ("edit_note", edit_of(&long, "append", "x", json!({}))),
        (
            "write_note",
            json!({ "title": long, "content": "x", "directory": "" }),
        ),
        ("sync", json!({ "project": long })),
    ] {
        let refused = server.call(tool, &arguments);
        assert!(refused.starts_with("(isError)"), "{tool}");
        assert!(
            refused.contains("must be at most 8192 bytes long, not \"é"),
            "{refused:.300}"
        );
        assert!(refused.len() < 500, "{tool}: {}", refused.len());
    }
    let edit = edit_of("Tea", "append", &long, json!({}));
    assert!(server.call("edit_note", &edit).starts_with("# Edited note"));
}

#[test]
fn a_base_is_a_checksum_or_nothing() {
    let server = projects();
    let based = |base: Value| {
        let edit = edit_of("Tea", "append", "z", json!({ "base_checksum": base }));
        server.call("edit_note", &edit)
    };
    // As models fill in what they leave out.
    for blank in [json!(""), json!("  "), Value::Null] {
        assert!(based(blank).starts_with("# Edited note"));
    }
    for wrong in [
        json!("none"),
        json!("73cb385"),
        json!(1234567),
        json!("7".repeat(65)),
    ] {
        let refused = based(wrong);
        assert!(
            refused.starts_with("(isError)\nbase_checksum '"),
            "{refused}"
        );
        assert!(refused.contains("is no checksum"), "{refused}");
    }
    let write = json!({ "title": "New", "directory": "", "content": "x", "base_checksum": "" });
    assert!(
        server
            .call("write_note", &write)
            .starts_with("# Created note")
    );
}
