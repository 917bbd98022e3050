//! Search by meaning from the command line, with the model that is in the binary.

use super::bench::{Bench, NOTES};
use cairn_note::words;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Questions about the garden, each with the note that answers it and shares no word with it.
const QUESTIONS: [(&str, &str); 10] = [
    ("snail infestation", "troubles/Slugs.md"),
    ("recycling organic household waste", "soil/Compost.md"),
    ("collecting precipitation", "tools/Water Butt.md"),
    ("dandelion removal implement", "tools/Hoe.md"),
    ("pesto", "plants/Basil.md"),
    ("spuds", "plants/Potatoes.md"),
    ("danger of freezing", "seasons/Last Frost.md"),
    ("vegetables timetable", "seasons/Sowing Calendar.md"),
    (
        "alternating cultivars to avoid exhausting the dirt",
        "soil/Crop Rotation.md",
    ),
    (
        "friends from abroad and their cuisine",
        "people/Neighbours.md",
    ),
];

fn garden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/garden")
}

/// The words of a text that say something.
fn content_words(text: &str) -> Vec<String> {
    let mut terms = String::new();
    words::terms(text, &mut terms);
    let terms = terms.split_whitespace().map(str::to_owned);
    terms.filter(|term| !words::is_stop_word(term)).collect()
}

/// Whether two words may be forms of one: they begin alike.
fn are_akin(one: &str, other: &str) -> bool {
    let alike = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let shorter = one.chars().count().min(other.chars().count());
    alike.count() >= shorter.min(4)
}

fn paths(answer: &Value) -> Vec<&str> {
    let hits = answer["results"].as_array().unwrap().iter();
    hits.map(|hit| hit["file_path"].as_str().unwrap()).collect()
}

#[test]
fn a_fresh_garden_is_found_by_meaning() {
    let (bench, garden) = (Bench::new(""), garden());
    let folder = garden.to_str().unwrap();
    for (question, note) in QUESTIONS {
        let path = format!(
            "{note}\n{}",
            std::fs::read_to_string(garden.join(note)).unwrap()
        );
        let shared: Vec<_> = content_words(&path)
            .into_iter()
            .filter(|word| {
                content_words(question)
                    .iter()
                    .any(|asked| are_akin(asked, word))
            })
            .collect();
        assert_eq!(shared, [""; 0], "{question} and {note}");
        let answer = bench.json(&["-C", folder, "search", question, "--json"]);
        let found = paths(&answer);
        assert!(
            found.iter().take(3).any(|found| *found == note),
            "{question}: {found:?}"
        );
        assert_eq!(answer["pending_passages"], 0);
        let by_words = bench.json(&["-C", folder, "search", question, "--text", "--json"]);
        assert!(!paths(&by_words).contains(&note), "{question}");
    }
}

#[test]
fn an_index_in_memory_is_found_by_meaning_too() {
    let (bench, garden) = (Bench::new(""), garden());
    let folder = garden.to_str().unwrap();
    let before = bench.home_files();
    let said = bench.run(&["-C", folder, "--ephemeral", "search", "spuds", "-n", "1"]);
    assert!(said.starts_with("1. Potatoes  SCORE  meaning\n"), "{said}");
    assert_eq!(bench.home_files(), before);
}

#[test]
fn ways_to_search() {
    let bench = Bench::new(NOTES);
    let way = |arguments: &[&str]| {
        let answer = bench.json(&[&["search", "--json"], arguments].concat());
        let found = paths(&answer).into_iter().map(str::to_owned);
        (found.collect::<Vec<_>>(), answer["search_type"].clone())
    };
    let (tea, coffee) = ("drinks/tea.md".to_owned(), "drinks/Coffee.md".to_owned());
    assert_eq!(way(&["strong"]).0[0], coffee);
    assert_eq!(way(&["espresso", "--text"]), (vec![], json!("text")));
    assert_eq!(way(&["espresso", "--vector"]).0[0], coffee);
    assert_eq!(way(&["espresso", "--vector"]).1, "vector");
    assert_eq!(way(&["espresso", "--hybrid"]).1, "hybrid");
    assert_eq!(
        way(&["green", "--title"]),
        (vec![tea.clone()], json!("title"))
    );
    assert_eq!(
        way(&["drinks/*", "--permalink"]).0,
        [coffee, tea],
        "by permalink"
    );
    assert_eq!(
        way(&["espresso", "--vector", "--min-similarity", "0.99"]).0,
        [""; 0]
    );
    // Quotes ask for words.
    assert_eq!(way(&["\"espresso\"", "--hybrid"]), (vec![], json!("text")));
    for wrong in [
        &["search", "tea", "--text", "--vector"][..],
        &["search", "tea", "--min-similarity", "2"],
    ] {
        let said = bench.run(wrong);
        assert!(said.ends_with("[exit 2]\n"), "{said}");
    }
}

#[test]
fn without_a_model_words_are_enough() {
    let bench = Bench::new(NOTES);
    bench.run(&["config", "set", "semantic_search_enabled", "false"]);
    assert_eq!(
        bench.run(&["search", "strong"]),
        "1. Coffee  SCORE\n   drinks/Coffee.md  2024-05-01 10:00\n   Coffee\n   Strong and black.\n"
    );
    assert_eq!(
        bench.run(&["search", "espresso", "--vector"]),
        "! error: a search by meaning is not possible: there is no model\n\
         ! hint: search by words instead\n[exit 1]\n"
    );
    assert_eq!(
        bench.run(&["embed"]),
        "! error: semantic search is switched off, so there is no model to embed with\n\
         ! hint: switch it on with `cairn config set semantic_search_enabled true`\n[exit 2]\n"
    );
    let status = bench.run(&["status"]);
    let line = "model: none, semantic search is switched off\n";
    assert!(status.contains(line), "{status}");
}

#[test]
fn a_server_that_cannot_be_reached_costs_no_answer() {
    let bench = Bench::new(NOTES);
    // A port that was free a moment ago and where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for (key, value) in [
        ("semantic_embedding_provider", "ollama"),
        ("semantic_embedding_model", "bge-m3"),
        ("semantic_embedding_api_base", &base),
        ("semantic_embedding_dimensions", "1024"),
    ] {
        bench.run(&["config", "set", key, value]);
    }
    let said = bench.run(&["search", "strong"]);
    assert!(said.starts_with("1. Coffee  SCORE\n"), "{said}");
    let warning =
        format!("! warning: answered by words alone, since meaning could not count: {base}/");
    assert!(said.contains(&warning), "{said}");
    let said = bench.run(&["search", "strong", "--vector"]);
    assert!(
        said.starts_with("! error: a search by meaning is not possible: ")
            && said.ends_with("[exit 1]\n"),
        "{said}"
    );
}

#[test]
fn what_is_pending_is_said_and_embedded() {
    let mut many = String::new();
    for number in 0..250 {
        let _ = writeln!(many, "//- {number}.md\nThe barrel number {number}.");
    }
    let bench = Bench::new(&many);
    let said = bench.run(&["search", "cask", "-n", "1"]);
    assert!(
        said.contains(
            "! warning: 50 of 250 passages not embedded yet; hits by meaning may be missing\n\
             ! hint: `cairn embed` embeds them, and so does a server that runs\n"
        ),
        "{said}"
    );
    assert_eq!(
        bench.run(&["embed"]),
        "embedded: 50 passages\npending: 0 of 250 passages\nmodel: MODEL\n"
    );
    let said = bench.run(&["search", "cask", "-n", "1"]);
    assert!(!said.contains("not embedded"), "{said}");
    // Only what changed is embedded again.
    bench.vault.write("7.md", "A bicycle.\n");
    let embedded = bench.json(&["embed", "--json"]);
    assert_eq!(
        (
            &embedded["embedded_passages"],
            &embedded["pending_passages"],
            &embedded["passages"]
        ),
        (&json!(1), &json!(0), &json!(250))
    );
}

#[test]
fn an_explained_search_says_what_counted() {
    let bench = Bench::new(NOTES);
    let said = bench.run(&["search", "steep", "--explain", "-n", "1"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "searched: hybrid");
    let stages = [
        "stages: embed ",
        "words 1 in ",
        "meaning ",
        "rank ",
        "page ",
    ];
    assert!(
        stages.iter().all(|stage| lines[1].contains(stage)),
        "{said}"
    );
    assert_eq!(lines[2..4], ["model: MODEL", "pending: 0 of 2 passages"]);
    assert!(
        lines[5].starts_with("1. Green Tea  SCORE  words and meaning"),
        "{said}"
    );
    let score = "   score: ";
    assert!(
        lines.iter().any(|line| line.starts_with(score)
            && line.contains(" = words ")
            && line.contains("passage ")
            && line.contains("meaning ")
            && line.contains("(no. 1)")),
        "{said}"
    );
    let answer = bench.json(&["search", "steep", "--explain", "--json"]);
    let names = answer["explain"]["stages"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|stage| &stage["name"]).collect();
    assert_eq!(names, ["embed", "words", "meaning", "rank", "page"]);
    assert!(
        answer["results"][0]["parts"]["passage"].is_number(),
        "{answer}"
    );
}

#[test]
fn a_search_and_a_note_are_inspected() {
    let bench = Bench::new(NOTES);
    let query = bench.json(&["inspect", "query", "steep", "--json"]);
    assert_eq!(query["retrieval_mode"], "hybrid");
    assert_eq!(query["engine"]["pending_rows"], 0);
    let best = &query["candidates"][0];
    assert_eq!(
        (&best["file_path"], &best["disposition"]),
        (&json!("drinks/tea.md"), &json!("returned"))
    );
    for rank in ["words_rank", "passage_rank", "vector_rank", "fused_rank"] {
        assert_eq!(best["scores"][rank], 1, "{rank} of {best}");
    }
    let misses = bench.run(&["inspect", "query", "zeppelin", "--show-misses"]);
    assert!(
        misses.contains("drinks/tea.md\t") && misses.contains("\tnot similar\n"),
        "{misses}"
    );
    let title = bench.json(&["inspect", "query", "green", "--title", "--json"]);
    assert_eq!(title["candidates"][0]["title"], "Green Tea");
    assert_eq!(title["retrieval_mode"], "title");

    let chunks = bench.json(&["inspect", "chunks", "Green Tea", "--json"]);
    assert_eq!(chunks["freshness"], "fresh");
    assert_eq!(
        chunks["readiness"],
        json!({"total": 1, "ready": 1, "pending": 0})
    );
    let chunk = &chunks["chunks"][0];
    assert_eq!(chunk["status"], "ready");
    let told = chunk["embedded_text"].as_str().unwrap();
    assert!(told.starts_with("Green Tea\n"), "{told}");
    bench.vault.write("new.md", "Cold brew.\n");
    let said = bench.run(&["inspect", "chunks", "new"]);
    assert_eq!(
        said,
        "note: new.md\nmodel: MODEL\npending: 1 of 1 passage\n\n1.  pending\n   Cold brew.\n"
    );
}

#[test]
fn a_tool_called_from_here_searches_by_meaning_at_once() {
    let bench = Bench::new(NOTES);
    let answer = bench.json(&["tool", "search_notes", "--query", "espresso", "--json"]);
    assert_eq!(answer["results"][0]["title"], "Coffee", "{answer}");
    assert!(answer.get("pending_passages").is_none(), "{answer}");
}
