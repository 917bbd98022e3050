//! `build_context`: exact names in, a neighbourhood out.

use crate::harness::{Server, value};
use cairn_server::HostOptions;
use serde_json::{Value, json};
use std::collections::HashSet;

const GRAPH: &str = "\
//- tea/Uji_Tea.md
---
modified: 2099-01-03
---
# Uji Tea

- [fact] Shaded for weeks #tea
- [price] High
- grown_in [[Uji]]
- served_with [[Sweets]]
//- places/Uji.md
---
modified: 2099-01-02
---
# Uji

- [fact] South of Kyoto
- near [[Kyoto]]
//- places/Kyoto.md
---
modified: 2099-01-01
---
# Kyoto
";

fn json_of(server: &Server, arguments: &Value) -> Value {
    value(server.reply("build_context", arguments))
}

fn titles(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().expect("results are a list");
    results
        .iter()
        .map(|result| result["primary_result"]["title"].as_str().expect("a title"))
        .collect()
}

#[test]
fn a_note_and_what_is_around_it() {
    let server = Server::new(GRAPH);
    insta::assert_snapshot!(server.transcript(&[
        ("build_context", json!({ "url": "memory://tea/uji-tea" })),
        (
            "build_context",
            json!({ "url": "memory://tea/uji-tea", "output_format": "text" })
        ),
        (
            "build_context",
            json!({ "url": "places/*", "output_format": "text", "depth": 2 })
        ),
        (
            "build_context",
            json!({ "url": "places/*", "output_format": "text", "page_size": 1 })
        ),
        (
            "build_context",
            json!({ "url": "Kyoto", "output_format": "text", "depth": 0 })
        ),
        (
            "build_context",
            json!({ "url": "tea/uji-te", "output_format": "text" })
        ),
        ("build_context", json!({ "url": "tea/uji-te" })),
    ]));
}

#[test]
fn what_is_refused() {
    let server = Server::new(GRAPH);
    insta::assert_snapshot!(server.transcript(&[
        ("build_context", json!({})),
        ("build_context", json!({ "url": "a", "depth": "x" })),
        ("build_context", json!({ "url": "a", "depth": 11 })),
        ("build_context", json!({ "url": "a", "page": 0 })),
        ("build_context", json!({ "url": "a", "page_size": 101 })),
        ("build_context", json!({ "url": "a", "max_related": -1 })),
        (
            "build_context",
            json!({ "url": "a", "timeframe": "gobbledygook" })
        ),
        (
            "build_context",
            json!({ "url": "a", "timeframe": "3 years ago" })
        ),
        ("build_context", json!({ "url": "a", "project": "nowhere" })),
        (
            "build_context",
            json!({ "url": "a", "output_format": "xml" })
        ),
        ("build_context", json!({ "url": "a", "uri": "b" })),
    ]));
}

#[test]
fn fragment_37_context_in_compact_json() {
    let server = Server::new(GRAPH);
    let compact = |url: &str| json_of(&server, &json!({ "url": url })).to_string();
    let one = compact("tea/uji-tea");
    assert!(
        one.contains("\"results\":[{") && one.contains("\"metadata\":{"),
        "{one}"
    );
    assert!(one.contains("\"primary_count\":1"), "{one}");
    let none = compact("memory://nothing/here");
    assert!(none.contains("\"results\":[]"), "{none}");
    assert!(none.contains("\"primary_count\":0"), "{none}");
    assert!(compact("places/*").contains("\"primary_count\":2"));
}

#[test]
fn fragment_37_urls_that_are_none() {
    let server = Server::new(GRAPH);
    for (url, fragment) in [
        ("memory://a//b", "double slashes"),
        ("https://example.org/a", "protocol scheme"),
        ("memory://a<b", "invalid characters"),
        ("memory://a?b", "invalid characters"),
        ("", "cannot be empty"),
        ("memory://", "cannot be empty"),
        ("   ", "cannot be empty"),
        (&"x".repeat(2_100), "has 2100 characters, more than 2028"),
    ] {
        let said = server.call("build_context", &json!({ "url": url }));
        assert!(
            said.starts_with("(isError)") && said.contains(fragment),
            "{url}: {said}"
        );
    }
}

#[test]
fn fragment_38_underscore_and_hyphen_are_the_same() {
    let server = Server::new(GRAPH);
    for url in [
        "memory://tea/uji-tea",
        "memory://tea/uji_tea",
        "memory://tea/Uji_Tea",
        "memory://tea/Uji-Tea",
        "memory://main/tea/uji_tea",
        "tea/uji_te*",
        "tea/uji-te*",
    ] {
        assert_eq!(
            titles(&json_of(&server, &json!({ "url": url }))),
            ["Uji_Tea"],
            "{url}"
        );
    }
}

#[test]
fn nothing_is_guessed() {
    let server = Server::new(GRAPH);
    for url in ["shaded", "tea/uji", "kyot"] {
        assert_eq!(
            titles(&json_of(&server, &json!({ "url": url }))),
            [] as [&str; 0],
            "{url}"
        );
    }
}

#[test]
fn numbers_come_as_text_and_other_names_are_understood() {
    let server = Server::new(GRAPH);
    let expected = json_of(
        &server,
        &json!({ "url": "places/*", "depth": 2, "timeframe": "30d", "page": 1, "page_size": 1, "max_related": 3 }),
    );
    let other = json_of(
        &server,
        &json!({
            "memory_url": " memory://places/* ", "depth": "2", "lookback": "1 month ago", "page_number": "1",
            "per_page": 1.0, "max_results": "3", "output_format": "JSON", "project": "MAIN"
        }),
    );
    assert_eq!(expected["results"], other["results"]);
    for (name, value) in [("uri", "places/*"), ("url", "places/*")] {
        assert_eq!(
            titles(&json_of(&server, &json!({ name: value, "limit": 1 }))),
            ["Kyoto"]
        );
    }
    for alias in ["since", "time_range"] {
        let said = server.call("build_context", &json!({ "url": "a", alias: "gobble" }));
        assert!(said.contains("Could not parse timeframe: gobble"), "{said}");
    }
}

#[test]
fn an_id_names_one_thing_of_its_type() {
    let server = Server::new(GRAPH);
    let answer = json_of(&server, &json!({ "url": "*", "depth": 3 }));
    let mut seen = HashSet::new();
    let results = answer["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    for result in results {
        let note = &result["primary_result"]["entity_id"];
        for observation in result["observations"].as_array().expect("a list") {
            assert_eq!(&observation["entity_id"], note);
            assert!(seen.insert(("observation", observation["observation_id"].clone())));
        }
    }
    let rows = || {
        let lists = results.iter().map(|result| &result["related_results"]);
        lists.flat_map(|list| list.as_array().expect("a list"))
    };
    let mut relations: Vec<(&Value, &Value)> = rows()
        .filter(|row| row["type"] == "relation")
        .map(|row| (&row["relation_id"], &row["title"]))
        .collect();
    relations.sort_by_key(|(_, title)| title.to_string());
    relations.dedup();
    let ids: HashSet<_> = relations.iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(ids.len(), relations.len(), "{relations:?}");
    assert!(relations.len() >= 3);
}

#[test]
fn an_answer_is_cut_and_says_how_to_go_on() {
    let long = format!(
        "//- a.md\n# A\n- [fact] First\n{}//- b.md\n# B\n[[A]]\n",
        "word word word\n".repeat(200)
    );
    let server = Server::new(&long);
    let in_words = |most: usize| {
        server.call(
            "build_context",
            &json!({ "url": "*", "output_format": "text", "max_tokens": most }),
        )
    };
    let text = in_words(150);
    assert!(text.len() < 1_000, "{text}");
    for part in [
        "word word word\n…\n",
        "### Observations\n- [fact] First\n",
        "### Related\n- [[b]] (main/b)\n",
        "[Cut at max_tokens: 0 of 2 results shown in full.",
        "read_note(identifier=\"main/a\")",
        "*2 primary, ",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(in_words(1).starts_with("# Context: *\n"));
    assert!(!in_words(100_000).contains("[Cut"));
    let cut = json_of(&server, &json!({ "url": "*", "max_tokens": 700 }));
    assert_eq!(cut["truncated"], true);
    assert!(cut.to_string().len() < 4 * 700 + 400, "{cut}");
    assert_eq!(titles(&cut), ["a"]);
    let first = &cut["results"][0];
    assert_eq!(first["observations"][0]["content"], "First");
    assert_eq!(
        first["related_results"].as_array().expect("a list").len(),
        2
    );
    let content = first["primary_result"]["content"].as_str().expect("text");
    assert!(
        content.starts_with("# A\n") && content.len() < 1_500,
        "{content}"
    );
    assert!(
        cut["next"]
            .as_str()
            .expect("a hint")
            .contains("read_note(identifier=\"main/a\")")
    );
    let whole = json_of(&server, &json!({ "url": "*", "max_tokens": 100_000 }));
    assert_eq!(whole.get("truncated"), None);
    assert_eq!(titles(&whole), ["a", "b"]);
    // However little is allowed, one result says what there is.
    let least = json_of(&server, &json!({ "url": "*", "max_tokens": 1 }));
    assert_eq!(titles(&least), ["a"]);
}

#[test]
fn another_project_is_reached_by_its_name_unless_the_server_is_constrained() {
    let vaults = [
        ("main", "//- a.md\n# A\n- about [[other::b]]\n"),
        ("other", "//- b.md\n# B\nSecret.\n"),
    ];
    let open = Server::with(&vaults, HostOptions::default());
    for url in ["memory://other/b", "other/b", "other::b"] {
        assert_eq!(
            titles(&json_of(&open, &json!({ "url": url }))),
            ["b"],
            "{url}"
        );
    }
    let related = json_of(&open, &json!({ "url": "a" })).to_string();
    assert!(related.contains("\"title\":\"b\""), "{related}");
    let constrained = HostOptions {
        project: Some("main".to_owned()),
        ..HostOptions::default()
    };
    let closed = Server::with(&vaults, constrained);
    let said = closed.call("build_context", &json!({ "url": "memory://other/b" }));
    assert!(
        said.contains("Project is constrained to 'main', cannot use 'other'."),
        "{said}"
    );
    for url in ["other/b", "other::b", "a"] {
        let said = closed.call("build_context", &json!({ "url": url, "project": "other" }));
        assert!(
            !said.contains("Secret") && !said.contains("\"title\": \"b\""),
            "{url}: {said}"
        );
    }
}

#[test]
fn a_page_past_the_end_is_called_that() {
    let server = Server::new("//- a.md\n# A\n");
    let past = json!({"url": "a", "page": 2, "output_format": "text"});
    assert_eq!(
        server.call("build_context", &past),
        "No results found for 'a' in project 'main' on page 2. Return to page=1."
    );
}
