//! How fast answers come: from an open engine, and from a process that has to start.
//!
//! Not how good they are. Invariant: no query is asked twice, and every sample counts.

use super::{fresh, help_vault, milliseconds, percentile, request, show, taken, vault};
use anyhow::{Context, Result};
use cairn_engine::{
    Cancel, Engine, IndexLocation, ListingRequest, ListingRow, Settings, Silent, Sort,
};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const NOTES: usize = 100_000;
const QUESTIONS: usize = 500;

pub(super) fn measure(cairn: &Path) -> Result<Value> {
    let mut settings = Settings::in_memory("bench", vault(NOTES)?);
    settings.index = IndexLocation::File(fresh("search")?.join("index.db"));
    let engine = Engine::open(settings)?;
    let project = engine.project(None)?;
    project.sync(&Silent, &Cancel::new())?;
    let mut questions = Vec::new();
    for question in crate::generate::questions(NOTES, 1, QUESTIONS) {
        let request = request(&question, None, 10);
        let start = Instant::now();
        project.search_notes(&request)?;
        questions.push((start.elapsed(), question));
    }
    let mut titles = Vec::new();
    for title in some_titles(&project)? {
        let start = Instant::now();
        project
            .identify(&title, None)
            .with_context(|| format!("no note is called {title}"))?;
        titles.push(start.elapsed());
    }
    questions.sort();
    let slowest: Vec<Value> = questions
        .iter()
        .rev()
        .take(10)
        .map(|(time, text)| json!([milliseconds(*time), text]))
        .collect();
    let mut times: Vec<Duration> = questions.iter().map(|(time, _)| *time).collect();
    let (p50, p95) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    show("100,000 notes, plain questions, p50", p50, "ms", "-");
    show("100,000 notes, plain questions, p95", p95, "ms", "<= 40");
    let (title_p50, title_p95) = (percentile(&mut titles, 0.5), percentile(&mut titles, 0.95));
    show("100,000 notes, title look-up, p95", title_p95, "ms", "<= 1");
    let processes = processes(cairn)?;
    Ok(json!({
        "questions_p50_ms": p50,
        "questions_p95_ms": p95,
        "questions_max_ms": percentile(&mut times, 1.0),
        "questions_ms": times.into_iter().map(milliseconds).collect::<Vec<_>>(),
        "slowest": slowest,
        "title_p50_ms": title_p50,
        "title_p95_ms": title_p95,
        "processes": processes,
    }))
}

/// Titles of notes from all over the vault.
fn some_titles(project: &cairn_engine::Project<'_>) -> Result<Vec<String>> {
    let mut titles = Vec::new();
    for page in (1..=500).step_by(50) {
        let listing = project.list_directory(&ListingRequest {
            folder: String::new(),
            depth: 10,
            glob: None,
            sort: Sort::TitleAscending,
            page,
            page_size: 50,
        })?;
        titles.extend(listing.rows.into_iter().filter_map(|row| match row {
            ListingRow::File(note) => Some(note.title),
            ListingRow::Folder { .. } => None,
        }));
    }
    Ok(titles)
}

/// Whole processes: starting, and searching a vault that is up to date.
fn processes(cairn: &Path) -> Result<Value> {
    let home = fresh("home-process")?;
    let mut version = Vec::new();
    for _ in 0..50 {
        version.push(taken(cairn, &home, &["--version"])?.wall);
    }
    let version_ms = percentile(&mut version, 0.5);
    show("cairn --version (process)", version_ms, "ms", "<= 5");
    let Some(vault) = help_vault() else {
        return Ok(json!({ "version_median_ms": version_ms }));
    };
    let folder = vault.to_string_lossy();
    taken(cairn, &home, &["-C", &folder, "--quiet", "sync"])?;
    let mut search = Vec::new();
    for question in [
        "how do I sync my vault",
        "search operators",
        "publish a site",
        "tag a note",
        "import from Notion",
    ] {
        for _ in 0..5 {
            search.push(taken(cairn, &home, &["-C", &folder, "search", question])?.wall);
        }
    }
    let search_ms = percentile(&mut search, 0.5);
    show(
        "cairn search, help vault up to date (process)",
        search_ms,
        "ms",
        "<= 80",
    );
    Ok(json!({
        "version_median_ms": version_ms,
        "version_runs_ms": version.into_iter().map(milliseconds).collect::<Vec<_>>(),
        "search_median_ms": search_ms,
        "search_p95_ms": percentile(&mut search, 0.95),
        "search_runs_ms": search.into_iter().map(milliseconds).collect::<Vec<_>>(),
    }))
}
