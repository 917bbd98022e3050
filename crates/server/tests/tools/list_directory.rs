//! `list_directory`.

use crate::harness::{Server, value};
use serde_json::{Value, json};

fn server() -> Server {
    Server::new(
        "//- Root Note.md\nroot\n//- meetings/Meeting 1.md\n---\ntitle: Zulu\n---\none\n//- meetings/Meeting 2.md\n---\ntitle: Alpha\n---\ntwo\n//- meetings/notes.txt\nplain\n//- meetings/2025/Meeting 3.md\nthree\n//- docs/a very long name of a file that needs more room.md\nlong\n",
    )
}

fn page(server: &Server, arguments: &Value) -> Value {
    let reply = server.reply("list_directory", arguments);
    assert!(!reply.is_error, "{arguments}: {reply:?}");
    value(reply)
}

fn names(page: &Value) -> Vec<&str> {
    let nodes = page["nodes"].as_array().expect("there are nodes");
    nodes
        .iter()
        .map(|node| node["name"].as_str().expect("it has a name"))
        .collect()
}

#[test]
fn folders_are_listed_in_text() {
    insta::assert_snapshot!(server().transcript(&[
        ("list_directory", json!({})),
        ("list_directory", json!({"dir_name": "/meetings"})),
        ("list_directory", json!({"depth": 3, "page_size": 200})),
        ("list_directory", json!({"dir_name": "docs/"})),
        (
            "list_directory",
            json!({"dir_name": "meetings", "sort": "TITLE_ASC", "file_name_glob": "*.md"})
        ),
        ("list_directory", json!({"dir_name": "/nowhere"})),
    ]));
}

#[test]
fn folders_are_listed_in_json() {
    let text = server().transcript(&[(
        "list_directory",
        json!({"dir_name": "meetings", "output_format": "json", "page_size": "2"}),
    )]);
    // Rows of the index have numbers of their own.
    let steady: Vec<String> = text
        .lines()
        .map(|line| match line.split_once("\"entity_id\": ") {
            Some((before, value)) if value != "null," => {
                format!("{before}\"entity_id\": [number],")
            }
            _ => line.to_owned(),
        })
        .collect();
    insta::assert_snapshot!(steady.join("\n"));
}

#[test]
fn pages_follow_one_another() {
    insta::assert_snapshot!(server().transcript(&[
        (
            "list_directory",
            json!({"dir_name": "meetings", "page_size": 3, "project": "main"})
        ),
        (
            "list_directory",
            json!({"dir_name": "meetings", "page_size": 3, "page": 2, "project": "main"})
        ),
        (
            "list_directory",
            json!({"dir_name": "meetings", "page_size": 3, "page": 3})
        ),
        (
            "list_directory",
            json!({"dir_name": "/meetings", "glob": "Meeting*", "limit": 1, "sort": "title_desc"})
        ),
    ]));
}

#[test]
fn what_makes_no_sense_is_an_error() {
    insta::assert_snapshot!(server().transcript(&[
        ("list_directory", json!({"page_size": 201})),
        ("list_directory", json!({"depth": 11})),
        ("list_directory", json!({"depth": 0})),
        ("list_directory", json!({"page": 0})),
        ("list_directory", json!({"sort": "size"})),
        ("list_directory", json!({"dir_name": "../up"})),
        ("list_directory", json!({"dir_name": "/", "folder": "/"})),
        ("list_directory", json!({"page_number": 2})),
    ]));
}

#[test]
fn spellings_and_aliases_are_understood() {
    let server = server();
    let expected = names(&page(
        &server,
        &json!({"dir_name": "meetings", "output_format": "json"}),
    ))
    .into_iter()
    .map(str::to_owned)
    .collect::<Vec<_>>();
    assert_eq!(
        expected,
        ["2025", "Meeting 1.md", "Meeting 2.md", "notes.txt"]
    );
    for (alias, folder) in [
        ("directory", "/meetings"),
        ("folder", "meetings/"),
        ("path", "./meetings/"),
        ("dir", "/meetings/"),
    ] {
        let mut arguments = json!({"output_format": "json", "depth": "1"});
        arguments[alias] = json!(folder);
        assert_eq!(names(&page(&server, &arguments)), expected, "{alias}");
    }
    for alias in ["glob", "pattern", "filter"] {
        let mut arguments = json!({"dir_name": "meetings", "output_format": "json"});
        arguments[alias] = json!("*.txt");
        assert_eq!(names(&page(&server, &arguments)), ["notes.txt"], "{alias}");
    }
    for alias in ["limit", "per_page"] {
        let mut arguments = json!({"output_format": "json"});
        arguments[alias] = json!(1);
        assert_eq!(names(&page(&server, &arguments)), ["docs"], "{alias}");
    }
}

#[test]
fn a_page_that_costs_too_much_is_a_smaller_page() {
    let server = server();
    insta::assert_snapshot!(server.transcript(&[
        (
            "list_directory",
            json!({"dir_name": "meetings", "depth": 2, "max_tokens": 60})
        ),
        (
            "list_directory",
            json!({"dir_name": "meetings", "depth": 2, "max_tokens": 60, "page": 2, "page_size": 3})
        ),
        (
            "list_directory",
            json!({"dir_name": "docs", "max_tokens": 1})
        ),
    ]));
}

#[test]
fn page_after_page_gives_every_row_once() {
    let server = server();
    for max_tokens in [1, 70, 150, 100_000] {
        let mut seen = Vec::new();
        let mut arguments =
            json!({"depth": 3, "output_format": "json", "max_tokens": max_tokens, "page_size": 5});
        loop {
            let page = page(&server, &arguments);
            seen.extend(names(&page).into_iter().map(str::to_owned));
            if page["has_more"] != json!(true) {
                break;
            }
            arguments["page"] = json!(page["page"].as_u64().expect("it has a number") + 1);
            arguments["page_size"] = page["page_size"].clone();
        }
        assert_eq!(seen.len(), 9, "{max_tokens}: {seen:?}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 9, "{max_tokens}: {seen:?}");
    }
}

#[test]
fn fragment_31_the_root() {
    let text = server().call("list_directory", &json!({}));
    for fragment in [
        "Contents of '/' (depth 1):",
        "📁 meetings",
        "📄 Root Note.md",
        "Total:",
    ] {
        assert!(text.contains(fragment), "{fragment}: {text}");
    }
    let two = Server::new("//- a.md\na\n//- b.md\nb\n").call("list_directory", &json!({}));
    assert!(two.contains("Total: 2 items (2 files)"), "{two}");
}

#[test]
fn fragment_32_globs_and_nothing() {
    let server = server();
    for (arguments, fragment) in [
        (
            json!({"dir_name": "/meetings", "file_name_glob": "Meeting*"}),
            "Files in '/meetings' matching 'Meeting*' (depth 1):",
        ),
        (
            json!({"dir_name": "/empty"}),
            "No files found in directory '/empty'",
        ),
        (
            json!({"dir_name": "/docs", "file_name_glob": "*.py"}),
            "No files found in directory '/docs' matching '*.py'",
        ),
    ] {
        let text = server.call("list_directory", &arguments);
        assert!(text.contains(fragment), "{fragment}: {text}");
    }
}

#[test]
fn fragment_33_pages() {
    let server = Server::new("//- a.md\na\n//- b.md\nb\n//- c.md\nc\n//- d.md\nd\n//- e.md\ne\n");
    let text = server.call("list_directory", &json!({"page_size": 2}));
    assert!(
        text.contains("Page 1 (page size 2, 5 total items)") && text.contains("page=2"),
        "{text}"
    );
    let page = page(&server, &json!({"page_size": 2, "output_format": "json"}));
    assert_eq!(names(&page), ["a.md", "b.md"]);
    assert_eq!(
        (
            &page["page"],
            &page["page_size"],
            &page["total"],
            &page["has_more"]
        ),
        (&json!(1), &json!(2), &json!(5), &json!(true))
    );
}
