//! `cairn search`.

pub(super) mod explain;

use super::{embed, metadata};
use crate::args::Paging;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Style, json, one_line, text};
use cairn_engine::{
    Engine, Inspection, LeftOut, Meaning, Meant, Parts, Project, SearchBy, SearchHit, SearchReply,
    SearchRequest,
};
use clap::Args;
use jiff::Zoned;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Arguments of `cairn search`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) asked: Asked,
    /// Says of each hit why it is where it is
    #[arg(long)]
    explain: bool,
}

/// What is asked.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Words, "a phrase", AND, OR, NOT, prefix*; may be left out beside a filter
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    how: How,
    /// Least similarity, 0 to 1, of a hit by meaning [default: the setting `semantic_min_similarity`]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_similarity: Option<f32>,
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

/// What the query is compared with.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct How {
    /// Compares words and meaning (what holds where there is a model)
    #[arg(long)]
    hybrid: bool,
    /// Compares words alone
    #[arg(long)]
    text: bool,
    /// Compares meaning alone
    #[arg(long)]
    vector: bool,
    /// Compares the words of titles
    #[arg(long)]
    title: bool,
    /// Compares permalinks, whole; * stands for anything
    #[arg(long)]
    permalink: bool,
}

impl How {
    fn by(&self, meaning: &Meaning) -> SearchBy {
        let given = [
            (self.hybrid, SearchBy::Hybrid),
            (self.text, SearchBy::Text),
            (self.vector, SearchBy::Meaning),
            (self.title, SearchBy::Title),
            (self.permalink, SearchBy::Permalink),
        ];
        let given = given.into_iter().find(|(given, _)| *given);
        given.map_or_else(|| meaning.by(), |(_, by)| by)
    }
}

fn share(text: &str) -> std::result::Result<f32, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "give a number from 0 to 1".to_owned())
}

impl Asked {
    /// Returns the request as it is asked of an engine that knows meaning so.
    pub(super) fn request(self, meaning: &Meaning) -> Result<SearchRequest> {
        Ok(SearchRequest {
            query: self.query.join(" "),
            by: self.how.by(meaning),
            min_similarity: self.min_similarity,
            folder: self.folder,
            note_types: self.types,
            tags: self.tags,
            categories: self.categories,
            metadata: metadata::read(&self.metadata)?,
            after: self.after,
            left_out: LeftOut::Nothing,
            page: self.paging.page,
            page_size: self.paging.page_size,
            now: Zoned::now(),
        })
    }
}

/// Searches.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let engine = invocation.engine()?;
    let request = arguments.asked.request(&engine.settings().meaning)?;
    let project = invocation.project_in_step(&engine)?;
    let inspection = match arguments.explain {
        true => Some(inspected(invocation, &engine, project, &request)?),
        false => None,
    };
    let reply = match &inspection {
        Some(inspection) => inspection.reply.clone(),
        None => embedded_before(invocation, &engine, |meant| {
            let reply = project.search_notes(&request)?;
            *meant = reply.meant.clone();
            Ok(reply)
        })?,
    };
    say(invocation, &request, &reply.meant);
    let mut json = json!({
        "query": request.query,
        "page": request.page,
        "page_size": request.page_size,
        "total": reply.total,
        "total_is_exact": reply.total_is_exact,
        "has_more": reply.has_more,
        "search_type": searched(request.by, &reply.meant),
        "pending_passages": reply.meant.pending,
        "results": reply.hits.iter().map(json::hit).collect::<Vec<_>>(),
    });
    let style = invocation.style();
    let mut text = String::new();
    if let Some(inspection) = &inspection {
        json["explain"] = explain::told(&request, inspection);
        text = explain::head(style, &request, inspection);
    }
    text += &render(style, &request, &reply, inspection.as_ref());
    Ok(noticed(Answer::new(text, json), &request, &reply))
}

/// Searches, telling what was looked at.
pub(super) fn inspected(
    invocation: &Invocation,
    engine: &Engine,
    project: Project<'_>,
    request: &SearchRequest,
) -> Result<Inspection> {
    embedded_before(invocation, engine, |meant| {
        let inspection = project.inspect_search(request)?;
        *meant = inspection.reply.meant.clone();
        Ok(inspection)
    })
}

/// Searches, and once more when passages had to be embedded for it; `search` tells how much of meaning counted.
fn embedded_before<T>(
    invocation: &Invocation,
    engine: &Engine,
    mut search: impl FnMut(&mut Meant) -> Result<T>,
) -> Result<T> {
    let mut meant = Meant::default();
    let found = search(&mut meant)?;
    if !meant.is_counted || meant.pending == 0 {
        return Ok(found);
    }
    embed::some(invocation, engine)?;
    search(&mut meant)
}

/// Says what is missing in an answer.
pub(super) fn say(invocation: &Invocation, request: &SearchRequest, meant: &Meant) {
    if meant.is_counted && meant.pending > 0 {
        let message = format!(
            "{} not embedded yet; hits by meaning may be missing",
            embed::of_all(meant.pending, meant.passages)
        );
        let hint = "`cairn embed` embeds them, and so does a server that runs";
        invocation.output.warn(&message, Some(hint));
    }
    if let (SearchBy::Hybrid, Some(trouble)) = (request.by, &meant.trouble) {
        let message = format!("answered by words alone, since meaning could not count: {trouble}");
        invocation
            .output
            .warn(&message, Some("`cairn doctor` looks at the model"));
    }
}

/// What a query was compared with, by the name it is asked for with.
pub(super) fn searched(by: SearchBy, meant: &Meant) -> &'static str {
    match by {
        SearchBy::Hybrid if meant.is_counted => "hybrid",
        SearchBy::Meaning if meant.is_counted => "vector",
        SearchBy::Title => "title",
        SearchBy::Permalink => "permalink",
        SearchBy::Text | SearchBy::Hybrid | SearchBy::Meaning => "text",
    }
}

fn noticed(answer: Answer, request: &SearchRequest, reply: &SearchReply) -> Answer {
    match (reply.hits.is_empty(), reply.has_more) {
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
    }
}

fn render(
    style: Style,
    request: &SearchRequest,
    reply: &SearchReply,
    inspection: Option<&Inspection>,
) -> String {
    let first = (request.page - 1) * request.page_size + 1;
    let blocks: Vec<_> = (first..)
        .zip(&reply.hits)
        .map(|(number, hit)| {
            let mut block = block(style, number, hit, &reply.meant);
            if let Some(inspection) = inspection {
                block += &explain::line(style, hit, inspection);
            }
            block
        })
        .collect();
    blocks.join("\n")
}

fn block(style: Style, number: usize, hit: &SearchHit, meant: &Meant) -> String {
    let SearchHit {
        note,
        score,
        snippet,
        also,
        ..
    } = hit;
    let title = style.bold(&one_line(&note.title));
    let place = style.dim(&format!(
        "{}  {}",
        one_line(note.path.as_str()),
        text::moment(note.modified)
    ));
    let matched = match meant.is_counted {
        true => format!("  {}", style.dim(matched(&hit.parts))),
        false => String::new(),
    };
    let mut block = format!("{number}. {title}  {score:.2}{matched}\n   {place}\n");
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
    if !also.is_empty() {
        let also: Vec<_> = also
            .iter()
            .map(|note| one_line(note.path.as_str()))
            .collect();
        let _ = writeln!(
            block,
            "   {}",
            style.dim(&format!("also: {}", also.join(", ")))
        );
    }
    block
}

/// By what a note was found, where both could be.
fn matched(parts: &Parts) -> &'static str {
    match (parts.is_by_words(), parts.is_by_meaning()) {
        (true, true) => "words and meaning",
        (false, true) => "meaning",
        (_, false) => "words",
    }
}

/// What was counted of meaning, for programs.
pub(super) fn meant_json(meant: &Meant) -> Value {
    json!({
        "embedding_model": meant.model,
        "counted": meant.is_counted,
        "pending_passages": meant.pending,
        "passages": meant.passages,
        "trouble": meant.trouble,
    })
}
