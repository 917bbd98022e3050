//! Answers that would be too long, and arguments that are.

use super::{TEA, body, numbered, titles};
use crate::harness::Server;
use serde_json::{Value, json};

#[test]
fn an_answer_is_cut_to_the_tokens_there_are() {
    let server = Server::new(&numbered(9));
    let page = |extra: Value| {
        let mut arguments = json!({ "query": "zebra" });
        for (key, value) in extra.as_object().expect("an object") {
            arguments[key] = value.clone();
        }
        ("search_notes", arguments)
    };
    insta::assert_snapshot!(server.transcript(&[
        page(json!({ "page_size": 1, "page": 9, "max_tokens": 138 })),
        page(json!({ "max_tokens": 250 })),
        page(json!({ "page_size": 4, "page": 2, "max_tokens": 200 })),
        page(json!({ "max_tokens": 1, "output_format": "json" })),
    ]));
}

#[test]
fn what_was_cut_off_is_on_the_pages_named() {
    let server = Server::new(&numbered(9));
    let mut arguments = json!({ "query": "zebra", "max_tokens": 600, "output_format": "json" });
    let mut seen = Vec::new();
    loop {
        let page = body(&server, &arguments);
        for result in page["results"].as_array().expect("a list") {
            seen.push(result["title"].as_str().expect("a title").to_owned());
        }
        if page["has_more"] == false {
            break;
        }
        let (next, size) = match page.get("next") {
            Some(next) => (next["page"].clone(), next["page_size"].clone()),
            None => (
                json!(page["current_page"].as_u64().expect("a page") + 1),
                page["page_size"].clone(),
            ),
        };
        assert!(seen.len() < 20, "it goes on");
        arguments["page"] = next;
        arguments["page_size"] = size;
    }
    let whole = titles(&server, json!({ "query": "zebra" }));
    assert_eq!(seen, whole);
    assert_eq!(whole.len(), 9);
}

#[test]
fn hostile_arguments_get_a_typed_answer() {
    let server = Server::new(TEA);
    let long = "tea ".repeat(50_000);
    let many: Vec<String> = (0..40_000).map(|number| format!("t{number}")).collect();
    for (arguments, beginning) in [
        (json!({ "query": long }), "# Search Results: tea tea"),
        (
            json!({ "query": "*".repeat(100_000), "search_type": "permalink" }),
            "No results found",
        ),
        (
            json!({ "query": format!("tag:{}", many.join(" tag:")) }),
            "No results found",
        ),
        (json!({ "tags": many }), "# Search Failed\n"),
        (json!({ "categories": many }), "# Search Failed\n"),
        (
            json!({ "metadata_filters": { "a": { "$in": many } } }),
            "# Search Failed\n",
        ),
        (
            json!({ "metadata_filters": { long.clone(): 1 } }),
            "# Search Failed\n",
        ),
        (
            json!({ "query": "tea", "search_type": long }),
            "# Search Failed\n",
        ),
        (
            json!({ "query": "tea", "after_date": long }),
            "# Search Failed\n",
        ),
        (
            json!({ "query": "tea", "project": "../../etc" }),
            "# Search Failed - Project Not Found",
        ),
        (
            json!({ "query": "memory://../../etc/passwd" }),
            "No results found",
        ),
        (
            json!({ "query": "a\u{0}b\n# c" }),
            "No results found for 'a\u{0}b # c'",
        ),
        (
            json!({ "query": "tea", "page": 1_000_000, "page_size": 200 }),
            "No results found",
        ),
    ] {
        let said = server.call("search_notes", &arguments);
        let start: String = said.chars().take(120).collect();
        assert!(said.starts_with(beginning), "{beginning}: {start}");
        assert!(said.len() < 3_000, "{beginning}: {}", said.len());
    }
}
