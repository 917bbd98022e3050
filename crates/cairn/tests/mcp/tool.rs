//! `cairn tool`: the tools from the command line.

use super::bench::{Bench, NOTES};
use serde_json::json;

#[test]
fn every_tool_is_listed() {
    let bench = Bench::new("");
    let listed = bench.run(&["tool"]);
    assert!(
        listed.contains("\nread_note\t") && listed.contains("\nbuild_context\t"),
        "{listed}"
    );
    assert_eq!(listed.lines().count(), 26);
    assert_eq!(bench.run(&["tool", "--list"]), listed);
    let tools = bench.json(&["tool", "--list", "--json"]);
    assert_eq!(tools["tools"].as_array().unwrap().len(), 26);
    let slip = bench.run(&["tool", "red_note"]);
    assert!(
        slip.contains("'read_note'") && slip.ends_with("[exit 2]\n"),
        "{slip}"
    );
}

#[test]
fn a_call_is_typed_in_several_ways() {
    let bench = Bench::new(NOTES);
    let text = bench.run(&["tool", "read_note", "--identifier", "Green Tea"]);
    assert!(text.contains("Steep for two minutes.\n"), "{text}");
    for call in [
        &["tool", "read-note", "--identifier", "Green Tea"][..],
        &[
            "tool",
            "read_note",
            "--arguments",
            r#"{"identifier": "Green Tea"}"#,
        ],
        &[
            "tool",
            "read_note",
            "--project",
            "main",
            "--identifier=Green Tea",
        ],
        &[
            "tool",
            "read_note",
            "--arguments",
            r#"{"identifier": "x"}"#,
            "--identifier",
            "Green Tea",
        ],
    ] {
        assert_eq!(bench.run(call), text, "{call:?}");
    }
    let call = ["tool", "read_note", "--arguments", "-"];
    assert_eq!(
        bench.run_with(&call, r#"{"identifier": "Green Tea"}"#),
        text
    );

    let json = bench.json(&["tool", "read_note", "--identifier", "Green Tea", "--json"]);
    assert_eq!(json["title"], "Green Tea");
    let same = bench.json(&[
        "tool",
        "read_note",
        "--identifier",
        "Green Tea",
        "--output-format",
        "json",
    ]);
    assert_eq!(same, json);
}

#[test]
fn options_have_the_kinds_of_the_parameters() {
    let bench = Bench::new(NOTES);
    let wrote = bench.run(&[
        "tool",
        "write_note",
        "--title",
        "Mint",
        "--content",
        "- [fact] fresh",
        "--directory",
        "herbs",
        "--tags",
        "green",
        "--tags",
        "herb",
        "--metadata",
        r#"{"rating": 3}"#,
    ]);
    assert!(wrote.starts_with("# Created note"), "{wrote}");
    let text = bench.vault.read("herbs/Mint.md");
    for part in ["green", "herb", "rating: 3", "- [fact] fresh"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let refused = bench.run(&[
        "tool",
        "write_note",
        "--title",
        "Mint",
        "--content",
        "new",
        "--folder",
        "herbs",
        "--overwrite=false",
    ]);
    assert!(
        refused.starts_with("# Error: Note already exists"),
        "{refused}"
    );
    let replaced = bench.run(&[
        "tool",
        "write_note",
        "--title",
        "Mint",
        "--content",
        "new",
        "--folder",
        "herbs",
        "--overwrite",
    ]);
    assert!(replaced.starts_with("# Updated note"), "{replaced}");
    let found = bench.json(&[
        "tool",
        "search_notes",
        "--query",
        "new",
        "--page_size",
        "1",
        "--json",
    ]);
    assert_eq!(found["results"][0]["title"], "Mint");
}

#[test]
fn a_tool_that_fails_is_exit_code_1() {
    let bench = Bench::new(NOTES);
    let missing = bench.run(&["tool", "write_note", "--title", "T"]);
    assert!(
        missing.starts_with("! error: write_note: missing required argument 'content'")
            && missing.ends_with("[exit 1]\n"),
        "{missing}"
    );
    let json = bench.run(&["tool", "read_content", "--path", "no.md", "--json"]);
    assert!(
        json.starts_with("! {\"error\":{\"kind\":\"tool\",") && json.ends_with("[exit 1]\n"),
        "{json}"
    );
    for (arguments, complaint) in [("[]", "must be a JSON object"), ("{", "are no JSON")] {
        let said = bench.run(&["tool", "sync", "--arguments", arguments]);
        assert!(
            said.contains(complaint) && said.ends_with("[exit 2]\n"),
            "{said}"
        );
    }
    let unknown = bench.run(&[
        "tool",
        "read_note",
        "--identifier",
        "Tea",
        "--project",
        "mian",
    ]);
    assert!(
        unknown.contains("mian") && unknown.ends_with("[exit 1]\n"),
        "{unknown}"
    );
}

#[test]
fn an_answer_is_as_new_as_the_disk() {
    let bench = Bench::new(NOTES);
    bench.run(&["sync"]);
    bench.vault.write("new/Quagga.md", "striped like a zebra\n");
    let found = bench.json(&["tool", "search_notes", "--query", "quagga", "--json"]);
    assert_eq!(found["results"][0]["title"], "Quagga");
}

#[test]
fn a_project_can_be_made_where_there_is_none() {
    let bench = Bench::new(NOTES);
    std::fs::remove_file(bench.home.path().join("config.toml")).unwrap();
    let folder = bench.vault.root().to_str().unwrap();
    let none = bench.run(&["tool", "read_note", "--identifier", "Tea"]);
    assert!(
        none.contains("create_memory_project(") && none.ends_with("[exit 1]\n"),
        "{none}"
    );
    bench.run(&[
        "tool",
        "create_memory_project",
        "--project-name",
        "main",
        "--project-path",
        folder,
    ]);
    assert!(
        bench.config().contains("[projects.main]\npath = \"VAULT\""),
        "{}",
        bench.config()
    );
    let folder = tempfile::tempdir().unwrap();
    let inside = bench.json(&[
        "tool",
        "list_memory_projects",
        "--json",
        "-C",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!(inside["projects"].as_array().unwrap().len(), 1);
    assert_ne!(inside["projects"][0]["name"], json!("main"));
}
