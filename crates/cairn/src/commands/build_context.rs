//! `cairn context`.

use crate::args::Paging;
use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, Style, json, one_line, text};
use cairn_engine::{ContextItem, ContextRequest};
use cairn_index::{NoteId, NoteRecord, RelationRecord};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use jiff::Zoned;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Arguments of `cairn context`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A memory:// URL, a permalink (with *), a title
    #[arg(value_name = "URL")]
    url: String,
    /// Relations to follow
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(0..=10))]
    depth: usize,
    /// Only related notes modified since: 7d, yesterday
    #[arg(long, value_name = "WHEN")]
    timeframe: Option<String>,
    /// Related notes at most
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_related: usize,
    #[command(flatten)]
    paging: Paging,
}

/// What is known of the notes relations lead to.
type Known<'a> = HashMap<NoteId, &'a NoteRecord>;

/// Shows a note and what is around it.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = ContextRequest {
        url: arguments.url,
        depth: arguments.depth,
        timeframe: arguments.timeframe,
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        max_related: arguments.max_related,
        now: Zoned::now(),
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let context = project.build_context(&request)?;
    let primary = context.items.iter().map(|item| &item.note);
    let around = context
        .items
        .iter()
        .flat_map(|item| item.around.notes.iter().map(|(_, note)| note));
    let known: Known<'_> = primary.chain(around).map(|note| (note.id, note)).collect();
    let json = json!({
        "url": request.url,
        "page": request.page,
        "page_size": request.page_size,
        "has_more": context.has_more,
        "items": context.items.iter().map(|item| item_json(item, &known)).collect::<Vec<_>>(),
    });
    let blocks: Vec<_> = context
        .items
        .iter()
        .map(|item| block(invocation.style(), item, &known))
        .collect();
    let answer = Answer::new(blocks.join("\n"), json);
    Ok(match (context.items.is_empty(), context.has_more) {
        (true, _) => answer.notice("no results"),
        (false, true) => answer.notice(format!("next page: --page {}", request.page + 1)),
        (false, false) => answer,
    })
}

fn item_json(item: &ContextItem, known: &Known<'_>) -> Value {
    let relation = |relation: &RelationRecord| {
        let to = relation.resolved.and_then(|id| known.get(&id));
        json!({
            "relation_type": relation.relation_type,
            "target": relation.target,
            "context": relation.context,
            "resolved": relation.resolved.is_some(),
            "to_title": to.map(|note| &note.title),
            "to_file_path": to.map(|note| note.path.as_str()),
        })
    };
    let related =
        |(depth, note): &(usize, NoteRecord)| json::with(json::note(note), json!({"depth": depth}));
    json!({
        "note": json::note(&item.note),
        "observations": item.observations.iter().map(json::observation).collect::<Vec<_>>(),
        "relations": item.relations.iter().map(relation).collect::<Vec<_>>(),
        "related": item.around.notes.iter().map(related).collect::<Vec<_>>(),
    })
}

fn block(style: Style, item: &ContextItem, known: &Known<'_>) -> String {
    let note = &item.note;
    let place = style.dim(&format!(
        "{}  {}",
        one_line(note.path.as_str()),
        text::moment(note.modified)
    ));
    let mut block = format!("{}\n  {place}\n", style.bold(&one_line(&note.title)));
    let mut line = |mark: String, text: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(block, "  {mark} {}", one_line(text));
    };
    for observation in &item.observations {
        line(
            style.dim(&format!("[{}]", one_line(observation.category()))),
            &observation.content,
        );
    }
    for relation in &item.relations {
        let mark = style.dim(&format!("{} ->", one_line(&relation.relation_type)));
        match relation.resolved.and_then(|id| known.get(&id)) {
            Some(to) => line(mark, &format!("{} ({})", to.title, to.path.as_str())),
            None if relation.resolved.is_some() => line(mark, &relation.target),
            None => line(mark, &format!("{} (unresolved)", relation.target)),
        }
    }
    for (depth, related) in &item.around.notes {
        line(
            style.dim(&format!("related at {depth}:")),
            &format!("{} ({})", related.title, related.path.as_str()),
        );
    }
    block
}
