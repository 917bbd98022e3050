//! How well notes are found: every set there is, through `cairn bench retrieval` of the release binary.
//!
//! Not how a set is measured; that is the command's. Invariant: what is kept is what the command said, whole.

use super::{fresh, root, target};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is wanted of a set: how it is asked, what is measured, how much it must be.
const WANTED: [(&str, &str, &str, f64); 5] = [
    ("scifact", "hybrid", "ndcg_10", 0.735),
    ("scifact", "text", "ndcg_10", 0.68),
    ("cranfield", "hybrid", "ndcg_10", 0.43),
    ("hotpotqa100", "hybrid", "recall_5", 0.825),
    ("musique100", "hybrid", "recall_5", 0.61),
];

const MEASURES: [&str; 7] = [
    "recall_5",
    "recall_10",
    "mrr",
    "ndcg_10",
    "success_5",
    "p50_ms",
    "p95_ms",
];

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let home = fresh("home-retrieval")?;
    let mut said = Vec::new();
    for set in sets()? {
        let answer = one(cairn, &home, &set)?;
        table(&answer);
        said.push(answer);
    }
    wanted(&said);
    Ok(json!({ "sets": said }))
}

/// The large sets, where this machine has them, and those of this repository.
fn sets() -> Result<Vec<PathBuf>> {
    let large = cairn_testkit::corpus("retrieval");
    let mut sets = Vec::new();
    for folder in large.into_iter().chain([root().join("bench/sets")]) {
        for entry in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
            let set = entry?.path();
            if set.join("corpus.jsonl").is_file() {
                sets.push(set);
            }
        }
    }
    sets.sort();
    Ok(sets)
}

/// Notes and index are kept, so that only what a change touches is made anew.
fn one(cairn: &Path, home: &Path, set: &Path) -> Result<Value> {
    let name = set.file_name().context("a set has a name")?;
    let kept = target().join("bench/retrieval").join(name);
    let said = Command::new(cairn)
        .args(["bench", "retrieval", "--json", "--ablations", "--keep"])
        .args([&kept, set])
        .env("CAIRN_HOME", home)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run {}", cairn.display()))?;
    ensure!(said.status.success(), "{} is not measured", set.display());
    Ok(serde_json::from_slice(&said.stdout)?)
}

fn table(answer: &Value) {
    println!(
        "{}: {} notes of {} passages, {} questions; indexed in {} s, embedded in {} s",
        answer["set"].as_str().unwrap_or_default(),
        answer["notes"],
        answer["passages"],
        answer["questions"],
        answer["indexing_s"],
        answer["embedding_s"],
    );
    let heading: String = MEASURES.iter().map(|name| format!("{name:>11}")).collect();
    println!("{:<24}{heading}", "");
    for way in answer["ways"].as_array().into_iter().flatten() {
        let figure = |name| format!("{:>11.4}", way[name].as_f64().unwrap_or(f64::NAN));
        let figures: String = MEASURES.into_iter().map(figure).collect();
        let by = way["by"].as_str().unwrap_or_default();
        let name = match way["without"].as_str() {
            Some(part) => format!("{by} without {part}"),
            None => by.to_owned(),
        };
        println!("{name:<24}{figures}");
    }
}

fn wanted(said: &[Value]) {
    for (set, by, measure, least) in WANTED {
        let ways = said.iter().filter(|answer| answer["set"] == set);
        let mut ways = ways.flat_map(|answer| answer["ways"].as_array().into_iter().flatten());
        let figure = ways
            .find(|way| way["by"] == by && way["without"].is_null())
            .and_then(|way| way[measure].as_f64());
        if let Some(figure) = figure {
            let what = format!("{set}, {by}, {measure}");
            println!("{what:<58} {figure:>10.4}          target >= {least}");
        }
    }
}
