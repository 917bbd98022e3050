//! `edit_note`.

mod fragments;
mod hints;
mod names;

use crate::harness::{Server, text, value};
use cairn_server::HostOptions;
use serde_json::{Value, json};

const GARDEN: &str = "//- garden/Plan.md
---
title: Plan
type: note
permalink: main/garden/plan
---
# Plan

## Beds
- [feature] raised #wood
- uses [[Compost]]

### North
Beans.

## Tools
A spade. A spade.
//- Compost.md
x
";

fn edit(operation: &str, content: &str, more: Value) -> Value {
    edit_of("main/garden/plan", operation, content, more)
}

fn edit_of(identifier: &str, operation: &str, content: &str, more: Value) -> Value {
    let mut arguments =
        json!({ "identifier": identifier, "operation": operation, "content": content });
    if let (Some(arguments), Value::Object(more)) = (arguments.as_object_mut(), more) {
        arguments.extend(more);
    }
    arguments
}

#[test]
fn six_ways_to_edit() {
    let server = Server::new(GARDEN);
    let transcript = server.transcript(&[
        ("edit_note", edit("append", "\n## Log\nBegun.", json!({}))),
        ("edit_note", edit("prepend", "> Draft", json!({}))),
        (
            "edit_note",
            edit(
                "find_replace",
                "fork",
                json!({ "find_text": "spade", "expected_replacements": 2 }),
            ),
        ),
        (
            "edit_note",
            edit(
                "replace_section",
                "- [feature] flat\n",
                json!({ "section": "## Beds", "replace_subsections": false }),
            ),
        ),
        (
            "edit_note",
            edit(
                "insert_before_section",
                "Look here.",
                json!({ "section": "Tools" }),
            ),
        ),
        (
            "edit_note",
            edit(
                "insert_after_section",
                "Sharp ones.",
                json!({ "section": "## Tools" }),
            ),
        ),
    ]);
    insta::assert_snapshot!(transcript);
    insta::assert_snapshot!(server.vault("main").read("garden/Plan.md"));
}

#[test]
fn json_has_the_keys_programs_read() {
    let server = Server::new(GARDEN);
    let json = |more: Value| {
        let mut more = more;
        more["output_format"] = json!("json");
        more
    };
    let call = |arguments: Value| ("edit_note", arguments);
    let transcript = server.transcript(&[
        call(edit("append", "More.", json(json!({})))),
        call(edit_of(
            "memory://main/log/Day One",
            "append",
            "Begun.",
            json(json!({})),
        )),
        call(edit_of(
            "missing",
            "find_replace",
            "x",
            json(json!({ "find_text": "y" })),
        )),
        call(edit(
            "find_replace",
            "x",
            json(json!({ "find_text": "hoe" })),
        )),
        call(edit(
            "find_replace",
            "x",
            json(json!({ "find_text": "spade" })),
        )),
        call(edit(
            "append",
            "x",
            json(json!({ "base_checksum": "00000000" })),
        )),
        call(edit_of("../out", "append", "x", json(json!({})))),
        call(edit_of(
            "memory://elsewhere/x",
            "append",
            "x",
            json(json!({})),
        )),
    ]);
    insta::assert_snapshot!(transcript);
}

#[test]
fn guidance_in_words() {
    let server = Server::with(
        &[
            (
                "main",
                "//- Twice.md\n## A\nx\n## A\ny\n//- a/Same.md\nx\n//- b/Same.md\nx\n//- plan.md\n---\ntitle: My Big Plan\n---\nx\n//- pic.png\nx\n",
            ),
            ("work", "//- Report.md\nx\n"),
        ],
        HostOptions::default(),
    );
    let call = |arguments: Value| ("edit_note", arguments);
    let section = json!({ "section": "## A" });
    let transcript = server.transcript(&[
        call(edit_of(
            "notes/Twcie",
            "replace_section",
            "x",
            section.clone(),
        )),
        call(edit_of("Twice", "replace_section", "x", section.clone())),
        call(edit_of("Twice", "insert_before_section", "x", section)),
        call(edit_of(
            "Twice",
            "insert_after_section",
            "x",
            json!({ "section": "## B" }),
        )),
        call(edit_of(
            "Twice",
            "find_replace",
            "x",
            json!({ "find_text": "## B" }),
        )),
        call(edit_of(
            "Twice",
            "find_replace",
            "x",
            json!({ "find_text": "## A" }),
        )),
        call(edit_of("Same", "append", "x", json!({}))),
        call(edit_of("pic.png", "append", "x", json!({}))),
        call(edit_of("my_big_plan", "append", "x", json!({}))),
        call(edit_of("work/Report", "append", "x", json!({}))),
        call(edit_of("memory://notes/New", "append", "x", json!({}))),
        call(edit_of("notes/../../etc/passwd", "append", "x", json!({}))),
        call(edit_of(
            "Report",
            "find_replace",
            "x",
            json!({ "find_text": "y", "project": "work" }),
        )),
    ]);
    insta::assert_snapshot!(transcript);
    assert_eq!(server.vault("main").files().len(), 5);
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let server = Server::new(GARDEN);
    let before = server.vault("main").snapshot();
    let call = |arguments: Value| ("edit_note", arguments);
    let transcript = server.transcript(&[
        call(edit(
            "append",
            "x",
            json!({ "metadata": { "a": null, "b": 1, "c": null } }),
        )),
        call(edit_of(
            "New",
            "append",
            "x",
            json!({ "metadata": { "a": null } }),
        )),
        call(edit("replace_section", "x", json!({}))),
        call(edit("replace_section", "x", json!({ "section": " " }))),
        call(edit("find_replace", "x", json!({ "find_text": "" }))),
        call(edit("find_replace", "x", json!({ "find_text": "  " }))),
        call(edit(
            "find_replace",
            "x",
            json!({ "find_text": "x", "expected_replacements": 0 }),
        )),
        call(edit("append", "x", json!({ "workspace": "team" }))),
        call(edit("append", "x", json!({ "find": "a", "old_text": "b" }))),
        call(json!({ "identifier": "x", "operation": "append" })),
    ]);
    insta::assert_snapshot!(transcript);
    assert_eq!(before, server.vault("main").snapshot());
}

#[test]
fn metadata_goes_with_every_operation_and_alone() {
    let server = Server::new(GARDEN);
    let alone = server.call(
        "edit_note",
        &edit(
            "append",
            "",
            json!({ "metadata": { "status": "done", "title": "No" } }),
        ),
    );
    assert!(
        alone.contains("operation: Added 0 lines to end of note"),
        "{alone}"
    );
    assert_eq!(
        server.vault("main").read("garden/Plan.md"),
        GARDEN
            .split_once("//- garden/Plan.md\n")
            .and_then(|(_, rest)| rest.split_once("//- "))
            .expect("it is the first file")
            .0
            .replace("garden/plan\n", "garden/plan\nstatus: done\n")
    );
    server.call(
        "edit_note",
        &edit(
            "find_replace",
            "Peas.",
            json!({ "find_text": "Beans.", "metadata": "{\"status\": \"open\"}" }),
        ),
    );
    let text = server.vault("main").read("garden/Plan.md");
    assert!(
        text.contains("status: open\n") && text.contains("Peas."),
        "{text}"
    );
}

#[test]
fn the_title_follows_the_first_heading() {
    let server = Server::new(GARDEN);
    let edited = value(server.reply(
        "edit_note",
        &edit(
            "find_replace",
            "# Garden Plan\n",
            json!({ "find_text": "# Plan\n", "output_format": "json" }),
        ),
    ));
    assert_eq!(edited["title"], "Garden Plan");
    assert_eq!(edited["permalink"], "main/garden/plan");
    assert_eq!(edited["file_path"], "garden/Plan.md");
    assert!(
        server
            .vault("main")
            .read("garden/Plan.md")
            .starts_with("---\ntitle: Garden Plan\n")
    );
}

#[test]
fn what_someone_else_changed_is_not_edited() {
    let server = Server::new("//- Tea.md\nx\n");
    server.vault("main").write("Tea.md", "theirs\n");
    let refused = server.call("edit_note", &edit_of("Tea", "append", "y", json!({})));
    insta::assert_snapshot!(refused, @r#"
    # Edit Failed - Note Changed

    Tea.md was changed by someone else. Nothing was written.
    base_checksum: 73cb3858
    current_checksum: ed9c86a6
    Read it with `read_note(identifier="Tea.md")`, then repeat with `base_checksum="ed9c86a6"`.
    "#);
    let edited = server.call(
        "edit_note",
        &edit_of("Tea", "append", "y", json!({ "base_checksum": "ed9c86a6" })),
    );
    assert!(edited.starts_with("# Edited note (append)"), "{edited}");
    assert_eq!(server.vault("main").read("Tea.md"), "theirs\ny");
    server.vault("main").remove("Tea.md");
    let gone = server.call("edit_note", &edit_of("Tea", "append", "y", json!({})));
    assert!(
        gone.contains("current_checksum: none, the file is gone"),
        "{gone}"
    );
}

#[test]
fn of_many_appends_at_once_none_is_lost() {
    let server = Server::new("");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let server = &server;
            scope.spawn(move || {
                let line = format!("- line {writer}\n");
                let answer = server.call(
                    "edit_note",
                    &edit_of("logs/Day", "append", &line, json!({})),
                );
                assert!(answer.contains(" note (append)"), "{answer}");
            });
        }
    });
    let text = server.vault("main").read("logs/Day.md");
    assert_eq!(text.matches("- line").count(), 8, "{text}");
}

#[test]
fn a_constrained_server_edits_its_project_alone() {
    let server = Server::with(
        &[("main", "//- Tea.md\nx\n"), ("work", "//- Tea.md\nx\n")],
        HostOptions {
            project: Some("work".to_owned()),
            ..HostOptions::default()
        },
    );
    insta::assert_snapshot!(
        server.call("edit_note", &edit_of("memory://main/tea", "append", "y", json!({}))),
        @"
    (isError)
    Project is constrained to 'work', cannot use 'main'.
    "
    );
    server.call(
        "edit_note",
        &edit_of("Tea", "append", "y", json!({ "project": "main" })),
    );
    assert_eq!(server.vault("main").read("Tea.md"), "x\n");
    assert_eq!(server.vault("work").read("Tea.md"), "x\ny");
}

#[test]
fn arguments_come_in_many_forms() {
    for content in ["content", "new_content", "replacement", "replace_with"] {
        for find in ["find_text", "find", "old_text", "old_content", "search"] {
            let server = Server::new("//- 7.md\na a\n");
            let mut arguments = json!({
                "identifier": 7, "operation": "FIND_REPLACE", "expected_replacements": "2",
                "section": null, "replace_subsections": null, "metadata": null,
            });
            arguments[content] = json!("b");
            arguments[find] = json!("a");
            server.call("edit_note", &arguments);
            assert_eq!(
                server.vault("main").read("7.md"),
                "b b\n",
                "{content} {find}"
            );
        }
    }
    for section in ["section", "section_heading", "heading"] {
        let server = Server::new("//- a.md\n## S\nx\n### T\ny\n");
        let mut arguments = edit_of(
            "a",
            "replace_section",
            "z",
            json!({ "replace_subsections": "no" }),
        );
        arguments[section] = json!("S");
        server.call("edit_note", &arguments);
        let text = server.vault("main").read("a.md");
        assert!(
            text.contains('z') && text.contains("### T"),
            "{section}: {text}"
        );
    }
}
