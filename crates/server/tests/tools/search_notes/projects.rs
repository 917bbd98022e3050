//! Searches of several projects, and of one alone.

use super::{TEA, body};
use crate::harness::Server;
use cairn_server::{HostOptions, Indexing};
use serde_json::json;

#[test]
fn several_projects() {
    let vaults = [
        ("main", TEA),
        (
            "Second Place",
            "//- Kettle.md\nBoil water in it.\n\n//- deep/Cup.md\nFor tea.\n",
        ),
    ];
    let server = Server::with(&vaults, HostOptions::default());
    insta::assert_snapshot!(server.transcript(&[
        (
            "search_notes",
            json!({ "query": "water", "search_all_projects": true })
        ),
        (
            "search_notes",
            json!({ "query": "kettle", "search_all_projects": "yes", "output_format": "json" })
        ),
        (
            "search_notes",
            json!({ "query": "unicorn", "search_all_projects": true })
        ),
        (
            "search_notes",
            json!({ "query": "water", "search_all_projects": true, "project": "second-place" })
        ),
        (
            "search_notes",
            json!({ "query": "memory://second-place/deep/*" })
        ),
        (
            "search_notes",
            json!({ "query": "second-place/kettle", "search_type": "permalink" })
        ),
        (
            "search_notes",
            json!({ "query": "memory://deep/cup", "search_all_projects": true })
        ),
    ]));
}

#[test]
fn a_project_that_cannot_be_indexed_is_named() {
    let vaults = [
        ("main", TEA),
        ("other", "//- Kettle.md\nBoil water in it.\n"),
    ];
    let options = HostOptions {
        unwatched: true,
        ..HostOptions::default()
    };
    let server = Server::with(&vaults, options);
    std::fs::remove_dir_all(server.vault("other").root()).expect("it can be removed");
    server.host.start();
    let is_running = |name| matches!(server.host.indexing(name), Some(Indexing::Running { .. }));
    while is_running("main") || is_running("other") {
        std::thread::yield_now();
    }
    let said = server.call(
        "search_notes",
        &json!({ "query": "water", "search_all_projects": true }),
    );
    assert!(
        said.contains("### Soft Water") && said.contains("### Kettle"),
        "{said}"
    );
    assert!(
        said.contains("Incomplete: project 'other': cannot open the folder [other]"),
        "{said}"
    );
    let page = body(
        &server,
        &json!({ "query": "water", "search_all_projects": true, "output_format": "json" }),
    );
    assert_eq!(page["incomplete"][0]["project"], "other");
    assert_eq!(page["total_is_exact"], false);
}

#[test]
fn a_constrained_server_searches_its_own_project() {
    let vaults = [
        ("main", TEA),
        ("other", "//- Kettle.md\nBoil water in it.\n"),
    ];
    let options = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let server = Server::with(&vaults, options);
    insta::assert_snapshot!(server.transcript(&[
        (
            "search_notes",
            json!({ "query": "kettle", "search_all_projects": true })
        ),
        (
            "search_notes",
            json!({ "query": "kettle", "project": "other" })
        ),
        ("search_notes", json!({ "query": "memory://other/kettle" })),
    ]));
}
