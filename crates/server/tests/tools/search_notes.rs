//! `search_notes`.

mod limits;
mod meaning;
mod projects;

use crate::harness::{Server, value};
use cairn_server::Body;
use serde_json::{Value, json};

const TEA: &str = "//- tea/Green Tea.md\n---\ntags: [hot, drink]\nstatus: done\ntype: Guide\nmodified: 2025-06-14T08:00:00Z\n---\n\
    # Green Tea\n\nA drink from the east.\n\n## Brewing\n\n\
    - [fact] Use soft water, never boiling, and pour it slowly over the leaves (always)\n- [opinion] Best in spring\n\
    - needs [[Soft Water]]\n- pairs_with [[Rice]] (at noon)\n\n\
    //- Soft Water.md\n---\ntype: Substance\nmodified: 2025-01-01T08:00:00Z\n---\nWater with few minerals. See [[Green Tea]].\n\n\
    //- zh.md\n---\ntags: drink\nmodified: 2024-02-01T08:00:00Z\n---\n今天讨论了部署方案。\n";

fn numbered(notes: usize) -> String {
    (1..=notes)
        .map(|number| {
            format!(
                "//- Note {number:02}.md\n---\nmodified: 2025-01-{number:02}T08:00:00Z\n---\nzebra {}\n\n",
                "stripes ".repeat(3 * number)
            )
        })
        .collect()
}

fn body(server: &Server, arguments: &Value) -> Value {
    let reply = server.reply("search_notes", arguments);
    assert!(!reply.is_error, "{reply:?}");
    value(reply)
}

fn titles(server: &Server, arguments: Value) -> Vec<String> {
    let Value::Object(mut arguments) = arguments else {
        panic!("arguments are an object");
    };
    arguments.insert("output_format".to_owned(), json!("json"));
    let page = body(server, &Value::Object(arguments));
    let results = page["results"].as_array().expect("a list");
    results
        .iter()
        .map(|result| result["title"].as_str().expect("a title").to_owned())
        .collect()
}

#[test]
fn what_a_search_says() {
    let server = Server::new(TEA);
    insta::assert_snapshot!(server.transcript(&[
        ("search_notes", json!({ "query": "soft water" })),
        (
            "search_notes",
            json!({ "query": "soft water", "output_format": "json" })
        ),
        ("search_notes", json!({ "tags": "drink" })),
        ("search_notes", json!({ "query": "部署" })),
        ("search_notes", json!({ "query": "unicorn" })),
        (
            "search_notes",
            json!({ "query": "unicorn", "output_format": "json" })
        ),
        ("search_notes", json!({ "query": "tea", "page": 9 })),
        ("search_notes", json!({ "status": "nowhere" })),
    ]));
}

#[test]
fn a_score_is_between_nothing_and_one() {
    let server = Server::new(TEA);
    let page = body(
        &server,
        &json!({ "query": "water", "output_format": "json" }),
    );
    let scores = page["results"].as_array().expect("a list").iter();
    let scores: Vec<f64> = scores
        .map(|one| one["score"].as_f64().expect("a number"))
        .collect();
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)) && scores[0] >= scores[1]);
    let reply = server.reply("search_notes", &json!({ "query": "water" }));
    let said = format!("- score: {:.4}\n", scores[0]);
    assert!(crate::harness::text(&reply).contains(&said), "{reply:?}");
}

#[test]
fn lines_of_notes() {
    let server = Server::new(TEA);
    insta::assert_snapshot!(server.transcript(&[
        (
            "search_notes",
            json!({ "query": "soft water", "entity_types": ["observation", "relation"] })
        ),
        (
            "search_notes",
            json!({ "query": "rice", "entity_types": "relation", "output_format": "json" })
        ),
        (
            "search_notes",
            json!({ "categories": "fact", "output_format": "json" })
        ),
        ("search_notes", json!({ "entity_types": "relation" })),
        (
            "search_notes",
            json!({ "query": "needs", "entity_types": "relation", "output_format": "json" })
        ),
    ]));
}

#[test]
fn kinds_of_search() {
    let server = Server::new(TEA);
    insta::assert_snapshot!(server.transcript(&[
        (
            "search_notes",
            json!({ "query": "water", "search_type": "Title" })
        ),
        (
            "search_notes",
            json!({ "query": "tea/*", "search_type": "permalink" })
        ),
        (
            "search_notes",
            json!({ "query": "memory://main/tea/green-tea", "search_type": "text" })
        ),
        (
            "search_notes",
            json!({ "query": "soft-water", "search_type": "PERMALINK", "output_format": "json" })
        ),
        (
            "search_notes",
            json!({ "query": "minerals", "search_type": "hybrid" })
        ),
        (
            "search_notes",
            json!({ "query": "unicorn", "search_type": "hybrid", "output_format": "json" })
        ),
        (
            "search_notes",
            json!({ "query": "unicorn", "search_type": "hybrid", "min_similarity": "0.4" })
        ),
    ]));
}

#[test]
fn searches_that_are_refused() {
    let server = Server::new(TEA);
    insta::assert_snapshot!(server.transcript(&[
        ("search_notes", json!({})),
        ("search_notes", json!({ "query": "  ", "output_format": "json" })),
        ("search_notes", json!({ "query": "tea", "search_type": "vector" })),
        ("search_notes", json!({ "query": "tea", "search_type": "Semantic", "output_format": "json" })),
        ("search_notes", json!({ "query": "tea", "search_type": "fuzzy" })),
        ("search_notes", json!({ "query": "tea", "entity_types": "note" })),
        ("search_notes", json!({ "query": "tea", "after_date": "when pigs fly" })),
        ("search_notes", json!({ "query": "tea", "metadata_filters": { "status": { "$near": 1 } } })),
        ("search_notes", json!({ "query": "tea", "metadata_filters": { "status": null }, "output_format": "json" })),
        ("search_notes", json!({ "query": "tea", "project": "mian" })),
        ("search_notes", json!({ "query": "tea", "page": 0 })),
        ("search_notes", json!({ "query": "tea", "page_size": 201 })),
        ("search_notes", json!({ "query": "tea", "min_similarity": 2 })),
        ("search_notes", json!({ "query": "tea", "q": "tea" })),
        ("search_notes", json!({ "query": "tea", "metadata_filters": "status" })),
        ("search_notes", json!({ "query": "tea", "project_id": "none" })),
    ]));
}

#[test]
fn conditions_narrow() {
    let server = Server::new(TEA);
    let (green, soft) = ("Green Tea", "Soft Water");
    for (arguments, expected) in [
        (json!({ "note_types": "guide" }), vec![green]),
        (
            json!({ "note_types": ["GUIDE", "substance"] }),
            vec![green, soft],
        ),
        (json!({ "tags": ["#hot", "drink"] }), vec![green]),
        (json!({ "query": "tag:hot" }), vec![green]),
        (json!({ "query": "water tag:hot" }), vec![green]),
        (json!({ "query": "tag:hot,drink AND water" }), vec![green]),
        (json!({ "status": "done" }), vec![green]),
        (
            json!({ "status": "x", "metadata_filters": { "status": "done" } }),
            vec![green],
        ),
        (
            json!({ "tags": "x", "metadata_filters": { "tags": "hot" } }),
            vec![green],
        ),
        (
            json!({ "tags": "x", "metadata_filters": { "tags": ["hot"] } }),
            vec![green],
        ),
        (
            json!({ "metadata_filters": { "note_type": "substance" } }),
            vec![soft],
        ),
        (
            json!({ "metadata_filters": { "status": { "$in": ["done", "open"] } } }),
            vec![green],
        ),
        (
            json!({ "query": "water", "after_date": "2025-03-01" }),
            vec![green],
        ),
        (json!({ "after_date": "2025-03-01T00:00:00Z" }), vec![green]),
        (
            json!({ "query": "water", "after_date": "tomorrow" }),
            vec![],
        ),
        (
            json!({ "query": "water", "categories": "fact", "entity_types": "entity" }),
            vec![green],
        ),
        (json!({ "query": "water NOT tea" }), vec![]),
        (json!({ "query": "water NOT tag:hot" }), vec![soft]),
        (json!({ "query": "@#$%^&*()" }), vec![]),
        (json!({ "query": "\"unclosed (phrase AND" }), vec![]),
    ] {
        assert_eq!(titles(&server, arguments.clone()), expected, "{arguments}");
    }
}

#[test]
fn other_spellings_and_forms_are_understood() {
    let server = Server::new(TEA);
    let expected = titles(
        &server,
        json!({ "query": "water", "page": 1, "page_size": 1 }),
    );
    assert_eq!(expected.len(), 1);
    for arguments in [
        json!({ "q": "water", "limit": 1 }),
        json!({ "search": "water", "per_page": "1" }),
        json!({ "text": "water", "page_number": "1", "page_size": 1.0 }),
        json!({ "query": "water", "page_size": 1, "search_type": null, "tags": null }),
    ] {
        assert_eq!(titles(&server, arguments.clone()), expected, "{arguments}");
    }
    for arguments in [
        json!({ "note_type": "Guide" }),
        json!({ "types": "[\"Guide\"]" }),
        json!({ "note_types": "guide, nothing" }),
        json!({ "note_types": ["guide,nothing"] }),
        json!({ "query": "brewing", "entity_type": "[\"entity\"]", "category": "fact" }),
        json!({ "metadata_filters": "{\"status\": \"done\"}" }),
        json!({ "query": "brewing", "since": "2025-03-01", "threshold": 0.5 }),
        json!({ "query": "brewing", "after": "2025-03-01", "similarity_threshold": "0" }),
        json!({ "query": "brewing", "from_date": "2025-03-01", "all_projects": "false" }),
    ] {
        assert_eq!(
            titles(&server, arguments.clone()),
            ["Green Tea"],
            "{arguments}"
        );
    }
}

#[test]
fn fragment_34_pages_and_lists() {
    let server = Server::new(&numbered(9));
    let page = |page: usize| {
        server.call(
            "search_notes",
            &json!({ "query": "zebra", "page": page, "page_size": 5 }),
        )
    };
    let (first, second) = (page(1), page(2));
    assert!(
        first.contains("### Note 0") && first.contains("page 1, page_size 5"),
        "{first}"
    );
    assert!(
        second.contains("page 2") && second.contains("page_size 5"),
        "{second}"
    );
    let none = server.call("search_notes", &json!({ "query": "unicorn" }));
    assert!(none.contains("No results found"), "{none}");
    for name in ["note_types", "entity_types", "categories", "tags"] {
        let value = if name == "entity_types" {
            "[\"entity\"]"
        } else {
            "[\"note\"]"
        };
        let said = server.call("search_notes", &json!({ "query": "zebra", name: value }));
        assert!(!said.contains("Search Failed"), "{name}: {said}");
    }
}

#[test]
fn fragment_35_pages_are_apart_and_types_have_no_case() {
    let server = Server::new(&numbered(9));
    let page = |page: usize| {
        body(
            &server,
            &json!({ "query": "zebra", "page": page, "page_size": 5, "output_format": "json" }),
        )
    };
    let (first, second) = (page(1), page(2));
    assert_eq!(
        (&first["has_more"], &second["has_more"]),
        (&json!(true), &json!(false))
    );
    let ids = |page: &Value| -> Vec<String> {
        let results = page["results"].as_array().expect("a list");
        results
            .iter()
            .map(|result| result["permalink"].to_string())
            .collect()
    };
    assert_eq!((ids(&first).len(), ids(&second).len()), (5, 4));
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
    let server = Server::new(TEA);
    for name in ["guide", "GUIDE", "Guide"] {
        assert_eq!(
            titles(&server, json!({ "note_types": [name] })),
            ["Green Tea"]
        );
    }
}

#[test]
fn pages_of_lines_are_together_everything_once() {
    let server = Server::new(
        "//- a.md\n- [p] one\n- [y] two\n- [p] three\n- links [[b]]\n- links [[c]]\n\
         //- b.md\nno line\n\
         //- c.md\n- [p] four\n- cites [[a]]\n- [y] five\n",
    );
    let kinds = json!(["entity", "observation", "relation"]);
    let rows = |tool: &str, mut arguments: Value, page: usize, size: usize| -> Vec<String> {
        arguments["page"] = json!(page);
        arguments["page_size"] = json!(size);
        arguments["output_format"] = json!("json");
        let Body::Json(answer) = server.reply(tool, &arguments).body else {
            panic!("not JSON");
        };
        let rows = answer.get("results").unwrap_or(&answer).clone();
        let rows = rows.as_array().expect("a list").iter();
        rows.map(|row| format!("{} {} {}", row["type"], row["title"], row["file_path"]))
            .collect()
    };
    for (tool, arguments, count) in [
        ("recent_activity", json!({ "type": kinds }), 11),
        ("recent_activity", json!({ "type": ["observation"] }), 5),
        (
            "search_notes",
            json!({ "entity_types": kinds, "query": "*" }),
            11,
        ),
        ("search_notes", json!({ "categories": ["p"] }), 3),
        (
            "search_notes",
            json!({ "categories": ["y"], "query": "two five" }),
            2,
        ),
    ] {
        let whole = rows(tool, arguments.clone(), 1, 50);
        assert_eq!(whole.len(), count, "{tool} {arguments} {whole:?}");
        for size in 1..=4 {
            let pages: Vec<String> = (1..=count.div_ceil(size))
                .flat_map(|page| rows(tool, arguments.clone(), page, size))
                .collect();
            assert_eq!(pages, whole, "{tool} {arguments} by {size}");
        }
    }
}
