//! `search` and `fetch`.

use crate::harness::Server;
use cairn_server::{Body, HostOptions};
use serde_json::{Value, json};

const TEA: &str = "//- tea/Green Tea.md\n# Green Tea\n\nSoft water.\n\n//- tea/Black Tea.md\n---\ntitle: Black Tea\n---\n\
    Boiling water.\n\n//- a/Same.md\nx\n\n//- b/Same.md\nx\n";

/// What a client of these tools makes of an answer.
fn unpacked(server: &Server, tool: &str, arguments: &Value) -> Value {
    let reply = server.reply(tool, arguments);
    assert!(!reply.is_error, "{reply:?}");
    let Body::Json(value) = reply.body else {
        panic!("not JSON");
    };
    assert_eq!(value[0]["type"], "text");
    assert_eq!(value.as_array().map(Vec::len), Some(1));
    serde_json::from_str(value[0]["text"].as_str().expect("a text")).expect("JSON in JSON")
}

#[test]
fn what_they_say() {
    let server = Server::new(TEA);
    insta::assert_snapshot!(server.transcript(&[
        ("search", json!({ "query": "water" })),
        ("search", json!({ "query": "unicorn" })),
        ("search", json!({})),
        ("search", json!({ "query": 42 })),
        ("fetch", json!({ "id": "main/tea/green-tea" })),
        ("fetch", json!({ "id": "memory://main/tea/black-tea" })),
        ("fetch", json!({ "id": "main/tea/gren-tea" })),
        ("fetch", json!({ "id": "Same" })),
        ("fetch", json!({ "id": "" })),
        ("fetch", json!({ "document": "x" })),
    ]));
}

#[test]
fn without_a_default_project_a_search_says_so() {
    let options = HostOptions {
        project: Some("elsewhere".to_owned()),
        ..HostOptions::default()
    };
    let server = Server::with(&[("main", TEA)], options);
    let said = unpacked(&server, "search", &json!({ "query": "water" }));
    assert_eq!(said["error"], "Search failed");
    assert_eq!(said["results"], json!([]));
    assert!(
        said["error_details"]
            .as_str()
            .expect("a text")
            .contains("elsewhere")
    );
    let said = unpacked(&server, "fetch", &json!({ "id": "main/tea/green-tea" }));
    assert_eq!(said["title"], "Fetch Error");
    assert_eq!(said["metadata"]["error"], "Fetch failed");
}

#[test]
fn a_constrained_server_fetches_its_own_notes_only() {
    let options = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let server = Server::with(
        &[("main", TEA), ("other", "//- Secret.md\nhidden\n")],
        options,
    );
    for id in [
        "memory://other/secret",
        "other/secret",
        "other::secret",
        "other/Secret.md",
    ] {
        let said = unpacked(&server, "fetch", &json!({ "id": id })).to_string();
        assert!(
            !said.contains("hidden") && said.contains("\"error\""),
            "{said}"
        );
    }
}

#[test]
fn fragment_44_search_and_fetch_answer_json_in_json() {
    let server = Server::new(TEA);
    let found = unpacked(&server, "search", &json!({ "query": "water" }));
    assert_eq!(
        (&found["total_count"], &found["query"]),
        (&json!(2), &json!("water"))
    );
    for result in found["results"].as_array().expect("a list") {
        assert!(
            result["title"].is_string() && result["url"].is_string(),
            "{result}"
        );
        let read = unpacked(&server, "fetch", &json!({ "id": result["id"] }));
        assert_eq!(read["id"], result["id"]);
        assert_eq!(read["url"], result["url"]);
        assert_eq!(read["title"], result["title"]);
        assert_eq!(read["metadata"]["format"], "markdown");
        assert!(read["text"].as_str().expect("a text").contains("water"));
    }
}

#[test]
fn what_search_names_fetch_reads_and_its_links_lead_back() {
    let main = "//- clash/a.md\n---\npermalink: clash/b\n---\nkiwi claims to be b\n\
        //- clash/b.md\nkiwi is b\n\
        //- c.md\n---\npermalink: other/c\n---\nkiwi claims to be elsewhere\n";
    let server = Server::with(
        &[("main", main), ("other", "//- c.md\nis elsewhere\n")],
        HostOptions::default(),
    );
    let found = unpacked(&server, "search", &json!({ "query": "kiwi" }));
    let results = found["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    let mut texts: Vec<String> = results
        .iter()
        .map(|result| {
            let said = unpacked(&server, "fetch", &json!({ "id": result["id"] }));
            said["text"].as_str().expect("a text").to_owned()
        })
        .collect();
    texts.sort_unstable();
    texts.dedup();
    assert!(
        texts.len() == 3 && texts.iter().all(|text| text.contains("kiwi")),
        "{texts:?}"
    );

    for (tool, arguments) in [
        ("search", json!({ "query": "kiwi" })),
        ("search_notes", json!({ "query": "kiwi" })),
        (
            "search_notes",
            json!({ "query": "kiwi", "search_all_projects": true }),
        ),
    ] {
        let links: Vec<String> = server
            .reply(tool, &arguments)
            .links
            .iter()
            .map(|link| link.uri.clone())
            .collect();
        assert_eq!(links.len(), 3, "{links:?}");
        assert!(
            links.contains(&"memory://main/clash/b".to_owned()),
            "{links:?}"
        );
        assert!(
            !links.contains(&"memory://main/clash/a".to_owned()),
            "{links:?}"
        );
        let mut once = links.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 3, "{links:?}");
    }
}
