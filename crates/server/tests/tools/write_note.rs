//! `write_note`.

use crate::harness::{Server, text, value};
use cairn_server::HostOptions;
use serde_json::{Value, json};

const WITH_MARKS: &str = "# Simple Note\n\n- [tech] made of text #markdown\n- relates_to [[Other]]\n- relates_to [[Nowhere]]\n";

#[test]
fn a_note_is_created_then_refused_then_replaced() {
    let server = Server::new("//- Other.md\nx\n");
    let note = json!({
        "title": "Simple Note", "content": WITH_MARKS, "directory": "basic", "tags": ["simple", "#test"],
    });
    let mut replacement = note.clone();
    replacement["overwrite"] = json!(true);
    replacement["content"] = json!("Short.\n");
    let transcript = server.transcript(&[
        ("write_note", note.clone()),
        ("write_note", note),
        ("write_note", replacement),
        (
            "write_note",
            json!({ "title": "Bare", "content": "", "directory": "" }),
        ),
    ]);
    insta::assert_snapshot!(transcript);
    // Tags that are not named again stay.
    server.call(
        "write_note",
        &json!({ "title": "Simple Note", "content": "Bare.", "directory": "basic", "overwrite": true }),
    );
    insta::assert_snapshot!(server.vault("main").read("basic/Simple Note.md"));
}

#[test]
fn json_has_the_keys_programs_read() {
    let server = Server::new("//- a.md\n---\npermalink: main/basic/tea\n---\nx\n");
    let note = |more: Value| {
        let mut note = json!({
            "title": "Tea", "content": "Leaves.\n", "directory": "basic", "output_format": "json",
        });
        if let (Some(note), Value::Object(more)) = (note.as_object_mut(), more) {
            note.extend(more);
        }
        note
    };
    let transcript = server.transcript(&[
        ("write_note", note(json!({}))),
        ("write_note", note(json!({}))),
        (
            "write_note",
            note(json!({ "overwrite": true, "content": "More.\n" })),
        ),
        (
            "write_note",
            note(json!({ "overwrite": true, "base_checksum": "00000000" })),
        ),
        ("write_note", note(json!({ "directory": "../out" }))),
        ("write_note", note(json!({ "title": " " }))),
    ]);
    insta::assert_snapshot!(transcript);
}

#[test]
fn refusals_in_words() {
    let server = Server::new("//- alpha_note.md\n---\ntitle: Alpha\npermalink: my/alpha\n---\nx\n");
    let call = |arguments: Value| ("write_note", arguments);
    let transcript = server.transcript(&[
        call(json!({ "title": "Alpha Note", "content": "x", "directory": "/" })),
        call(json!({ "title": "x", "content": "x", "directory": "notes/../../etc" })),
        call(json!({ "title": "x", "content": "x", "directory": "/home/ada/notes" })),
        call(json!({ "title": "x", "content": "x", "directory": "C:\\notes" })),
        call(json!({ "title": "", "content": "x", "directory": "notes" })),
        call(json!({ "title": "x", "content": "---\na: b: c\n---\nx", "directory": "notes" })),
        call(json!({ "title": "x", "content": "x", "directory": "n".repeat(300) })),
        call(
            json!({ "title": "x", "content": "x", "directory": "n", "note_type": "t".repeat(201) }),
        ),
        call(json!({ "title": "x", "content": "x", "directory": "n", "workspace": "team" })),
        call(json!({ "title": "x", "content": "x", "directory": "n", "project": "mian" })),
        call(json!({ "title": "x", "content": "x", "directory": ".git" })),
    ]);
    insta::assert_snapshot!(transcript);
    assert_eq!(server.vault("main").files().len(), 1);
}

#[test]
fn what_someone_else_changed_is_not_overwritten() {
    let server = Server::new("//- Tea.md\nx\n");
    let note = json!({ "title": "Tea", "content": "mine", "directory": "", "overwrite": true });
    server.vault("main").write("Tea.md", "theirs\n");
    let refused = server.reply("write_note", &note);
    insta::assert_snapshot!(text(&refused), @r#"
    # Error: Note changed meanwhile

    Tea.md was changed by someone else. Nothing was written.
    base_checksum: 73cb3858
    current_checksum: ed9c86a6
    Read it with `read_note(identifier="main/tea")`, then repeat with `overwrite=True, base_checksum="ed9c86a6"`.

    Project: main
    "#);
    assert_eq!(server.vault("main").read("Tea.md"), "theirs\n");
    let mut based = note.clone();
    based["base_checksum"] = json!("ed9c86a6");
    assert!(text(&server.reply("write_note", &based)).starts_with("# Updated note"));
    server.vault("main").remove("Tea.md");
    let gone = server.call("write_note", &based);
    assert!(
        gone.contains("current_checksum: none, the file is gone"),
        "{gone}"
    );
    assert!(!server.vault("main").has("Tea.md"));
    assert!(text(&server.reply("write_note", &note)).starts_with("# Created note"));
}

#[test]
fn a_file_the_index_has_not_seen_is_a_conflict() {
    let server = Server::new("");
    server.vault("main").write("Tea.md", "theirs\n");
    let note = json!({ "title": "Tea", "content": "mine", "directory": "" });
    let refused = server.call("write_note", &note);
    assert!(
        refused.contains("**\"Tea\"** (file: `Tea.md`)"),
        "{refused}"
    );
    let mut replacement = note;
    replacement["overwrite"] = json!(true);
    insta::assert_snapshot!(server.call("write_note", &replacement), @"
    (isError)
    Tea.md is in the folder but not in the index
    Hint: call sync(), then repeat
    ");
    assert_eq!(server.vault("main").read("Tea.md"), "theirs\n");
}

#[test]
fn arguments_come_in_many_forms() {
    for (at, (name, given)) in [
        ("folder", json!("f")),
        ("dir", json!("f")),
        ("path", json!("f/")),
        ("directory", json!("./f")),
    ]
    .into_iter()
    .enumerate()
    {
        let server = Server::new("");
        let mut note = json!({ "title": at, "content": 12 });
        note[name] = given;
        let answer = server.call("write_note", &note);
        assert!(
            answer.contains(&format!("file_path: f/{at}.md")),
            "{name}: {answer}"
        );
    }
    for tags in [
        json!(["a", "#b"]),
        json!("a, b"),
        json!("[\"a\", \"#b\"]"),
        json!(["a,b"]),
    ] {
        let server = Server::new("");
        let answer = server.call(
            "write_note",
            &json!({
                "title": "t", "content": "x", "directory": "/", "tags": tags, "note_type": "My Type",
                "metadata": "{\"status\": \"open\"}", "overwrite": null, "project": null,
            }),
        );
        assert!(answer.contains("## Tags\n- a, b\n"), "{tags}: {answer}");
        assert_eq!(
            server.vault("main").read("t.md"),
            "---\ntitle: t\ntype: my_type\npermalink: main/t\nstatus: open\ntags:\n- a\n- b\n---\n\nx"
        );
    }
    for (yes, done) in [
        (json!("yes"), true),
        (json!(1), true),
        (json!("false"), false),
    ] {
        let server = Server::new("//- t.md\nold\n");
        server.call(
            "write_note",
            &json!({ "title": "t", "content": "x", "directory": "/", "overwrite": yes }),
        );
        assert_eq!(server.vault("main").read("t.md") != "old\n", done, "{yes}");
    }
}

#[test]
fn a_note_goes_to_the_project_that_is_named() {
    let server = Server::with(
        &[("main", ""), ("Work Notes", "//- Tea.md\nx\n")],
        HostOptions::default(),
    );
    let note = json!({ "title": "Tea", "content": "x", "directory": "", "project": "work-notes" });
    let refused = server.call("write_note", &note);
    assert!(
        refused.contains("operation=\"append\", content=\"…\", project=\"Work Notes\")"),
        "{refused}"
    );
    assert!(refused.ends_with("Project: Work Notes"), "{refused}");
    let mut other = note;
    other["title"] = json!("Milk");
    let written = server.call("write_note", &other);
    assert!(
        written.contains("project: Work Notes\nfile_path: Milk.md\npermalink: work-notes/milk\n"),
        "{written}"
    );
    assert!(server.vault("Work Notes").has("Milk.md"));
}

#[test]
fn a_replacement_keeps_keys_unless_they_are_null() {
    let server = Server::new("//- t.md\n---\ntitle: t\nstatus: open\nkept: yes # mine\n---\nold\n");
    server.call(
        "write_note",
        &json!({
            "title": "t", "content": "new", "directory": "", "overwrite": true,
            "metadata": { "status": null, "added": 1 },
        }),
    );
    assert_eq!(
        server.vault("main").read("t.md"),
        "---\ntype: note\npermalink: main/t\ntitle: t\nkept: yes # mine\nadded: 1\n---\n\nnew"
    );
}

#[test]
fn of_many_writers_at_once_one_creates() {
    let server = Server::new("");
    let actions: Vec<Value> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let server = &server;
                scope.spawn(move || {
                    let note = json!({
                        "title": "Tea", "content": writer, "directory": "d", "output_format": "json",
                    });
                    value(server.reply("write_note", &note))["action"].clone()
                })
            })
            .collect();
        let join = |writer: std::thread::ScopedJoinHandle<'_, Value>| writer.join();
        let joined: Result<Vec<Value>, _> = writers.into_iter().map(join).collect();
        joined.expect("no writer panics")
    });
    let count = |wanted: &str| actions.iter().filter(|action| *action == wanted).count();
    assert_eq!((count("created"), count("conflict")), (1, 7), "{actions:?}");
}

#[test]
fn a_constrained_server_writes_to_its_project_alone() {
    let server = Server::with(
        &[("main", ""), ("work", "")],
        HostOptions {
            project: Some("work".to_owned()),
            ..HostOptions::default()
        },
    );
    let note = json!({ "title": "Tea", "content": "x", "directory": "", "project": "main" });
    let written = server.call("write_note", &note);
    assert!(written.contains("project: work\n"), "{written}");
    assert!(server.vault("main").files().is_empty());
}

#[test]
fn fragment_01_created_and_updated() {
    let server = Server::new("");
    let mut note = json!({ "title": "Simple Note", "content": "x", "directory": "basic" });
    let created = server.call("write_note", &note);
    for fragment in [
        "# Created note",
        "project: main",
        "file_path: basic/Simple Note.md",
        "permalink: main/basic/simple-note",
    ] {
        assert!(created.contains(fragment), "{fragment}: {created}");
    }
    note["overwrite"] = json!(true);
    assert!(server.call("write_note", &note).contains("# Updated note"));
}

#[test]
fn fragment_02_tags_and_session() {
    let server = Server::new("");
    let written = server.call(
        "write_note",
        &json!({ "title": "t", "content": "x", "directory": "", "tags": ["simple", "test"] }),
    );
    assert!(written.contains("## Tags\n- simple, test\n"), "{written}");
    assert!(
        written.ends_with("[Session: Using project 'main']"),
        "{written}"
    );
}

#[test]
fn fragment_03_what_a_note_holds_is_in_the_reply() {
    let server = Server::new("//- Other.md\nx\n");
    let written = server.call(
        "write_note",
        &json!({ "title": "t", "content": WITH_MARKS, "directory": "" }),
    );
    for fragment in ["## Observations", "tech: 1", "## Relations"] {
        assert!(written.contains(fragment), "{fragment}: {written}");
    }
}

#[test]
fn fragment_04_a_note_that_is_there() {
    let server = Server::new("//- t.md\nx\n");
    let refused = server.reply(
        "write_note",
        &json!({ "title": "t", "content": "y", "directory": "" }),
    );
    assert!(!refused.is_error);
    let refused = text(&refused);
    assert!(
        refused.starts_with("# Error: Note already exists"),
        "{refused}"
    );
    assert!(refused.contains("edit_note"), "{refused}");
}

#[test]
fn fragment_05_actions_in_json() {
    let server = Server::new("//- a.md\n---\npermalink: main/t\n---\n");
    let mut note =
        json!({ "title": "t", "content": "y", "directory": "", "output_format": "json" });
    let created = value(server.reply("write_note", &note));
    assert_eq!(created["action"], "created");
    assert_eq!(created["permalink"], "main/t-1");
    assert_eq!(created["checksum"].as_str().map(str::len), Some(64));
    let conflict = value(server.reply("write_note", &note));
    assert_eq!(conflict["action"], "conflict");
    assert_eq!(conflict["error"], "NOTE_ALREADY_EXISTS");
    assert_eq!(conflict["permalink"], "main/t-1");
    note["overwrite"] = json!(true);
    assert_eq!(
        value(server.reply("write_note", &note))["action"],
        "updated"
    );
}

#[test]
fn fragment_06_a_permalink_in_the_content() {
    let server = Server::new("");
    let written = server.call(
        "write_note",
        &json!({
            "title": "t", "directory": "notes",
            "content": "---\npermalink: custom/my-special-permalink\n---\nx",
        }),
    );
    assert!(
        written.contains("permalink: custom/my-special-permalink"),
        "{written}"
    );
}
