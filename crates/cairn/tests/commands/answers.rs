//! How notes are found and shown.

use super::bench::{Bench, NOTES};

#[test]
fn search() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["search", "steep", "--folder", "drinks", "--text"]),
        "\
1. Green Tea  SCORE
   drinks/tea.md  2024-05-01 10:00
   Green Tea > Brewing
   Steep for two minutes. [fact] Comes from China #origin (history) pairs_with Biscuits
"
    );
    let hit = bench.json(&["search", "steep", "--text", "--json"]);
    assert_eq!(hit["total"], 1);
    let hit = &hit["results"][0];
    assert_eq!(
        hit["heading_path"],
        serde_json::json!(["Green Tea", "Brewing"])
    );
    assert_eq!(hit["highlights"], serde_json::json!([[0, 5]]));
    assert!(
        hit["score"]
            .as_f64()
            .is_some_and(|score| 0.0 < score && score <= 1.0),
        "{hit}"
    );
    assert!(hit["score_parts"]["body"].is_number(), "{hit}");
    assert_eq!(bench.run(&["search", "zebra", "--text"]), "! no results\n");
    assert_eq!(bench.run(&["search", "zebra", "--text", "-q"]), "");
    assert_eq!(
        bench.run(&["search", "zebra", "--text", "--json"]),
        r#"{
  "query": "zebra",
  "page": 1,
  "page_size": 10,
  "total": 0,
  "total_is_exact": true,
  "has_more": false,
  "search_type": "text",
  "pending_passages": 2,
  "results": []
}
"#
    );
}

#[test]
fn read() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["read", "drinks/Coffee.md"]),
        "# Coffee\n\nStrong and black.\n"
    );
    assert_eq!(
        bench.run(&["read", "Green Tea", "--lines", "1-2"]),
        "---\ntitle: Green Tea\n"
    );
    assert_eq!(
        bench.run(&["read", "memory://drinks/coffee", "--json"]),
        r##"{
  "title": "Coffee",
  "permalink": "main/drinks/coffee",
  "file_path": "drinks/Coffee.md",
  "type": "note",
  "external_id": "ID",
  "checksum": "CHECKSUM",
  "size": 28,
  "created": "TIME",
  "modified": "TIME",
  "metadata": {},
  "content": "# Coffee\n\nStrong and black.\n"
}
"##
    );
    let missing = bench.run(&["read", "Cofee"]);
    assert!(
        missing.starts_with("! error: no note is called 'Cofee'\n! hint: did you mean Coffee"),
        "{missing}"
    );
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
    assert_eq!(
        bench.run(&["read", "Coffee", "--lines", "5-4"]),
        "! error: --lines must be like 10-20, 10- or 10, not '5-4'\n[exit 2]\n"
    );
}

#[test]
fn ls() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["ls", "--depth", "2"]),
        "\
drinks/\tfolder\t\t
drinks/Coffee.md\tnote\t2024-05-01 10:00\tCoffee
table.csv\tfile\t2024-05-01 10:00\ttable.csv
drinks/tea.md\tnote\t2024-05-01 10:00\tGreen Tea
"
    );
    assert_eq!(
        bench.run(&["ls", "/", "--glob", "*.csv", "--json"]),
        r#"{
  "folder": "/",
  "page": 1,
  "page_size": 200,
  "total": 1,
  "has_more": false,
  "rows": [
    {
      "kind": "file",
      "title": "table.csv",
      "permalink": null,
      "file_path": "table.csv",
      "type": "file",
      "external_id": "ID",
      "checksum": "CHECKSUM",
      "size": 6,
      "created": "TIME",
      "modified": "TIME",
      "metadata": {}
    }
  ]
}
"#
    );
}

#[test]
fn context() {
    let bench = Bench::new(NOTES);
    bench.run(&["write", "Biscuits", "sweet"]);
    assert_eq!(
        bench.run(&["context", "memory://drinks/tea"]),
        "\
Green Tea
  drinks/tea.md  2024-05-01 10:00
  [fact] Comes from China #origin
  pairs_with -> Biscuits (Biscuits.md)
  related at 1: Biscuits (Biscuits.md)
"
    );
    let context = bench.json(&["context", "drinks/tea", "--json"]);
    let item = &context["items"][0];
    assert_eq!(item["note"]["permalink"], "main/drinks/tea");
    assert_eq!(
        item["observations"],
        serde_json::json!([{"category": "fact", "content": "Comes from China #origin", "tags": ["origin"], "context": "history"}])
    );
    assert_eq!(
        item["relations"],
        serde_json::json!([{
            "relation_type": "pairs_with", "target": "Biscuits", "context": null, "resolved": true,
            "to_title": "Biscuits", "to_file_path": "Biscuits.md"
        }])
    );
    assert_eq!(
        (&item["related"][0]["title"], &item["related"][0]["depth"]),
        (&"Biscuits".into(), &1.into())
    );
    assert_eq!(bench.run(&["context", "memory://zebra"]), "! no results\n");
}

#[test]
fn recent() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["recent", "1d"]),
        "! nothing changed in that time\n"
    );
    bench.run(&["write", "News", "today"]);
    assert_eq!(
        bench.run(&["recent"]),
        "News.md\tnote\tDATE\tNews\tcreate by cli\n"
    );
    let recent = bench.json(&["recent", "2d", "--json"]);
    let titles: Vec<_> = recent["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| &note["title"])
        .collect();
    assert_eq!(titles, ["News"], "{recent}");
    let gibberish = bench.run(&["recent", "gibberish"]);
    assert!(
        gibberish.starts_with("! error: 'gibberish'") && gibberish.ends_with("[exit 2]\n"),
        "{gibberish}"
    );
}
