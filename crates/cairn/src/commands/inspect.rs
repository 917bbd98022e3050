//! `cairn inspect`: what a search looks at, and the passages of a note as a model knows them.
//!
//! Not another search. Invariant: the hits it tells of are those `cairn search` gives.

use super::embed;
use super::search_notes::{self, explain};
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Style, one_line, text};
use cairn_engine::{Candidate, Fate, NotePassages, SearchBy, SearchRequest};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Commands of `cairn inspect`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows every step of a search, and what became of each note it looked at
    Query(Query),
    /// Shows the passages of a note, and which have vectors
    Chunks {
        /// Title, permalink, path, memory:// URL or id
        #[arg(value_name = "ID")]
        identifier: String,
    },
}

/// Arguments of `cairn inspect query`.
#[derive(Debug, Args)]
pub(crate) struct Query {
    #[command(flatten)]
    asked: search_notes::Asked,
    /// Shows the notes too that are no hits
    #[arg(long)]
    show_misses: bool,
}

/// Runs a command of `cairn inspect`.
pub(crate) fn run(invocation: &Invocation, command: Command) -> Result<Answer> {
    match command {
        Command::Query(arguments) => query(invocation, arguments),
        Command::Chunks { identifier } => chunks(invocation, &identifier),
    }
}

fn query(invocation: &Invocation, arguments: Query) -> Result<Answer> {
    let engine = invocation.engine()?;
    let meaning = &engine.settings().meaning;
    let request = arguments.asked.request(meaning)?;
    let project = invocation.project_in_step(&engine)?;
    let inspection = search_notes::inspected(invocation, &engine, project, &request)?;
    search_notes::say(invocation, &request, &inspection.reply.meant);
    let meant = &inspection.reply.meant;
    let (least, source) = match (request.min_similarity, meaning.min_similarity) {
        (Some(least), _) => (Some(least), "query"),
        (None, least) => (least, "config"),
    };
    let total = inspection.stages.iter().map(|stage| stage.took).sum();
    let json = json!({
        "query": request.query,
        "retrieval_mode": mode(search_notes::searched(request.by, meant)),
        "project_id": project.settings().external_id(),
        "window": { "limit": request.page_size, "offset": (request.page - 1) * request.page_size },
        "engine": {
            "embedding_model": meant.model,
            "ready_rows": meant.passages - meant.pending,
            "pending_rows": meant.pending,
            "min_similarity": crate::output::json::part(least),
            "min_similarity_source": source,
            "trouble": meant.trouble,
        },
        "stages": explain::stages(&inspection.stages),
        "candidates": inspection.candidates.iter().map(explain::candidate).collect::<Vec<_>>(),
        "timings_ms": {
            "total": explain::milliseconds(total),
            "embedding": took(&inspection.stages, "embed"),
            "vector_query": took(&inspection.stages, "meaning"),
            "fts": took(&inspection.stages, "words"),
            "fusion": took(&inspection.stages, "rank"),
        },
    });
    let style = invocation.style();
    let shown = inspection
        .candidates
        .iter()
        .filter(|candidate| arguments.show_misses || candidate.fate == Fate::Returned);
    let head = explain::head(style, &request, &inspection);
    let answer = Answer::new(head + &table(style, &request, shown), json);
    Ok(match inspection.reply.hits.is_empty() {
        true => answer.notice("no results"),
        false => answer,
    })
}

/// What the reference calls a way to search.
fn mode(search_type: &'static str) -> &'static str {
    match search_type {
        "text" => "fts",
        other => other,
    }
}

fn took(stages: &[cairn_engine::Stage], name: &str) -> Value {
    let stage = stages.iter().find(|stage| stage.name == name);
    stage.map_or(Value::Null, |stage| {
        json!(explain::milliseconds(stage.took))
    })
}

fn table<'c>(
    style: Style,
    request: &SearchRequest,
    candidates: impl Iterator<Item = &'c Candidate>,
) -> String {
    let number = |score: Option<f32>| score.map_or_else(String::new, |score| format!("{score:.3}"));
    let rows: Vec<_> = candidates
        .map(|candidate| {
            let fate = match &candidate.fate {
                Fate::Returned => "hit".to_owned(),
                Fate::OnAnotherPage => "another page".to_owned(),
                Fate::Folded { into } => format!("as {}", one_line(into)),
                Fate::NotSimilar => "not similar".to_owned(),
            };
            let is_scored = candidate.ranks.fused.is_some();
            vec![
                one_line(candidate.note.path.as_str()),
                number(is_scored.then_some(candidate.score)),
                number(candidate.parts.words),
                number(candidate.parts.passage),
                number(candidate.parts.meaning),
                fate,
            ]
        })
        .collect();
    let score = match request.by {
        SearchBy::Hybrid | SearchBy::Meaning => "fused",
        _ => "score",
    };
    let heading = ["path", score, "words", "passage", "meaning", "became"];
    style.rows(&heading, &rows)
}

fn chunks(invocation: &Invocation, identifier: &str) -> Result<Answer> {
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let found = project.inspect_passages(identifier)?;
    let model = engine.settings().meaning.model.as_ref();
    let model = model.map(cairn_engine::Model::name);
    let ready = found.passages.iter().filter(|one| one.is_embedded).count();
    let json = json!({
        "entity_id": found.note.id.0,
        "external_id": found.note.external_id,
        "permalink": found.note.permalink,
        "file_path": found.note.path.as_str(),
        "title": found.note.title,
        "entity_checksum": found.note.fingerprint.checksum_hex(),
        "configured_embedding_model": model,
        "readiness": {
            "total": found.passages.len(),
            "ready": ready,
            "pending": found.passages.len() - ready,
        },
        "stale": found.is_behind,
        "freshness": if found.is_behind { "rows_behind_file" } else { "fresh" },
        "chunks": rows(&found),
    });
    Ok(Answer::new(
        passages(invocation.style(), model, &found, ready),
        json,
    ))
}

fn rows(found: &NotePassages) -> Value {
    let passages = found.passages.iter().enumerate();
    passages
        .map(|(ordinal, passage)| {
            json!({
                "chunk_key": passage.hash,
                "ordinal": ordinal,
                "heading_path": passage.heading_path,
                "text": passage.text,
                "embedded_text": passage.told,
                "status": if passage.is_embedded { "ready" } else { "pending" },
            })
        })
        .collect()
}

fn passages(style: Style, model: Option<&str>, found: &NotePassages, ready: usize) -> String {
    let all = u64::try_from(found.passages.len()).unwrap_or(u64::MAX);
    let pending = u64::try_from(found.passages.len() - ready).unwrap_or(u64::MAX);
    let mut blocks = vec![text::lines(
        style,
        &[
            ("note", found.note.path.to_string()),
            ("model", model.unwrap_or("none").to_owned()),
            ("pending", embed::of_all(pending, all)),
        ],
    )];
    blocks.extend(found.passages.iter().zip(1..).map(|(passage, number)| {
        let state = if passage.is_embedded {
            style.green("embedded")
        } else {
            style.yellow("pending")
        };
        let headings = one_line(&passage.heading_path.join(" > "));
        let head = style.bold(&format!("{number}. {headings}"));
        format!(
            "{}  {state}\n   {}\n",
            head.trim_end(),
            one_line(&passage.text)
        )
    }));
    blocks.join("\n")
}
