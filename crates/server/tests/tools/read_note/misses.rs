//! `read_note`: what is not there, not allowed or not understood.

use super::{object, server, text};
use crate::harness::Server;
use cairn_server::HostOptions;
use serde_json::json;

#[test]
fn what_is_not_there_is_suggested_and_never_read() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_note", json!({"identifier": "Coffee Bean"})),
        (
            "read_note",
            json!({"identifier": "Coffee Bean", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "about tea", "page_size": 1, "page": 2})
        ),
        (
            "read_note",
            json!({"identifier": "memory://main/zebras/stripes-of-zebra"})
        ),
        (
            "read_note",
            json!({"identifier": "zebra", "output_format": "json"})
        ),
        ("read_note", json!({"identifier": "Plan"})),
        (
            "read_note",
            json!({"identifier": "Plan", "output_format": "json"})
        ),
        ("read_note", json!({"identifier": "zebra\n# \"Ha\""})),
    ]));
}

#[test]
fn paths_out_of_the_project_are_refused() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_note", json!({"identifier": "../../etc/passwd"})),
        (
            "read_note",
            json!({"identifier": "/etc/passwd", "output_format": "json"})
        ),
        (
            "read_note",
            json!({"identifier": "memory://main/../../secret"})
        ),
        ("read_note", json!({"identifier": "C:\\secret"})),
        ("read_note", json!({"identifier": "~/.ssh/id_rsa"})),
        ("read_note", json!({"identifier": "a\u{0}b"})),
    ]));
}

#[test]
fn bad_arguments_are_refused() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_note", json!({})),
        ("read_note", json!({"identifier": ""})),
        ("read_note", json!({"identifier": ["Tea"]})),
        ("read_note", json!({"identifier": "Tea", "max_tokens": 0})),
        (
            "read_note",
            json!({"identifier": "Tea", "output_format": "yaml"})
        ),
        (
            "read_note",
            json!({"identifier": "Tea", "sektion": "Brewing"})
        ),
        ("read_note", json!({"identifier": "Tea", "project": "mian"})),
        (
            "read_note",
            json!({"identifier": "zebra", "page": 1, "page_number": 2})
        ),
    ]));
}

#[test]
fn what_is_no_text_is_left_to_read_content() {
    let server = server();
    server
        .vault("main")
        .write_bytes("pic.png", &[0x89, 0x50, 0xff]);
    insta::assert_snapshot!(
        server.call("read_note", &json!({"identifier": "pic.png"})),
        @r#"
    (isError)
    pic.png is no text
    Hint: try read_content(path="pic.png")
    "#
    );
}

#[test]
fn page_and_its_aliases_are_understood() {
    let server = server();
    for (page, page_size) in [
        ("page", "page_size"),
        ("page_number", "limit"),
        ("page", "per_page"),
    ] {
        let mut arguments = json!({"identifier": "about tea", "output_format": "json"});
        arguments[page] = json!("1");
        arguments[page_size] = json!(1);
        let answer = object(&server, &arguments);
        assert_eq!(
            answer["related_results"].as_array().map(Vec::len),
            Some(1),
            "{page} {page_size}"
        );
    }
}

#[test]
fn a_huge_identifier_is_not_found() {
    let server = server();
    let page = text(&server, &json!({"identifier": "tea ".repeat(100_000)}));
    assert!(page.starts_with("# Note Not Found in main: \"tea tea"));
    assert!(page.len() < 4_000, "{}", page.len());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let outside = cairn_testkit::Vault::new("//- secret.md\nsecret\n");
    let server = server();
    std::os::unix::fs::symlink(
        outside.path("secret.md"),
        server.vault("main").path("Way.md"),
    )
    .expect("a link can be made");
    std::os::unix::fs::symlink(outside.root(), server.vault("main").path("out"))
        .expect("a link can be made");
    for identifier in ["Way", "Way.md", "out/secret", "out/secret.md"] {
        let page = text(&server, &json!({"identifier": identifier}));
        assert!(page.starts_with("# Note Not Found"), "{identifier}: {page}");
    }
    // A note that became a link after it was indexed.
    server.vault("main").remove("drinks/Tea.md");
    std::os::unix::fs::symlink(
        outside.path("secret.md"),
        server.vault("main").path("drinks/Tea.md"),
    )
    .expect("a link can be made");
    let reply = server.call("read_note", &json!({"identifier": "Tea"}));
    assert!(
        reply.starts_with("(isError)") && !reply.contains("secret"),
        "{reply}"
    );
}

#[test]
fn a_constrained_server_stays_in_its_project() {
    let server = Server::with(
        &[
            ("main", "//- Tea.md\nmain tea\n"),
            ("other", "//- Tea.md\nother tea\n"),
        ],
        HostOptions {
            project: Some("main".to_owned()),
            ..HostOptions::default()
        },
    );
    insta::assert_snapshot!(server.transcript(&[
        (
            "read_note",
            json!({"identifier": "Tea", "project": "other"})
        ),
        ("read_note", json!({"identifier": "memory://other/tea"})),
        ("read_note", json!({"identifier": "other/tea"})),
        ("read_note", json!({"identifier": "other::tea"})),
        ("read_content", json!({"path": "other/tea"})),
        ("view_note", json!({"identifier": "other/tea"})),
    ]));
}
