//! A note as its headings show it.
//!
//! Invariant: the lines named here are those `lines` takes.

use super::again;
use crate::mcp::budget::Cut;
use crate::mcp::call::{Call, Format};
use crate::mcp::reply::Reply;
use cairn_engine::{Outline, ReadNote};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Returns the headings with the lines of their sections.
pub(super) fn reply(call: &Call<'_>, read: &ReadNote, format: Format) -> Reply {
    let outline = read.outline();
    match format {
        Format::Text => Reply::text(text(call, read, &outline)),
        Format::Json => Reply::json(json(call, read, &outline)),
    }
}

fn text(call: &Call<'_>, read: &ReadNote, outline: &Outline) -> String {
    let mut text = format!(
        "# Outline of {} ({}, {} lines)\n\n",
        read.note.title, read.note.path, outline.lines
    );
    if outline.headings.is_empty() {
        text.push_str("No headings.\n");
    }
    let listed = listed(outline);
    match Cut::of(&listed, 1, call.max_tokens()) {
        None => text.push_str(&listed),
        Some(cut) => {
            // Part of a heading's line says nothing.
            let kept = if cut.is_inside { "" } else { cut.kept };
            let shown = kept.lines().count();
            let next = &outline.headings[shown];
            let _ = writeln!(
                text,
                "{kept}[Cut after {shown} of {} headings. The next is at line {}: give more max_tokens, or read on with {}]",
                outline.headings.len(),
                next.first_line,
                again(call, None, &format!("{}-", next.first_line))
            );
        }
    }
    let _ = write!(
        text,
        "\nObservations: {}\nRelations: {}\n\nRead a part with {}",
        outline.observations,
        outline.relations,
        again(call, None, "10-20")
    );
    if !outline.headings.is_empty() {
        text.push_str(" or with section=\"…\"");
    }
    text
}

/// One line for each heading.
fn listed(outline: &Outline) -> String {
    let mut text = String::new();
    for heading in &outline.headings {
        let marks = "#".repeat(usize::from(heading.level));
        let words: Vec<&str> = heading.text.split_whitespace().collect();
        let (first, last) = (heading.first_line, heading.last_line);
        let _ = writeln!(text, "{first}-{last}: {marks} {}", words.join(" "));
    }
    text
}

fn json(call: &Call<'_>, read: &ReadNote, outline: &Outline) -> Value {
    let listed = listed(outline);
    let cut = Cut::of(&listed, 1, call.max_tokens());
    let shown = match &cut {
        None => outline.headings.len(),
        Some(cut) if cut.is_inside => 0,
        Some(cut) => cut.line,
    };
    let headings = outline.headings[..shown].iter().map(|heading| {
        json!({
            "level": heading.level,
            "heading": heading.text,
            "line": heading.first_line,
            "last_line": heading.last_line,
        })
    });
    let mut answer = json!({
        "title": read.note.title,
        "permalink": read.note.permalink,
        "file_path": read.note.path.as_str(),
        "content": null,
        "frontmatter": super::frontmatter(read).map(|(metadata, _)| metadata),
        "checksum": read.checksum,
        "outline": headings.collect::<Vec<_>>(),
        "lines": outline.lines,
        "observations": outline.observations,
        "relations": outline.relations,
    });
    if let Some(next) = outline.headings.get(shown) {
        answer["truncated"] = json!(true);
        answer["next_lines"] = json!(format!("{}-{}", next.first_line, outline.lines));
    }
    answer
}
