//! What changed in one project, in words.
//!
//! Invariant: an empty answer says what to do next, and never asks for a note to be written unasked.

use super::{Asked, Changes};
use crate::mcp::excerpt::one_line;
use cairn_engine::{ProjectSettings, RecentItem};
use cairn_index::NoteRecord;
use std::fmt::Write as _;

/// Categories shown at most.
const MOST_CATEGORIES: usize = 5;
/// Observations of a category shown at most.
const MOST_OF_CATEGORY: usize = 2;
/// Characters of an observation shown at most.
const LONGEST: usize = 80;

/// Returns the answer.
pub(super) fn answer(
    asked: &Asked,
    project: &ProjectSettings,
    items: &[RecentItem],
    changes: &Changes,
    has_more: bool,
) -> String {
    if items.is_empty() {
        return empty(asked, project);
    }
    let mut text = format!(
        "## Recent Activity: {} ({})\n",
        project.name, asked.window.label
    );
    for group in [
        notes(items, changes),
        observations(items),
        connections(items),
    ]
    .into_iter()
    .flatten()
    {
        text.push('\n');
        text.push_str(&group);
    }
    text.push('\n');
    text.push_str(&summary(asked, items.len(), has_more));
    text
}

/// The last line of an answer: how much it lists, and how to go on.
pub(super) fn summary(asked: &Asked, count: usize, has_more: bool) -> String {
    let page = asked.page;
    if has_more {
        let next = page + 1;
        format!(
            "**Activity Summary:** Showing {count} items (page {page}). Use page={next} to see more."
        )
    } else {
        format!("**Activity Summary:** {count} items found.")
    }
}

fn empty(asked: &Asked, project: &ProjectSettings) -> String {
    let (name, id) = (&project.name, project.external_id());
    let label = &asked.window.label;
    if asked.page > 1 {
        return format!(
            "No recent activity was found on page {} for '{name}' within {label}.\n\
             Try page={} or return to page=1.",
            asked.page,
            asked.page - 1
        );
    }
    if asked.filtered {
        return format!(
            "No recent activity matched the requested type filter in '{name}' within {label}.\n\
             Leave out `type` to see notes, or give a longer `timeframe`."
        );
    }
    format!(
        "No recent activity in '{name}' within {label}.\n\
         \n\
         Quiet does not mean empty. Look further back with \
         `recent_activity(project_id=\"{id}\", timeframe=\"30d\")`, or for a topic with \
         `search_notes(project_id=\"{id}\", query=\"...\")`.\n\
         \n\
         If there are no notes at all, say so in a sentence, offer to write a first one, and wait for them to agree. \
         Then:\n\
         \n\
         ```\n\
         write_note(project_id=\"{id}\", title=\"...\", content=\"...\", directory=\"notes\")\n\
         ```"
    )
}

fn notes(items: &[RecentItem], changes: &Changes) -> Option<String> {
    let lines: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            RecentItem::Note(note) => {
                let change = changes.get(note.path.as_str());
                let change = change.map(|change| match change.is_outside() {
                    true => format!(", {}", change.operation),
                    false => format!(", {} by {}", change.operation, one_line(&change.actor)),
                });
                Some(line(note, &change.unwrap_or_default()))
            }
            _ => None,
        })
        .collect();
    (!lines.is_empty()).then(|| group(&lines))
}

/// The line of a note, and what is said of it.
pub(super) fn line(note: &NoteRecord, more: &str) -> String {
    let folder = folder(note);
    format!(
        "  • {} ({folder}) [id: {}]{more}\n",
        note.title, note.external_id
    )
}

/// Lines of notes under their heading.
pub(super) fn group(lines: &[String]) -> String {
    format!(
        "**📄 Recent Notes & Documents ({}):**\n{}",
        lines.len(),
        lines.concat()
    )
}

fn folder(note: &NoteRecord) -> &str {
    note.path
        .as_str()
        .rsplit_once('/')
        .map_or("/", |(folder, _)| folder)
}

fn observations(items: &[RecentItem]) -> Option<String> {
    let mut count = 0;
    let mut categories: Vec<(&str, Vec<&str>)> = Vec::new();
    for item in items {
        let RecentItem::Observation { observation, .. } = item else {
            continue;
        };
        count += 1;
        let category = observation.category();
        match categories.iter_mut().find(|(known, _)| *known == category) {
            Some((_, contents)) => contents.push(&observation.content),
            None => categories.push((category, vec![&observation.content])),
        }
    }
    if count == 0 {
        return None;
    }
    categories.sort_by_key(|(_, contents)| std::cmp::Reverse(contents.len()));
    let mut text = format!("**🔍 Recent Observations ({count}):**\n");
    for (category, contents) in categories.iter().take(MOST_CATEGORIES) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  **{category}:** {} items", contents.len());
        for content in contents.iter().take(MOST_OF_CATEGORY) {
            let _ = writeln!(text, "    - {}", shortened(content, LONGEST));
        }
    }
    if let Some(left) = categories
        .len()
        .checked_sub(MOST_CATEGORIES)
        .filter(|left| *left > 0)
    {
        let _ = writeln!(text, "  … and {left} more categories");
    }
    Some(text)
}

fn connections(items: &[RecentItem]) -> Option<String> {
    let lines: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            RecentItem::Relation {
                note,
                relation,
                target,
            } => {
                let end = target.as_ref().map_or_else(
                    || "[Missing Link]".to_owned(),
                    |target| format!("[[{}]]", target.title),
                );
                Some(format!(
                    "  • [[{}]] → {} → {end}\n",
                    note.title, relation.relation_type
                ))
            }
            _ => None,
        })
        .collect();
    (!lines.is_empty()).then(|| {
        format!(
            "**🔗 Recent Connections ({}):**\n{}",
            lines.len(),
            lines.concat()
        )
    })
}

/// The text on one line, cut to so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = one_line(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
