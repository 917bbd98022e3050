//! `cairn bench retrieval`: a small set from files to figures.

use super::bench::{Bench, NOTES};
use cairn_testkit::Vault;
use serde_json::Value;

/// Two questions are answered by the first hit, the third by none.
const SET: &str = r#"
//- corpus.jsonl
{"id": "tea", "title": "Green tea", "text": "Steep the leaves for two minutes."}
{"id": "coffee", "title": "Coffee", "text": "Grind the beans, pour hot water over them."}
{"id": "3", "title": "", "text": "Caroline: we walked along the harbour."}
{"id": "4", "title": "Coffee", "text": "A plantation in the highlands."}
//- queries.jsonl
{"id": "a", "text": "steep leaves"}
{"id": "b", "text": "where did Caroline walk, along the harbour?"}
{"id": "c", "text": "zeppelin"}
{"id": "d", "text": "nobody answers this"}
//- qrels.tsv
query	document	relevance
a	tea	1
b	3	2
c	coffee	1
"#;

/// The answer without what differs in every run.
fn figures(mut answer: Value) -> Value {
    let without_times = |object: &mut Value| {
        let object = object.as_object_mut().expect("it is an object");
        object.retain(|key, _| !key.ends_with("_ms") && !key.ends_with("_s"));
    };
    for way in answer["ways"].as_array_mut().expect("there are ways") {
        without_times(way);
    }
    without_times(&mut answer);
    answer
}

fn ways(answer: &Value) -> Vec<&str> {
    let ways = answer["ways"].as_array().expect("there are ways").iter();
    ways.map(|way| way["by"].as_str().unwrap()).collect()
}

#[test]
fn a_set_is_measured_and_nothing_is_left_behind() {
    let (bench, set) = (Bench::new(NOTES), Vault::new(SET));
    let folder = set.root().to_str().unwrap();
    let (before, home) = (set.snapshot(), bench.home_files());
    let answer = bench.json(&["bench", "retrieval", folder, "--json"]);
    assert_eq!(ways(&answer), ["text", "vector", "hybrid"]);
    let text = &answer["ways"][0];
    for measure in ["recall_5", "recall_10", "mrr", "ndcg_10", "success_5"] {
        assert_eq!(text[measure], 0.6667, "{measure} of {answer}");
    }
    assert_eq!(
        (
            &answer["notes"],
            &answer["questions"],
            &answer["unanswered"]
        ),
        (&4.into(), &3.into(), &1.into())
    );
    assert_eq!(set.snapshot(), before);
    assert_eq!(bench.home_files(), home);
}

#[test]
fn each_part_of_the_ranking_is_left_out_once() {
    let (bench, set) = (Bench::new(NOTES), Vault::new(SET));
    let folder = set.root().to_str().unwrap();
    let answer = bench.json(&["bench", "retrieval", folder, "--ablations", "--json"]);
    let left_out = answer["ways"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| &way["without"]);
    let parts = ["words", "passages", "meaning", "ties"];
    assert_eq!(
        left_out.filter_map(Value::as_str).collect::<Vec<_>>(),
        parts
    );
    assert_eq!(ways(&answer)[2..], ["hybrid"; 5]);
}

#[test]
fn without_a_model_words_alone_are_asked_for() {
    let (bench, set) = (Bench::new(NOTES), Vault::new(SET));
    bench.run(&["config", "set", "semantic_search_enabled", "false"]);
    let answer = bench.json(&["bench", "retrieval", set.root().to_str().unwrap(), "--json"]);
    assert_eq!(ways(&answer), ["text"]);
    assert!(
        answer["model"].is_null() && answer["embedding_s"].is_null(),
        "{answer}"
    );
}

#[test]
fn the_table_has_a_line_for_each_way() {
    let (bench, set) = (Bench::new(NOTES), Vault::new(SET));
    let folder = set.root().to_str().unwrap();
    let said = bench.run(&["bench", "retrieval", folder, "--limit", "1"]);
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].ends_with(": 4 notes of 4 passages, 1 question (1 more without an answer)"),
        "{said}"
    );
    let heading = "Recall@5  Recall@10     MRR  nDCG@10  success@5  p50 ms  p95 ms";
    let heading = lines
        .iter()
        .position(|line| line.trim() == heading)
        .expect("there is a heading");
    let cells: Vec<&str> = lines[heading + 1].split_whitespace().collect();
    assert_eq!(
        cells[..6],
        ["text", "1.0000", "1.0000", "1.0000", "1.0000", "1.0000"],
        "{said}"
    );
}

#[test]
fn a_kept_folder_is_used_again_and_another_one_is_refused() {
    let (bench, set) = (Bench::new(NOTES), Vault::new(SET));
    let (folder, kept) = (set.root().to_str().unwrap(), bench.home.path().join("kept"));
    let keep = kept.to_str().unwrap();
    let measure = || figures(bench.json(&["bench", "retrieval", folder, "--keep", keep, "--json"]));
    let first = measure();
    std::fs::write(
        kept.join("notes/of another set.md"),
        "Steep leaves, steep leaves.",
    )
    .unwrap();
    assert_eq!(measure(), first);
    assert!(kept.join("index.db").is_file());
    assert!(!kept.join("notes/of another set.md").exists());

    let vault = bench.vault.root().to_str().unwrap();
    let before = bench.vault.snapshot();
    assert_eq!(
        bench.run(&["bench", "retrieval", folder, "--keep", vault]),
        "! error: VAULT is neither empty nor of an earlier measurement\n\
         ! hint: name a folder that is not there yet\n[exit 2]\n"
    );
    assert_eq!(bench.vault.snapshot(), before);
}

#[test]
fn a_malformed_set_is_one_sentence() {
    let bench = Bench::new(&format!(
        "{NOTES}//- corpus.jsonl\n{{\"id\": \"a\"}}\n//- queries.jsonl\n//- qrels.tsv\n"
    ));
    let folder = bench.vault.root().to_str().unwrap();
    assert_eq!(
        bench.run(&["bench", "retrieval", folder]),
        "! error: VAULT/corpus.jsonl, line 1: there is no 'text'\n[exit 2]\n"
    );
    bench.vault.remove("qrels.tsv");
    assert_eq!(
        bench.run(&["bench", "retrieval", folder]),
        "! error: there is no file VAULT/qrels.tsv\n\
         ! hint: a set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv\n[exit 3]\n"
    );
}
