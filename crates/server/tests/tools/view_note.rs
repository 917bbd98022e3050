//! `view_note`.

use crate::harness::Server;
use serde_json::json;

#[test]
fn a_note_is_framed_and_nothing_else() {
    let server =
        Server::new("//- Tea.md\n# Tea\n\n    code\nlast\n//- Open.md\nno newline\n//- Empty.md\n");
    server.vault("main").write("Open.md", "no newline");
    insta::assert_snapshot!(server.transcript(&[
        ("view_note", json!({"identifier": "Tea"})),
        ("view_note", json!({"identifier": "Open"})),
        ("view_note", json!({"identifier": "Empty"})),
        (
            "view_note",
            json!({"identifier": "Tea", "project": "main", "max_tokens": 3})
        ),
    ]));
}

#[test]
fn a_miss_is_passed_on_as_it_is() {
    let server = Server::new("//- Tea.md\n# Tea\n");
    for identifier in ["Teapot", "zebra", "../up"] {
        let arguments = json!({"identifier": identifier});
        assert_eq!(
            server.call("view_note", &arguments),
            server.call("read_note", &arguments)
        );
    }
    insta::assert_snapshot!(server.transcript(&[
        ("view_note", json!({})),
        (
            "view_note",
            json!({"identifier": "Tea", "output_format": "json"})
        ),
        ("view_note", json!({"identifier": "../up"})),
    ]));
}
