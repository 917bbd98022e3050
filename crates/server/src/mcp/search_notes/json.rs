//! A page of a search for programs.
//!
//! Invariant: keys are those of the reference, and what there is none of has no key.

use super::Told;
use super::end_of;
use super::fit::Cut;
use super::meaning;
use cairn_engine::{Parts, RowContent, SearchRow};
use cairn_note::permalink::slug;
use serde_json::{Map, Value, json};

/// Returns the page.
pub(super) fn page(told: &Told<'_>, cut: Cut) -> Value {
    let search = &told.ask.request.search;
    let rows = told.reply.rows.iter().take(cut.rows);
    let mut page = json!({
        "results": rows.map(|row| result(told, row, cut)).collect::<Vec<_>>(),
        "current_page": search.page,
        "page_size": search.page_size,
        "total": told.reply.total,
        "total_is_exact": told.total_is_exact(),
        "has_more": told.reply.has_more || cut.next.is_some(),
        "search_type": meaning::search_type(told),
    });
    let meant = &told.reply.meant;
    if meant.is_counted && meant.pending > 0 {
        page["pending_passages"] = json!(meant.pending);
    }
    if let Some(notice) = meaning::notice(told) {
        page["notice"] = json!(notice);
    }
    if cut.limit.is_some() {
        page["truncated"] = json!(true);
    }
    if let Some((number, size)) = cut.next {
        page["next"] = json!({ "page": number, "page_size": size });
    }
    if !told.failed.is_empty() {
        let failed = told.failed.iter();
        page["incomplete"] = failed
            .map(|(project, message)| json!({ "project": project, "message": message }))
            .collect();
    }
    page
}

fn result(told: &Told<'_>, row: &SearchRow, cut: Cut) -> Value {
    let note = &row.hit.note;
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| {
        let is_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !is_nothing {
            result.insert(key.to_owned(), value);
        }
    };
    put("title", json!(title(row)));
    put("type", json!(kind(row)));
    put("score", json!(rounded(row.hit.score)));
    put("entity", json!(note.permalink));
    put("file_path", json!(note.path.as_str()));
    put("updated_at", json!(note.modified.to_string()));
    put("entity_id", json!(note.id.0));
    if told.ask.is_everywhere {
        put("project", json!(told.project(row)));
    }
    match &row.content {
        RowContent::Note => {
            put("permalink", json!(note.permalink));
            put("external_id", json!(note.external_id));
            let snippet = &row.hit.snippet;
            let passage = end_of(&snippet.text, cut.passage);
            if !passage.is_empty() {
                if told.reply.is_by_words {
                    put("matched_chunk", json!(passage));
                }
                put("content", json!(passage));
                put("heading_path", json!(snippet.heading_path));
            }
            if told.reply.meant.is_counted {
                put("parts", parts(&row.hit.parts));
            }
            put("also", row.hit.also.iter().map(meaning::name).collect());
            if cut.passage > 0 && !note.metadata.is_empty() {
                put("metadata", json!(note.metadata));
            }
        }
        RowContent::Observation {
            position,
            observation,
        } => {
            put("permalink", json!(part(row)));
            put("observation_id", json!(number(row, *position)));
            put("category", json!(observation.category()));
            put("content", cut_text(Some(&observation.content), cut));
        }
        RowContent::Relation {
            position,
            relation,
            target,
        } => {
            put("permalink", json!(part(row)));
            put("relation_id", json!(number(row, *position)));
            put("relation_type", json!(relation.relation_type));
            put("from_entity", json!(note.permalink));
            let target = target.as_ref().map(|target| &target.permalink);
            put("to_entity", json!(target));
            put("content", cut_text(relation.context.as_ref(), cut));
        }
    }
    Value::Object(result)
}

/// What a score is made of; what a search did not find has no key.
fn parts(parts: &Parts) -> Value {
    let scores = [
        ("words", parts.words),
        ("passage", parts.passage),
        ("meaning", parts.meaning),
    ];
    let found = scores
        .into_iter()
        .filter_map(|(key, score)| Some((key.to_owned(), json!(rounded(score?)))));
    Value::Object(found.collect())
}

/// The text of a line, as long as it may be; null when nothing may be said.
fn cut_text(text: Option<&String>, cut: Cut) -> Value {
    let text = text.map(|text| end_of(text, cut.passage));
    json!(text.filter(|text| !text.is_empty()))
}

/// What a row is called.
pub(super) fn title(row: &SearchRow) -> String {
    let title = &row.hit.note.title;
    match &row.content {
        RowContent::Note => title.clone(),
        RowContent::Observation { observation, .. } => {
            let content = &observation.content;
            let category = observation.category();
            match content.char_indices().nth(50) {
                Some((end, _)) => format!("{category}: {}...", &content[..end]),
                None => format!("{category}: {content}"),
            }
        }
        RowContent::Relation {
            relation, target, ..
        } => {
            let end = target.as_ref().map_or(&relation.target, |note| &note.title);
            format!("{title} -> {end}")
        }
    }
}

/// The address of a part of a note.
pub(super) fn part(row: &SearchRow) -> Option<String> {
    let path = match &row.content {
        RowContent::Note => return None,
        RowContent::Observation { observation, .. } => {
            let content = end_of(&observation.content, 200);
            format!("observations/{}/{content}", observation.category())
        }
        RowContent::Relation {
            relation, target, ..
        } => {
            let target = target.as_ref().and_then(|note| note.permalink.clone());
            let end = target.unwrap_or_else(|| relation.target.clone());
            format!("{}/{end}", relation.relation_type)
        }
    };
    let note = row.hit.note.permalink.as_ref()?;
    Some(format!("{note}/{}", slug(&path)))
}

fn kind(row: &SearchRow) -> &'static str {
    match row.content {
        RowContent::Note => "entity",
        RowContent::Observation { .. } => "observation",
        RowContent::Relation { .. } => "relation",
    }
}

/// A number of its own for each part of a note.
fn number(row: &SearchRow, position: usize) -> i64 {
    const PARTS: i64 = 1 << 20;
    let position = i64::try_from(position).unwrap_or_default();
    row.hit.note.id.0.wrapping_mul(PARTS) + position % PARTS
}

/// A score with as many digits as it is worth.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 10_000.0).round() / 10_000.0
}
