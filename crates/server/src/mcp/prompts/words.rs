//! The prompts that show what is known.
//!
//! Invariant: what a tool said stands in a prompt as it was said, without indentation of ours.

use super::{Asked, Format, text};
use crate::mcp::excerpt::excerpt_line;
use crate::mcp::reply::Body;
use rmcp::ErrorData;
use serde_json::Value;

/// A hit, as the prompts show it.
struct Hit {
    title: String,
    permalink: String,
    score: f64,
    content: String,
}

/// Hits of a prompt.
const HITS: &str = "10";

/// Earlier work on a topic, or on anything.
pub(super) fn continue_conversation(asked: &Asked<'_>) -> Result<String, ErrorData> {
    let timeframe = asked.text("timeframe");
    let Some(topic) = asked.text("topic") else {
        let recent = asked.call("recent_activity", Format::Text, &[("timeframe", timeframe)])?;
        return Ok(format!(
            "# Continuing conversation on: recent activity\n\n\
             This is a memory retrieval session.\n\
             Start by executing the calls that fit what the person says next; this is what was written lately.\n\n\
             {}\n\n---\n\n## Next Steps\n\n\
             1. Name what looks unfinished and ask which of it to take up.\n\
             2. Read it: `read_note(identifier=\"...\")` or `build_context(url=\"...\")`.\n\
             3. Look for anything else: `search_notes(query=\"...\")`.",
            text(recent)
        ));
    };
    let (hits, notice) = search(asked, &topic, timeframe)?;
    let head = format!(
        "# Continuing conversation on: '{topic}'\n\n\
         This is a memory retrieval session.\n\
         Start by executing the read_note calls below that fit, before you answer from memory.\n\n\
         ## Previous Context for '{topic}'\n\n{notice}"
    );
    if hits.is_empty() {
        return Ok(format!(
            "{head}No previous context found for '{topic}'.\n\n---\n\n## Next Steps\n\n\
             1. Try other words: `search_notes(query=\"...\")`.\n\
             2. See what was written lately: `recent_activity(timeframe=\"30d\")`.\n\
             3. If this is new, offer to write it down with `write_note`, and wait for a yes."
        ));
    }
    let blocks: Vec<String> = hits
        .iter()
        .map(|hit| {
            format!(
                "### {}\n\npermalink: {}\nRead with: `read_note(\"{}\")`\n\n{}\n",
                hit.title,
                hit.permalink,
                hit.permalink,
                excerpt_line(&hit.content, 300)
            )
        })
        .collect();
    Ok(format!(
        "{head}{}\n---\n\n## Next Steps\n\n\
         1. Read what fits in full: `read_note(identifier=\"{link}\")`.\n\
         2. See what is linked to it: `build_context(url=\"memory://{link}\")`.\n\
         3. Look further: `search_notes(query=\"...\")`.\n\n\
         ## Knowledge Capture\n\n\
         When something new is settled, offer to add it to the note it belongs to with `edit_note`, and wait for a yes.",
        blocks.join("\n"),
        link = hits[0].permalink
    ))
}

/// What was written lately.
pub(super) fn recent_activity(asked: &Asked<'_>) -> Result<String, ErrorData> {
    let project = asked.text("project");
    let from = match (&project, asked.host.constraint()) {
        (_, Some(only)) => only.to_owned(),
        (Some(project), None) => project.clone(),
        (None, None) => {
            let engine = asked.host.engine()?;
            engine.project(None).map_or_else(
                |_| "all projects".to_owned(),
                |project| project.settings().name.clone(),
            )
        }
    };
    let recent = asked.call(
        "recent_activity",
        Format::Text,
        &[("timeframe", asked.text("timeframe")), ("project", project)],
    )?;
    Ok(format!(
        "# Recent Activity Context\n\n\
         This is a memory retrieval session showing recent activity from {from}.\n\n\
         {}\n\n---\n\n## Next Steps\n\n\
         1. Read what matters now: `read_note(identifier=\"...\")`.\n\
         2. See what is linked to it: `build_context(url=\"...\")`.\n\
         3. Look further back with a longer `timeframe`.\n\n\
         ## Capture Opportunity\n\n\
         When a pattern or a decision shows, offer to write it down, and wait for a yes:\n\n\
         ```\n\
         write_note(title=\"...\", content=\"...\", directory=\"insights\")\n\
         ```",
        text(recent)
    ))
}

/// Hits for a query.
pub(super) fn search_knowledge_base(asked: &Asked<'_>) -> Result<String, ErrorData> {
    let query = asked.text("query").unwrap_or_default();
    let (hits, notice) = search(asked, &query, asked.text("timeframe"))?;
    let head =
        format!("# Search Results: \"{query}\"\n\nThis is a memory search session.\n\n{notice}");
    if hits.is_empty() {
        return Ok(format!(
            "{head}No results found for '{query}'.\n\n---\n\n## Next Steps\n\n\
             1. Try broader or other words: `search_notes(query=\"...\")`.\n\
             2. See what was written lately: `recent_activity(timeframe=\"30d\")`.\n\
             3. If this is new, offer to write it down with `write_note`, and wait for a yes."
        ));
    }
    let lines: Vec<String> = hits
        .iter()
        .map(|hit| {
            format!(
                "- **{}** (score: {:.2})\n  permalink: {}\n  {}\n",
                hit.title,
                hit.score,
                hit.permalink,
                excerpt_line(&hit.content, 200)
            )
        })
        .collect();
    Ok(format!(
        "{head}Found {count} results:\n\n{}\n---\n\n## Next Steps\n\n\
         Based on these {count} results:\n\n\
         1. Read what fits in full: `read_note(identifier=\"{link}\")`.\n\
         2. See what is linked to it: `build_context(url=\"memory://{link}\")`.\n\
         3. Sum up what the notes say, and name the notes you used.",
        lines.concat(),
        count = hits.len(),
        link = hits[0].permalink
    ))
}

/// Hits, and what the server said beside them: that it still indexes, say.
fn search(
    asked: &Asked<'_>,
    query: &str,
    after: Option<String>,
) -> Result<(Vec<Hit>, String), ErrorData> {
    let reply = asked.call(
        "search_notes",
        Format::Json,
        &[
            ("query", Some(query.to_owned())),
            ("after_date", after),
            ("page_size", Some(HITS.to_owned())),
        ],
    )?;
    let notice = reply
        .notice
        .map_or_else(String::new, |notice| format!("{notice}\n\n"));
    let Body::Json(answer) = reply.body else {
        return Ok((Vec::new(), notice));
    };
    // What could not be searched is no empty result.
    if answer.get("error").is_some() {
        let said = ["message", "hint"].map(|key| answer[key].as_str().unwrap_or_default());
        return Err(ErrorData::invalid_params(said.join("\n"), None));
    }
    let notice = match answer["notice"].as_str() {
        Some(said) => format!("{notice}{said}\n\n"),
        None => notice,
    };
    let results = answer["results"].as_array().map_or(&[][..], Vec::as_slice);
    Ok((results.iter().map(hit).collect(), notice))
}

fn hit(result: &Value) -> Hit {
    let text = |key: &str| result[key].as_str().unwrap_or_default().to_owned();
    let permalink = Some(text("permalink")).filter(|link| !link.is_empty());
    let content = ["matched_chunk", "content"]
        .iter()
        .map(|key| text(key))
        .find(|content| !content.is_empty());
    Hit {
        title: text("title"),
        permalink: permalink.unwrap_or_else(|| text("file_path")),
        score: result["score"].as_f64().unwrap_or_default(),
        content: content.unwrap_or_default(),
    }
}
