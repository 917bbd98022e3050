//! How well notes are found by their title, language by language, and by two characters in scripts without spaces.
//!
//! Not speed. Invariant: every note of a language folder is asked for; none is left out for being hard.

use super::{fresh, help_vault, pairs, request};
use anyhow::{Context, Result};
use cairn_engine::{
    Cancel, Engine, IndexLocation, ListingRequest, ListingRow, Settings, Silent, Sort,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A title must be among so many hits.
const TOP: usize = 3;

pub(super) fn measure() -> Result<Value> {
    let Some(vault) = help_vault() else {
        return Ok(Value::Null);
    };
    let mut settings = Settings::in_memory("help", vault.clone());
    settings.index = IndexLocation::File(fresh("titles")?.join("index.db"));
    let engine = Engine::open(settings)?;
    let project = engine.project(None)?;
    project.sync(&Silent, &Cancel::new())?;
    let mut languages: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for note in notes(&project)? {
        let Some((language, _)) = note.path.as_str().split_once('/') else {
            continue;
        };
        let request = request(&note.title, Some(language), TOP);
        let reply = project
            .search_notes(&request)
            .with_context(|| format!("searching {}", note.title))?;
        let found = reply.hits.iter().any(|hit| hit.note.path == note.path);
        let (all, hit) = languages.entry(language.to_owned()).or_default();
        *all += 1;
        *hit += usize::from(found);
        if !found {
            missed.push(note.path.to_string());
        }
    }
    println!("title among the first {TOP} (target: >= 97 % in every language)");
    for (language, (all, hit)) in &languages {
        println!(
            "  {language:<14} {hit:>4} of {all:<4} {:>6.1} %",
            share(*hit, *all)
        );
    }
    let least = languages
        .values()
        .map(|(all, hit)| share(*hit, *all))
        .fold(100.0, f64::min);
    println!("  least          {least:>20.1} %");
    Ok(json!({
        "top": TOP,
        "least_percent": least,
        "languages": languages
            .iter()
            .map(|(language, (all, hit))| (language.clone(), json!({ "notes": all, "found": hit, "percent": share(*hit, *all) })))
            .collect::<serde_json::Map<_, _>>(),
        "missed": missed,
        "pairs": pairs::measure(&project, &vault)?,
    }))
}

fn share(part: usize, all: usize) -> f64 {
    (part as f64 / all.max(1) as f64 * 1_000.0).round() / 10.0
}

pub(super) fn notes(project: &cairn_engine::Project<'_>) -> Result<Vec<cairn_index::NoteRecord>> {
    let mut notes = Vec::new();
    for page in 1.. {
        let listing = project.list_directory(&ListingRequest {
            folder: String::new(),
            depth: 10,
            glob: None,
            sort: Sort::Name,
            page,
            page_size: 200,
        })?;
        notes.extend(listing.rows.into_iter().filter_map(|row| match row {
            ListingRow::File(note) if note.is_note => Some(*note),
            _ => None,
        }));
        if !listing.has_more {
            break;
        }
    }
    Ok(notes)
}
