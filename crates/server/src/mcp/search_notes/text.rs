//! A page of a search as text.
//!
//! Invariant: labels and order are those every client of the reference knows.

use super::Told;
use super::end_of;
use super::fit::Cut;
use super::json::{part, title};
use super::meaning;
use crate::mcp::excerpt::one_line;
use cairn_engine::{RowContent, SearchRow};
use std::fmt::Write as _;

/// Characters of a passage.
const PASSAGE: usize = 200;

/// Returns the page.
pub(super) fn page(told: &Told<'_>, cut: Cut) -> String {
    let mut text = if told.reply.rows.is_empty() {
        nothing(told)
    } else {
        rows(told, cut)
    };
    // Writing to a String cannot fail.
    if let Some(notice) = meaning::notice(told) {
        let _ = write!(text, "\n\n{notice}");
    }
    for (project, message) in told.failed {
        let _ = write!(text, "\n\nIncomplete: project '{project}': {message}");
    }
    text
}

fn nothing(told: &Told<'_>) -> String {
    let ask = told.ask;
    let of = if ask.query.is_empty() {
        String::new()
    } else {
        format!(" for '{}'", ask.query)
    };
    let within = match ask.projects.as_slice() {
        [only] => format!("in project '{}'", only.settings().name),
        _ => "in all projects".to_owned(),
    };
    let search = &ask.request.search;
    if told.reply.total > 0 {
        return format!(
            "No results found{of} {within} on page {}: there are {} in all.",
            search.page, told.reply.total
        );
    }
    let next = match ask.projects.as_slice() {
        [only] => format!(
            "recent_activity(project_id=\"{}\") to see what is there",
            only.settings().external_id()
        ),
        _ => "list_memory_projects() to see what there is".to_owned(),
    };
    format!("No results found{of} {within}. Try broader or different terms, or call {next}.")
}

fn rows(told: &Told<'_>, cut: Cut) -> String {
    let ask = told.ask;
    let mut text = if ask.query.is_empty() {
        "# Search Results\n".to_owned()
    } else {
        format!("# Search Results: {}\n", ask.query)
    };
    let _ = writeln!(text, "*project: {}*", ask.place());
    for row in told.reply.rows.iter().take(cut.rows) {
        block(&mut text, told, row, cut);
    }
    let search = &ask.request.search;
    let noun = if cut.rows == 1 { "result" } else { "results" };
    let more = if told.reply.has_more || cut.next.is_some() {
        " | more available"
    } else {
        ""
    };
    let _ = write!(
        text,
        "\n---\n*{} {noun} | page {}, page_size {}{more}*",
        cut.rows, search.page, search.page_size
    );
    if let Some(limit) = cut.limit {
        let _ = match cut.next {
            Some((page, size)) => write!(
                text,
                "\n*cut to about {limit} tokens; go on with page={page}, page_size={size}*"
            ),
            None => write!(text, "\n*passages cut to about {limit} tokens in all*"),
        };
    }
    text
}

fn block(text: &mut String, told: &Told<'_>, row: &SearchRow, cut: Cut) {
    let note = &row.hit.note;
    let _ = write!(text, "\n### {}\n", one_line(&title(row)));
    match part(row).or_else(|| note.permalink.clone()) {
        Some(permalink) => {
            let _ = writeln!(text, "- permalink: {permalink}");
        }
        None => {
            let _ = writeln!(text, "- file_path: {}", one_line(note.path.as_str()));
        }
    }
    let passage = match &row.content {
        RowContent::Note => {
            let _ = writeln!(text, "- external_id: {}", note.external_id);
            if told.reply.is_by_words {
                row.hit.snippet.text.clone()
            } else {
                String::new()
            }
        }
        RowContent::Observation { observation, .. } => observation.content.clone(),
        RowContent::Relation { relation, .. } => relation.context.clone().unwrap_or_default(),
    };
    if told.ask.is_everywhere {
        let _ = writeln!(text, "- project: {}", told.project(row));
    }
    if row.content != RowContent::Note
        && let Some(entity) = &note.permalink
    {
        let _ = writeln!(text, "- entity: {entity}");
    }
    let _ = writeln!(text, "- score: {:.4}", row.hit.score);
    if row.content == RowContent::Note {
        let _ = writeln!(text, "- date: {}", meaning::date(note));
        if told.reply.meant.is_counted {
            let _ = writeln!(text, "- matched: {}", meaning::matched(&row.hit.parts));
        }
        if !row.hit.also.is_empty() {
            let also: Vec<String> = row.hit.also.iter().map(meaning::name).collect();
            let _ = writeln!(text, "- also: {}", also.join(", "));
        }
    }
    let headings = &row.hit.snippet.heading_path;
    let most = cut.passage.min(PASSAGE);
    if most > 0 && !passage.is_empty() {
        if !headings.is_empty() {
            let _ = writeln!(text, "- heading: {}", one_line(&headings.join(" > ")));
        }
        let _ = writeln!(text, "- match: {}", one_line(&end_of(&passage, most)));
    }
}
