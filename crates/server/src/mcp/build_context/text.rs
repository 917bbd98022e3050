//! A context for people and models.
//!
//! Invariant: what is cut off is named, together with how to get it.

use super::super::budget;
use super::{Told, name};
use cairn_engine::ContextItem;
use std::fmt::Write as _;

/// Returns the answer.
pub(super) fn answer(told: &Told<'_>) -> String {
    let title = match told.items {
        [] => return nothing(told),
        [only] => only.note.title.as_str(),
        _ => told.uri,
    };
    let mut text = format!("# Context: {title}\n\n");
    let mut shown = 0;
    for (item, body) in told.items.iter().zip(&told.bodies) {
        let body = body.as_deref();
        let left = told
            .most
            .map(|most| most.saturating_sub(budget::tokens(&text)));
        match left.and_then(|left| cut(told, item, body, left)) {
            Some(part) => {
                text.push_str(part.trim_end());
                // Writing to a String cannot fail.
                let _ = write!(
                    text,
                    "\n\n[Cut at max_tokens: {shown} of {} results shown in full. To go on, {}.]\n---\n",
                    told.items.len(),
                    told.go_on(shown)
                );
                break;
            }
            None => {
                shown += 1;
                let end = if shown < told.items.len() {
                    "\n---\n\n"
                } else {
                    "\n---\n"
                };
                text.push_str(&block(told, item, body));
                text.push_str(end);
            }
        }
    }
    let _ = write!(
        text,
        "*{} primary, {} related | depth={} | project: {}*",
        told.items.len(),
        told.related(),
        told.depth,
        told.project
    );
    if told.has_more {
        let _ = write!(
            text,
            "\nMore: build_context(url=\"{}\", page={}, page_size={})",
            told.uri,
            told.page + 1,
            told.page_size
        );
    }
    text
}

/// An item cut to what it may cost, its text before what is around it; `None` when all of it does.
fn cut(told: &Told<'_>, item: &ContextItem, body: Option<&str>, left: usize) -> Option<String> {
    let whole = block(told, item, body);
    budget::prefix(&whole, left)?;
    let around = budget::tokens(&block(told, item, Some("…")));
    let rest = left.saturating_sub(around);
    let part = body.and_then(|body| budget::prefix(body, rest));
    let shorter = match part.map(str::trim_end) {
        Some(part) if !part.is_empty() => block(told, item, Some(&format!("{part}\n…"))),
        _ => block(told, item, Some("…")),
    };
    let fitted = budget::prefix(&shorter, left).map(str::to_owned);
    Some(fitted.unwrap_or(shorter))
}

fn nothing(told: &Told<'_>) -> String {
    let mut text = format!(
        "No results found for '{}' in project '{}'.",
        told.uri, told.project
    );
    if told.page > 1 {
        text.pop();
        // Writing to a String cannot fail.
        let _ = write!(text, " on page {}. Return to page=1.", told.page);
    } else if told.near.is_empty() {
        text.push_str(" Find a note with search_notes(query=\"…\").");
    } else {
        let _ = write!(text, " Did you mean {}?", told.near.join(", "));
    }
    text
}

fn block(told: &Told<'_>, item: &ContextItem, body: Option<&str>) -> String {
    let mut block = format!("## {}\npermalink: {}\n", item.note.title, name(&item.note));
    if let Some(body) = body.filter(|body| !body.is_empty()) {
        let _ = write!(block, "\n{body}\n");
    }
    let mut section = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(block, "\n### {heading}\n{}\n", lines.join("\n"));
        }
    };
    let observation = |observation: &cairn_note::Observation| {
        format!("- [{}] {}", observation.category(), observation.content)
    };
    section(
        "Observations",
        item.observations.iter().map(observation).collect(),
    );
    let relation = |relation: &cairn_index::RelationRecord| {
        let to = relation.resolved.and_then(|id| told.known.get(&id));
        let target = to.map_or(relation.target.as_str(), |note| note.title.as_str());
        format!("- {} [[{target}]]", relation.relation_type)
    };
    section("Relations", item.relations.iter().map(relation).collect());
    let related = |(_, note): &(usize, cairn_index::NoteRecord)| {
        format!("- [[{}]] ({})", note.title, name(note))
    };
    section("Related", item.around.notes.iter().map(related).collect());
    block
}
