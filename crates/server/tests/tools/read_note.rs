//! `read_note`.

mod misses;

use crate::harness::{self, Server, value};
use cairn_server::HostOptions;
use serde_json::{Value, json};

const TEA: &str = "---\ntitle: Tea\ntype: drink\ntags: [green, hot]\npermalink: main/drinks/tea\n---\n\n# Tea\nintro\n\n## Brewing\n- [temperature] 80 degrees #hot\n- uses [[Water]]\n\n### Water\nsoft\n\n## Serving\ncold\n";

fn server() -> Server {
    Server::new(&format!(
        "//- drinks/Tea.md\n{TEA}//- drinks/Coffee Beans.md\n# Coffee\nabout beans and tea\n//- a/Plan.md\n---\ntitle: Plan\n---\none\n//- b/Plan.md\n---\ntitle: Plan\n---\ntwo\n//- notes/x1.md\n---\ntitle: Garden Party\n---\nroses\n//- list.txt\nplain\n//- Empty.md\n"
    ))
}

fn text(server: &Server, arguments: &Value) -> String {
    let reply = server.reply("read_note", arguments);
    assert!(!reply.is_error, "{arguments}: {reply:?}");
    harness::text(&reply).to_owned()
}

fn object(server: &Server, arguments: &Value) -> Value {
    let reply = server.reply("read_note", arguments);
    assert!(!reply.is_error, "{arguments}: {reply:?}");
    value(reply)
}

#[test]
fn a_note_is_read_in_text_and_json() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_note", json!({"identifier": "Tea"})),
        (
            "read_note",
            json!({"identifier": "Tea", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "output_format": "JSON", "include_frontmatter": "true"})
        ),
        (
            "read_note",
            json!({"identifier": "Coffee Beans", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "list.txt", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "Empty", "output_format": "json"})
        ),
    ]));
}

#[test]
fn text_is_the_files_byte_for_byte() {
    let server = server();
    assert_eq!(text(&server, &json!({"identifier": "Tea"})), TEA);
    assert_eq!(text(&server, &json!({"identifier": "Empty"})), "");
    assert_eq!(
        text(&server, &json!({"identifier": "Empty", "max_tokens": 1})),
        ""
    );
    assert_eq!(
        text(&server, &json!({"identifier": "Tea", "max_tokens": 1000})),
        TEA
    );
    let windows = "\u{feff}# Tea\r\n\r\nhot";
    server.vault("main").write("drinks/Tea.md", windows);
    assert_eq!(text(&server, &json!({"identifier": "Tea"})), windows);
}

#[test]
fn many_names_name_one_note() {
    let server = server();
    for identifier in [
        "Tea",
        "main/drinks/tea",
        "drinks/tea",
        "drinks/Tea.md",
        "/drinks/Tea",
        "./drinks/Tea.md",
        "memory://main/drinks/tea",
        "memory://drinks/tea",
        "main::drinks/tea",
        "[[Tea]]",
        "tea",
    ] {
        assert_eq!(
            text(&server, &json!({"identifier": identifier})),
            TEA,
            "{identifier}"
        );
    }
    // A title but for case, when only one note has it.
    assert!(text(&server, &json!({"identifier": "GARDEN party"})).ends_with("roses\n"));
    server
        .vault("main")
        .write("notes/x2.md", "---\ntitle: garden PARTY\n---\ntulips\n");
    text(&server, &json!({"identifier": "notes/x2.md"}));
    let page = text(&server, &json!({"identifier": "GARDEN party"}));
    assert!(page.contains("could be any of 2 notes"), "{page}");
}

#[test]
fn a_part_is_read() {
    insta::assert_snapshot!(server().transcript(&[
        (
            "read_note",
            json!({"identifier": "Tea", "section": "Brewing"})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "section": "### water"})
        ),
        ("read_note", json!({"identifier": "Tea", "lines": "11-12"})),
        ("read_note", json!({"identifier": "Tea", "lines": 8})),
        ("read_note", json!({"identifier": "Tea", "lines": "18-"})),
        (
            "read_note",
            json!({"identifier": "Tea", "section": "Brewing", "lines": "2-3"})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "section": "Serving", "output_format": "json"})
        ),
        ("read_note", json!({"identifier": "Tea", "outline": true})),
        (
            "read_note",
            json!({"identifier": "Tea", "outline": "yes", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "list.txt", "outline": true})
        ),
    ]));
}

#[test]
fn a_part_that_is_not_there_is_an_error() {
    insta::assert_snapshot!(server().transcript(&[
        (
            "read_note",
            json!({"identifier": "Tea", "section": "Brewin"})
        ),
        ("read_note", json!({"identifier": "Tea", "lines": "99-100"})),
        ("read_note", json!({"identifier": "Tea", "lines": "20-10"})),
        ("read_note", json!({"identifier": "Tea", "lines": -5})),
        ("read_note", json!({"identifier": "Tea", "lines": "some"})),
        (
            "read_note",
            json!({"identifier": "Tea", "outline": true, "section": "Brewing"})
        ),
    ]));
}

#[test]
fn a_cut_says_how_to_go_on() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_note", json!({"identifier": "Tea", "max_tokens": 30})),
        (
            "read_note",
            json!({"identifier": "Tea", "max_tokens": "30", "project": "main"})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "section": "Brewing", "lines": "2-5", "max_tokens": 10})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "lines": "12-13", "max_tokens": 3})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "lines": "13", "max_tokens": 1})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "output_format": "json", "max_tokens": 5})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "output_format": "json", "lines": "13", "max_tokens": 1})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "outline": true, "max_tokens": 10})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "outline": true, "max_tokens": 1})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "outline": true, "max_tokens": 10, "output_format": "json"})
        ),
    ]));
}

#[test]
fn cut_after_cut_reads_the_whole_note() {
    let server = server();
    for section in [None, Some("Brewing")] {
        for max_tokens in [1_usize, 5, 12, 40] {
            let mut whole = String::new();
            let mut lines = None;
            loop {
                let answer = object(
                    &server,
                    &json!({
                        "identifier": "Tea", "section": section, "lines": lines, "max_tokens": max_tokens,
                        "output_format": "json", "include_frontmatter": true,
                    }),
                );
                if answer["cut_inside_line"].is_null() {
                    whole.push_str(answer["content"].as_str().expect("there is content"));
                } else {
                    let line = &answer["cut_inside_line"];
                    let line = text(
                        &server,
                        &json!({"identifier": "Tea", "section": section, "lines": line}),
                    );
                    whole.push_str(&line);
                }
                lines = answer["next_lines"].as_str().map(str::to_owned);
                if lines.is_none() {
                    break;
                }
            }
            assert_eq!(
                whole,
                text(&server, &json!({"identifier": "Tea", "section": section})),
                "{section:?} {max_tokens}"
            );
        }
    }
}

#[test]
fn a_body_that_is_cut_goes_on_at_its_line_in_the_file() {
    let server = server();
    let first = object(
        &server,
        &json!({"identifier": "Tea", "output_format": "json", "max_tokens": 5}),
    );
    let next = first["next_lines"].as_str().expect("it is cut");
    let rest = text(&server, &json!({"identifier": "Tea", "lines": next}));
    let body = format!(
        "{}{rest}",
        first["content"].as_str().expect("there is content")
    );
    assert!(
        TEA.ends_with(&body) && body.starts_with("\n# Tea"),
        "{body}"
    );
}

#[test]
fn a_file_that_is_not_indexed_yet_is_found_by_its_path() {
    let server = server();
    server.vault("main").write("new/Late Note.md", "late\n");
    assert_eq!(
        text(
            &server,
            &json!({"identifier": "memory://main/new/Late Note"})
        ),
        "late\n"
    );
    // And from then on by every name.
    assert_eq!(text(&server, &json!({"identifier": "Late Note"})), "late\n");
    for (path, identifier) in [
        ("new/.hidden.md", "new/.hidden"),
        ("ignored.md", "ignored.md"),
    ] {
        server.vault("main").write(".gitignore", "ignored.md\n");
        server.vault("main").write(path, "secret\n");
        let page = text(&server, &json!({"identifier": identifier}));
        assert!(page.starts_with("# Note Not Found"), "{identifier}: {page}");
    }
}

#[test]
fn a_project_is_named_by_the_identifier_too() {
    let server = Server::with(
        &[
            ("main", "//- Tea.md\nmain tea\n"),
            ("Second Proj", "//- n/Tea.md\nsecond tea\n"),
        ],
        HostOptions::default(),
    );
    for identifier in [
        "memory://second-proj/n/tea",
        "second-proj/n/Tea",
        "Second Proj/n/Tea.md",
        "second-proj::n/tea",
    ] {
        assert_eq!(
            text(&server, &json!({"identifier": identifier})),
            "second tea\n",
            "{identifier}"
        );
    }
    assert_eq!(
        text(
            &server,
            &json!({"identifier": "Tea", "project": "second proj"})
        ),
        "second tea\n"
    );
    assert_eq!(text(&server, &json!({"identifier": "Tea"})), "main tea\n");
}

#[test]
fn fragment_19_whole_text_and_not_found_after_the_file_is_gone() {
    let server = server();
    let whole = text(&server, &json!({"identifier": "drinks/tea"}));
    assert!(whole.contains("permalink: main/drinks/tea"), "{whole}");
    server.vault("main").remove("drinks/Tea.md");
    for identifier in ["drinks/tea", "Tea"] {
        let page = text(&server, &json!({"identifier": identifier}));
        assert!(
            page.contains("Note Not Found") && page.contains(identifier),
            "{page}"
        );
        // It would lead to the same miss.
        assert!(!page.contains("identifier=\"main/drinks/tea\""), "{page}");
    }
}

#[test]
fn fragment_20_json_has_the_five_keys() {
    let server = server();
    let found = object(
        &server,
        &json!({"identifier": "Tea", "output_format": "json"}),
    );
    let missing = object(
        &server,
        &json!({"identifier": "zebra", "output_format": "json"}),
    );
    for key in ["title", "permalink", "file_path", "content", "frontmatter"] {
        assert!(!found[key].is_null(), "{key}");
        assert!(
            missing
                .as_object()
                .is_some_and(|object| object.contains_key(key)),
            "{key}"
        );
        assert!(missing[key].is_null(), "{key}");
    }
    assert_eq!(missing.as_object().map(serde_json::Map::len), Some(5));
}
