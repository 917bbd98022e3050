//! `cairn search`.

use super::metadata;
use crate::args::Paging;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Style, json, one_line, text};
use cairn_engine::{SearchBy, SearchHit, SearchReply, SearchRequest};
use clap::Args;
use jiff::Zoned;
use serde_json::json;
use std::fmt::Write as _;

/// Arguments of `cairn search`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Words, "a phrase", AND, OR, NOT, prefix*; may be left out beside a filter
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only below this folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<String>,
    /// Only notes of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only notes with this tag; repeated, all of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only notes with an observation of this category; may be repeated
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// Only notes whose frontmatter fits; may be repeated
    #[arg(long, value_name = "KEY=VALUE|JSON")]
    metadata: Vec<String>,
    /// Only notes modified after this: 2024-05-01, 7d, "last week"
    #[arg(long, value_name = "WHEN")]
    after: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

/// Searches.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = SearchRequest {
        query: arguments.query.join(" "),
        by: SearchBy::Text,
        min_similarity: None,
        folder: arguments.folder,
        note_types: arguments.types,
        tags: arguments.tags,
        categories: arguments.categories,
        metadata: metadata::read(&arguments.metadata)?,
        after: arguments.after,
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        now: Zoned::now(),
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let reply = project.search_notes(&request)?;
    let json = json!({
        "query": request.query,
        "page": request.page,
        "page_size": request.page_size,
        "total": reply.total,
        "total_is_exact": reply.total_is_exact,
        "has_more": reply.has_more,
        "results": reply.hits.iter().map(json::hit).collect::<Vec<_>>(),
    });
    let answer = Answer::new(render(invocation.style(), &request, &reply), json);
    Ok(match (reply.hits.is_empty(), reply.has_more) {
        (true, _) if reply.total > 0 => answer.notice("no results on this page"),
        (true, _) => answer.notice("no results"),
        (false, true) => answer.notice(format!(
            "{}{} in all; next page: --page {}",
            if reply.total_is_exact {
                ""
            } else {
                "at least "
            },
            text::count_of(reply.total, "result"),
            request.page + 1
        )),
        (false, false) => answer,
    })
}

fn render(style: Style, request: &SearchRequest, reply: &SearchReply) -> String {
    let first = (request.page - 1) * request.page_size + 1;
    let blocks: Vec<_> = (first..)
        .zip(&reply.hits)
        .map(|(number, hit)| block(style, number, hit))
        .collect();
    blocks.join("\n")
}

fn block(style: Style, number: usize, hit: &SearchHit) -> String {
    let SearchHit {
        note,
        score,
        snippet,
        ..
    } = hit;
    let title = style.bold(&one_line(&note.title));
    let place = style.dim(&format!(
        "{}  {}",
        one_line(note.path.as_str()),
        text::moment(note.modified)
    ));
    let mut block = format!("{number}. {title}  {score:.2}\n   {place}\n");
    if !snippet.heading_path.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            block,
            "   {}",
            style.dim(&one_line(&snippet.heading_path.join(" > ")))
        );
    }
    if !snippet.text.is_empty() {
        let _ = writeln!(
            block,
            "   {}",
            style.marked(&one_line(&snippet.text), &snippet.highlights)
        );
    }
    block
}
